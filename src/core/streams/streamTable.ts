import type { DropCommit, StreamRef } from '../../commits.js';
import type { DeltaEvent, StartEvent, TextDeltaEvent } from '../../events.js';
import { LinkedList } from '../collections/linkedList.js';
import { checkEvent, type CheckedEvent, type UnknownEvent } from './readEvent.js';
import type { OpenStream, StreamEnd } from './openStream.js';

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
export interface StreamTableSink<K extends string> {
  /** Whether the subscriber has unsubscribed, so that further calls have no effect. */
  readonly closed: boolean;
  /** Creates a stream. `opener` is the type of the event that opens it. */
  open(ref: StreamRef<K>, opener: DeltaEvent['type']): OpenStream<K>;
  drop(reason: DropCommit['reason'], event: unknown): void;
}

/** A closed key is remembered by its ref, to distinguish a late event from the first event of a new stream. */
interface ClosedStream<K extends string> extends StreamRef<K> {
  readonly lastEvent?: undefined;
}

/** A key in the table. */
export type KnownStream<K extends string> = OpenStream<K> | ClosedStream<K>;

/** The number of events up to a moment. */
interface Mark {
  readonly events: number;
  readonly time: number;
  /** The greatest lateness of a tick since then. The clock may have been set, so this is added to the idle timeout. */
  lateness: number;
}

/** How often the idle timer fires per idle timeout. A stream closes at most that fraction late. */
const TICKS_PER_IDLE_TIMEOUT = 8;

/** So many refs of keys that were opened again may wait in any case. */
const SLACK = 16;

/** Shared by all ends that say nothing, which are most. */
const NOTHING: StreamEnd = {};

/**
 * Tracks open and closed streams, and dispatches each event to its stream.
 *
 * Handling an event does not read the clock. Events are counted, and each tick records the count in a mark. A stream
 * is idle when its last event is not after a mark that is as old as the idle timeout.
 */
export class StreamTable<K extends string> {
  readonly limits: StreamLimits;
  protected readonly sink: StreamTableSink<K>;
  /** The open and the remembered keys. */
  readonly keys = new Map<string, Map<string, KnownStream<K>>>();
  private latestKind = '';
  private latestIds: Map<string, KnownStream<K>> | undefined = undefined;
  /** In the order of opening. */
  readonly open = new LinkedList<OpenStream<K>>();
  /**
   * The open streams by their last event at the time of `rankedAt`, the least recent last. It is sorted again only
   * when a stream must be evicted and none is left in it that had no event since. That is cheaper than maintaining
   * the order on every event.
   */
  ranking: (OpenStream<K> | undefined)[] = [];
  /** `events` when the streams were ranked. */
  private rankedAt = 0;
  /**
   * The closed keys in the order of closing. A key that was opened again leaves its old ref here until it is the
   * oldest, or until half of the refs are such.
   */
  closed: (StreamRef<K> | undefined)[] = [];
  /** The index of the oldest ref in `closed`. */
  private oldest = 0;
  /** The number of remembered keys. */
  remembered = 0;
  /** The remembered keys that were closed before their producer ended them. A further delta continues them. */
  readonly interrupted = new Set<StreamRef<K>>();
  /** The number of events so far, without dropped ones. */
  events = 0;
  /** The oldest first. */
  marks: Mark[] = [];

