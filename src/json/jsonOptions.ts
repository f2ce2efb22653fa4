import type { JSONStreamLimits } from '../core/json/jsonText.js';
import { checkOptions, count, optionError } from '../rx/options.js';

/** The common options of `splitJSON` and `scanJSON`. */
export interface JSONOptions {
  /**
   * The maximum nesting depth of arrays and objects. A stream with a greater depth gets a `RangeError`. A whole
   * number from 0, or `Infinity`.
   *
   * @default 128
   */
  readonly maxDepth?: number | undefined;
  /**
   * The longest member name, and the longest number, in UTF-16 code units. A stream with a longer one gets a
   * `RangeError`. A whole number from 1, or `Infinity`.
   *
   * @default 65_536
   */
  readonly maxNameLength?: number | undefined;
  /**
   * The most open JSON streams. Beyond that, the least recent one is evicted: it fails, and its further events are
   * late, up to its next `start`. A whole number from 1, or `Infinity`.
   *
   * @default 10_000
   */
  readonly maxStreams?: number | undefined;
  /**
   * The most UTF-16 code units of one stream that are retained to compare them with the full text in its `end`. A
   * longer stream is no longer retained, and its deltas stand. A whole number from 0, or `Infinity`.
   *
   * @default 1_048_576
   */
  readonly maxRetained?: number | undefined;
}

/** The most closed keys that are remembered, so that a late delta does not open a stream in the middle of a text. */
const MAX_REMEMBERED = 10_000;

/** Throws a `TypeError` or `RangeError` that names the first wrong option. */
export function resolveJSONOptions(options: JSONOptions): JSONStreamLimits {
  checkOptions(options);
  return {
    maxDepth: count('maxDepth', options.maxDepth, 128, 0),
    maxNameLength: count('maxNameLength', options.maxNameLength, 65_536, 1),
    maxStreams: count('maxStreams', options.maxStreams, 10_000, 1),
    maxRetained: count('maxRetained', options.maxRetained, 1_048_576, 0),
    maxRemembered: MAX_REMEMBERED,
  };
}

/** Checks an option that must be an array of strings. */
export function strings(name: string, value: unknown): readonly string[] {
  if (!Array.isArray(value) || !value.every((each) => typeof each === 'string')) {
    throw optionError(name, value, 'an array of strings');
  }
  return [...value];
}
