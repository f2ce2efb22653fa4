import type { PacePolicy } from '../core/pace/paceQueue.js';
import { count } from '../rx/options.js';

/**
 * The same number of lines in each tick, however many wait. What comes faster than that waits longer and longer, until
 * `maxQueued` lines do.
 *
 * @param lines A whole number from 1, or `Infinity` for all lines that wait.
 * @returns A policy for `paceLines`.
 * @throws `TypeError` or `RangeError` at once, when `lines` is wrong.
 * @see {@link adaptivePace}, which is faster the more lines wait.
 */
export function fixedPace(lines = 1): PacePolicy {
  const eachTick = count('lines', lines, 1, 1);
  return () => eachTick;
}
