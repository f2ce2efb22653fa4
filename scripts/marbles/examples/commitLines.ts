import { commitLines } from '../../../src/index.js';
import { deltaMarbles } from '../../../src/testing/index.js';
import type { Example } from '../recording.js';
import { showCommit, showEvent } from '../show.js';

export const example: Example = {
  operator: 'commitLines',
  description:
    'Two streams overlap; each opens with its first event, and its lines come out as soon as they end.',
  legend: { event: 'event', open: 'open', line: 'line', close: 'close', drop: 'drop' },
  run(stage) {
    const events = stage.cold(
      ...deltaMarbles('-b--a---a---A---a--b--|', { a: ['hel', 'lo\n', 'x'], b: ['wor', 'ld'] }),
    );
    stage.call('commitLines()');
    stage.output('commits', stage.source('events', events, showEvent).pipe(commitLines()), showCommit);
  },
};
