import type { Measure } from '../measure.js';

export default {
  title: '`appendCommits(memoryLog())` ÷ pushing the commits into an array',
  cases: [
    {
      label: '300,000 commits of 100 streams',
      goal: { atMost: 20 },
      of: { contender: 'appendToMemoryLog', parameters: { streams: 100, values: 300_000 } },
      to: { contender: 'pushToArray', parameters: { streams: 100, values: 300_000 } },
    },
  ],
} satisfies Measure;
