import type { Measure } from '../measure.js';

const traffics = [
  { label: '8 streams', streams: 8, goal: { atLeast: 12 } },
  { label: '1,000 streams', streams: 1_000, goal: { atLeast: 25 }, version: 'full' },
] as const;

export default {
  title: '`groupBy` + `debounceTime` pipeline ÷ `commitLines()`, commits kept',
  cases: traffics.map(({ streams, ...rest }) => {
    const parameters = { streams, deltas: 48_000, keeps: true, reads: false };
    return {
      ...rest,
      of: { contender: 'naivePipeline', parameters },
      to: { contender: 'commitLines', parameters },
    } as const;
  }),
} satisfies Measure;
