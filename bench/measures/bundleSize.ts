import type { Measure } from '../measure.js';

export default {
  title: '`commitLines` alone, minified and brotli-compressed, without rxjs',
  cases: [
    {
      label: 'size',
      unit: 'kB',
      goal: { atMost: 3 },
      limit:
        'all of this is what the operator does. Of the minified bytes, the table of streams has 29 %, the accumulator of lines ' +
        '25 %, the checks of the options 12 %, and createOperator 8 %, according to the metafile of esbuild. With 3 kB, there ' +
        'would be no soft commits, no reconciling, and no messages that say what an option may be.',
      of: { contender: 'bundleSize', parameters: { operator: 'commitLines' } },
    },
  ],
} satisfies Measure;
