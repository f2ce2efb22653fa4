import { asyncScheduler, type SchedulerLike } from 'rxjs';

import type { LineRules } from '../core/lines/lineAccumulator.js';
import { MAX_TEXT_LENGTH } from '../core/text/maxTextLength.js';
import type { StreamLimits } from '../core/streams/streamTable.js';

/**
 * The options of `commitLines`, `groupStreams` and `scanLines`. Each accepts all of them, so that they can share one
 * object. `scanLines` ignores the options for several streams.
 */
export interface CommitLinesOptions {
  /**
   * A stream without an event for this long is closed as `idle`: never early, and at most a quarter late.
   * Milliseconds, more than 0 and at most 2,147,483,647; `Infinity` for never.
   *
   * @default 300_000
   */
  readonly idleTimeout?: number | undefined;
  /**
   * The most open streams. Beyond that, the least recent one is closed as `evicted`. A whole number from 1, or
   * `Infinity`.
   *
   * @default 10_000
   */
  readonly maxStreams?: number | undefined;
  /**
   * The most closed keys that are remembered to recognize late events. Beyond that, the oldest is deleted. A whole
   * number from 0, or `Infinity`.
   *
   * @default 10_000
   */
  readonly maxRemembered?: number | undefined;
  /**
   * The most UTF-16 code units in one commit; a longer line is committed in parts. A whole number from 2, or
   * `Infinity`. The maximum is 250,000,000, about half of the longest string; a larger value counts as that.
   *
   * @default 65_536
   */
  readonly maxLineLength?: number | undefined;
  /**
   * Commits a part of an unfinished line, with `eol: ''`: up to the last white space in its last quarter, or else all
   * but its last grapheme. Graphemes are never cut if the environment has `Intl.Segmenter`.
   *
   * @default none
   */
  readonly softCommit?: SoftCommitOptions | undefined;
  /**
   * Whether to emit a `tail`, the text of the unfinished line, whenever an event has changed it.
   *
   * @default false
   */
  readonly tail?: boolean | undefined;
  /**
   * What happens when the producer's full text, on an `end`, differs from its deltas. White space at the end is not
   * compared. If the deltas are a prefix of the full text, the missing rest is appended, except with `off`.
   *
   * - `revise`: a `revise` withdraws the lines from the first that differs, and the lines of the full text follow.
   * - `keep`: the deltas stand.
   * - `off`: the full text is used only if there were no deltas, and no text is retained.
   *
   * @default 'revise'
   */
  readonly reconcile?: 'revise' | 'keep' | 'off' | undefined;
  /**
   * The most UTF-16 code units of one stream that are retained to compare them with the full text. A longer stream is
   * no longer retained, and its deltas stand. A whole number from 0, or `Infinity`. The maximum is 250,000,000; a
   * larger value counts as that.
   *
   * @default 1_048_576
   */
  readonly maxRetained?: number | undefined;
  /**
   * The only source of time.
   *
   * @default asyncScheduler
   */
  readonly scheduler?: SchedulerLike | undefined;
}

/** When to commit a part of an unfinished line. */
export interface SoftCommitOptions {
  /** Once the tail has this many UTF-16 code units. A whole number from 1, or `Infinity` for never. */
  readonly chars?: number | undefined;
  /**
   * This long after the first character of the tail. Milliseconds, more than 0 and at most 2,147,483,647; `Infinity`
   * for never.
   */
  readonly after?: number | undefined;
}

/** The options with their defaults filled in. */
export interface ResolvedCommitLinesOptions extends LineRules, StreamLimits {
  readonly idleTimeout: number;
  readonly softAfter: number;
  readonly scheduler: SchedulerLike;
}

/** The longest delay of a JavaScript timer. With a longer one it fires at once. */
export const MAX_DELAY = 2_147_483_647;

