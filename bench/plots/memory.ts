import { bytesOf, type Plot, type Point } from '../plot.js';

const SERIES = {
  'commitLines, open stream': 'openStreamHeap',
  'commitLines, remembered key': 'rememberedKeyHeap',
  'groupBy + debounceTime, group': 'naivePipelineHeap',
} as const;

export default {
  title: 'Memory against streams',
  x: { title: 'streams', type: 'log' },
  y: { title: 'kilobytes of heap, without ids and texts', type: 'log' },
  measure: async () => {
    const points: Point[] = [];
    for (const [series, contender] of Object.entries(SERIES)) {
      for (const streams of [10, 100, 1_000, 10_000, 30_000]) {
        const bytes = await bytesOf({ contender, parameters: { streams } });
        points.push({ series, x: streams, y: (streams * bytes) / 1000 });
      }
    }
    return points;
  },
} satisfies Plot;
