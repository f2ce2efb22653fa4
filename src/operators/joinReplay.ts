import {
  from,
  type MonoTypeOperatorFunction,
  type ObservableInput,
  Subject,
  type Subscriber,
  takeUntil,
} from 'rxjs';

import { type ReplayGap, ReplayJoin, type ReplaySink } from '../core/sequence/replayJoin.js';
import { BufferOverflowError } from '../rx/bufferOverflowError.js';
import { createOperator, type Enqueue, type Handler } from '../rx/createOperator.js';
import { callback, checkOptions, count, requiredCallback } from '../rx/options.js';

export type { ReplayGap };

/** The options of `joinReplay`. */
export interface JoinReplayOptions<T> {
  /**
   * The number of a value, in the history as in the live source: a safe integer that grows. A value with any other
   * number, such as `undefined`, cannot be told from a repeat and always passes.
   */
  readonly seq: (value: T) => number | undefined;
  /**
   * The most live values that wait for the end of the history; beyond, the output fails with a `BufferOverflowError`.
   * A whole number from 0, or `Infinity`.
   *
   * @default 10_000
   */
  readonly maxBuffered?: number | undefined;
  /**
   * Called with the numbers between the history and the live source that neither had, before the value after them goes
   * out. An error that it throws fails the output.
   */
  readonly onGap?: ((gap: ReplayGap) => void) | undefined;
}

/**
 * Puts what was recorded before what is live, without a hole or a repeat between the two.
 *
 * ```text
 * live       --3--4-----5--6--|
 * history    -1--2--3|
 *            joinReplay(history, { seq })
 * result     -1--2--3(4)5--6--|
 * ```
 *
 * - **subscribe**: the live source is subscribed to first and its values wait; then the history is. A snapshot that is
 *   taken before the subscription would miss what happens in between.
 * - **next**: the values of the history go out as they come. When it completes, the waiting live values follow, sorted by
 *   number, and the rest passes. A number that is not higher than the latest one is a repeat and is left out. A value
 *   without a number passes; a live one waits for the end of the history first.
 * - **complete**: it completes once both did.
 * - **error**: an error of either goes out at once.
 * - **unsubscribe**: both are unsubscribed, and nothing is retained.
 *
 * Memory: at most `maxBuffered` live values, until the history is over. Time: constant for each value, and one sort of
 * those that waited. It has no timer.
 *
 * @example
 *
 * ```ts
 * import { of } from 'rxjs';
 * import { joinReplay } from 'deltalines';
 *
 * const live = of({ n: 3, text: 'c' }, { n: 5, text: 'e' });
 * const history = of({ n: 1, text: 'a' }, { n: 2, text: 'b' }, { n: 3, text: 'c' });
 * live
 *   .pipe(
 *     joinReplay(history, {
 *       seq: (value) => value.n,
 *       onGap: ({ from, to }) => console.log(`missing: ${from} to ${to}`),
 *     }),
 *   )
 *   .subscribe((value) => console.log(value.text));
 *
 * // Logs:
 * // a
 * // b
 * // c
 * // missing: 4 to 4
 * // e
 * ```
 *
 * @param history What came before, such as the entries of a log: any `ObservableInput`. It has to complete.
 * @param options `seq`, and the bound of waiting; see {@link JoinReplayOptions}.
 * @returns An operator on the live source; all its state belongs to the subscription.
 * @throws `TypeError` or `RangeError` at once, when an option is wrong. The output fails with a
 * {@link BufferOverflowError} when more than `maxBuffered` live values wait.
 * @see {@link resequence}, which restores the order within one source.
 */
export function joinReplay<T>(
  history: ObservableInput<T>,
  options: JoinReplayOptions<T>,
): MonoTypeOperatorFunction<T> {
  checkOptions(options);
  const resolved = {
    seq: requiredCallback('seq', options.seq),
    maxBuffered: count('maxBuffered', options.maxBuffered, 10_000, 0),
    onGap: callback('onGap', options.onGap),
  };
  return createOperator((destination, enqueue) => new ReplayHandler(history, resolved, destination, enqueue));
}

/** Subscribes to the history once the live source is subscribed to, and leads both through one join. */
class ReplayHandler<T> implements Handler<T>, ReplaySink<T> {
  private readonly history: ObservableInput<T>;
  private readonly options: JoinReplayOptions<T> & { readonly maxBuffered: number };
  private readonly destination: Subscriber<T>;
  private readonly enqueue: Enqueue;
  private readonly values = new ReplayJoin<T>();
  private readonly stop = new Subject<void>();
  private isLiveComplete = false;

  constructor(
    history: ObservableInput<T>,
    options: JoinReplayOptions<T> & { readonly maxBuffered: number },
    destination: Subscriber<T>,
    enqueue: Enqueue,
  ) {
    this.history = history;
    this.options = options;
    this.destination = destination;
    this.enqueue = enqueue;
  }

  get closed(): boolean {
    return this.destination.closed;
  }

  subscribed(): void {
    from(this.history)
      .pipe(takeUntil(this.stop))
      .subscribe({
        next: (value) => {
          this.enqueue(() => {
            this.values.replay(value, this.numberOf(value), this);
          });
        },
        error: (error: unknown) => {
          this.enqueue(() => {
            this.destination.error(error);
          });
        },
        complete: () => {
          this.enqueue(() => {
            this.values.join(this);
            this.completeIfBothDid();
          });
        },
      });
  }

  next(value: T): void {
    const { held } = this.values;
    const { maxBuffered } = this.options;
    if (held !== undefined && held.length >= maxBuffered) {
      this.destination.error(
        new BufferOverflowError(
          `More than ${maxBuffered} live values waited for the end of the history; raise maxBuffered, or shorten the history`,
        ),
      );
      return;
    }
    this.values.accept(value, this.numberOf(value), this);
  }

  error(error: unknown): void {
    this.destination.error(error);
  }

  complete(): void {
    this.isLiveComplete = true;
    this.completeIfBothDid();
  }

  dispose(): void {
    this.stop.next();
    this.values.held = undefined;
  }

  emit(value: T): void {
    this.destination.next(value);
  }

  gap(gap: ReplayGap): void {
    this.options.onGap?.(gap);
  }

  private completeIfBothDid(): void {
    if (this.isLiveComplete && this.values.held === undefined) {
      this.destination.complete();
    }
  }

  private numberOf(value: T): number | undefined {
    const number = this.options.seq(value);
    return Number.isSafeInteger(number) ? number : undefined;
  }
}
