import type { StreamRef } from '../../commits.js';
import type { CommitSink } from '../commitSink.js';
import { compareOpening, comparePlaces, type Placed } from './compareOrder.js';
import { Heap, type Positioned } from '../collections/heap.js';
import { type Linked, LinkedList } from '../collections/linkedList.js';
import { StreamMap } from '../streams/streamMap.js';

/** A commit with or without a stream, such as a commit of lines or of blocks. */
export interface OrderableCommit {
  readonly type: string;
  readonly stream?: StreamRef;
}

/** What a stream waits for: with `sequential`, for its turn; with `grouped`, for its own close. */
export type OrderStrategy = 'sequential' | 'grouped';

/** A stream whose last commit is not emitted yet. */
interface OrderedStream<C> extends Placed, Positioned {
  readonly stream: StreamRef;
  /** Whether its last commit has arrived. */
  isClosed: boolean;
  /** Its waiting commits, in the order of arrival. */
  first: WaitingCommit<C> | undefined;
  last: WaitingCommit<C> | undefined;
}

interface WaitingCommit<C> extends Linked<WaitingCommit<C>> {
  commit: C;
  readonly owner: OrderedStream<C>;
  /** The next waiting commit of the same stream. */
  following: WaitingCommit<C> | undefined;
}

/**
 * Passes the commits of the live stream, if there is one, and queues those of the others.
 *
 * A waiting commit is in two lists: that of its stream, which is emitted when it is the stream's turn, and that of
 * all streams, whose oldest commits are emitted when too many wait. The oldest commit of all is also the oldest of
 * its stream, so this never changes the order within a stream. A commit costs constant time; opening and closing a
 * stream cost O(log n) for n waiting streams.
 */
export class StreamOrder<C extends OrderableCommit> {
  readonly strategy: OrderStrategy;
  readonly maxBuffered: number;
  private readonly sink: CommitSink<C>;
  /** The open streams. */
  readonly streams = new StreamMap<OrderedStream<C>>();
  /** The streams that wait for their turn, with or without waiting commits. */
  readonly waitingStreams: Heap<OrderedStream<C>>;
  /** In the order of arrival. */
  readonly waitingCommits = new LinkedList<WaitingCommit<C>>();
  /**
   * The stream whose commits pass at once. With `sequential`, one stream is live while any is open; with `grouped`, all
   * streams wait.
   */
  live: OrderedStream<C> | undefined = undefined;
  /** The number of streams so far. */
  openings = 0;

  constructor(strategy: OrderStrategy, maxBuffered: number, sink: CommitSink<C>) {
    this.sink = sink;
    this.strategy = strategy;
    this.maxBuffered = maxBuffered;
    this.waitingStreams = new Heap<OrderedStream<C>>(
      strategy === 'sequential' ? comparePlaces : compareOpening,
    );
  }

  add(commit: C): void {
    const { stream: ref } = commit;
    if (ref === undefined) {
      this.sink.next(commit);
      return;
    }
    const stream = this.streams.get(ref) ?? this.open(ref);
    if (commit.type === 'close') {
      stream.isClosed = true;
      this.streams.delete(ref);
    }
    if (stream === this.live) {
      this.sink.next(commit);
    } else {
      this.hold(stream, commit);
    }
    if (stream.isClosed) {
      this.releaseAfter(stream);
    }
    if (this.waitingCommits.size > this.maxBuffered) {
      this.releaseOldest();
    }
  }

  /** The source completed or failed: emits all waiting commits, stream by stream. */
  flush(): void {
    let stream = this.waitingStreams.takeFirst();
    while (stream !== undefined && !this.sink.closed) {
      this.release(stream);
      stream = this.waitingStreams.takeFirst();
    }
  }

  private open(ref: StreamRef): OrderedStream<C> {
    const stream: OrderedStream<C> = {
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

  private hold(owner: OrderedStream<C>, commit: C): void {
    const { last } = owner;
    if (isReplaceable(commit) && last?.commit.type === commit.type) {
      // Only the latest one matters, and tails would fill the buffer while no line ends.
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

  /** Emits the commits that waited for this stream to close. */
  private releaseAfter(closed: OrderedStream<C>): void {
    if (this.strategy === 'grouped') {
      this.waitingStreams.remove(closed);
      this.release(closed);
    } else {
      while (this.live?.isClosed === true) {
        this.live = this.waitingStreams.takeFirst();
        if (this.live !== undefined) {
          this.release(this.live);
        }
      }
    }
  }

  private release(stream: OrderedStream<C>): void {
    let { first } = stream;
    stream.first = undefined;
    stream.last = undefined;
    for (; first !== undefined && !this.sink.closed; first = first.following) {
      this.waitingCommits.remove(first);
      this.sink.next(first.commit);
    }
  }

  private releaseOldest(): void {
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
    this.sink.next(commit);
  }
}

/** A tail or draft is replaced by a later one of the same stream. */
function isReplaceable({ type }: OrderableCommit): boolean {
  return type === 'tail' || type === 'draft';
}
