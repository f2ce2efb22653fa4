import type { Measure } from '../measure.js';

const streams = [
  { label: '10,000', streams: 10_000 },
  { label: '100,000', streams: 100_000 },
] as const;

export default {
  title: 'Heap, without ids and texts',
  cases: [
    ...streams.map(
      ({ label, ...parameters }) =>
        ({
          label: `an open stream, one of ${label}`,
          unit: 'B',
          goal: { atMost: 300 },
          of: { contender: 'openStreamHeap', parameters },
        }) as const,
    ),
    ...streams.map(
      ({ label, ...parameters }) =>
        ({
          label: `a remembered closed key, one of ${label}`,
          unit: 'B',
          goal: { atMost: 120 },
          of: { contender: 'rememberedKeyHeap', parameters },
        }) as const,
    ),
  ],
} satisfies Measure;
