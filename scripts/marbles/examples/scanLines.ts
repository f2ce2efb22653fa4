import { scanLines } from '../../../src/index.js';
import { deltaMarbles } from '../../../src/testing/index.js';
import type { Example } from '../recording.js';
import { showCommit, showEvent } from '../show.js';

export const example: Example = {
  operator: 'scanLines',
  description:
    'One stream opens, gives lines and the tails between them, withdraws a line that its full text contradicts, and closes.',
  legend: {
    event: 'event',
    open: 'open',
    line: 'line',
    tail: 'tail',
    revise: 'revise',
    close: 'close',
  },
  run(stage) {
    const ref = { kind: 'answer', id: 'a', generation: 0 } as const;
    const events = stage.cold(
      ...deltaMarbles('--a----a----a----A-|', {
        a: { deltas: ['one\nt', 'oo\n', 'three'], text: 'one\ntwo\nthree' },
      }),
    );
    stage.call('scanLines(ref, { tail: true })');
    stage.output(
      'commits',
      stage.source('events', events, showEvent).pipe(scanLines(ref, { tail: true })),
      showCommit,
    );
  },
};
