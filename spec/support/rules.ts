import type { LineRules } from '../../src/core/lines/lineAccumulator.js';

/** What `commitLines` does by default. */
export const plainRules: LineRules = {
  maxLineLength: 65_536,
  reconcile: 'revise',
  maxRetained: 1_048_576,
  tail: false,
  softChars: Infinity,
  segmenter: undefined,
};
