import type { BlockCell } from 'deltalines/markdown';
import { memo } from 'react';

import { BlockView } from './BlockView';

/** A finished block stays the same object, so it is drawn once, and only the draft is drawn again. */
const MemoizedBlockView = memo(BlockView);

/** One stream. */
export function CellView({ cell }: { readonly cell: BlockCell }) {
  const { stream, blocks, draft, status } = cell;
  // The draft has the index of the block that it becomes, so that its element stays.
  const shown = draft === undefined ? blocks : [...blocks, draft];
  return (
    <article aria-busy={status === 'open'} aria-label={`${stream.kind} ${stream.id}`}>
      <h2>
        {stream.kind} <small>{stream.id}</small>
      </h2>
      {shown.map((block, index) => (
        <MemoizedBlockView key={index} block={block} />
      ))}
      <footer>{status === 'error' ? `failed: ${String(cell.error)}` : status}</footer>
    </article>
  );
}
