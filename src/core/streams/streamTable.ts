import type { CloseReason, DropCommit, StreamRef } from '../../commits.js';
import type { DeltaEvent, StartEvent, TextDeltaEvent } from '../../events.js';
import { Heap, type Positioned } from '../collections/heap.js';
import { type Linked, LinkedList } from '../collections/linkedList.js';
import { EventReader } from './eventReader.js';

/** The bounds of a table. */
export interface StreamLimits {
  /** The most open streams. */
  readonly maxStreams: number;
  /** The most closed keys that are remembered. */
  readonly maxRemembered: number;
  /** A stream without an event for this many milliseconds is closed as idle. */
  readonly idleTimeout: number;
}

/** Opens streams, and receives dropped events. */
export interface StreamTableSink<K extends string, S> {
  /** Whether the subscriber has unsubscribed, so that further calls have no effect. */
  readonly closed: boolean;
  /** Creates the state of a stream. `opener` is the type of the event that opens it. */
  open(stream: StreamRef<K>, opener: DeltaEvent['type']): S;
  drop(reason: DropCommit['reason'], event: unknown): void;
}

/** What the producer said with the end. */
export interface StreamEnd {
  readonly text?: string | undefined;
  readonly finishReason?: string | undefined;
}

/** Per-stream state. Receives the events of one stream. */
export interface StreamState<K extends string> {
  /** The stream is now in the table. Announces it. */
  opened(): void;
  start(event: StartEvent<K>): void;
  delta(delta: string, event: TextDeltaEvent<K>): void;
  /** The last call. */
  end(reason: CloseReason, end: StreamEnd): void;
  /** The last call. */
  error(error: unknown): void;
  /** The last call if the stream is open when the subscriber unsubscribes. */
  dispose(): void;
}

/** An open key. */
interface OpenStream<K extends string, S> extends Linked<OpenStream<K, S>>, Positioned {
  readonly ref: StreamRef<K>;
  readonly state: S;
  /** The sequence number of the last event of this stream, counted over all streams. */
  lastEvent: number;
  /** `lastEvent` at the time the stream was last ranked. */
  rankedAt: number;
}

/** A closed key, remembered to distinguish a late event from the first event of a new stream. */
interface ClosedStream<K extends string> extends Linked<ClosedStream<K>> {
  readonly ref: StreamRef<K>;
  readonly lastEvent?: undefined;
  /** Whether the stream was closed before its producer ended it. A further delta then continues it. */
  readonly isInterrupted: boolean;
}

/** The number of events up to a moment. */
interface Mark {
  readonly events: number;
  readonly time: number;
  /** The greatest lateness of a tick since then. The clock may have been set, so this is added to the idle timeout. */
  lateness: number;
}

/** How often the idle timer fires per idle timeout. A stream closes at most that fraction late. */
const TICKS_PER_IDLE_TIMEOUT = 8;

/** Shared by all ends that say nothing, which are most. */
const NOTHING: StreamEnd = {};

/**
 * Tracks open and closed streams, and dispatches each event to its stream.
 *
 * Handling an event does not read the clock. Events are counted, and each tick records the count in a mark. A stream
 * is idle when its last event is not after a mark that is as old as the idle timeout.
 */
export class StreamTable<K extends string, S extends StreamState<K>> {
  readonly limits: StreamLimits;
  protected readonly sink: StreamTableSink<K, S>;
  /** The open and the remembered keys. */
  readonly keys = new Map<string, Map<string, OpenStream<K, S> | ClosedStream<K>>>();
  /** In the order of opening. */
  readonly open = new LinkedList<OpenStream<K, S>>();
  /**
   * The open streams, least recent first. A stream is ranked again only when it is first and a stream must be
   * evicted. That is cheaper than maintaining LRU order on every event.
   */
  readonly leastRecent = new Heap<OpenStream<K, S>>((a, b) => a.rankedAt - b.rankedAt);
  /** In the order of closing. */
  readonly remembered = new LinkedList<ClosedStream<K>>();
  /** The number of events so far, without dropped ones. */
  events = 0;
  /** The oldest first. */
  marks: Mark[] = [];
  private readonly reader = new EventReader();

  constructor(limits: StreamLimits, sink: StreamTableSink<K, S>) {
    this.limits = limits;
    this.sink = sink;
  }

  next(event: unknown): void {
    const { reader } = this;
    if (!reader.read(event)) {
      this.sink.drop('malformed', event);
      return;
    }
    const known = this.keys.get(reader.kind)?.get(reader.id);
    if (known?.lastEvent === undefined) {
      this.nextUnopened(known, event);
      return;
    }
    known.lastEvent = ++this.events;
    if (reader.type === 'delta') {
      const { delta } = reader;
      reader.delta = '';
      known.state.delta(delta, event as TextDeltaEvent<K>);
    } else if (reader.type === 'start') {
      known.state.start(event as StartEvent<K>);
    } else {
      this.close(known, false);
      this.sendLast(known.state);
    }
  }

  /** Starts to measure idleness, unless it does already. */
  startTicks(now: number): void {
    if (this.marks.length === 0) {
      this.marks.push({ events: this.events, time: now, lateness: 0 });
    }
  }

  /** Stops measuring idleness. */
  stopTicks(): void {
    this.marks = [];
  }

  /** How many milliseconds after `now` the next tick is due. */
  timeToTick(now: number): number {
    const [oldest] = this.marks;
    const period = this.limits.idleTimeout / TICKS_PER_IDLE_TIMEOUT;
    return oldest === undefined ? period : Math.min(period, this.timeLeft(oldest, now));
  }

