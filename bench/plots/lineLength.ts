import { type Plot, type Point, ratioOf } from '../plot.js';

const SERIES = {
  'bare loop': 'bareLoop',
  commitLines: 'commitLines',
  'groupBy + debounceTime': 'naivePipeline',
} as const;

const DELTAS = 24_000;

export default {
  title: 'Cost of a delta against line length',
  x: { title: 'characters in a line', type: 'log' },
  y: { title: 'times a delta of the bare loop with lines of 60 characters', type: 'log' },
  measure: async (clock) => {
    const points: Point[] = [];
    for (const [series, contender] of Object.entries(SERIES)) {
      for (const lineLength of [10, 60, 250, 1_000, 4_000, 15_000, 60_000]) {
        const traffic = { streams: 1, deltas: DELTAS };
        const ratio = await ratioOf(
          { contender, parameters: { ...traffic, lineLength } },
          { contender: 'bareLoop', parameters: traffic },
          clock,
        );
        points.push({ series, x: lineLength, y: ratio });
      }
    }
    return points;
  },
} satisfies Plot;
