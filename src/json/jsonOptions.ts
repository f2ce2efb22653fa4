import type { JSONLimits } from '../core/json/jsonParser.js';
import type { StreamLimits } from '../core/streams/streamTable.js';
import { checkOptions, count, optionError } from '../rx/options.js';

/** The bounds that `splitJSON` and `scanJSON` share. */
export interface JSONOptions {
  /**
   * How deep arrays and objects may be nested; a stream that goes deeper gets a `RangeError`.
   * A whole number from 0, or `Infinity`.
   *
   * @default 128
   */
  readonly maxDepth?: number | undefined;
  /**
   * The longest name of a member, and the longest number, in UTF-16 code units; a stream with a longer one gets a
   * `RangeError`. A whole number from 1, or `Infinity`.
   *
   * @default 65_536
   */
  readonly maxNameLength?: number | undefined;
  /**
   * The most JSON streams that are open at once; beyond, the least recent one is given up. A whole number from 1, or
   * `Infinity`.
   *
   * @default 10_000
   */
  readonly maxStreams?: number | undefined;
}

/** How many closed keys are remembered, so that a late delta does not open a stream in the middle of a text. */
const MAX_REMEMBERED = 10_000;

/** The options with their defaults filled in. */
export interface ResolvedJSONOptions extends JSONLimits, StreamLimits {}

/** Throws a `TypeError` or `RangeError` that names the first wrong option. */
export function resolveJSONOptions(options: JSONOptions): ResolvedJSONOptions {
  checkOptions(options);
  return {
    maxDepth: count('maxDepth', options.maxDepth, 128, 0),
    maxNameLength: count('maxNameLength', options.maxNameLength, 65_536, 1),
    maxStreams: count('maxStreams', options.maxStreams, 10_000, 1),
    maxRemembered: MAX_REMEMBERED,
    idleTimeout: Infinity,
  };
}

/** An option that is a list of strings. */
export function strings(name: string, value: unknown): readonly string[] {
  if (!Array.isArray(value) || !value.every((each) => typeof each === 'string')) {
    throw optionError(name, value, 'an array of strings');
  }
  return [...value];
}
