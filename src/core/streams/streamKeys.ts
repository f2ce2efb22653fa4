import type { StreamRef } from '../../commits.js';
import type { OpenStream } from './openStream.js';

/**
 * The ref of a closed stream. It is remembered to distinguish a late event from the first event of a new stream. It has
 * no `lastEvent`, unlike an open stream.
 */
export interface ClosedStream<K extends string> extends StreamRef<K> {
  readonly lastEvent?: undefined;
}

export type KnownStream<K extends string> = OpenStream<K> | ClosedStream<K>;

/** Stale refs are removed once there are this many more of them than remembered keys. */
const MIN_STALE = 16;

/** The open streams, and the closed keys that are remembered. */
export class StreamKeys<K extends string> {
  readonly kinds = new Map<string, Map<string, KnownStream<K>>>();
  /** The number of closed keys. */
  remembered = 0;
  /**
   * The refs of closed keys, in the order of closing. The ref of a key that was opened again, or deleted, is stale. It
   * stays until more than half of the refs are stale.
   */
  closed: StreamRef<K>[] = [];
  /** The index of the oldest ref in `closed`. */
  private oldest = 0;
  /** The remembered refs whose producer did not end the stream. A further delta opens the next generation. */
  private readonly interrupted = new Set<StreamRef<K>>();
  private readonly maxRemembered: number;
  private latestKind = '';
  private latestIds: Map<string, KnownStream<K>> | undefined = undefined;
  private formerKind = '';
  private formerIds: Map<string, KnownStream<K>> | undefined = undefined;

  constructor(maxRemembered: number) {
    this.maxRemembered = maxRemembered;
  }

  get(kind: string, id: string): KnownStream<K> | undefined {
    return this.idsOf(kind)?.get(id);
  }

  isInterrupted(ref: ClosedStream<K>): boolean {
    return this.interrupted.has(ref);
  }

  /** Sets the stream of a key. `earlier` is its closed stream, if it has one. */
  set({ kind, id }: StreamRef<K>, stream: KnownStream<K>, earlier?: ClosedStream<K>): void {
    if (earlier !== undefined) {
      this.uncount(earlier);
    }
    let ids = this.idsOf(kind);
    if (ids === undefined) {
      ids = new Map();
      this.kinds.set(kind, ids);
      this.cache(kind, ids);
    }
    ids.set(id, stream);
  }

  /** Remembers a key. `isInterrupted` means that its producer did not end the stream. */
  close(ref: StreamRef<K>, isInterrupted: boolean, earlier?: ClosedStream<K>): void {
    this.set(ref, ref, earlier);
    this.closed.push(ref);
    this.remembered++;
    if (isInterrupted) {
      this.interrupted.add(ref);
    }
    while (this.remembered > this.maxRemembered) {
      this.deleteOldest();
    }
    if (this.closed.length > 2 * this.remembered + MIN_STALE) {
      const closed = this.closed.slice(this.oldest);
      this.closed =
        closed.length > this.remembered ? closed.filter((each) => this.isRemembered(each)) : closed;
      this.oldest = 0;
    }
  }

  /** The open streams without an event after `lastEvent`, in the order of opening. */
  openStreams(lastEvent = Infinity): OpenStream<K>[] {
    const streams: OpenStream<K>[] = [];
    for (const ids of this.kinds.values()) {
      for (const stream of ids.values()) {
        if (stream.lastEvent !== undefined && stream.lastEvent <= lastEvent) {
          streams.push(stream);
        }
      }
    }
    return streams.sort((a, b) => a.firstEvent - b.firstEvent);
  }

  clear(): void {
    this.kinds.clear();
    this.latestIds = undefined;
    this.formerIds = undefined;
    this.closed = [];
    this.interrupted.clear();
  }

  private isRemembered(ref: StreamRef<K>): boolean {
    return this.get(ref.kind, ref.id) === ref;
  }

  /** The key of a closed stream is no longer remembered. */
  private uncount(ref: StreamRef<K>): void {
    this.remembered--;
    this.interrupted.delete(ref);
  }

  private deleteOldest(): void {
    const ref = this.closed[this.oldest++];
    if (ref !== undefined && this.isRemembered(ref)) {
      this.uncount(ref);
      const ids = this.idsOf(ref.kind);
      ids?.delete(ref.id);
      if (ids?.size === 0) {
        this.kinds.delete(ref.kind);
        this.cache(ref.kind, undefined);
      }
    }
  }

  /**
   * The keys of one kind. Most events have one of two kinds, such as answer and reasoning, so the latest two are kept
   * at hand.
   */
  private idsOf(kind: string): Map<string, KnownStream<K>> | undefined {
    if (kind === this.latestKind) {
      return this.latestIds;
    }
    if (kind === this.formerKind) {
      return this.formerIds;
    }
    this.cache(kind, this.kinds.get(kind));
    return this.latestIds;
  }

  /** If both cached kinds are the same, only the latest is read. */
  private cache(kind: string, ids: Map<string, KnownStream<K>> | undefined): void {
    this.formerKind = this.latestKind;
    this.formerIds = this.latestIds;
    this.latestKind = kind;
    this.latestIds = ids;
  }
}
