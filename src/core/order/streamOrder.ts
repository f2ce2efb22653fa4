import type { Commit, DropCommit, StreamRef } from '../../commits.js';
import { compareOpening, comparePlaces, type Placed } from './compareOrder.js';
import { Heap, type Positioned } from '../collections/heap.js';
import type { Emit } from '../lines/lineAccumulator.js';
import { type Linked, LinkedList } from '../collections/linkedList.js';
import { StreamMap } from '../streams/streamMap.js';

/** What makes one stream wait for another. */
export type OrderStrategy = 'sequential' | 'grouped';

/** A stream whose last commit has not left yet. */
interface OrderedStream<K extends string> extends Placed, Positioned {
  readonly stream: StreamRef<K>;
  /** Whether its last commit has come. */
  isClosed: boolean;
  /** Its commits that wait, in the order of arrival. */
  first: WaitingCommit<K> | undefined;
  last: WaitingCommit<K> | undefined;
}

interface WaitingCommit<K extends string> extends Linked<WaitingCommit<K>> {
  commit: Exclude<Commit<K>, DropCommit>;
  readonly owner: OrderedStream<K>;
  /** The next one of the same stream. */
  following: WaitingCommit<K> | undefined;
}

/**
 * Lets the commits of one stream pass and those of the others wait.
 *
 * A commit that waits is in two lists: that of its stream, for when the stream's turn comes, and that of all streams,
 * for when too many wait. Its oldest commit is also the oldest of its stream, so taking the oldest out never changes
 * the order within a stream. A commit costs constant time; opening and closing a stream cost O(log n) of those that
 * wait.
 */
export class StreamOrder<K extends string> {
  readonly strategy: OrderStrategy;
  readonly maxBuffered: number;
  /** The streams that are not closed. */
  readonly streams = new StreamMap<OrderedStream<K>>();
  /** The streams whose turn has not come, also those none of whose commits waits. */
  readonly waitingStreams: Heap<OrderedStream<K>>;
  /** In the order of arrival. */
  readonly waitingCommits = new LinkedList<WaitingCommit<K>>();
  /** The stream whose commits pass at once. Without one, no stream waits, unless they are grouped. */
  live: OrderedStream<K> | undefined = undefined;
  /** The number of streams so far. */
  openings = 0;

  constructor(strategy: OrderStrategy, maxBuffered: number) {
    this.strategy = strategy;
    this.maxBuffered = maxBuffered;
    this.waitingStreams = new Heap<OrderedStream<K>>(
      strategy === 'sequential' ? comparePlaces : compareOpening,
    );
  }

  add(commit: Commit<K>, emit: Emit<K>): void {
    if (commit.type === 'drop') {
      emit(commit);
      return;
    }
    const stream = this.streams.get(commit.stream) ?? this.open(commit.stream);
    if (commit.type === 'close') {
      stream.isClosed = true;
      this.streams.delete(commit.stream);
    }
    if (stream === this.live) {
      emit(commit);
    } else {
      this.hold(stream, commit);
    }
    if (stream.isClosed) {
      this.releaseAfter(stream, emit);
    }
    if (this.waitingCommits.size > this.maxBuffered) {
      this.releaseOldest(emit);
    }
  }

  /** The source is over: releases all that waits, stream by stream. */
  flush(emit: Emit<K>): void {
    let stream = this.waitingStreams.takeFirst();
    while (stream !== undefined) {
      this.release(stream, emit);
      stream = this.waitingStreams.takeFirst();
    }
  }

  private open(ref: StreamRef<K>): OrderedStream<K> {
    const stream: OrderedStream<K> = {
      stream: ref,
      opening: this.openings++,
      position: 0,
      isClosed: false,
      first: undefined,
      last: undefined,
    };
    this.streams.set(ref, stream);
    if (this.strategy === 'sequential' && this.live === undefined) {
      this.live = stream;
    } else {
      this.waitingStreams.add(stream);
    }
    return stream;
  }

  private hold(owner: OrderedStream<K>, commit: Exclude<Commit<K>, DropCommit>): void {
    const { last } = owner;
    if (commit.type === 'tail' && last?.commit.type === 'tail') {
      // Nobody will miss the earlier one, and tails would fill the buffer while no line is added to the text.
      last.commit = commit;
      this.waitingCommits.remove(last);
      this.waitingCommits.append(last);
      return;
    }
    const waiting = { commit, owner, previous: undefined, next: undefined, following: undefined };
    if (last === undefined) {
      owner.first = waiting;
    } else {
      last.following = waiting;
    }
    owner.last = waiting;
    this.waitingCommits.append(waiting);
  }

  /** Releases what the end of a stream allows. */
  private releaseAfter(closed: OrderedStream<K>, emit: Emit<K>): void {
    if (this.strategy === 'grouped') {
      this.waitingStreams.remove(closed);
      this.release(closed, emit);
    } else {
      while (this.live?.isClosed === true) {
        this.live = this.waitingStreams.takeFirst();
        if (this.live !== undefined) {
          this.release(this.live, emit);
        }
      }
    }
  }

  private release(stream: OrderedStream<K>, emit: Emit<K>): void {
    let { first } = stream;
    stream.first = undefined;
    stream.last = undefined;
    for (; first !== undefined; first = first.following) {
      this.waitingCommits.remove(first);
      emit(first.commit);
    }
  }

  private releaseOldest(emit: Emit<K>): void {
    const oldest = this.waitingCommits.first;
    if (oldest === undefined) {
      return;
    }
    const { commit, owner, following } = oldest;
    this.waitingCommits.remove(oldest);
    owner.first = following;
    if (following === undefined) {
      owner.last = undefined;
    }
    if (commit.type === 'close') {
      this.waitingStreams.remove(owner);
    }
    emit(commit);
  }
}
