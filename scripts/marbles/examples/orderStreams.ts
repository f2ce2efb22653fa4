import { commitLines, orderStreams } from '../../../src/index.js';
import { deltaMarbles } from '../../../src/testing/index.js';
import type { Example } from '../recording.js';
import { showCommit } from '../show.js';

export const example: Example = {
  operator: 'orderStreams',
  description:
    'The commits of two streams alternate. In sequential order the second stream waits for the close of the first; in grouped order each waits for its own close.',
  legend: { open: 'open', line: 'line', close: 'close' },
  run(stage) {
    const commits = stage
      .cold(
        ...deltaMarbles('-b--a--b--B--a--A--|', {
          a: ['one\n', 'two\n'],
          b: ['uno\n', 'dos\n'],
        }),
      )
      .pipe(commitLines());
    const source = stage.source('commits', commits, showCommit);
    stage.call('orderStreams()');
    stage.output('result', source.pipe(orderStreams()), showCommit);
    stage.call("orderStreams({ strategy: 'grouped' })");
    stage.output('result', commits.pipe(orderStreams({ strategy: 'grouped' })), showCommit);
  },
};