  constructor(limits: StreamLimits, sink: StreamTableSink<K>) {
    this.limits = limits;
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
    const known = typeof kind === 'string' && typeof id === 'string' ? this.idsOf(kind)?.get(id) : undefined;
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

  /** Handles an event that may open or close a stream. */
  protected nextOther(
    event: unknown,
    checked: CheckedEvent | undefined,
    known: KnownStream<K> | undefined,
  ): void {
    if (checked === undefined) {
      this.sink.drop('malformed', event);
      return;
    }
    if (known?.lastEvent === undefined) {
      this.nextUnopened(known, event, checked);
      return;
    }
    known.lastEvent = ++this.events;
    if (isLast(checked)) {
      this.close(known, false);
    }
    send(known, event, checked);
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

  private finish(last: (stream: OpenStream<K>) => void): void {
    for (let stream = this.open.first; stream !== undefined && !this.sink.closed; stream = stream.next) {
      last(stream);
    }
    this.clear();
  }

  private clear(): void {
    this.keys.clear();
    this.latestIds = undefined;
    this.open.clear();
    this.ranking = [];
    this.closed = [];
    this.oldest = 0;
    this.remembered = 0;
    this.interrupted.clear();
    this.marks = [];
  }

  /** Milliseconds until streams without an event since the mark are idle. */
  private timeLeft(mark: Mark, now: number): number {
    return mark.time + mark.lateness + this.limits.idleTimeout - now;
  }

  private isOver(mark: Mark, now: number): boolean {
    return this.timeLeft(mark, now) <= 0;
  }

  /** The event is for a stream that is not open. Opens the stream or drops the event. */
  private nextUnopened(known: ClosedStream<K> | undefined, event: unknown, checked: CheckedEvent): void {
    const { sink } = this;
    const { type } = checked;
    if (known !== undefined && type !== 'start' && !(type === 'delta' && this.interrupted.has(known))) {
      sink.drop('late', event);
      return;
    }
    this.events++;
    const ref = makeRef(checked, known);
    if (known !== undefined) {
      this.remembered--;
      this.interrupted.delete(known);
    }
    const stream = sink.open(ref, type);
    if (isLast(checked)) {
      // The stream closes at once, so no other stream is evicted.
      this.remember(ref, false);
    } else {
      stream.lastEvent = this.events;
      this.setKey(ref, stream);
      if (this.open.size >= this.limits.maxStreams) {
        this.evict();
        if (sink.closed) {
          stream.dispose();
          return;
        }
      }
      this.open.append(stream);
    }
    stream.opened();
    send(stream, event, checked);
  }

  /** Closes the least recent stream. */
  private evict(): void {
    const stream = this.leastRecent();
    if (stream !== undefined) {
      this.close(stream, true);
      stream.end('evicted', NOTHING);
    }
  }

  private leastRecent(): OpenStream<K> | undefined {
    for (;;) {
      while (this.ranking.length > 0) {
        const stream = this.ranking.pop();
        if (stream !== undefined) {
          stream.rank = -1;
          if (stream.lastEvent <= this.rankedAt) {
            return stream;
          }
        }
      }
      if (this.open.size === 0) {
        return undefined;
      }
      this.rank();
    }
  }

  private rank(): void {
    const streams: OpenStream<K>[] = [];
    for (let stream = this.open.first; stream !== undefined; stream = stream.next) {
      streams.push(stream);
    }
    streams.sort((a, b) => b.lastEvent - a.lastEvent);
    streams.forEach((stream, rank) => {
      stream.rank = rank;
    });
    this.ranking = streams;
    this.rankedAt = this.events;
  }

  private close(stream: OpenStream<K>, isInterrupted: boolean): void {
    this.open.remove(stream);
    if (stream.rank !== -1) {
      this.ranking[stream.rank] = undefined;
    }
    this.remember(stream.ref, isInterrupted);
  }

  private remember(ref: StreamRef<K>, isInterrupted: boolean): void {
    this.setKey(ref, ref);
    this.closed.push(ref);
    this.remembered++;
    if (isInterrupted) {
      this.interrupted.add(ref);
    }
    while (this.remembered > this.limits.maxRemembered) {
      this.forgetOldest();
    }
    if (this.closed.length > 2 * this.remembered + SLACK) {
      this.closed = this.closed.filter((closed) => closed !== undefined && this.isRemembered(closed));
      this.oldest = 0;
    }
  }

  private forgetOldest(): void {
    const ref = this.closed[this.oldest];
    this.closed[this.oldest++] = undefined;
    if (ref === undefined || !this.isRemembered(ref)) {
      return;
    }
    this.remembered--;
    this.interrupted.delete(ref);
    const ids = this.idsOf(ref.kind);
    ids?.delete(ref.id);
    if (ids?.size === 0) {
      this.keys.delete(ref.kind);
      this.latestIds = undefined;
    }
  }

  private isRemembered(ref: StreamRef<K>): boolean {
    return this.idsOf(ref.kind)?.get(ref.id) === ref;
  }

  private setKey({ kind, id }: StreamRef<K>, stream: KnownStream<K>): void {
    let ids = this.idsOf(kind);
    if (ids === undefined) {
      ids = new Map();
      this.keys.set(kind, ids);
      this.latestIds = ids;
    }
    ids.set(id, stream);
  }

  /** The keys of one kind. Most events have the kind of the event before, so the latest one is kept at hand. */
  private idsOf(kind: string): Map<string, KnownStream<K>> | undefined {
    if (kind !== this.latestKind) {
      this.latestKind = kind;
      this.latestIds = this.keys.get(kind);
    }
    return this.latestIds;
  }
}

function isLast({ type }: CheckedEvent): boolean {
  return type === 'end' || type === 'error';
}

function makeRef<K extends string>(
  { kind, id, order: ownOrder }: CheckedEvent,
  earlier: StreamRef<K> | undefined,
): StreamRef<K> {
  const order = ownOrder ?? earlier?.order;
  const generation = earlier === undefined ? 0 : earlier.generation + 1;
  return order === undefined
    ? { kind: kind as K, id, generation }
    : { kind: kind as K, id, generation, order };
}

function send<K extends string>(stream: OpenStream<K>, event: unknown, checked: CheckedEvent): void {
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
