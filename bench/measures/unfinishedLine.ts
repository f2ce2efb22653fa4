import type { Measure } from '../measure.js';

export default {
  title: 'A line without an end, twice as long',
  cases: [
    {
      label: '80,000 deltas ÷ 40,000',
      goal: { atMost: 2.2 },
      isOtherWork: true,
      of: { contender: 'unfinishedLine', parameters: { deltas: 80_000 } },
      to: { contender: 'unfinishedLine', parameters: { deltas: 40_000 } },
    },
  ],
} satisfies Measure;
