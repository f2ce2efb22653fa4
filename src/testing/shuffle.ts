import { checkOptions, count as countOption } from '../rx/options.js';
import { checkList, randomNumbers } from './parameters.js';

/** The options of `shuffle`. */
export interface ShuffleOptions {
  /**
   * The most positions that a value moves, and the most values that overtake it. A whole number from 0, or `Infinity`
   * for any order.
   *
   * @default 10
   */
  readonly distance?: number | undefined;
}

/**
 * Reorders values within a limited distance, as a network does in which some messages overtake others.
 *
 * ```text
 * values   0 1 2 3 4 5
 *          shuffle(seed, values, { distance: 2 })
 *          0 3 2 1 4 5
 * ```
 *
 * Because at most `distance` values overtake another, `resequence` with a `maxReorder` above `distance` restores the
 * order without skipping a number. The same seed returns the same list on every platform.
 *
 * @example
 *
 * ```ts
 * import { resequence } from 'deltalines';
 * import { shuffle } from 'deltalines/testing';
 * import { from, toArray } from 'rxjs';
 *
 * const arrived = shuffle(1, [0, 1, 2, 3, 4, 5], { distance: 2 });
 * console.log(arrived.join(' '));
 *
 * from(arrived)
 *   .pipe(resequence({ seq: (value) => value, maxReorder: 3 }), toArray())
 *   .subscribe((values) => console.log(values.join(' ')));
 *
 * // Logs:
 * // 0 3 2 1 4 5
 * // 0 1 2 3 4 5
 * ```
 *
 * @param seed A safe integer.
 * @param values Any values. To restore the order of deltas, they need numbers.
 * @param options How far; see {@link ShuffleOptions}.
 * @returns A new list of the same values.
 * @throws `TypeError` or `RangeError` if a parameter is wrong.
 * @see {@link repeat} and {@link lose} for other faults of a connection; {@link interleave}, which keeps the order
 *   within each stream.
 */
export function shuffle<T>(seed: number, values: readonly T[], options: ShuffleOptions = {}): T[] {
  const random = randomNumbers(seed, 'shuffle');
  checkList('The list of values', values);
  checkOptions(options);
  const distance = countOption('distance', options.distance, 10, 0);
  // A value that is delayed by less than `distance + 1` positions precedes every value more than `distance` after it.
  const place = (index: number) =>
    distance === Infinity ? random.fraction() : index + random.fraction() * (distance + 1);
  return values
    .map((value, index) => ({ value, place: place(index) }))
    .sort((one, other) => one.place - other.place)
    .map(({ value }) => value);
}
