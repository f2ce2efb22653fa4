import type { Measure } from '../measure.js';

const traffics = [
  { row: '1 stream', streams: 1, deltas: 200_000 },
  { row: '8 streams', streams: 8, deltas: 200_000 },
  { row: '1,000 streams', streams: 1_000, deltas: 200_000 },
  { row: '100,000 streams', streams: 100_000, deltas: 400_000 },
] as const;
const uses = [
  { column: 'kept, read', keeps: true, reads: true },
  { column: 'kept, unread', keeps: true, reads: false },
  { column: 'dropped, read', keeps: false, reads: true },
  { column: 'dropped, unread', keeps: false, reads: false },
] as const;

/** These are measured for every change as well: one of each use, and of each number of streams up to 1,000. */
const SHORT: ReadonlySet<string> = new Set([
  '1 stream, dropped, unread',
  '8 streams, kept, unread',
  '8 streams, dropped, read',
  '1,000 streams, kept, read',
]);

export default {
  title: '`commitLines()` ÷ bare loop',
  medianGoal: { atMost: 1.2 },
  cases: traffics.flatMap(({ row, ...traffic }) =>
    uses.map(({ column, ...use }) => {
      const label = `${row}, ${column}`;
      const parameters = { ...traffic, ...use };
      return {
        label,
        cell: { row, column },
        ...(!SHORT.has(label) && { version: 'full' as const }),
        goal: { atMost: 1.35 },
        of: { contender: 'commitLines', parameters },
        to: { contender: 'bareLoop', parameters },
      } as const;
    }),
  ),
} satisfies Measure;
