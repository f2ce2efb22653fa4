import { from, type MonoTypeOperatorFunction, type ObservableInput, Subject, takeUntil } from 'rxjs';

import { type ReplayGap, ReplayJoin } from '../core/sequence/replayJoin.js';
import { BufferOverflowError } from '../rx/bufferOverflowError.js';
import { createOperator } from '../rx/createOperator.js';
import { callback, checkOptions, count, requiredCallback } from '../rx/options.js';

export type { ReplayGap };

/** The options of `joinReplay`. */
export interface JoinReplayOptions<T> {
  /**
   * Returns the number of a value of the history or the live source: an increasing safe integer. A value with any
   * other number, such as `undefined`, cannot be recognized as a repeat and is always emitted.
   */
  readonly seq: (value: T) => number | undefined;
  /**
   * The most live values that wait for the end of the history. Beyond that, the output fails with a
   * `BufferOverflowError`. A whole number from 0, or `Infinity`.
   *
   * @default 10_000
   */
  readonly maxBuffered?: number | undefined;
  /**
   * Called with the numbers between the end of the history and the first live value after it, before that value is
   * emitted. An exception fails the output.
   */
  readonly onGap?: ((gap: ReplayGap) => void) | undefined;
}

/**
 * Concatenates a recorded history and a live source, without a gap or repeats between them.
 *
 * ```text
 * live       --3--4-----5--6--|
 * history    -1--2--3|
 *            joinReplay(history, { seq })
 * result     -1--2--3(4)5--6--|
 * ```
 *
 * - **subscribe**: the live source is subscribed to first, and its values wait. Then the history is subscribed to. In
 *   the opposite order, values that arrive in between would be lost.
 * - **next**: the values of the history are emitted as they arrive. When it completes, the waiting live values are
 *   emitted, sorted by number; later live values are emitted at once. A value whose number is not higher than the
 *   latest one is dropped: it is a repeat, unless live values overtake each other. A value without a number is always
 *   emitted, a live one after the history.
 * - **complete**: completes once both have completed.
 * - **error**: emits an error of either at once.
 * - **unsubscribe**: unsubscribes both and disposes all state.
 *
 * Memory: at most `maxBuffered` live values, until the history completes. Time: constant for each value, and one sort
 * of the waiting values. No timer.
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
 * @param history The earlier values, such as the entries of a log: any `ObservableInput`. It must complete.
 * @param options `seq`, and the size of the buffer; see {@link JoinReplayOptions}.
 * @returns An operator on the live source; all its state belongs to the subscription.
 * @throws `TypeError` or `RangeError` at once, if an option is wrong. The output fails with a {@link
 *   BufferOverflowError} if more than `maxBuffered` live values would wait.
 * @see {@link resequence}, which restores the order within one source. Use it on a live source whose values can
 *   overtake each other, before `joinReplay`.
 */
export function joinReplay<T>(
  history: ObservableInput<NoInfer<T>>,
  options: JoinReplayOptions<T>,
): MonoTypeOperatorFunction<T> {
  checkOptions(options);
  const seq = requiredCallback('seq', options.seq);
  const maxBuffered = count('maxBuffered', options.maxBuffered, 10_000, 0);
  const onGap = callback('onGap', options.onGap);
  const numberOf = (value: T) => {
    const number = seq(value);
    return Number.isSafeInteger(number) ? number : undefined;
  };
  return createOperator<T, T>((destination, enqueue) => {
    const values = new ReplayJoin<T>(destination, (gap) => onGap?.(gap));
    const stop = new Subject<void>();
    let isLiveComplete = false;
    const completeIfBothDid = () => {
      if (isLiveComplete && values.held === undefined) {
        destination.complete();
      }
    };
    return {
      subscribed() {
        from(history)
          .pipe(takeUntil(stop))
          .subscribe({
            next: (value) => {
              enqueue(() => {
                values.replay(value, numberOf(value));
              });
            },
            error: (error: unknown) => {
              enqueue(() => {
                destination.error(error);
              });
            },
            complete: () => {
              enqueue(() => {
                values.join();
                completeIfBothDid();
              });
            },
          });
      },
      next(value) {
        values.accept(value, numberOf(value));
        if (values.held !== undefined && values.held.length > maxBuffered) {
          destination.error(
            new BufferOverflowError(
              `More than ${maxBuffered} live values waited for the end of the history; raise maxBuffered, or shorten the history`,
            ),
          );
        }
      },
      error(error) {
        destination.error(error);
      },
      complete() {
        isLiveComplete = true;
        completeIfBothDid();
      },
      dispose() {
        stop.next();
        values.held = undefined;
      },
    };
  });
}
