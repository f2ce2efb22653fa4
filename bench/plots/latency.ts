import { SHARES } from '../contenders/latency.js';
import type { Plot, Point } from '../plot.js';
import { lowerQuartile, runInProcess } from '../runner.js';

const SERIES = {
  commitLines: 'commitLines',
  'groupStreams + scanLines': 'composedForm',
  'groupBy + debounceTime': 'naivePipeline',
} as const;

const traffic = { streams: 8, deltas: 240_000 };

export default {
  title: 'Latency from the arrival of a newline to the commit of its line',
  x: { title: 'times a delta of the bare loop', type: 'log' },
  y: { title: 'percent of lines that are out by then', type: 'linear' },
  measure: async (clock) => {
    const points: Point[] = [];
    for (const [series, pipeline] of Object.entries(SERIES)) {
      const loop = await runInProcess({
        entrant: { contender: 'bareLoop', parameters: traffic },
        time: 300,
        clock,
      });
      const nanoseconds = (lowerQuartile(loop.rounds) * 1e6) / traffic.deltas;
      const { outcome } = await runInProcess({
        entrant: { contender: 'latency', parameters: { ...traffic, pipeline } },
        time: 0,
        clock: 'wall',
      });
      for (const share of SHARES) {
        points.push({ series, x: (outcome[share] ?? NaN) / nanoseconds, y: share * 100 });
      }
    }
    return points;
  },
} satisfies Plot;
