import { Observable, type OperatorFunction } from 'rxjs';

import type { DropCommit } from '../commits.js';
import type { DeltaEvent } from '../events.js';
import { type DeltaStream, DeltaStreamGroup } from '../rx/deltaStream.js';
import { SourceSubscriber } from '../rx/createOperator.js';
import { callback, type CommitLinesOptions, count, resolveCommitLinesOptions } from '../rx/options.js';
import { StreamTableHandler } from '../rx/streamTableHandler.js';

/** The options of `groupStreams`. */
export interface GroupStreamsOptions extends CommitLinesOptions {
  /**
   * The most events of one stream that are buffered until it is subscribed to. Beyond that, subscribing to it fails
   * with a `BufferOverflowError`. A whole number from 0, or `Infinity`.
   *
   * @default 10_000
   */
  readonly maxBuffered?: number | undefined;
  /** Called with each event that belongs to no stream. An exception fails the streams and the output. */
  readonly onDrop?: ((drop: DropCommit) => void) | undefined;
}

/**
 * Groups events by stream, like `groupBy` with `kind` and `id` as key, but without lost events and leaked groups.
 *
 * ```text
 * source       a1   b1   a2   a:end   b2   |
 *              -1----2----3----4-------5----|
 *              groupStreams()
 *              -A----B---------------------|
 * A             1---------3----(4|)
 * B                  2-----------------5----(end complete|)
 * ```
 *
 * - **next**: the first event of a stream emits a {@link DeltaStream}, which emits this and all further events of the
 *   stream. Its last event is always an `error`, or an `end` with the `reason` why it was closed, followed by
 *   completion. Late and malformed events are passed to `onDrop`.
 * - **complete**: all open streams end with the reason `complete`, in the order of opening; then the output
 *   completes.
 * - **error**: all open streams emit an `error` event and complete; then the output emits the error.
 * - **unsubscribe**: as with `groupBy`, the source stays subscribed while one of the streams is subscribed to, so
 *   that `take(1)` gives the whole first stream. Streams that open afterwards are not buffered, because nothing can
 *   subscribe to them. When the last subscriber unsubscribes, the source is unsubscribed, and timers and state are
 *   disposed. Subscribing to an emitted stream after that fails.
 *
 * Unlike the groups of `groupBy`, a stream buffers its events until it is subscribed to, so that `concatMap`,
 * `mergeMap(…, 2)`, `delay` and `observeOn` lose nothing. It completes when it ends, is idle or is evicted, and only
 * an event that may open a stream opens its next generation. Once its subscriber has unsubscribed, its further events
 * are discarded. It can be subscribed to once; a second subscription fails.
 *
 * Memory: a small record for each of at most `maxStreams` open streams and `maxRemembered` closed keys, and at most
 * `maxBuffered` events of a stream that is not subscribed to yet. Time: constant for each event. One timer for all
 * streams, and none while no stream is open.
 *
 * @example
 *
 * ```ts
 * import { concatMap, from } from 'rxjs';
 * import { type DeltaEvent, groupStreams } from 'deltalines';
 *
 * const events: DeltaEvent[] = [
 *   { type: 'delta', kind: 'answer', id: '1', delta: 'hel' },
 *   { type: 'delta', kind: 'answer', id: '2', delta: 'world' },
 *   { type: 'delta', kind: 'answer', id: '1', delta: 'lo' },
 *   { type: 'end', kind: 'answer', id: '1' },
 * ];
 *
 * from(events)
 *   .pipe(
 *     groupStreams(),
 *     concatMap((stream) => stream),
 *   )
 *   .subscribe((event) => console.log(event.id, event.type === 'delta' ? event.delta : event.type));
 *
 * // Logs:
 * // 1 hel
 * // 1 lo
 * // 1 end
 * // 2 world
 * // 2 end
 * ```
 *
 * @param options The bounds of streams, and `onDrop`; see {@link GroupStreamsOptions}.
 * @returns An operator; all its state belongs to the subscription.
 * @throws `TypeError` or `RangeError` at once, if an option is wrong. Subscribing to a stream fails with a {@link
 *   BufferOverflowError} if it had more than `maxBuffered` events before.
 * @see {@link scanLines} for the lines of one stream; {@link commitLines} for both in one operator.
 */
export function groupStreams<E extends DeltaEvent>(
  options: GroupStreamsOptions = {},
): OperatorFunction<E, DeltaStream<E['kind']>> {
  const resolved = resolveCommitLinesOptions(options);
  const maxBuffered = count('maxBuffered', options.maxBuffered, 10_000, 0);
  const onDrop = callback('onDrop', options.onDrop);
  return (source) =>
    new Observable((destination) => {
      const group = new DeltaStreamGroup<E['kind']>(destination, maxBuffered, onDrop);
      const input = new SourceSubscriber<E>(
        destination,
        (enqueue) => new StreamTableHandler(resolved, group, destination, enqueue),
      );
      group.share(input);
      input.subscribeTo(source);
    });
}
