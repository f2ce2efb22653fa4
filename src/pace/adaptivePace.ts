import { AdaptivePace, type AdaptivePaceOptions, type AdaptivePaceRules } from '../core/pace/adaptivePace.js';
import type { PacePolicy } from '../core/pace/paceQueue.js';
import { checkOptions, count } from '../rx/options.js';

export type { AdaptivePaceOptions };

/**
 * A pace that follows the backlog: line by line while few lines wait, and faster the more lines wait.
 *
 * | mode     | begins                                          | lines per tick                                             |
 * | -------- | ----------------------------------------------- | ---------------------------------------------------------- |
 * | smooth   | after 250 ms at 2 lines or fewer, 40 ms or less | 1                                                          |
 * | catch up | at 8 lines or 120 ms                            | lines / 24, or lines / 16 from 64 lines or 300 ms; 2 to 24 |
 *
 * After catch-up has ended, it does not begin again within 250 ms, unless 64 lines wait or one has waited for 300 ms.
 *
 * The policy is a stateful function that can also be called directly. `paceLines` creates a `fresh` policy for each
 * subscription, so several operators can share one.
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
 * @param options The parameters of both modes; see {@link AdaptivePaceOptions}.
 * @returns A policy for `paceLines`.
 * @throws `TypeError` or `RangeError` at once, if an option is wrong.
 * @see {@link fixedPace} for the same number of lines per tick.
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

/** Setting one bound adjusts the default of the other to fit. */
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
