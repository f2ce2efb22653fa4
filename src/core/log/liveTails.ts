import type { StreamRef } from '../../commits.js';
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
  private readonly streams = new Map<string, LiveStream<K>>();
  /** The streams that have a tail. */
  private readonly waiting = new Set<LiveStream<K>>();

  /** Replaces the tail of the stream, unless that is newer. */
  add(tail: LiveTail<K>): void {
    const { stream } = tail.commit;
    const key = keyOf(stream);
    let live = this.streams.get(key);
    if (live === undefined) {
      live = { stream, entries: undefined, tail: undefined };
      this.streams.set(key, live);
    }
    if (tail.number >= Math.max(live.entries ?? 0, live.tail?.number ?? 0)) {
      live.tail = tail;
      this.waiting.add(live);
    }
  }

  /** Counts an entry that was read. */
  read({ commit, number }: StoredEntry<K>): void {
    // Without tails, entries need not be counted.
    if (this.streams.size === 0) {
      return;
    }
    const key = keyOf(commit.stream);
    const live = this.streams.get(key);
    if (live === undefined) {
      return;
    }
    if (commit.type === 'close') {
      this.streams.delete(key);
      this.waiting.delete(live);
    } else {
      this.count(live, number + 1);
    }
  }

  /** A stream with a tail whose number of entries the reader must ask for. */
  unknown(): StreamRef<K> | undefined {
    for (const { stream, entries } of this.waiting) {
      if (entries === undefined) {
        return stream;
      }
    }
    return undefined;
  }

  /** The answer of the log: the number of entries of the stream, or `undefined` if it is not open. */
  know(stream: StreamRef<K>, entries: number | undefined): void {
    const key = keyOf(stream);
    const live = this.streams.get(key);
    if (live === undefined) {
      return;
    }
    if (entries === undefined) {
      this.streams.delete(key);
      this.waiting.delete(live);
    } else {
      this.count(live, entries);
    }
  }

  /** The current tails, for a reader at the end of the log. Each is returned once. */
  take(): readonly LiveTail<K>[] {
    const tails: LiveTail<K>[] = [];
    for (const live of this.waiting) {
      if (live.tail !== undefined && live.tail.number === live.entries) {
        tails.push(live.tail);
        live.tail = undefined;
        this.waiting.delete(live);
      }
    }
    return tails;
  }

  clear(): void {
    this.streams.clear();
    this.waiting.clear();
  }

  private count(live: LiveStream<K>, entries: number): void {
    live.entries = Math.max(live.entries ?? 0, entries);
    if (live.tail !== undefined && live.tail.number < live.entries) {
      live.tail = undefined;
      this.waiting.delete(live);
    }
  }
}

function keyOf({ kind, id, generation }: StreamRef): string {
  return JSON.stringify([kind, id, generation]);
}
