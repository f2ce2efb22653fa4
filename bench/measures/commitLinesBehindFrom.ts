import type { Measure } from '../measure.js';

const traffics = [
  { label: '8 streams', streams: 8, deltas: 120_000 },
  { label: '1,000 streams', streams: 1_000, deltas: 120_000 },
] as const;

/** The same without what it costs to get the events from an observable. */
export default {
  title: '`commitLines()` ÷ bare loop behind `from`',
  cases: traffics.map(({ streams, deltas, ...rest }) => ({
    ...rest,
    version: 'full',
    of: { contender: 'commitLines', parameters: { streams, deltas } },
    to: { contender: 'bareLoopBehindFrom', parameters: { streams, deltas } },
  })),
} satisfies Measure;
