import type { Measure } from '../measure.js';

const lives = [
  { label: '1,000 streams', streams: 1_000 },
  { label: '40,000 streams', streams: 40_000 },
] as const;

export default {
  title: 'Opening and closing a stream ÷ the same with a `Map`',
  cases: lives.map(({ label, streams }) => ({
    label,
    goal: { atMost: 2 },
    limit:
      'beside its text, a stream has a number for idleness and eviction, and is remembered after its close; with as many open at ' +
      'once, these objects outlive the collection of young ones, which the loop with two words for each stream hardly needs.',
    of: { contender: 'openAndClose', parameters: { streams } },
    to: { contender: 'openAndCloseInMap', parameters: { streams } },
  })),
} satisfies Measure;
