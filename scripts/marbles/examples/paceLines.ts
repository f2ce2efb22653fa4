import { commitLines, paceLines } from '../../../src/index.js';
import { deltaMarbles } from '../../../src/testing/index.js';
import type { Example } from '../recording.js';
import { showCommit } from '../show.js';

export const example: Example = {
  operator: 'paceLines',
  description: 'Three lines that arrive at once leave one after another, fifty milliseconds apart.',
  timeScale: 50,
  legend: { open: 'open', line: 'line', close: 'close' },
  run(stage) {
    const commits = stage
      .cold(...deltaMarbles('20ms a 190ms a 60ms A 20ms |', { a: ['one\ntwo\nthree\n', 'four\n'] }))
      .pipe(commitLines());
    stage.call('paceLines()');
    stage.output('result', stage.source('commits', commits, showCommit).pipe(paceLines()), showCommit);
  },
};
