import { Observable, type OperatorFunction, type Subscriber } from 'rxjs';

import type { CloseReason, DropCommit, StreamRef } from '../commits.js';
import type { StreamReceiver } from '../core/streams/streamTable.js';
import type { DeltaEvent, StartEvent, TextDeltaEvent } from '../events.js';
import { AlarmClock } from '../rx/alarmClock.js';
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
 *   `take(1)` gives the whole of the first stream; once nobody listens it is let go of, with all timers and state.
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
export function groupStreams<K extends string>(
  options: GroupStreamsOptions = {},
): OperatorFunction<DeltaEvent<K>, DeltaStream<K>> {
  const resolved = resolveCommitLinesOptions(options);
  const maxBuffered = count('maxBuffered', options.maxBuffered, 10_000, 0);
  const onDrop = callback('onDrop', options.onDrop);
  return (source) =>
    new Observable((destination) => {
      // The source is shared by the output and the streams: it is let go of when nobody listens to any of them.
      let listening = 0;
      const listeners: Listeners = {
        add() {
          listening++;
        },
        remove() {
          listening--;
          if (listening === 0) {
            input.unsubscribe();
          }
        },
      };
      const input = new SourceSubscriber<DeltaEvent<K>>(destination, (enqueue) => {
        const receiver = new StreamSourceReceiver<K>(destination, maxBuffered, listeners, onDrop);
        return new StreamTableHandler(
          resolved,
          receiver,
          destination,
          new AlarmClock(resolved.scheduler, enqueue),
        );
      });
      listeners.add();
      destination.add(() => {
        listeners.remove();
      });
      input.subscribeTo(source);
    });
}

/** Hands out a `DeltaStream` for each stream that opens, and fills it. */
class StreamSourceReceiver<K extends string> implements StreamReceiver<K, DeltaStreamSource<K>> {
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

  open(ref: StreamRef<K>): DeltaStreamSource<K> {
    const source = new DeltaStreamSource(ref, this.maxBuffered, this.listeners);
    this.destination.next(source.stream);
    return source;
  }

  start(source: DeltaStreamSource<K>, event: StartEvent<K>): void {
    source.next(event);
  }

  delta(source: DeltaStreamSource<K>, _delta: string, event: TextDeltaEvent<K>): void {
    source.next(event);
  }

  end(source: DeltaStreamSource<K>, reason: CloseReason, text: string | undefined): void {
    const { kind, id } = source.stream.ref;
    source.end(
      text === undefined ? { type: 'end', kind, id, reason } : { type: 'end', kind, id, text, reason },
    );
  }

  error(source: DeltaStreamSource<K>, error: unknown): void {
    const { kind, id } = source.stream.ref;
    source.end({ type: 'error', kind, id, error });
  }

  abandon(source: DeltaStreamSource<K>): void {
    source.abandon();
  }

  drop(reason: DropCommit['reason'], event: unknown): void {
    this.onDrop?.({ type: 'drop', reason, event });
  }
}
