import type { DropCommit, StreamRef } from '../../commits.js';
import type { DeltaEvent, StartEvent, TextDeltaEvent } from '../../events.js';
import type { OpenStream } from './openStream.js';
import { copyOrder, isType, NO_FIELDS, readLastFields, type UnknownEvent } from './readEvent.js';
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
    // Fast path: a delta of an open stream, as most events are.
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
      this.remove(stream, true);
      stream.close('idle', NO_FIELDS);
    }
  }

  /** The source completed or failed: closes all open streams, in the order of opening. */
  closeAll(reason: 'complete' | 'error', last = NO_FIELDS): void {
    for (const stream of this.keys.openStreams()) {
      if (!this.sink.closed) {
        stream.close(reason, last);
      }
    }
    this.clear();
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
    let orderCopy, last;
    try {
      orderCopy = copyOrder(order);
      last = readLastFields(event as UnknownEvent, type);
    } catch {
      // A getter or a proxy threw. Without `last`, which is read last, the event is malformed.
    }
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
    let stream;
    if (known?.lastEvent === undefined) {
      if (known !== undefined && type !== 'start' && !(type === 'delta' && this.keys.isInterrupted(known))) {
        this.sink.drop('late', event);
        return;
      }
      stream = this.open(type, kind as K, id, orderCopy, known);
      if (this.sink.closed) {
        return;
      }
      stream.opened();
    } else {
      stream = known;
      stream.lastEvent = ++this.events;
      if (isLast(type)) {
        this.remove(stream, false);
      }
    }
    if (type === 'start') {
      stream.start?.(event as StartEvent<K>);
    } else if (type === 'delta') {
      stream.delta(delta, event as TextDeltaEvent<K>);
    } else {
      stream.close(type, last);
    }
  }

  /** Opens the next stream of a key. `earlier` is its closed stream, if it has one. */
  private open(
    type: DeltaEvent['type'],
    kind: K,
    id: string,
    ownOrder: readonly number[] | undefined,
    earlier: ClosedStream<K> | undefined,
  ): OpenStream<K> {
    const { keys, sink } = this;
    const generation = earlier === undefined ? 0 : earlier.generation + 1;
    // A later generation without an order of its own keeps that of the generation before it.
    const order = ownOrder ?? earlier?.order;
    const ref = order === undefined ? { kind, id, generation } : { kind, id, generation, order };
    const stream = sink.open(ref, type);
    stream.firstEvent = stream.lastEvent = ++this.events;
    if (isLast(type)) {
      // The stream closes at once, so no other stream is evicted.
      keys.close(ref, false, earlier);
      return stream;
    }
    keys.set(ref, stream, earlier);
    if (++this.openCount > this.maxStreams) {
      this.evict();
    }
    return stream;
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
        this.remove(stream, true);
        stream.close('evicted', NO_FIELDS);
        return;
      }
    }
  }

  /** `isInterrupted` means that a further delta opens the next generation. */
  protected remove(stream: OpenStream<K>, isInterrupted: boolean): void {
    this.openCount--;
    this.keys.close(stream.ref, isInterrupted);
  }

  private clear(): void {
    this.openCount = 0;
    this.leastRecent = [];
    this.keys.clear();
  }
}

function isLast(type: DeltaEvent['type']): type is 'end' | 'error' {
  return type === 'end' || type === 'error';
}
