import type { Commit, StreamRef, TailCommit } from '../../commits.js';
import type { CommitSink } from '../commitSink.js';
import { type Linked, LinkedList } from '../collections/linkedList.js';
import { StreamMap } from '../streams/streamMap.js';

/** The input of a policy. */
export interface WaitingLines {
  /** The number of waiting lines. */
  readonly lines: number;
  /** How many milliseconds the oldest line has waited. */
  readonly oldestAge: number;
}

/**
 * Decides in each tick how many lines to release. Any function of this type is a policy.
 *
 * 0 or less releases no line, `Infinity` all lines. A fraction is rounded up. `NaN` fails the output, like an
 * exception.
 */
export interface PacePolicy {
  (waiting: WaitingLines, now: number): number;
  /**
   * Creates a policy with the same parameters and fresh state. A stateful policy needs this, so that each
   * subscription has its own. Without it, all subscriptions share the function.
   */
  readonly fresh?: (() => PacePolicy) | undefined;
  /**
   * Called when a line arrives and no other waits. There are no ticks while nothing waits, so this tells a stateful
   * policy how long the queue was empty: from `emptySince`, when the latest line was released, until `now`.
   */
  readonly resume?: ((emptySince: number, now: number) => void) | undefined;
}

interface WaitingCommit<K extends string> extends Linked<WaitingCommit<K>> {
  commit: Commit<K>;
  readonly arrivedAt: number;
}

interface WaitingTail<K extends string> extends WaitingCommit<K> {
  commit: TailCommit<K>;
  /** Whether another commit of the same stream waits after it. */
  isFollowed: boolean;
}

/**
 * A queue of commits that releases lines tick by tick.
 *
 * Other commits are released with the line before them, or at once if no line waits. The exception is a second tail of
 * its stream in one tick: it waits for the next tick, even if no line waits.
 */
export class PaceQueue<K extends string> {
  readonly interval: number;
  readonly maxQueued: number;
  readonly policy: PacePolicy;
  private readonly sink: CommitSink<Commit<K>>;
  /** In the order of arrival. */
  readonly waiting = new LinkedList<WaitingCommit<K>>();
  /** The waiting tails, one per stream. */
  waitingTails = new StreamMap<WaitingTail<K>>();
  /** The number of waiting lines. */
  lines = 0;
  /** When the latest line was released. */
  lineReleasedAt: number | undefined = undefined;
  /** When the latest tick was. */
  tickedAt: number | undefined = undefined;
  /** Whether a line was released in this turn of the scheduler. For an interval of 0, which no clock can measure. */
  isTurnTaken = false;
  /** The streams that emitted a tail since the latest tick. */
  streamsWithTail = new StreamMap<true>();
  streamsWithTailCount = 0;

  constructor(interval: number, maxQueued: number, policy: PacePolicy, sink: CommitSink<Commit<K>>) {
    this.sink = sink;
    this.interval = interval;
    this.maxQueued = maxQueued;
    this.policy = policy;
  }

  get isEmpty(): boolean {
    return this.waiting.size === 0;
  }

  /** Whether a tick is needed. */
  get needsTick(): boolean {
    return !this.isEmpty || this.isTurnTaken;
  }

  add(commit: Commit<K>, now: number): void {
    if (commit.type === 'line' && this.lines === 0 && this.lineReleasedAt !== undefined) {
      this.policy.resume?.(this.lineReleasedAt, now);
    }
    if (commit.type === 'tail') {
      this.addTail(commit, now);
    } else if (this.lines > 0 || (commit.type === 'line' && !this.canStart(now))) {
      this.hold(commit, now);
    } else {
      this.deleteTail(commit);
      if (commit.type === 'line') {
        this.tickIfDue(now);
        // The next tick is a full interval from here, even if tails wait for an earlier one.
        this.tickedAt = now;
        this.markReleased(now);
      }
      this.sink.next(commit);
    }
    if (this.lines > this.maxQueued || this.waiting.size - this.lines > this.maxQueued) {
      this.release(1, now);
      if (this.lines === 0) {
        this.tickedAt = now;
      }
    }
  }

  /** How many milliseconds after `now` the next tick is due. */
  timeToTick(now: number): number {
    return this.timeLeft(this.tickedAt, now);
  }

  tick(now: number): void {
    this.startTick(now);
    this.release(0, now);
    const oldest = this.waiting.first;
    if (oldest === undefined) {
      return;
    }
    const oldestAge = now - oldest.arrivedAt;
    const count: unknown = this.policy({ lines: this.lines, oldestAge }, now);
    if (typeof count !== 'number' || Number.isNaN(count)) {
      throw new TypeError(`The policy returned ${String(count)}, but must return a number of lines`);
    }
    this.release(count, now);
  }

