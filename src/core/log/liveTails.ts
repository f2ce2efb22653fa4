import type { StreamRef } from '../../commits.js';
import type { LiveTail, StoredEntry } from './commitLog.js';

interface LiveStream<K extends string> {
  readonly stream: StreamRef<K>;
  /** How many entries are stored, as far as the reader knows. */
  entries: number | undefined;
  tail: LiveTail<K> | undefined;
}

/**
 * The latest tail of each stream, until the reader has read what was stored before it.
 *
 * Tails do not go through the store, so they come earlier or later than the entries around them. A tail is current only
 * while its stream has as many entries as it had when the tail was made. What the reader has read says how many those
 * are, except for streams that it joined in the middle: for these the log has to be asked once.
 */
export class LiveTails<K extends string> {
  private readonly streams = new Map<string, LiveStream<K>>();
  /** The streams that have a tail. */
  private readonly waiting = new Set<LiveStream<K>>();

  /** Replaces the tail of its stream, unless that is newer. */
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

  /** The reader has read this entry. */
  read({ commit, number }: StoredEntry<K>): void {
    // Without tails there is nothing to count, and no key to make.
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

  /** A stream with a tail that the log has to be asked about. */
  unknown(): StreamRef<K> | undefined {
    for (const { stream, entries } of this.waiting) {
      if (entries === undefined) {
        return stream;
      }
    }
    return undefined;
  }

  /** The answer of the log: how many entries the stream has, or undefined because it is not open. */
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

  /** The tails that are current, for a reader that has read everything. Each is returned once. */
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