  /** Closes the idle streams. `lateness` is how many milliseconds late the tick is. */
  tick(now: number, lateness: number): void {
    const { marks, sink } = this;
    for (const mark of marks) {
      mark.lateness = Math.max(mark.lateness, lateness);
    }
    if (marks.at(-1)?.events !== this.events) {
      marks.push({ events: this.events, time: now, lateness: 0 });
    }
    let idleSince = -1;
    for (let mark = marks[0]; mark !== undefined && this.isOver(mark, now); mark = marks[0]) {
      idleSince = mark.events;
      marks.shift();
    }
    if (idleSince < 0) {
      return;
    }
    for (let stream = this.open.first, next; stream !== undefined && !sink.closed; stream = next) {
      next = stream.next;
      if (stream.lastEvent <= idleSince) {
        this.close(stream, true);
        stream.state.end('idle', NOTHING);
      }
    }
  }

  /** The source completed: ends all open streams, in the order of opening. */
  endAll(): void {
    this.finish((state) => {
      state.end('complete', NOTHING);
    });
  }

  /** The source failed: fails all open streams, in the order of opening. */
  failAll(error: unknown): void {
    this.finish((state) => {
      state.error(error);
    });
  }

  /** The subscriber unsubscribed: disposes all state. */
  dispose(): void {
    for (let stream = this.open.first; stream !== undefined; stream = stream.next) {
      stream.state.dispose();
    }
    this.clear();
  }

  private finish(last: (state: S) => void): void {
    for (let stream = this.open.first; stream !== undefined && !this.sink.closed; stream = stream.next) {
      last(stream.state);
    }
    this.clear();
  }

  private clear(): void {
    this.keys.clear();
    this.open.clear();
    this.leastRecent.clear();
    this.remembered.clear();
    this.marks = [];
  }

  /** Milliseconds until streams without an event since the mark are idle. */
  private timeLeft(mark: Mark, now: number): number {
    return mark.time + mark.lateness + this.limits.idleTimeout - now;
  }

  private isOver(mark: Mark, now: number): boolean {
    return this.timeLeft(mark, now) <= 0;
  }

  /** The event in the reader is for a stream that is not open. Opens the stream or drops the event. */
  private nextUnopened(known: ClosedStream<K> | undefined, event: unknown): void {
    const { reader, sink } = this;
    const { type, delta } = reader;
    if (known !== undefined && type !== 'start' && !(type === 'delta' && known.isInterrupted)) {
      reader.clear();
      sink.drop('late', event);
      return;
    }
    this.events++;
    const ref = this.makeRef(known?.ref);
    if (known !== undefined) {
      this.remembered.remove(known);
    }
    const state = sink.open(ref, type);
    if (type === 'end' || type === 'error') {
      // The stream closes at once, so no other stream is evicted.
      this.remember(ref, false);
      state.opened();
      this.sendLast(state);
      return;
    }
    reader.clear();
    if (this.open.size >= this.limits.maxStreams) {
      this.evict();
      if (sink.closed) {
        state.dispose();
        return;
      }
    }
    this.add(ref, state);
    state.opened();
    if (type === 'delta') {
      state.delta(delta, event as TextDeltaEvent<K>);
    } else {
      state.start(event as StartEvent<K>);
    }
  }

  private sendLast(state: S): void {
    const { type, text, finishReason, error } = this.reader;
    this.reader.clear();
    if (type === 'error') {
      state.error(error);
    } else {
      state.end('end', text === undefined && finishReason === undefined ? NOTHING : { text, finishReason });
    }
  }

  private makeRef(earlier: StreamRef<K> | undefined): StreamRef<K> {
    const { id } = this.reader;
    const kind = this.reader.kind as K;
    const generation = earlier === undefined ? 0 : earlier.generation + 1;
    const order = this.reader.order ?? earlier?.order;
    return order === undefined ? { kind, id, generation } : { kind, id, generation, order };
  }

  private add(ref: StreamRef<K>, state: S): void {
    const stream: OpenStream<K, S> = {
      ref,
      state,
      lastEvent: this.events,
      rankedAt: this.events,
      position: 0,
      previous: undefined,
      next: undefined,
    };
    this.setKey(ref, stream);
    this.open.append(stream);
    this.leastRecent.add(stream);
  }

  /** Closes the least recent stream. */
  private evict(): void {
    let stream = this.leastRecent.first;
    while (stream !== undefined && stream.rankedAt !== stream.lastEvent) {
      this.leastRecent.remove(stream);
      stream.rankedAt = stream.lastEvent;
      this.leastRecent.add(stream);
      stream = this.leastRecent.first;
    }
    if (stream !== undefined) {
      this.close(stream, true);
      stream.state.end('evicted', NOTHING);
    }
  }

  private close(stream: OpenStream<K, S>, isInterrupted: boolean): void {
    this.open.remove(stream);
    this.leastRecent.remove(stream);
    this.remember(stream.ref, isInterrupted);
  }

  private remember(ref: StreamRef<K>, isInterrupted: boolean): void {
    const closed = { ref, isInterrupted, previous: undefined, next: undefined };
    this.setKey(ref, closed);
    this.remembered.append(closed);
    const oldest = this.remembered.first;
    if (this.remembered.size > this.limits.maxRemembered && oldest !== undefined) {
      this.remembered.remove(oldest);
      this.deleteKey(oldest.ref);
    }
  }

  private setKey({ kind, id }: StreamRef<K>, stream: OpenStream<K, S> | ClosedStream<K>): void {
    let ids = this.keys.get(kind);
    if (ids === undefined) {
      ids = new Map();
      this.keys.set(kind, ids);
    }
    ids.set(id, stream);
  }

  private deleteKey({ kind, id }: StreamRef<K>): void {
    const ids = this.keys.get(kind);
    ids?.delete(id);
    if (ids?.size === 0) {
      this.keys.delete(kind);
    }
  }
}
