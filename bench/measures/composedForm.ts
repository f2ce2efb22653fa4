import type { Measure } from '../measure.js';

const traffics = [
  { label: '8 streams', streams: 8 },
  { label: '1,000 streams', streams: 1_000 },
] as const;

export default {
  title: '`groupStreams()` + `scanLines()` ÷ `commitLines()`',
  cases: traffics.map(({ label, streams }) => ({
    label,
    goal: { atMost: 3 },
    of: { contender: 'composedForm', parameters: { streams, deltas: 120_000 } },
    to: { contender: 'commitLines', parameters: { streams, deltas: 120_000 } },
  })),
} satisfies Measure;