/** Throws a `TypeError` or `RangeError` that names the first wrong option. */
export function resolveCommitLinesOptions(options: CommitLinesOptions): ResolvedCommitLinesOptions {
  checkOptions(options);
  const softCommit = option<SoftCommitOptions>(
    'softCommit',
    options.softCommit,
    {},
    'an object with chars, after or both',
  );
  return {
    idleTimeout: duration('idleTimeout', options.idleTimeout, 300_000),
    maxStreams: count('maxStreams', options.maxStreams, 10_000, 1),
    maxRemembered: count('maxRemembered', options.maxRemembered, 10_000, 0),
    maxLineLength: length('maxLineLength', options.maxLineLength, 65_536, 2),
    reconcile: choice('reconcile', options.reconcile, ['revise', 'keep', 'off']),
    maxRetained: length('maxRetained', options.maxRetained, 1_048_576, 0),
    tail: flag('tail', options.tail, false),
    softChars: length('softCommit.chars', softCommit.chars, Infinity, 1),
    softAfter: duration('softCommit.after', softCommit.after, Infinity),
    segmenter: options.softCommit === undefined ? undefined : graphemeSegmenter(),
    scheduler: schedulerOption(options.scheduler),
  };
}

export function checkOptions(options: unknown): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`The options are ${formatValue(options)}, but must be an object`);
  }
}

/** A whole number, or `Infinity`. */
export function count(name: string, value: unknown, fallback: number, least: number): number {
  return option(
    name,
    value,
    fallback,
    `a whole number from ${least}, or Infinity`,
    (given) => given >= least && (Number.isInteger(given) || given === Infinity),
  );
}

/** A number of UTF-16 code units, limited to the longest text, so that engines store it as a small integer. */
function length(name: string, value: unknown, fallback: number, least: number): number {
  return Math.min(count(name, value, fallback, least), MAX_TEXT_LENGTH);
}

/** Milliseconds; by default more than 0, or `Infinity`. */
export function duration(
  name: string,
  value: unknown,
  fallback: number,
  { zero = false, finite = false } = {},
): number {
  const range = zero ? 'from 0 to' : 'more than 0 and at most';
  return option(
    name,
    value,
    fallback,
    `milliseconds, ${range} ${MAX_DELAY}${finite ? '' : ', or Infinity'}`,
    (given) => (zero ? given >= 0 : given > 0) && (given <= MAX_DELAY || (given === Infinity && !finite)),
  );
}

export function flag(name: string, value: unknown, fallback: boolean): boolean {
  return option(name, value, fallback, 'true or false');
}

/** One of the allowed words. The first is the default. */
export function choice<T extends string>(name: string, value: unknown, allowed: readonly [T, ...T[]]): T {
  return option(name, value, allowed[0], `one of ${allowed.join(', ')}`, (given) => allowed.includes(given));
}

export function schedulerOption(value: unknown): SchedulerLike {
  return option<SchedulerLike>(
    'scheduler',
    value,
    asyncScheduler,
    'a scheduler with the methods now and schedule',
    ({ now, schedule }: Partial<SchedulerLike>) =>
      typeof now === 'function' && typeof schedule === 'function',
  );
}

/** The value of an option, or its default. It must have the type of the default, and pass the check. */
export function option<T>(
  name: string,
  value: unknown,
  fallback: T,
  allowed: string,
  isAllowed: (given: T) => boolean = () => true,
): T {
  if (value === undefined) {
    return fallback;
  }
  const isRightType = hasTypeOf(fallback, value);
  if (isRightType && isAllowed(value)) {
    return value;
  }
  throw optionError(name, value, allowed, isRightType && typeof value !== 'object');
}

function hasTypeOf<T>(example: T, value: unknown): value is T {
  return typeof value === typeof example && value !== null;
}

function graphemeSegmenter(): Intl.Segmenter | undefined {
  return 'Segmenter' in Intl ? new Intl.Segmenter(undefined, { granularity: 'grapheme' }) : undefined;
}

/** An optional function. */
export function callback<F>(name: string, value: F | undefined): F | undefined {
  return value === undefined ? undefined : requiredCallback(name, value);
}

export function requiredCallback<F>(name: string, value: F): F {
  if (typeof value !== 'function') {
    throw optionError(name, value, 'a function');
  }
  return value;
}

/** Names the option, its value and what is allowed. A `RangeError` if the value has the right type. */
export function optionError(name: string, value: unknown, allowed: string, isRightType = false): Error {
  const message = `The option ${name} is ${formatValue(value)}, but must be ${allowed}`;
  return isRightType ? new RangeError(message) : new TypeError(message);
}

/** Formats a value for an error message. */
export function formatValue(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'object':
      return value === null ? 'null' : Array.isArray(value) ? 'an array' : 'an object';
    case 'function':
      return 'a function';
    case 'bigint':
      return `${value}n`;
    default:
      return String(value);
  }
}
