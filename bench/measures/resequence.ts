import type { Measure } from '../measure.js';

export default {
  title: '`resequence()` of an ordered source ÷ `map()`',
  cases: [
    {
      label: '400,000 values',
      goal: { atMost: 3 },
      of: { contender: 'resequence', parameters: { values: 400_000 } },
      to: { contender: 'map', parameters: { values: 400_000 } },
    },
  ],
} satisfies Measure;
