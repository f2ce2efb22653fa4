import type { DropCommit, StreamRef } from '../../commits.js';
import type { DeltaEvent, StartEvent, TextDeltaEvent } from '../../events.js';
import { LinkedList } from '../collections/linkedList.js';
import { EvictionOrder } from './evictionOrder.js';
import type { OpenStream, StreamEnd } from './openStream.js';
import { checkEvent, type CheckedEvent, type UnknownEvent } from './readEvent.js';
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

/** Shared by all ends that say nothing, which are most. */
const NOTHING: StreamEnd = {};

/** Opens and closes streams, and dispatches each event to its stream. */
export class StreamTable<K extends string> {
  readonly keys: StreamKeys<K>;
  /** In the order of opening. */
  readonly open = new LinkedList<OpenStream<K>>();
  /** The number of events so far, without dropped ones. */
  events = 0;
  protected readonly sink: StreamTableSink<K>;
  private readonly maxStreams: number;
  private readonly evictionOrder = new EvictionOrder<OpenStream<K>>();

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
      // Not an object, or a getter or a proxy threw. Without a type, the event is malformed.
      type = undefined;
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
    this.nextOther(event, checkEvent(fields, type, kind, id, order, delta), known);
  }

  /** Closes the streams whose last event is not after this one. */
  closeIdle(lastEvent: number): void {
    for (let stream = this.open.first, next; stream !== undefined && !this.sink.closed; stream = next) {
      next = stream.next;
      if (stream.lastEvent <= lastEvent) {
        this.close(stream, true);
        stream.end('idle', NOTHING);
      }
    }
  }

  /** The source completed: ends all open streams, in the order of opening. */
  endAll(): void {
    this.finish((stream) => {
      stream.end('complete', NOTHING);
    });
  }

  /** The source failed: fails all open streams, in the order of opening. */
  failAll(error: unknown): void {
    this.finish((stream) => {
      stream.error(error);
    });
  }

  /** The subscriber unsubscribed: disposes all state. */
  dispose(): void {
    for (let stream = this.open.first; stream !== undefined; stream = stream.next) {
      stream.dispose();
    }
    this.clear();
  }

  /** Handles an event that may open or close a stream. */
  protected nextOther(
    event: unknown,
    checked: CheckedEvent | undefined,
    known: KnownStream<K> | undefined,
  ): void {
    if (checked === undefined) {
      this.sink.drop('malformed', event);
    } else if (known?.lastEvent === undefined) {
      this.nextUnopened(event, checked, known);
    } else {
      known.lastEvent = ++this.events;
      if (isLast(checked)) {
        this.close(known, false);
      }
      send(event, checked, known);
    }
  }

  /** The event is for a stream that is not open. Opens the stream or drops the event. */
  private nextUnopened(event: unknown, checked: CheckedEvent, earlier: ClosedStream<K> | undefined): void {
    const { keys, sink } = this;
    const { type } = checked;
    if (earlier !== undefined && type !== 'start' && !(type === 'delta' && keys.isInterrupted(earlier))) {
      sink.drop('late', event);
      return;
    }
    const ref = makeRef(checked, earlier);
    const stream = sink.open(ref, type);
    stream.lastEvent = ++this.events;
    if (isLast(checked)) {
      // The stream closes at once, so no other stream is evicted.
      keys.close(ref, false, earlier);
    } else {
      keys.open(stream, earlier);
      if (this.open.size >= this.maxStreams) {
        this.evict();
        if (sink.closed) {
          stream.dispose();
          return;
        }
      }
      this.open.append(stream);
    }
    stream.opened();
    send(event, checked, stream);
  }

  /** Closes the stream that was quiet the longest. */
  private evict(): void {
    const stream = this.evictionOrder.takeLeastRecent(() => this.openStreams(), this.events);
    if (stream !== undefined) {
      this.close(stream, true);
      stream.end('evicted', NOTHING);
    }
  }

  private openStreams(): OpenStream<K>[] {
    const streams: OpenStream<K>[] = [];
    for (let stream = this.open.first; stream !== undefined; stream = stream.next) {
      streams.push(stream);
    }
    return streams;
  }

  private close(stream: OpenStream<K>, isInterrupted: boolean): void {
    this.open.remove(stream);
    this.evictionOrder.delete(stream);
    this.keys.close(stream.ref, isInterrupted);
  }

  private finish(last: (stream: OpenStream<K>) => void): void {
    for (let stream = this.open.first; stream !== undefined && !this.sink.closed; stream = stream.next) {
      last(stream);
    }
    this.clear();
  }

  private clear(): void {
    this.keys.clear();
    this.open.clear();
    this.evictionOrder.clear();
  }
}

function isLast({ type }: CheckedEvent): boolean {
  return type === 'end' || type === 'error';
}

/** A later generation that brings no order has that of the generation before it. */
function makeRef<K extends string>(
  { kind, id, order: ownOrder }: CheckedEvent,
  earlier: StreamRef<K> | undefined,
): StreamRef<K> {
  const generation = earlier === undefined ? 0 : earlier.generation + 1;
  const order = ownOrder ?? earlier?.order;
  return order === undefined
    ? { kind: kind as K, id, generation }
    : { kind: kind as K, id, generation, order };
}

function send<K extends string>(event: unknown, checked: CheckedEvent, stream: OpenStream<K>): void {
  const { type, delta, text, finishReason, error } = checked;
  switch (type) {
    case 'start':
      stream.start(event as StartEvent<K>);
      break;
    case 'delta':
      stream.delta(delta, event as TextDeltaEvent<K>);
      break;
    case 'end':
      stream.end('end', text === undefined && finishReason === undefined ? NOTHING : { text, finishReason });
      break;
    case 'error':
      stream.error(error);
  }
}
