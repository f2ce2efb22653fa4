import type { StreamRef } from '../../commits.js';
import { StreamMap } from '../streams/streamMap.js';
import type { LiveTail, LogEntry, StoredEntry } from './commitLog.js';

/** A stream that the reader has heard of, until its close. */
interface ReaderStream<K extends string> {
  /** The object that stands for the stream in everything that comes out. */
  readonly ref: StreamRef<K>;
  /** How many entries of it are before the place where the reader is; undefined when it has seen none. */
  entries: number | undefined;
  /** The latest tail, until the reader gets to the entry before it. */
  tail: LiveTail<K> | undefined;
}

/**
 * Tells which tails may come out: a tail is right while the entries of its stream are exactly those that were stored
 * before it. An earlier one waits, of each stream the latest, and a later one is stale.
 *
 * A reader that starts in the middle does not know how many entries of a stream are before it. Once it has reached the
 * end, the log can say that.
 */
export class ReaderStreams<K extends string> {
  private readonly emit: (entry: LogEntry<K>) => void;
  private readonly streams = new StreamMap<ReaderStream<K>>();
  /** Streams with a tail whose number of entries is not known. */
  private readonly unknown = new Set<ReaderStream<K>>();

  constructor(emit: (entry: LogEntry<K>) => void) {
    this.emit = emit;
  }

  /** Emits an entry, and the tail that waits for it. */
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

  /** Emits a tail, or keeps it. */
  addTail(tail: LiveTail<K>): void {
    const stream = this.find(tail.commit.stream);
    stream.tail = tail;
    if (stream.entries === undefined) {
      this.unknown.add(stream);
    } else {
      this.emitTail(stream);
    }
  }

  /** A stream whose entries the reader has to ask for, once it has reached the end. */
  get asksFor(): StreamRef<K> | undefined {
    return this.unknown.values().next().value?.ref;
  }

  /** How many entries of a stream the log has; undefined when it is not open. */
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
      // It is stale. The entries that make it so are on their way.
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
