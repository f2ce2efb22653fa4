import type { StreamRef } from '../../commits.js';
import { StreamMap } from '../streams/streamMap.js';
import type { LiveTail, LogEntry, StoredEntry } from './commitLog.js';

/** A stream that the reader has received an entry or a tail of, until its close. */
interface ReaderStream<K extends string> {
  /** The object that identifies the stream in all emitted commits. */
  readonly ref: StreamRef<K>;
  /** The number of its entries before the position of the reader; `undefined` if the reader has read none. */
  entries: number | undefined;
  /** The latest tail, until the reader reaches the entry before it. */
  tail: LiveTail<K> | undefined;
}

/**
 * Decides which tails are emitted. A tail is current while the reader has read exactly the entries that were stored
 * before it. While entries are missing, the latest tail of the stream waits. A tail with fewer entries before it is
 * stale.
 *
 * A reader that starts in the middle does not know how many entries of a stream came before. At the end of the log it
 * asks the log.
 */
export class ReaderStreams<K extends string> {
  private readonly emit: (entry: LogEntry<K>) => void;
  private readonly streams = new StreamMap<ReaderStream<K>>();
  /** Streams that have a tail but an unknown number of entries. */
  private readonly unknown = new Set<ReaderStream<K>>();

  constructor(emit: (entry: LogEntry<K>) => void) {
    this.emit = emit;
  }

  /** Emits an entry, and the tail that waited for it. */
  deliver({ position, commit, number }: StoredEntry<K>): void {
    const stream = this.find(commit.stream);
    stream.entries = number + 1;
    this.unknown.delete(stream);
    if (commit.type === 'close') {
      this.delete(stream);
    }
    const { ref } = stream;
    this.emit({ position, commit: commit.stream === ref ? commit : { ...commit, stream: ref } });
    this.emitTail(stream);
  }

  /** Emits a tail, or stores it until its turn. */
  addTail(tail: LiveTail<K>): void {
    const stream = this.find(tail.commit.stream);
    stream.tail = tail;
    if (stream.entries === undefined) {
      this.unknown.add(stream);
    } else {
      this.emitTail(stream);
    }
  }

  /** A stream whose number of entries the reader must ask for at the end of the log. */
  get asksFor(): StreamRef<K> | undefined {
    return this.unknown.values().next().value?.ref;
  }

  /** The answer of the log: the number of entries of the stream, or `undefined` if it is not open. */
  answer({ kind, generation, id }: StreamRef<K>, entries: number | undefined): void {
    const stream = this.streams.get(kind, generation, id);
    if (stream === undefined || !this.unknown.delete(stream)) {
      return;
    }
    const number = stream.tail?.number ?? -1;
    if (entries === number) {
      stream.entries = entries;
      this.emitTail(stream);
    } else if (entries === undefined || entries > number) {
      // The tail is stale. The entries after it will arrive.
      this.delete(stream);
    }
  }

  private find(ref: StreamRef<K>): ReaderStream<K> {
    const { kind, generation, id } = ref;
    let stream = this.streams.get(kind, generation, id);
    if (stream === undefined) {
      stream = { ref, entries: undefined, tail: undefined };
      this.streams.set(kind, generation, id, stream);
    }
    return stream;
  }

  private emitTail(stream: ReaderStream<K>): void {
    const { tail, entries = 0, ref } = stream;
    if (tail === undefined || tail.number > entries) {
      return;
    }
    stream.tail = undefined;
    if (tail.number === entries) {
      const { commit } = tail;
      this.emit({
        position: undefined,
        commit: commit.stream === ref ? commit : { ...commit, stream: ref },
      });
    }
  }

  private delete(stream: ReaderStream<K>): void {
    const { kind, generation, id } = stream.ref;
    stream.tail = undefined;
    this.streams.delete(kind, generation, id);
  }
}
