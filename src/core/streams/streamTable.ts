import type { DropCommit, StreamRef } from '../../commits.js';
import type { DeltaEvent, StartEvent, TextDeltaEvent } from '../../events.js';
import type { OpenStream } from './openStream.js';
import { copyOrder, isType, readLastFields, type UnknownEvent } from './readEvent.js';
import { type ClosedStream, type KnownStream, StreamKeys } from './streamKeys.js';

/** The bounds of a table. */
export interface StreamLimits {
  /** The most open streams. */
  readonly maxStreams: number;
  /** The most closed keys that are remembered. */
  readonly maxRemembered: number;
}

/** Opens streams, and receives dropped events. */
export interface StreamTableSink<K extends string> {
  /** Whether the subscriber has unsubscribed, so that further calls have no effect. */
  readonly closed: boolean;
  /** Creates a stream. `opener` is the type of the event that opens it. */
  open(ref: StreamRef<K>, opener: DeltaEvent['type']): OpenStream<K>;
  drop(reason: DropCommit['reason'], event: unknown): void;
}

/** Opens and closes streams, and dispatches each event to its stream. */
export class StreamTable<K extends string> {
  readonly keys: StreamKeys<K>;
  /** The number of open streams. */
  openCount = 0;
  /** The number of events so far, without dropped ones. */
  events = 0;
  protected readonly sink: StreamTableSink<K>;
  private readonly maxStreams: number;
  /**
   * The refs of the next streams to evict, the least recent last. A stream that closed or had an event since is
   * skipped. The open streams are sorted again only when none is left here, which is cheaper than moving a stream on
   * each event.
   */
  private leastRecent: StreamRef<K>[] = [];
  /** The number of events when the streams were sorted. */
  private sortedAt = 0;

  constructor({ maxStreams, maxRemembered }: StreamLimits, sink: StreamTableSink<K>) {
    this.maxStreams = maxStreams;
    this.keys = new StreamKeys(maxRemembered);
    this.sink = sink;
  }

  next(event: unknown): void {
    const fields = event as UnknownEvent;
    let type, kind, id, order, delta;
    try {
      ({ type, kind, id, order } = fields);
      delta = type === 'delta' ? fields.delta : '';
    } catch {
      // Not an object, or a getter or a proxy threw. Without `delta`, which is read last, the event is malformed.
    }
    const known = typeof kind === 'string' && typeof id === 'string' ? this.keys.get(kind, id) : undefined;
    // Most events are deltas of open streams, so they take the shortest way.
    if (
      type === 'delta' &&
      typeof delta === 'string' &&
      (order === undefined || order === null) &&
      typeof event === 'object' &&
      known?.lastEvent !== undefined
    ) {
      known.lastEvent = ++this.events;
      known.delta(delta, event as TextDeltaEvent<K>);
      return;
    }
    this.nextOther(event, type, kind, id, order, delta, known);
    this.changed();
  }

  /** Closes the streams without an event after `lastEvent` as idle. */
  closeIdle(lastEvent: number): void {
    for (const stream of this.keys.openStreams(lastEvent)) {
      if (this.sink.closed) {
        return;
      }
      this.close(stream, true);
      stream.end('idle');
    }
  }

  /** The source completed: closes all open streams, in the order of opening. */
  endAll(): void {
    this.finish((stream) => {
      stream.end('complete');
    });
  }

  /** The source failed: closes all open streams with its error, in the order of opening. */
  failAll(error: unknown): void {
    this.finish((stream) => {
      stream.error(error);
    });
  }

  /** The subscriber unsubscribed: disposes all state. */
  dispose(): void {
    for (const stream of this.keys.openStreams()) {
      stream.dispose?.();
    }
    this.clear();
  }

  /** Called after each event that may have opened or closed a stream. */
  protected changed(): void {
    // Only a table with a timer needs to know.
  }

