import type { StreamRef } from '../../commits.js';
import { StreamMap } from '../streams/streamMap.js';
import type { LiveTail, StoredEntry } from './commitLog.js';

interface LiveStream<K extends string> {
  readonly stream: StreamRef<K>;
  /** The number of stored entries that the reader knows of. */
  entries: number | undefined;
  tail: LiveTail<K> | undefined;
}

/**
 * The latest tail of each stream, until the reader has read the entries before it.
 *
 * Tails are not stored, so they may arrive before or after the entries around them. A tail is current only while its
 * stream has as many entries as when the tail was created. The reader counts the entries that it reads. For streams
 * that it joins in the middle, it asks the log once.
 */
export class LiveTails<K extends string> {
  private readonly countsAll: boolean;
  private readonly streams = new StreamMap<LiveStream<K>>();
  /** The streams that have a tail. */
  private readonly waiting = new Set<LiveStream<K>>();

  /**
   * @param countsAll Whether to count the entries of streams without a tail too. This costs memory for each open
   * stream, and saves asking the log when their first tail arrives.
   */
  constructor(countsAll: boolean) {
    this.countsAll = countsAll;
  }

  /** Replaces the tail of the stream, unless the new one is older or stale. */
  add(tail: LiveTail<K>): void {
    const live = this.streams.get(tail.commit.stream) ?? this.create(tail.commit.stream);
    if (tail.number >= Math.max(live.entries ?? 0, live.tail?.number ?? 0)) {
      live.tail = tail;
      this.waiting.add(live);
    }
  }

  /** Counts an entry that was read. */
  read({ commit, number }: StoredEntry<K>): void {
    if (this.countsAll && this.streams.get(commit.stream) === undefined) {
      this.create(commit.stream);
    }
    this.setEntries(commit.stream, commit.type === 'close' ? undefined : number + 1);
  }

  /** A stream with a tail whose number of entries the reader must ask for. */
  streamToAsk(): StreamRef<K> | undefined {
    for (const { stream, entries } of this.waiting) {
      if (entries === undefined) {
        return stream;
      }
    }
    return undefined;
  }

  /** Receives the number of entries of a stream from the log, or `undefined` if the stream is not open. */
  setEntries(stream: StreamRef<K>, entries: number | undefined): void {
    const live = this.streams.get(stream);
    if (live === undefined) {
      return;
    }
    if (entries === undefined) {
      this.streams.delete(stream);
      this.waiting.delete(live);
      return;
    }
    live.entries = Math.max(live.entries ?? 0, entries);
    if (live.tail !== undefined && live.tail.number < live.entries) {
      this.takeTail(live);
    }
  }

  /** The current tail of a stream. It is returned once. */
  takeOf(stream: StreamRef<K>): LiveTail<K> | undefined {
    const live = this.streams.get(stream);
    return live?.tail !== undefined && live.tail.number === live.entries ? this.takeTail(live) : undefined;
  }

  /** The current tails, for a reader at the end of the log. Each is returned once. */
  take(): readonly LiveTail<K>[] {
    return [...this.waiting].flatMap(({ stream }) => this.takeOf(stream) ?? []);
  }

  clear(): void {
    this.streams.clear();
    this.waiting.clear();
  }

  private create(stream: StreamRef<K>): LiveStream<K> {
    const live: LiveStream<K> = { stream, entries: undefined, tail: undefined };
    this.streams.set(stream, live);
    return live;
  }

  private takeTail(live: LiveStream<K>): LiveTail<K> | undefined {
    const { tail } = live;
    live.tail = undefined;
    this.waiting.delete(live);
    return tail;
  }
}