  /** Releases everything at once. */
  flush(now: number): void {
    this.startTick(now);
    this.release(Infinity, now);
  }

  clear(): void {
    this.waiting.clear();
    this.waitingTails = new StreamMap();
    this.clearStreamsWithTail();
    this.lines = 0;
  }

  /** Whether a line can be emitted at once when the queue is empty. */
  private canStart(now: number): boolean {
    return !this.isTurnTaken && this.timeLeft(this.lineReleasedAt, now) === 0;
  }

  private addTail(commit: TailCommit<K>, now: number): void {
    const earlier = this.waitingTails.get(commit.stream);
    if (earlier?.isFollowed === false) {
      earlier.commit = commit;
      return;
    }
    this.deleteTail(commit);
    if (this.lines === 0) {
      this.tickIfDue(now);
    }
    if (this.lines === 0 && this.streamsWithTail.get(commit.stream) === undefined) {
      this.countTail(commit.stream);
      this.sink.next(commit);
    } else {
      const tail = { commit, arrivedAt: now, isFollowed: false, previous: undefined, next: undefined };
      this.waitingTails.set(commit.stream, tail);
      this.waiting.append(tail);
    }
  }

  private hold(commit: Exclude<Commit<K>, TailCommit<K>>, now: number): void {
    if (commit.type === 'line') {
      this.lines++;
    }
    if (commit.type !== 'drop') {
      const tail = this.waitingTails.get(commit.stream);
      if (tail !== undefined) {
        tail.isFollowed = true;
      }
    }
    this.waiting.append({ commit, arrivedAt: now, previous: undefined, next: undefined });
  }

  /** Releases the commits before the first line, and then `lines` lines, each with the commits before the next line. */
  private release(lines: number, now: number): void {
    let left = lines;
    // The size is read once, because tails that must wait longer are appended again.
    for (let { size } = this.waiting; size > 0 && !this.sink.closed; size--) {
      const { first } = this.waiting;
      if (first === undefined || (first.commit.type === 'line' && left <= 0)) {
        return;
      }
      const { commit } = first;
      this.waiting.remove(first);
      if (commit.type === 'line') {
        left--;
        this.lines--;
        this.markReleased(now);
      }
      if (commit.type !== 'tail' || this.takeTail(commit)) {
        this.sink.next(commit);
      }
    }
  }

  /** Returns whether to emit a tail that was removed from the queue. */
  private takeTail({ stream }: TailCommit<K>): boolean {
    const tail = this.waitingTails.get(stream);
    this.waitingTails.delete(stream);
    // A second tail of its stream in one tick is only removed when a full queue releases lines between two ticks. It is
    // not emitted if another commit of its stream follows, and otherwise waits on while there is room.
    if (tail !== undefined && this.streamsWithTail.get(stream) === true) {
      if (tail.isFollowed) {
        return false;
      }
      if (this.waiting.size - this.lines < this.maxQueued) {
        this.waitingTails.set(stream, tail);
        this.waiting.append(tail);
        return false;
      }
    }
    this.countTail(stream);
    return true;
  }

  private markReleased(now: number): void {
    this.lineReleasedAt = now;
    this.isTurnTaken = this.interval === 0;
  }

  private startTick(now: number): void {
    this.tickedAt = now;
    this.isTurnTaken = false;
    this.clearStreamsWithTail();
  }

  /** Runs a tick that only tails wait for, if it is due. */
  private tickIfDue(now: number): void {
    if (this.timeToTick(now) === 0) {
      this.startTick(now);
      this.release(0, now);
    }
  }

  private countTail(stream: StreamRef<K>): void {
    // Bounds memory when very many streams emit tails within one tick.
    if (this.streamsWithTailCount >= this.maxQueued) {
      this.clearStreamsWithTail();
    }
    this.streamsWithTail.set(stream, true);
    this.streamsWithTailCount++;
  }

  private clearStreamsWithTail(): void {
    if (this.streamsWithTailCount > 0) {
      this.streamsWithTail = new StreamMap();
      this.streamsWithTailCount = 0;
    }
  }

  /** Deletes the waiting tail of the stream, because a later commit replaces or overtakes it. */
  private deleteTail(commit: Commit<K>): void {
    const tail = commit.type === 'drop' ? undefined : this.waitingTails.get(commit.stream);
    if (tail !== undefined) {
      this.waitingTails.delete(tail.commit.stream);
      this.waiting.remove(tail);
    }
  }

  /** Milliseconds until an interval has passed since `since`. */
  private timeLeft(since: number | undefined, now: number): number {
    if (since === undefined) {
      return 0;
    }
    return Math.max(this.interval - (now - since), 0);
  }
}
