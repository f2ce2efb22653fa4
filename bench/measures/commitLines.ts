import type { Measure } from '../measure.js';

const traffics = [
  { label: '1 stream', streams: 1, deltas: 120_000 },
  { label: '8 streams', streams: 8, deltas: 120_000 },
  { label: '1,000 streams', streams: 1_000, deltas: 120_000 },
  { label: '100,000 streams', streams: 100_000, deltas: 1_200_000, version: 'full' },
] as const;

const limit =
  "what is above the loop is mostly keeping the text to compare with the producer's own, which collecting garbage has to copy " +
  "(`reconcile: 'off'` does without); with 100,000 streams, opening them counts as well.";

export default {
  title: '`commitLines()` ÷ bare loop',
  cases: traffics.map(({ streams, deltas, ...rest }) => ({
    ...rest,
    goal: { atMost: 1.2 },
    limit,
    of: { contender: 'commitLines', parameters: { streams, deltas } },
    to: { contender: 'bareLoop', parameters: { streams, deltas } },
  })),
} satisfies Measure;
