import { pairwise, startWith } from 'rxjs';

import { type BlockCommit, type BlockTranscript, scanBlocks } from '../../../src/markdown/index.js';
import type { Example } from '../recording.js';
import { showBlock } from '../show.js';

const a = { kind: 'answer', id: 'a', generation: 0, order: [1] } as const;
const b = { kind: 'answer', id: 'b', generation: 0, order: [2] } as const;

export const example: Example = {
  operator: 'scanBlocks',
  folder: 'markdown',
  description:
    'Each commit gives a transcript, a sorted list of cells with blocks and a draft; cells that did not change are the same objects as before.',
  legend: {
    open: 'open',
    block: 'block',
    draft: 'draft',
    close: 'close',
    cell: 'new cell',
    unchanged: 'same cell',
  },
  run(stage) {
    const commits = stage.cold<BlockCommit>('-p---q---r---s---t---u--|', {
      p: { type: 'open', stream: b },
      q: { type: 'draft', stream: b, index: 0, block: 'paragraph', from: 0, text: 'yo' },
      r: { type: 'open', stream: a },
      s: { type: 'block', stream: a, index: 0, block: 'heading', from: 0, to: 1, text: '# hi\n' },
      t: { type: 'block', stream: b, index: 0, block: 'paragraph', from: 0, to: 1, text: 'yo' },
      u: { type: 'close', stream: b, reason: 'end', blocks: 1 },
    });
    stage.call('scanBlocks()');
    const transcripts = stage.source('commits', commits, showBlock).pipe(scanBlocks());
    stage.output(
      'transcripts',
      transcripts.pipe(startWith<BlockTranscript>([]), pairwise()),
      ([before, after]) =>
        after.map((cell) => ({
          row: cell.stream.id,
          type: before.includes(cell) ? 'unchanged' : 'cell',
          text: showCell(cell),
        })),
    );
  },
};

function showCell({ blocks, draft, status }: BlockTranscript[number]): string {
  const types = blocks.map(({ block }) => block).join(', ');
  const rest = draft === undefined ? '' : ` + ${draft.block}`;
  return `[${types}]${rest}${status === 'open' ? '' : ` ${status}`}`;
}
