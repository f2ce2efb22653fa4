import type { Measure } from '../measure.js';

const traffics = [
  { label: '8 streams', streams: 8, goal: { atLeast: 12 } },
  { label: '1,000 streams', streams: 1_000, goal: { atLeast: 25 } },
] as const;

export default {
  title: '`groupBy` + `debounceTime` pipeline ÷ `commitLines()`',
  cases: traffics.map(({ streams, ...rest }) => ({
    ...rest,
    of: { contender: 'naivePipeline', parameters: { streams, deltas: 48_000 } },
    to: { contender: 'commitLines', parameters: { streams, deltas: 48_000 } },
  })),
} satisfies Measure;
