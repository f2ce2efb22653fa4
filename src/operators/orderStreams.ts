import type { MonoTypeOperatorFunction } from 'rxjs';

import type { Commit } from '../commits.js';
import { type OrderableCommit, StreamOrder } from '../core/order/streamOrder.js';
import { createOperator } from '../rx/createOperator.js';
import { checkOptions, choice, count } from '../rx/options.js';

/** The options of `orderStreams`. */
export interface OrderStreamsOptions {
  /**
   * What a stream waits for: with `sequential`, for all streams before it to close; with `grouped`, for its own
   * close.
   *
   * @default 'sequential'
   */
  readonly strategy?: 'sequential' | 'grouped' | undefined;
  /**
   * The most waiting commits. Beyond that, the oldest are emitted before their turn. A whole number from 0, or
   * `Infinity`.
   *
   * @default 100_000
   */
  readonly maxBuffered?: number | undefined;
}

/**
 * Emits streams one after another, instead of interleaved as they arrive.
 *
 * ```text
 * source        b1   a1   b2   b:close   a2   a:close   |
 *               -1----2----3----4---------5----6--------|
 *               orderStreams()
 *               -1---------3----(42)------5----6--------|
 *               orderStreams({ strategy: 'grouped' })
 *               ----------------(134)----------(256)----|
 * ```
 *
 * - **next**: with `sequential`, the commits of the live stream are emitted at once, and those of the others wait.
 *   When the live stream closes, the first waiting stream by `order`, then by opening, becomes the live one, and its
 *   waiting commits are emitted. With `grouped`, all commits of a stream are emitted together when it closes. A
 *   `drop` belongs to no stream and is emitted at once. A `tail` or `draft` replaces a waiting one of its stream if no
 *   other commit of the stream came in between.
 * - **complete**: emits all waiting commits, stream by stream; then completes.
 * - **error**: emits all waiting commits, stream by stream; then emits the error.
 * - **unsubscribe**: emits nothing more, and disposes all state.
 *
 * The order within a stream never changes, and nothing but replaced tails and drafts is dropped: if more than
 * `maxBuffered` commits would wait, the oldest is emitted. So with `maxBuffered: 0` the output equals the input.
 *
 * An abandoned stream keeps the others waiting until it is closed, so give `commitLines` an `idleTimeout`.
 *
 * Memory: at most `maxBuffered` commits, and a small record for each open stream. Time: constant for each commit;
 * O(log n) for each open and close, with n waiting streams.
 *
 * @example
 *
 * ```ts
 * import { from } from 'rxjs';
 * import { commitLines, type DeltaEvent, orderStreams } from 'deltalines';
 *
 * const events: DeltaEvent[] = [
 *   { type: 'delta', kind: 'answer', id: '1', delta: 'one\n', order: [1] },
 *   { type: 'delta', kind: 'answer', id: '3', delta: 'three\n', order: [3] },
 *   { type: 'delta', kind: 'answer', id: '2', delta: 'two\n', order: [2] },
 *   { type: 'end', kind: 'answer', id: '3' },
 *   { type: 'delta', kind: 'answer', id: '1', delta: 'one and a half\n' },
 * ];
 *
 * from(events)
 *   .pipe(commitLines(), orderStreams())
 *   .subscribe((commit) => {
 *     if (commit.type === 'line') {
 *       console.log(commit.text);
 *     }
 *   });
 *
 * // Logs:
 * // one
 * // one and a half
 * // two
 * // three
 * ```
 *
 * @param options The strategy and the bound; see {@link OrderStreamsOptions}.
 * @returns An operator; all its state belongs to the subscription.
 * @throws `TypeError` or `RangeError` at once, if an option is wrong.
 * @see {@link scanTranscript} for a view of all streams at once, in the same order.
 */
export function orderStreams<C extends OrderableCommit = Commit>(
  options: OrderStreamsOptions = {},
): MonoTypeOperatorFunction<C> {
  checkOptions(options);
  const strategy = choice('strategy', options.strategy, ['sequential', 'grouped']);
  const maxBuffered = count('maxBuffered', options.maxBuffered, 100_000, 0);
  return createOperator((destination) => {
    const streams = new StreamOrder<C>(strategy, maxBuffered, destination);
    return {
      next(commit) {
        streams.add(commit);
      },
      error(error) {
        streams.flush();
        destination.error(error);
      },
      complete() {
        streams.flush();
        destination.complete();
      },
    };
  });
}
