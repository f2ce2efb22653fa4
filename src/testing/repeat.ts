import { checkOptions, count as countOption } from '../rx/options.js';
import { checkList, randomNumbers } from './parameters.js';

/** The options of `repeat`. */
export interface RepeatOptions {
  /**
   * The number of values to repeat. A whole number from 0, or `Infinity` for all.
   *
   * @default 1
   */
  readonly count?: number | undefined;
  /**
   * The most other values between a value and its copy, without copies. A whole number from 0, or `Infinity`.
   *
   * @default 10
   */
  readonly distance?: number | undefined;
}

/**
 * Repeats some values a little later, as a broker or a resumed connection does.
 *
 * ```text
 * values   0 1 2 3 4 5
 *          repeat(seed, values, { count: 2, distance: 2 })
 *          0 1 0 2 2 3 4 5
 * ```
 *
 * The order of the originals is kept. Exactly `count` values are repeated, so that a test never runs without a
 * repeat. The same seed returns the same list on every platform.
 *
 * @example
 *
 * ```ts
 * import { repeat } from 'deltalines/testing';
 *
 * console.log(repeat(3, [0, 1, 2, 3, 4, 5], { count: 2, distance: 2 }).join(' '));
 *
 * // Logs:
 * // 0 1 0 2 2 3 4 5
 * ```
 *
 * @param seed A safe integer.
 * @param values Any values. Repeated deltas can be recognized only by a number.
 * @param options How many, and how much later; see {@link RepeatOptions}.
 * @returns A new list of the same values.
 * @throws `TypeError` or `RangeError` if a parameter is wrong.
 * @see {@link shuffle} and {@link lose} for other faults of a connection.
 */
export function repeat<T>(seed: number, values: readonly T[], options: RepeatOptions = {}): T[] {
  const random = randomNumbers(seed, 'repeat');
  checkList('The list of values', values);
  checkOptions(options);
  const count = countOption('count', options.count, 1, 0);
  const distance = countOption('distance', options.distance, 10, 0);
  const repeated = random.choose(count, values.length);
  const placed = values.flatMap((value, index) => {
    const original = { value, place: index };
    if (!repeated.has(index)) {
      return [original];
    }
    const between = random.below(Math.min(distance, values.length - 1 - index) + 1);
    return [original, { value, place: index + between + 0.5 }];
  });
  return placed.sort((one, other) => one.place - other.place).map(({ value }) => value);
}
