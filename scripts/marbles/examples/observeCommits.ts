import { commitLines, observeCommits } from '../../../src/index.js';
import { deltaMarbles } from '../../../src/testing/index.js';
import type { Example } from '../recording.js';
import { showCommit } from '../show.js';

export const example: Example = {
  operator: 'observeCommits',
  description: 'The commits pass as they are; the observer is called when a stream closes, and at the end.',
  legend: { open: 'open', line: 'line', close: 'close', call: 'callback' },
  run(stage) {
    const commits = stage
      .cold(...deltaMarbles('-b--a---a---A---b---|', { a: ['hel', 'lo\n'], b: ['wor', 'ld'] }))
      .pipe(commitLines());
    const source = stage.source('commits', commits, showCommit);
    stage.call('observeCommits(observer)');
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
    stage.output('result', source.pipe(observeCommits(observer)), showCommit);
  },
};
