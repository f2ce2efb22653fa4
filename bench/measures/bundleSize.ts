import type { Measure } from '../measure.js';

export default {
  title: '`commitLines` alone, minified and brotli-compressed, without rxjs',
  cases: [
    {
      label: 'size',
      unit: 'kB',
      goal: { atMost: 3 },
      limit:
        'all of this is what the operator does. Of the minified bytes, lineAccumulator has 23 %, streamTable 18 %, options 15 %, ' +
        'operate 8 %, alarmClock 7 %, as the metafile of esbuild says; with all internal names cut to a letter or two it is still ' +
        '4.7 kB. What would have to go is soft commits, reconciling, and messages that say what an option may be.',
      of: { contender: 'bundleSize', parameters: { operator: 'commitLines' } },
    },
  ],
} satisfies Measure;
