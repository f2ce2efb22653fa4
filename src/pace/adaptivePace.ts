import { AdaptivePace, type AdaptivePaceRules } from '../core/pace/adaptivePace.js';
import type { PacePolicy } from '../core/pace/paceQueue.js';
import { checkOptions, count } from '../rx/options.js';

/** The options of `adaptivePace`. Each is a whole number, or `Infinity`; ages and holds are in milliseconds. */
export interface AdaptivePaceOptions {
  /**
   * So many lines leave in each tick of the smooth gear. From 1.
   *
   * @default 1
   */
  readonly smoothLines?: number | undefined;
  /**
   * It catches up once so many lines wait. From 1.
   *
   * @default 8
   */
  readonly enterLines?: number | undefined;
  /**
   * It catches up once the oldest line has waited so long.
   *
   * @default 120
   */
  readonly enterAge?: number | undefined;
  /**
   * It is far behind while so many lines wait. From 1.
   *
   * @default 64
   */
  readonly severeLines?: number | undefined;
  /**
   * It is far behind while the oldest line has waited so long.
   *
   * @default 300
   */
  readonly severeAge?: number | undefined;
  /**
   * Catching up, a tick lets out the waiting lines divided by this, rounded up. From 1.
   *
   * @default 24
   */
  readonly drainTicks?: number | undefined;
  /**
   * The same, while it is far behind. From 1.
   *
   * @default 16
   */
  readonly severeDrainTicks?: number | undefined;
  /**
   * Catching up, a tick lets out no fewer lines. From 1.
   *
   * @default 2, or `maxLines` where that is lower
   */
  readonly minLines?: number | undefined;
  /**
   * Catching up, a tick lets out no more lines. From 1, and not below `minLines`.
   *
   * @default 24, or `minLines` where that is higher
   */
  readonly maxLines?: number | undefined;
  /**
   * It is calm while no more lines wait than this.
   *
   * @default 2
   */
  readonly exitLines?: number | undefined;
  /**
   * It is calm while the oldest line has not waited for longer than this.
   *
   * @default 40
   */
  readonly exitAge?: number | undefined;
  /**
   * It stops catching up when both have been so for this long.
   *
   * @default 250
   */
  readonly exitAfter?: number | undefined;
  /**
   * After that it does not catch up again for this long, unless it is far behind.
   *
   * @default 250
   */
  readonly reenterAfter?: number | undefined;
}

/**
 * The pace of a reader who is not to wait: line by line as long as few wait, and faster the more do.
 *
 * | gear     | entered                                        | lines in a tick                                            |
 * | -------- | ---------------------------------------------- | ---------------------------------------------------------- |
 * | smooth   | after 250 ms at 2 lines or fewer, 40 ms or less | 1                                                          |
 * | catch up | at 8 lines or 120 ms                           | lines / 24, or lines / 16 from 64 lines or 300 ms; 2 to 24 |
 *
 * After it has caught up it does not do so again within 250 ms, unless 64 lines wait or one has waited for 300 ms.
 *
 * It is a function that may be called as it is: the first call begins its past. `paceLines` never does that; it makes a
 * `fresh` one for each subscription, so the same policy may be given to several.
 *
 * @example
 *
 * ```ts
 * import { adaptivePace } from 'deltalines';
 *
 * const policy = adaptivePace();
 * console.log(policy({ lines: 7, oldestAge: 0 }, 0));
 * console.log(policy({ lines: 8, oldestAge: 50 }, 50));
 * console.log(policy({ lines: 160, oldestAge: 100 }, 100));
 *
 * // Logs:
 * // 1
 * // 2
 * // 10
 * ```
 *
 * @param options All the numbers; see {@link AdaptivePaceOptions}.
 * @returns A policy for `paceLines`.
 * @throws `TypeError` or `RangeError` at once, when an option is wrong.
 * @see {@link fixedPace} for the same number in each tick.
 */
export function adaptivePace(options: AdaptivePaceOptions = {}): PacePolicy {
  checkOptions(options);
  const { minLines, maxLines } = limits(options);
  return policyWith({
    smoothLines: count('smoothLines', options.smoothLines, 1, 1),
    enterLines: count('enterLines', options.enterLines, 8, 1),
    enterAge: count('enterAge', options.enterAge, 120, 0),
    severeLines: count('severeLines', options.severeLines, 64, 1),
    severeAge: count('severeAge', options.severeAge, 300, 0),
    drainTicks: count('drainTicks', options.drainTicks, 24, 1),
    severeDrainTicks: count('severeDrainTicks', options.severeDrainTicks, 16, 1),
    minLines,
    maxLines,
    exitLines: count('exitLines', options.exitLines, 2, 0),
    exitAge: count('exitAge', options.exitAge, 40, 0),
    exitAfter: count('exitAfter', options.exitAfter, 250, 0),
    reenterAfter: count('reenterAfter', options.reenterAfter, 250, 0),
  });
}

/** Who sets only one of the two has not to know the default of the other. */
function limits(options: AdaptivePaceOptions): Pick<AdaptivePaceRules, 'minLines' | 'maxLines'> {
  const minLines = count('minLines', options.minLines, 2, 1);
  const maxLines = count('maxLines', options.maxLines, 24, 1);
  if (options.minLines === undefined) {
    return { minLines: Math.min(minLines, maxLines), maxLines };
  }
  if (options.maxLines === undefined) {
    return { minLines, maxLines: Math.max(minLines, maxLines) };
  }
  if (minLines > maxLines) {
    throw new RangeError(
      `The option maxLines is ${maxLines}, but must be a whole number from minLines, which is ${minLines}`,
    );
  }
  return { minLines, maxLines };
}

function policyWith(rules: AdaptivePaceRules): PacePolicy {
  const pace = new AdaptivePace(rules);
  const policy: PacePolicy = (waiting, now) => pace.next(waiting, now);
  return Object.assign(policy, {
    fresh: () => policyWith(rules),
    resume: (emptySince: number, now: number) => pace.resume(emptySince, now),
  });
}
