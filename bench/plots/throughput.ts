import { type Plot, type Point, ratioOf } from '../plot.js';

const SERIES = {
  'bare loop': 'bareLoop',
  commitLines: 'commitLines',
  'groupStreams + scanLines': 'composedForm',
  'groupBy + debounceTime': 'naivePipeline',
} as const;

const DELTAS = 120_000;
/** Each stream has a line or more. */
const DELTAS_OF_MANY = 1_200_000;

export default {
  title: 'Throughput against open streams',
  x: { title: 'open streams', type: 'log' },
  y: { title: 'deltas in the time of one of the bare loop with 8 streams', type: 'log' },
  measure: async (clock) => {
    const points: Point[] = [];
    for (const [series, contender] of Object.entries(SERIES)) {
      for (const streams of [1, 8, 100, 1_000, 10_000, 100_000]) {
        // `mergeMap` closes a stream in time in proportion to the number of streams: minutes, with 100,000 of them.
        if (streams <= 10_000 || contender === 'bareLoop' || contender === 'commitLines') {
          const deltas = streams > 10_000 ? DELTAS_OF_MANY : DELTAS;
          const ratio = await ratioOf(
            { contender, parameters: { streams, deltas } },
            { contender: 'bareLoop', parameters: { streams: 8, deltas: DELTAS } },
            clock,
          );
          points.push({ series, x: streams, y: deltas / DELTAS / ratio });
        }
      }
    }
    return points;
  },
} satisfies Plot;
