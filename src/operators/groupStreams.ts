import { Observable, type OperatorFunction, type Subscriber } from 'rxjs';

import type { DropCommit, StreamRef } from '../commits.js';
import type { StreamTableSink } from '../core/streams/streamTable.js';
import type { DeltaEvent } from '../events.js';
import { type DeltaStream, DeltaStreamSource, type Listeners } from '../rx/deltaStream.js';
import { SourceSubscriber } from '../rx/createOperator.js';
import { callback, type CommitLinesOptions, count, resolveCommitLinesOptions } from '../rx/options.js';
import { StreamTableHandler } from '../rx/streamTableHandler.js';

/** The options of `groupStreams`. */
export interface GroupStreamsOptions extends CommitLinesOptions {
  /**
   * The most events of one stream that wait until it is subscribed to; beyond, a later subscriber gets a
   * `BufferOverflowError`. A whole number from 0, or `Infinity`.
   *
   * @default 10_000
   */
  readonly maxBuffered?: number | undefined;
  /** Called with each event that belongs to no stream. An error that it throws fails the streams and the output. */
  readonly onDrop?: ((drop: DropCommit) => void) | undefined;
}

/**
 * Groups events by stream, as `groupBy` would by `kind` and `id`, but with the life of a stream done right.
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
 * - **next**: the first event of a stream hands out a {@link DeltaStream}, and that gives this and all further events of
 *   the stream. Its last event is always an `error`, or an `end` with the `reason` why it was closed; then it completes.
 *   Late and malformed events go to `onDrop`.
 * - **complete**: all open streams get an `end` with the reason `complete`, in the order of opening; then it completes.
 * - **error**: all open streams get an `error` event and complete; then the error goes out.
 * - **unsubscribe**: as with `groupBy`, the source goes on for the streams that are still subscribed to, so that
 *   `take(1)` gives the whole of the first stream. Streams that open after that are not buffered, since nothing can
 *   subscribe to them. The last subscriber takes the source, all timers and all state with it; a stream that was handed
 *   out and is subscribed to after that gets an error.
 *
 * What is different from `groupBy`: a stream holds its events until it is subscribed to, so that `concatMap`,
 * `mergeMap(…, 2)`, `delay` and `observeOn` lose nothing. It closes by itself when it ends, is idle, or is evicted, and
 * is opened again only by an event that says so. One that nobody listens to any more stays quiet until its end. It takes
 * one subscriber; a second one gets an error.
 *
 * Memory: a small record for each of at most `maxStreams` open streams and `maxRemembered` closed keys, and at most
 * `maxBuffered` events of a stream that is not subscribed to yet. Time: constant for each event.
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
 * @throws `TypeError` or `RangeError` at once, when an option is wrong. A stream fails with a
 * {@link BufferOverflowError} when more than `maxBuffered` events had to wait for its subscriber.
 * @see {@link scanLines} for the lines of one stream; {@link commitLines}, which is both in one.
 */
export function groupStreams<E extends DeltaEvent>(
  options: GroupStreamsOptions = {},
): OperatorFunction<E, DeltaStream<E['kind']>> {
  const resolved = resolveCommitLinesOptions(options);
  const maxBuffered = count('maxBuffered', options.maxBuffered, 10_000, 0);
  const onDrop = callback('onDrop', options.onDrop);
  return (source) =>
    new Observable((destination) => {
      // The output and the streams share the source, which is unsubscribed with the last of them.
      const listeners: Listeners = {
        count: 0,
        add() {
          listeners.count++;
        },
        remove() {
          listeners.count--;
          if (listeners.count === 0) {
            input.unsubscribe();
          }
        },
      };
      const input = new SourceSubscriber<E>(destination, (enqueue) => {
        const sources = new DeltaStreamSources<E['kind']>(destination, maxBuffered, listeners, onDrop);
        return new StreamTableHandler(resolved, sources, destination, enqueue);
      });
      listeners.add();
      destination.add(() => {
        listeners.remove();
      });
      input.subscribeTo(source);
    });
}

/** Makes a `DeltaStream` for each stream that opens. */
class DeltaStreamSources<K extends string> implements StreamTableSink<K, DeltaStreamSource<K>> {
  private readonly destination: Subscriber<DeltaStream<K>>;
  private readonly maxBuffered: number;
  private readonly listeners: Listeners;
  private readonly onDrop: GroupStreamsOptions['onDrop'];

  constructor(
    destination: Subscriber<DeltaStream<K>>,
    maxBuffered: number,
    listeners: Listeners,
    onDrop: GroupStreamsOptions['onDrop'],
  ) {
    this.destination = destination;
    this.maxBuffered = maxBuffered;
    this.listeners = listeners;
    this.onDrop = onDrop;
  }

  get closed(): boolean {
    return this.listeners.count === 0;
  }

  open(ref: StreamRef<K>): DeltaStreamSource<K> {
    const source = new DeltaStreamSource(ref, this.maxBuffered, this.listeners, this.destination);
    if (this.destination.closed) {
      // The output was unsubscribed, as after `take(1)`, so nothing can subscribe to this stream.
      source.dispose();
    }
    return source;
  }

  drop(reason: DropCommit['reason'], event: unknown): void {
    this.onDrop?.({ type: 'drop', reason, event });
  }
}
