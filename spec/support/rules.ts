import type { LineRules } from '../../src/core/lines/lineAccumulator.js';

/** The defaults of `commitLines`. */
export const plainRules: LineRules = {
  maxLineLength: 65_536,
  reconcile: 'revise',
  maxRetained: 1_048_576,
  tail: false,
  softChars: Infinity,
  segmenter: undefined,
};