  /**
   * Handles an event that may open or close a stream. Its first fields are read already, and no field is read twice,
   * since a getter could answer differently. Passing them one by one and not in an object makes opening and closing
   * 40,000 streams 8 % faster.
   */
  private nextOther(
    event: unknown,
    type: unknown,
    kind: unknown,
    id: unknown,
    order: unknown,
    delta: unknown,
    known: KnownStream<K> | undefined,
  ): void {
    const orderCopy = copyOrder(order);
    const last = readLastFields(event as UnknownEvent, type);
    if (
      typeof event !== 'object' ||
      !isType(type) ||
      typeof kind !== 'string' ||
      typeof id !== 'string' ||
      typeof delta !== 'string' ||
      orderCopy === null ||
      last === undefined
    ) {
      this.sink.drop('malformed', event);
      return;
    }
    const isLast = type === 'end' || type === 'error';
    let stream;
    if (known?.lastEvent === undefined) {
      stream = this.open(event, type, isLast, kind as K, id, orderCopy, known);
      if (stream === undefined) {
        return;
      }
      stream.opened();
    } else {
      stream = known;
      stream.lastEvent = ++this.events;
      if (isLast) {
        this.close(stream, false);
      }
    }
    switch (type) {
      case 'start':
        stream.start?.(event as StartEvent<K>);
        break;
      case 'delta':
        stream.delta(delta, event as TextDeltaEvent<K>);
        break;
      case 'end':
        stream.end('end', last.text, last.finishReason);
        break;
      case 'error':
        stream.error(last.error);
    }
  }

  /** Opens the stream of an event whose key is not open, or drops the event. `earlier` is its closed stream. */
  private open(
    event: unknown,
    type: DeltaEvent['type'],
    isLast: boolean,
    kind: K,
    id: string,
    ownOrder: readonly number[] | undefined,
    earlier: ClosedStream<K> | undefined,
  ): OpenStream<K> | undefined {
    const { keys, sink } = this;
    if (earlier !== undefined && type !== 'start' && !(type === 'delta' && keys.isInterrupted(earlier))) {
      sink.drop('late', event);
      return undefined;
    }
    const generation = earlier === undefined ? 0 : earlier.generation + 1;
    // A later generation without an order of its own keeps that of the generation before it.
    const order = ownOrder ?? earlier?.order;
    const ref = order === undefined ? { kind, id, generation } : { kind, id, generation, order };
    const stream = sink.open(ref, type);
    stream.firstEvent = stream.lastEvent = ++this.events;
    if (isLast) {
      // The stream closes at once, so no other stream is evicted.
      keys.close(ref, false, earlier);
      return stream;
    }
    keys.set(ref, stream, earlier);
    if (++this.openCount > this.maxStreams) {
      this.evict();
    }
    return sink.closed ? undefined : stream;
  }

  /** Closes the least recent stream. */
  private evict(): void {
    for (;;) {
      if (this.leastRecent.length === 0) {
        const streams = this.keys.openStreams().sort((a, b) => b.lastEvent - a.lastEvent);
        this.leastRecent = streams.map(({ ref }) => ref);
        this.sortedAt = this.events;
      }
      const ref = this.leastRecent.pop();
      if (ref === undefined) {
        return;
      }
      const stream = this.keys.get(ref.kind, ref.id);
      // A stream that opened since, perhaps with the same key, has a later event.
      if (stream?.lastEvent !== undefined && stream.lastEvent <= this.sortedAt) {
        this.close(stream, true);
        stream.end('evicted');
        return;
      }
    }
  }

  /** `isInterrupted` means that a further delta opens the next generation. */
  protected close(stream: OpenStream<K>, isInterrupted: boolean): void {
    this.openCount--;
    this.keys.close(stream.ref, isInterrupted);
  }

  private finish(last: (stream: OpenStream<K>) => void): void {
    for (const stream of this.keys.openStreams()) {
      if (!this.sink.closed) {
        last(stream);
      }
    }
    this.clear();
  }

  private clear(): void {
    this.openCount = 0;
    this.leastRecent = [];
    this.keys.clear();
  }
}
