import type { Cell } from 'deltalines';

/** One stream. */
export function CellView({ cell }: { readonly cell: Cell }) {
  const { stream, lines, tail, status } = cell;
  return (
    <article aria-busy={status === 'open'} aria-label={`${stream.kind} ${stream.id}`}>
      <h2>
        {stream.kind} <small>{stream.id}</small>
      </h2>
      <pre>{[...lines, tail].join('\n')}</pre>
      <small>{status === 'error' ? `failed: ${String(cell.error)}` : status}</small>
    </article>
  );
}
