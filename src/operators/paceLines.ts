import type { MonoTypeOperatorFunction, SchedulerLike } from 'rxjs';

import type { Commit } from '../commits.js';
import { type PacePolicy, PaceQueue } from '../core/pace/paceQueue.js';
import { adaptivePace } from '../pace/adaptivePace.js';
import { createOperator } from '../rx/createOperator.js';
import { callback, checkOptions, count, duration, schedulerOption } from '../rx/options.js';
import { Timer } from '../rx/timer.js';

/** The options of `paceLines`. */
export interface PaceLinesOptions {
  /**
   * The time between two ticks while commits wait. Milliseconds, from 0 to 2,147,483,647. With 0, there is one tick
   * per turn of the scheduler; with `animationFrameScheduler`, that is one per frame.
   *
   * @default 50
   */
  readonly interval?: number | undefined;
  /**
   * Decides how many lines are released in a tick: `adaptivePace()`, `fixedPace()` or a custom function. An exception
   * fails the output.
   *
   * @default adaptivePace()
   */
  readonly policy?: PacePolicy | undefined;
  /**
   * The most waiting lines, and the most other waiting commits. Beyond that, the oldest line is emitted at once. A
   * whole number from 0, or `Infinity`.
   *
   * @default 10_000
   */
  readonly maxQueued?: number | undefined;
  /**
   * The only source of time.
   *
   * @default asyncScheduler
   */
  readonly scheduler?: SchedulerLike | undefined;
}

/**
 * Emits lines at a readable pace that does not fall far behind.
 *
 * ```text
 * source     -(abc)-------------d-|
 *            paceLines({ interval: 5 })
 * result     -a----b----c-------d-|     a tick every 5, while something waits
 * ```
 *
 * - **next**: a line is emitted at once if no line waits and none was emitted within `interval`. Otherwise it waits,
 *   and so do the commits after it. In each tick the policy decides how many lines are emitted. Any other commit is
 *   emitted with the line before it, or at once if no line waits. The order of all commits but tails never changes.
 * - **complete**: emits the waiting commits tick by tick; then completes.
 * - **error**: emits all waiting commits at once; then emits the error.
 * - **unsubscribe**: emits nothing more, and disposes the timer and state.
 *
 * At most one tail of a stream is emitted per tick. A later tail replaces a waiting one, and a waiting tail is
 * dropped when a later commit of its stream is emitted first. Nothing else is dropped: if more than `maxQueued` lines
 * would wait, the oldest is emitted at once.
 *
 * Memory: at most `maxQueued` lines and as many other commits. Time: constant for each commit. One timer, only while
 * commits wait.
 *
 * @example
 *
 * ```ts
 * import { of, VirtualTimeScheduler } from 'rxjs';
 * import { commitLines, type DeltaEvent, fixedPace, paceLines } from 'deltalines';
 *
 * // Virtual time. Omit the scheduler to use real time.
 * const scheduler = new VirtualTimeScheduler();
 *
 * of<DeltaEvent>({ type: 'delta', kind: 'answer', id: '1', delta: 'one\ntwo\nthree\n' })
 *   .pipe(commitLines(), paceLines({ policy: fixedPace(), scheduler }))
 *   .subscribe((commit) => {
 *     if (commit.type === 'line') {
 *       console.log(scheduler.now(), commit.text);
 *     }
 *   });
 * scheduler.flush();
 *
 * // Logs:
 * // 0 one
 * // 50 two
 * // 100 three
 * ```
 *
 * @param options The pace and the size of the queue; see {@link PaceLinesOptions}.
 * @returns An operator; all its state belongs to the subscription.
 * @throws `TypeError` or `RangeError` at once, if an option is wrong. An exception of the policy fails the output,
 *   after all waiting commits.
 * @see {@link orderStreams} for whole streams one after another.
 * @see {@link scanTranscript}, whose option `every` limits how often a view of all streams is emitted.
 */
export function paceLines<C extends Commit>(options?: PaceLinesOptions): MonoTypeOperatorFunction<C>;
export function paceLines(options: PaceLinesOptions = {}): MonoTypeOperatorFunction<Commit> {
  checkOptions(options);
  // With `Infinity` there would be no ticks, and waiting lines would never be emitted.
  const interval = duration('interval', options.interval, 50, { zero: true, finite: true });
  const policy = callback('policy', options.policy) ?? adaptivePace();
  const maxQueued = count('maxQueued', options.maxQueued, 10_000, 0);
  const scheduler = schedulerOption(options.scheduler);
  return createOperator((destination, enqueue) => {
    const queue = new PaceQueue<string>(interval, maxQueued, policy.fresh?.() ?? policy, destination);
    /** The tick after which the timer was armed. */
    let tickedAt: number | undefined;
    let isComplete = false;
    const completeIfEmpty = () => {
      if (isComplete && queue.isEmpty) {
        destination.complete();
      }
    };
    const updateTimer = (now: number) => {
      if (!queue.needsTick) {
        timer.disarm();
      } else if (!timer.isArmed || tickedAt !== queue.tickedAt) {
        tickedAt = queue.tickedAt;
        timer.arm(queue.timeToTick(now));
      }
    };
    const timer = new Timer(scheduler, enqueue, () => {
      const now = timer.now();
      queue.tick(now);
      updateTimer(now);
      completeIfEmpty();
    });
    return {
      next(commit) {
        const now = timer.now();
        queue.add(commit, now);
        updateTimer(now);
      },
      error(error) {
        queue.flush(timer.now());
        destination.error(error);
      },
      complete() {
        isComplete = true;
        completeIfEmpty();
      },
      dispose() {
        timer.dispose();
        queue.clear();
      },
    };
  });
}
