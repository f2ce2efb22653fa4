import type { MonoTypeOperatorFunction, SchedulerLike, Subscriber } from 'rxjs';

import type { Commit } from '../commits.js';
import { type PacePolicy, PaceQueue } from '../core/pace/paceQueue.js';
import { adaptivePace } from '../pace/adaptivePace.js';
import { createOperator, type Enqueue, type Handler } from '../rx/createOperator.js';
import { callback, checkOptions, count, LONGEST_DELAY, option, schedulerOption } from '../rx/options.js';
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
  const interval = option(
    'interval',
    options.interval,
    50,
    `milliseconds, from 0 to ${LONGEST_DELAY}`,
    (given) => given >= 0 && given <= LONGEST_DELAY,
  );
  const policy = callback('policy', options.policy) ?? adaptivePace();
  const maxQueued = count('maxQueued', options.maxQueued, 10_000, 0);
  const scheduler = schedulerOption(options.scheduler);
  return createOperator((destination, enqueue) => {
    const queue = new PaceQueue<string>(interval, maxQueued, policy.fresh?.() ?? policy);
    return new PaceHandler(destination, queue, scheduler, enqueue);
  });
}

/** Passes commits through a queue, and ticks while commits wait in it. */
class PaceHandler implements Handler<Commit> {
  private readonly destination: Subscriber<Commit>;
  private readonly queue: PaceQueue<string>;
  private readonly timer: Timer;
  /** The tick after which the timer was armed. */
  private tickedAt: number | undefined = undefined;
  private isComplete = false;

  constructor(
    destination: Subscriber<Commit>,
    queue: PaceQueue<string>,
    scheduler: SchedulerLike,
    enqueue: Enqueue,
  ) {
    this.destination = destination;
    this.queue = queue;
    this.timer = new Timer(scheduler, enqueue, () => {
      const now = this.timer.now();
      queue.tick(now, destination);
      this.updateTimer(now);
      this.completeIfEmpty();
    });
  }

  next(commit: Commit): void {
    const now = this.timer.now();
    this.queue.add(commit, now, this.destination);
    this.updateTimer(now);
  }

  error(error: unknown): void {
    this.queue.flush(this.timer.now(), this.destination);
    this.destination.error(error);
  }

  complete(): void {
    this.isComplete = true;
    this.completeIfEmpty();
  }

  dispose(): void {
    this.timer.dispose();
    this.queue.clear();
  }

  private completeIfEmpty(): void {
    if (this.isComplete && this.queue.isEmpty) {
      this.destination.complete();
    }
  }

  private updateTimer(now: number): void {
    if (!this.queue.needsTick) {
      this.timer.disarm();
    } else if (!this.timer.isArmed || this.tickedAt !== this.queue.tickedAt) {
      this.tickedAt = this.queue.tickedAt;
      this.timer.arm(this.queue.timeToTick(now));
    }
  }
}
