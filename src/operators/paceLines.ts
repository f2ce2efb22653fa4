import type { MonoTypeOperatorFunction, SchedulerLike, Subscriber } from 'rxjs';

import type { Commit } from '../commits.js';
import { type PacePolicy, PaceQueue } from '../core/pace/paceQueue.js';
import { adaptivePace } from '../pace/adaptivePace.js';
import { createOperator, type Enqueue, type Handler } from '../rx/createOperator.js';
import { callback, checkOptions, count, duration, optionError, schedulerOption } from '../rx/options.js';
import { Timer } from '../rx/timer.js';

/** The options of `paceLines`. */
export interface PaceLinesOptions {
  /**
   * The time from one tick to the next, while something waits. Milliseconds, from 0 to 2,147,483,647. With 0, a tick in
   * each turn of the scheduler, so that `animationFrameScheduler` means one a frame.
   *
   * @default 50
   */
  readonly interval?: number | undefined;
  /**
   * Says how many lines leave in a tick: `adaptivePace()`, `fixedPace()`, or a function of one's own. An error that it
   * throws fails the output.
   *
   * @default adaptivePace()
   */
  readonly policy?: PacePolicy | undefined;
  /**
   * The most lines that wait, and the most other commits; beyond, the oldest line leaves at once.
   * A whole number from 0, or `Infinity`.
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
 * Lets lines out at a speed that can be read, and that never falls far behind.
 *
 * ```text
 * source     -(abc)-------------d-|
 *            paceLines({ interval: 5 })
 * result     -a----b----c-------d-|     a tick every 5, while something waits
 * ```
 *
 * - **next**: a line leaves at once if no line waits and none has left for `interval`. Otherwise it waits, and so does
 *   what comes behind it. Each tick asks the policy how many lines leave. A commit that is not a line leaves with the
 *   line before it, or at once if no line waits. The order never changes.
 * - **complete**: what waits goes on leaving tick by tick; then it completes.
 * - **error**: what waits leaves at once; then the error goes out.
 * - **unsubscribe**: nothing more comes, and neither a timer nor any state is left.
 *
 * Of the tails of a stream, at most one leaves in a tick: a later one replaces one that waits, and one that a later
 * commit of its stream overtakes is left out. Nothing else ever is: when more than `maxQueued` lines would wait, the
 * oldest leaves at once.
 *
 * Memory: at most `maxQueued` lines and as many other commits. Time: constant for each commit. One timer, and only
 * while something waits.
 *
 * @example
 *
 * ```ts
 * import { of, VirtualTimeScheduler } from 'rxjs';
 * import { commitLines, type DeltaEvent, fixedPace, paceLines } from 'deltalines';
 *
 * // Time that passes at once; leave the scheduler out to wait for real.
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
 * @param options The pace and the bound; see {@link PaceLinesOptions}.
 * @returns An operator; all its state belongs to the subscription.
 * @throws `TypeError` or `RangeError` at once, when an option is wrong. An error of the policy goes out as the error of
 * the output, after all that waits.
 * @see {@link orderStreams} for whole streams one after another.
 * @see {@link scanTranscript}, whose `every` makes a view of all streams no more often than it can be drawn.
 */
export function paceLines<C extends Commit>(options?: PaceLinesOptions): MonoTypeOperatorFunction<C>;
export function paceLines(options: PaceLinesOptions = {}): MonoTypeOperatorFunction<Commit> {
  checkOptions(options);
  const interval = intervalOption(options.interval);
  const policy = callback('policy', options.policy) ?? adaptivePace();
  const maxQueued = count('maxQueued', options.maxQueued, 10_000, 0);
  const scheduler = schedulerOption(options.scheduler);
  return createOperator((destination, enqueue) => {
    const queue = new PaceQueue<string>(interval, maxQueued, policy.fresh?.() ?? policy);
    return new PaceHandler(destination, queue, scheduler, enqueue);
  });
}

/** With `Infinity` there would be no tick, and no line would ever leave. */
function intervalOption(value: unknown): number {
  if (value === Infinity) {
    throw optionError('interval', value, 'milliseconds, from 0 to 2147483647', true);
  }
  return duration('interval', value, 50, true);
}

/** Leads commits through a queue, and ticks while something waits in it. */
class PaceHandler implements Handler<Commit> {
  private readonly destination: Subscriber<Commit>;
  private readonly queue: PaceQueue<string>;
  private readonly timer: Timer;
  /** The tick from which the timer runs to the next. */
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
