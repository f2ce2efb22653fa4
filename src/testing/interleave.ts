import { checkList, randomNumbers } from './parameters.js';

/**
 * Merges lists in random order. The order within each list is kept.
 *
 * ```text
 * one      a1 a2 a3
 * other    b1 b2
 *          interleave(seed, [one, other])
 *          b1 a1 b2 a2 a3
 * ```
 *
 * All merges are equally likely. The same seed returns the same list on every platform.
 *
 * @example
 *
 * ```ts
 * import { interleave } from 'deltalines/testing';
 *
 * console.log(interleave(2, [['a1', 'a2', 'a3'], ['b1', 'b2']]).join(' '));
 *
 * // Logs:
 * // b1 a1 b2 a2 a3
 * ```
 *
 * @param seed A safe integer.
 * @param streams The lists: events of one stream each, or anything else.
 * @returns A new list of the same values.
 * @throws `TypeError` or `RangeError` if a parameter is wrong.
 * @see {@link recut}, which changes where the texts are cut; {@link shuffle}, which changes the order.
 */
export function interleave<T>(seed: number, streams: readonly (readonly T[])[]): T[] {
  const random = randomNumbers(seed, 'interleave');
  checkList('The list of streams', streams);
  streams.forEach((stream, index) => {
    checkList(`The stream at index ${String(index)}`, stream);
  });
  // Shuffles a list with one entry per value, each of which is the index of a stream. This makes all merges equally
  // likely.
  const turns = streams.flatMap((stream, index) => stream.map(() => index));
  for (let last = turns.length - 1; last > 0; last--) {
    const other = random.below(last + 1);
    const turn = turns[last] ?? 0;
    turns[last] = turns[other] ?? 0;
    turns[other] = turn;
  }
  const iterators = streams.map((stream) => stream.values());
  return turns.flatMap((index) => {
    const next = iterators[index]?.next();
    return next === undefined || next.done === true ? [] : [next.value];
  });
}
