import type { CloseReason, DropCommit, StreamRef } from '../../commits.js';
import type { DeltaEvent, StartEvent, TextDeltaEvent } from '../../events.js';
import { EventReader } from './eventReader.js';
import { KeyMap } from './keyMap.js';
import { type Linked, LinkedList } from '../collections/linkedList.js';

/** The bounds of a table. */
export interface StreamLimits {
  /** The most streams that are open at once. */
  readonly maxStreams: number;
  /** The most closed keys that are remembered. */
  readonly maxRemembered: number;
  /** A stream is idle when it had no event for so many whole ticks. */
  readonly idleTicks: number;
}

/** What is done with the streams of a table; `S` is what the receiver keeps of one stream while it is open. */
export interface StreamReceiver<K extends string, S> {
  /** `opener` is the type of the event that opens the stream. */
  open(stream: StreamRef<K>, opener: DeltaEvent['type']): S;
  /** An event of an open stream that leaves it open. */
  start(state: S, event: StartEvent<K>): void;
  delta(state: S, delta: string, event: TextDeltaEvent<K>): void;
  /** The last call for this stream. `text` is the producer's own full text. */
  end(state: S, reason: CloseReason, text: string | undefined): void;
  /** The last call for this stream. */
  error(state: S, error: unknown): void;
  drop(reason: DropCommit['reason'], event: unknown): void;
  /** The last call for a stream that is still open when nobody listens any more. */
  abandon?(state: S): void;
}

/** A key that is open. */
interface OpenStream<K extends string, S> extends Linked<OpenStream<K, S>> {
  readonly ref: StreamRef<K>;
  readonly state: S;
  /** The number of the last event of this stream, counted over all streams. */
  lastEvent: number;
}

/** A key that was closed, remembered in order to know a late event from the first of a new stream. */
interface ClosedStream extends Linked<ClosedStream> {
  readonly ref?: undefined;
  readonly kind: string;
  readonly id: string;
  readonly generation: number;
  /** Whether the producer had not said that the stream is over, so that a further delta belongs to it. */
  readonly isInterrupted: boolean;
}

/** The idle timeout is measured in so many ticks, which is how far it is late at most. */
export const TICKS_PER_IDLE_TIMEOUT = 8;

/**
 * Knows which streams are open and which were, and decides for each event what becomes of it.
 *
 * There is no clock in here: events are counted instead. The count at which a stream had its last event tells which
 * stream was quiet the longest, and compared with the count at an earlier tick it tells which streams are idle. So an
 * event costs one assignment, a wall clock that jumps does no harm, and the caller needs one timer for all streams.
 */
export class StreamTable<K extends string, S> {
  readonly limits: StreamLimits;
  /** What is open and what is remembered. */
  readonly keys = new KeyMap<OpenStream<K, S> | ClosedStream>();
  /** In the order of opening. */
  readonly open = new LinkedList<OpenStream<K, S>>();
  /** In the order of closing. */
  readonly remembered = new LinkedList<ClosedStream>();
  /** The number of events of streams so far. */
  events = 0;
  /** What `events` was at the latest ticks, the oldest first. */
  ticks: number[] = [];
  private readonly reader = new EventReader();
  /** The open streams, the loudest first, as they were when `events` was `quietestAsOf`. */
  private quietest: OpenStream<K, S>[] = [];
  private quietestAsOf = 0;

  constructor(limits: StreamLimits) {
    this.limits = limits;
  }

  handle(event: unknown, receiver: StreamReceiver<K, S>): void {
    const { reader } = this;
    if (!reader.read(event)) {
      receiver.drop('malformed', event);
      return;
    }
    const stream = this.find(receiver);
    if (stream === undefined) {
      receiver.drop('late', event);
      return;
    }
    stream.lastEvent = ++this.events;
    switch (reader.type) {
      case 'delta':
        receiver.delta(stream.state, reader.delta, event as TextDeltaEvent<K>);
        break;
      case 'start':
        receiver.start(stream.state, event as StartEvent<K>);
        break;
      case 'end':
        this.close(stream, false);
        receiver.end(stream.state, 'end', reader.text);
        break;
      case 'error':
        this.close(stream, false);
        receiver.error(stream.state, reader.error);
        break;
    }
  }

  /** Begins to measure quiet. To be called when ticking starts, that is when the first stream opens. */
  startTicks(): void {
    this.ticks = [this.events];
  }

