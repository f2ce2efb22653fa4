import type { OperatorFunction, SchedulerLike, Subscriber, Subscription } from 'rxjs';

import type { Commit } from '../commits.js';
import { type Transcript, TranscriptBuilder } from '../core/transcript/transcript.js';
import { type Handler, type Enqueue, createOperator } from '../rx/createOperator.js';
import { checkOptions, count, duration, schedulerOption } from '../rx/options.js';

/** The options of `scanTranscript`. */
export interface ScanTranscriptOptions {
  /**
   * At most one transcript in this time; without it, one for each commit that changes something.
   * Milliseconds, more than 0 and at most 2,147,483,647; `Infinity` for the first and the last only.
   */
  readonly every?: number | undefined;
  /**
   * The most cells; beyond, those go that were closed first, and cells that are open stay. A whole number from 0, or
   * `Infinity`.
   *
   * @default Infinity
   */
  readonly maxCells?: number | undefined;
  /**
   * The only source of time.
   *
   * @default asyncScheduler
   */
  readonly scheduler?: SchedulerLike | undefined;
}

/**
 * Keeps the texts of all streams in one immutable, sorted list of cells: what a user interface draws.
 *
 * ```text
 * source       open a   a 0 "hi"   drop   open b   close a   |
 *              -1--------2----------3------4--------5--------|
 *              scanTranscript()
 *              -A--------B-----------------C--------D--------|
 * A            [a []]
 * B            [a ["hi"]]
 * C            [a ["hi"], b []]            the cell of a is the same object as in B
 * D            [a ["hi"] end, b []]        the lines of a and the cell of b are the same as in C
 * ```
 *
 * - **next**: a stream that opens gets a {@link Cell}, placed by `order`, then by opening. The lines that ended are its
 *   `lines`, what is known of the next line is its `tail`; at the close that becomes the last line. A commit that changes
 *   nothing gives nothing. With `every`, a change goes out at once if no transcript did for so long, and otherwise with
 *   all others of that time when the time is over.
 * - **complete**: what has not gone out yet does; then it completes.
 * - **error**: what has not gone out yet does; then the error goes out.
 * - **unsubscribe**: nothing more comes, and neither a timer nor any state is left.
 *
 * Nothing that went out is changed later, and what did not change is the same object: the cell of another stream, and
 * the `lines` of a cell with a new `tail` or `status`. So a user interface can compare with `===`.
 *
 * Memory: the text of at most `maxCells` cells, and of those that are open. Time: constant for a commit; for a
 * transcript, one step a cell, and a copy of the lines of those cells that have other lines. That copy makes cells of
 * many thousand lines costly when each commit gives a transcript: use `every` there. One timer, and only while a
 * transcript is due.
 *
 * @example
 *
 * ```ts
 * import { from, last } from 'rxjs';
 * import { commitLines, type DeltaEvent, scanTranscript } from 'deltalines';
 *
 * const events: DeltaEvent[] = [
 *   { type: 'delta', kind: 'answer', id: '2', delta: 'wor', order: [2] },
 *   { type: 'delta', kind: 'answer', id: '1', delta: 'hello\n', order: [1] },
 *   { type: 'delta', kind: 'answer', id: '2', delta: 'ld\n' },
 *   { type: 'end', kind: 'answer', id: '1' },
 * ];
 *
 * from(events)
 *   .pipe(commitLines(), scanTranscript(), last())
 *   .subscribe((transcript) => {
 *     for (const { stream, lines, status } of transcript) {
 *       console.log(stream.id, lines.join(' '), status);
 *     }
 *   });
 *
 * // Logs:
 * // 1 hello end
 * // 2 world complete
 * ```
 *
 * @param options How often and how much; see {@link ScanTranscriptOptions}.
 * @returns An operator; all its state belongs to the subscription.
 * @throws `TypeError` or `RangeError` at once, when an option is wrong.
 * @see {@link orderStreams} for the commits themselves in the same order.
 */
export function scanTranscript<K extends string>(
  options: ScanTranscriptOptions = {},
): OperatorFunction<Commit<K>, Transcript<K>> {
  checkOptions(options);
  const every = options.every === undefined ? 0 : duration('every', options.every, 0);
  const maxCells = count('maxCells', options.maxCells, Infinity, 0);
  const scheduler = schedulerOption(options.scheduler);
  return createOperator(
    (destination, enqueue) =>
      new TranscriptHandler<K>(destination, enqueue, new TranscriptBuilder(maxCells), every, scheduler),
  );
}

class TranscriptHandler<K extends string> implements Handler<Commit<K>> {
  private readonly destination: Subscriber<Transcript<K>>;
  private readonly enqueue: Enqueue;
  private readonly builder: TranscriptBuilder<K>;
  private readonly every: number;
  private readonly scheduler: SchedulerLike;
  /** When the latest transcript went out. */
  private latestTime: number | undefined = undefined;
  private timer: Subscription | undefined = undefined;

  constructor(
    destination: Subscriber<Transcript<K>>,
    enqueue: Enqueue,
    builder: TranscriptBuilder<K>,
    every: number,
    scheduler: SchedulerLike,
  ) {
    this.destination = destination;
    this.enqueue = enqueue;
    this.builder = builder;
    this.every = every;
    this.scheduler = scheduler;
  }

  next(commit: Commit<K>): void {
    this.builder.apply(commit);
    if (this.timer !== undefined || !this.builder.hasChanged) {
      return;
    }
    const delay = this.every === 0 ? 0 : this.timeLeft();
    if (delay <= 0) {
      this.emit();
    } else if (delay !== Infinity) {
      this.startTimer(delay);
    }
  }

  error(error: unknown): void {
    this.emit();
    this.destination.error(error);
  }

  complete(): void {
    this.emit();
    this.destination.complete();
  }

  release(): void {
    this.timer?.unsubscribe();
  }

  /** How long the next transcript has to wait for the latest one. */
  private timeLeft(): number {
    if (this.latestTime === undefined) {
      return 0;
    }
    const passed = this.scheduler.now() - this.latestTime;
    // A clock that was set back must not make anybody wait for longer than that.
    return passed < 0 ? this.every : this.every - passed;
  }

  private startTimer(delay: number): void {
    this.timer = this.scheduler.schedule(
      () => {
        this.enqueue(() => {
          this.timer = undefined;
          this.emit();
        });
      },
      // Timers count whole milliseconds and cut off the rest, which would be too early.
      Math.ceil(delay),
    );
  }

  private emit(): void {
    const { latest } = this.builder;
    const transcript = this.builder.take();
    if (transcript !== latest) {
      if (this.every !== 0) {
        this.latestTime = this.scheduler.now();
      }
      this.destination.next(transcript);
    }
  }
}
