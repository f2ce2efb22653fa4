import { pairwise, startWith } from 'rxjs';

import { type Commit, scanTranscript, type Transcript } from '../../../src/index.js';
import type { Example } from '../recording.js';
import { showCommit } from '../show.js';

const a = { kind: 'answer', id: 'a', generation: 0, order: [1] } as const;
const b = { kind: 'answer', id: 'b', generation: 0, order: [2] } as const;

export const example: Example = {
  operator: 'scanTranscript',
  description:
    'Each commit gives a transcript, a sorted list of cells; cells that did not change are the same objects as before.',
  legend: { open: 'open', line: 'line', close: 'close', cell: 'new cell', unchanged: 'same cell' },
  run(stage) {
    const commits = stage.cold<Commit>('-p---q---r---s---t--|', {
      p: { type: 'open', stream: b },
      q: { type: 'line', stream: b, index: 0, text: 'yo', eol: '\n' },
      r: { type: 'open', stream: a },
      s: { type: 'line', stream: a, index: 0, text: 'hi', eol: '\n' },
      t: { type: 'close', stream: b, reason: 'end', lines: 1 },
    });
    stage.call('scanTranscript()');
    const transcripts = stage.source('commits', commits, showCommit).pipe(scanTranscript());
    stage.output('transcripts', transcripts.pipe(startWith<Transcript>([]), pairwise()), ([before, after]) =>
      after.map((cell) => ({
        row: cell.stream.id,
        type: before.includes(cell) ? 'unchanged' : 'cell',
        text: `[${cell.lines.join(', ')}]${cell.status === 'open' ? '' : ` ${cell.status}`}`,
      })),
    );
  },
};
