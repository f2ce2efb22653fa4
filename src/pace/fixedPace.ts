import type { PacePolicy } from '../core/pace/paceQueue.js';
import { count } from '../rx/options.js';

/**
 * Releases the same number of lines per tick, however many wait. If lines arrive faster than that, they wait longer
 * and longer, until `maxQueued` lines wait.
 *
 * @param lines A whole number from 1, or `Infinity` for all waiting lines.
 * @returns A policy for `paceLines`.
 * @throws `TypeError` or `RangeError` at once, if `lines` is wrong.
 * @see {@link adaptivePace}, which is faster the more lines wait.
 */
export function fixedPace(lines = 1): PacePolicy {
  const eachTick = count('lines', lines, 1, 1);
  return () => eachTick;
}
