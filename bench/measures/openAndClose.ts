import type { Measure } from '../measure.js';

const lives = [
  { label: '1,000 streams, one after another', streams: 1_000, atOnce: false },
  { label: '40,000 streams, one after another', streams: 40_000, atOnce: false, version: 'full' },
  { label: '1,000 streams, all open at once', streams: 1_000, atOnce: true, version: 'full' },
  { label: '40,000 streams, all open at once', streams: 40_000, atOnce: true, version: 'full' },
] as const;

export default {
  title: 'Opening and closing a stream ÷ the same with a `Map`, commits kept',
  cases: lives.map(({ streams, atOnce, ...rest }) => ({
    ...rest,
    goal: { atMost: 2 },
    of: { contender: 'openAndClose', parameters: { streams, atOnce } },
    to: { contender: 'openAndCloseInMap', parameters: { streams, atOnce } },
  })),
} satisfies Measure;