  /** Closes the idle streams. To be called `TICKS_PER_IDLE_TIMEOUT` times in each idle timeout. */
  tick(receiver: StreamReceiver<K, S>): void {
    this.ticks.push(this.events);
    if (this.ticks.length <= this.limits.idleTicks) {
      return;
    }
    const idleSince = this.ticks.shift() ?? 0;
    for (let stream = this.open.first, next; stream !== undefined; stream = next) {
      next = stream.next;
      if (stream.lastEvent <= idleSince) {
        this.close(stream, true);
        receiver.end(stream.state, 'idle', undefined);
      }
    }
  }

  /** The source is over: ends all open streams, in the order of opening. */
  complete(receiver: StreamReceiver<K, S>): void {
    for (let stream = this.open.first; stream !== undefined; stream = stream.next) {
      receiver.end(stream.state, 'complete', undefined);
    }
    this.clear();
  }

  /** The source failed, and with it all open streams, in the order of opening. */
  fail(error: unknown, receiver: StreamReceiver<K, S>): void {
    for (let stream = this.open.first; stream !== undefined; stream = stream.next) {
      receiver.error(stream.state, error);
    }
    this.clear();
  }

  /** Nobody listens any more: lets go of everything. */
  release(receiver: StreamReceiver<K, S>): void {
    for (let stream = this.open.first; stream !== undefined; stream = stream.next) {
      receiver.abandon?.(stream.state);
    }
    this.clear();
  }

  private clear(): void {
    this.keys.clear();
    this.open.clear();
    this.remembered.clear();
    this.ticks = [];
    this.quietest = [];
  }

  /** Returns the stream that the event in the reader belongs to, opening it if need be; none for a late event. */
  private find(receiver: StreamReceiver<K, S>): OpenStream<K, S> | undefined {
    const { type, id } = this.reader;
    const kind = this.reader.kind as K;
    const known = this.keys.get(kind, id);
    if (known === undefined) {
      return this.openStream(kind, id, 0, receiver);
    }
    if (known.ref !== undefined) {
      return known;
    }
    if (type === 'start' || (type === 'delta' && known.isInterrupted)) {
      this.remembered.remove(known);
      return this.openStream(kind, id, known.generation + 1, receiver);
    }
    return undefined;
  }

  private openStream(
    kind: K,
    id: string,
    generation: number,
    receiver: StreamReceiver<K, S>,
  ): OpenStream<K, S> {
    const { order } = this.reader;
    if (this.open.size >= this.limits.maxStreams) {
      this.evict(receiver);
    }
    const ref = order === undefined ? { kind, id, generation } : { kind, id, generation, order };
    const state = receiver.open(ref, this.reader.type);
    const stream = { ref, state, lastEvent: 0, previous: undefined, next: undefined };
    this.keys.set(kind, id, stream);
    this.open.append(stream);
    return stream;
  }

  /** Closes the stream that was quiet the longest. */
  private evict(receiver: StreamReceiver<K, S>): void {
    let stream = this.takeQuietest();
    if (stream === undefined) {
      this.rankByQuiet();
      stream = this.takeQuietest();
    }
    if (stream !== undefined) {
      this.close(stream, true);
      receiver.end(stream.state, 'evicted', undefined);
    }
  }

  /** Streams that had an event since the ranking are passed over: they are louder than all that are left in it. */
  private takeQuietest(): OpenStream<K, S> | undefined {
    let stream = this.quietest.pop();
    while (stream !== undefined && (stream.lastEvent > this.quietestAsOf || !this.isOpen(stream))) {
      stream = this.quietest.pop();
    }
    return stream;
  }

  /** Sorting anew only when the last ranking is used up costs each event little, where keeping order costs it much. */
  private rankByQuiet(): void {
    this.quietestAsOf = this.events;
    for (let stream = this.open.first; stream !== undefined; stream = stream.next) {
      this.quietest.push(stream);
    }
    this.quietest.sort((a, b) => b.lastEvent - a.lastEvent);
  }

  private isOpen(stream: OpenStream<K, S>): boolean {
    return this.keys.get(stream.ref.kind, stream.ref.id) === stream;
  }

  private close(stream: OpenStream<K, S>, isInterrupted: boolean): void {
    const { kind, id, generation } = stream.ref;
    const closed = { kind, id, generation, isInterrupted, previous: undefined, next: undefined };
    this.open.remove(stream);
    this.keys.set(kind, id, closed);
    this.remembered.append(closed);
    if (this.remembered.size > this.limits.maxRemembered) {
      this.forgetOldest();
    }
  }

  private forgetOldest(): void {
    const oldest = this.remembered.first;
    if (oldest === undefined) {
      return;
    }
    this.remembered.remove(oldest);
    this.keys.delete(oldest.kind, oldest.id);
  }
}
