import { commitLines, observeCommits } from '../../../src/index.js';
import { deltaMarbles } from '../../../src/testing/index.js';
import type { Example } from '../recording.js';
import { showCommit, showEvent } from '../show.js';

export const example: Example = {
  operator: 'observeCommits',
  description:
    'The commits pass as they are; the observer is told what was measured when a stream closes, and when all is over.',
  legend: { event: 'event', open: 'open', line: 'line', close: 'close', call: 'callback' },
  run(stage) {
    const events = stage.cold(
      ...deltaMarbles('-b--a---a---A---b---|', { a: ['hel', 'lo\n'], b: ['wor', 'ld'] }),
    );
    stage.call('observeCommits(observer, commitLines())');
    const observer = {
      close: stage.callback('observer.close', ({ lines }: { lines: number }) => ({
        row: '',
        type: 'call',
        text: `${String(lines)} line`,
      })),
      finalize: stage.callback('observer.finalize', ({ streams }: { streams: number }) => ({
        row: '',
        type: 'call',
        text: `${String(streams)} streams`,
      })),
    };
    const source = stage.source('events', events, showEvent);
    stage.output('commits', source.pipe(observeCommits(observer, commitLines())), showCommit);
  },
};
