import type { CommitSink } from '../commitSink.js';

/** The numbers between the end of the history and the first live value after it. */
export interface ReplayGap {
  /** The first missing number. */
  readonly from: number;
  /** The last missing number. */
  readonly to: number;
}

interface HeldValue<T> {
  readonly value: T;
  readonly number: number | undefined;
}

/**
 * Concatenates a history and its live source. Live values wait until the history is complete, and each number is
 * emitted once.
 */
export class ReplayJoin<T> {
  private readonly sink: CommitSink<T>;
  private readonly onGap: (gap: ReplayGap) => void;
  /** The live values that wait for the end of the history; `undefined` afterwards. */
  held: HeldValue<T>[] | undefined = [];
  /** The highest number that was emitted. */
  latest: number | undefined = undefined;
  /** Whether the numbers of the live source have been compared with the end of the history. */
  isJoined = false;

  constructor(sink: CommitSink<T>, onGap: (gap: ReplayGap) => void) {
    this.sink = sink;
    this.onGap = onGap;
  }

  replay(value: T, number: number | undefined): void {
    if (this.advance(number)) {
      this.sink.next(value);
    }
  }

  /** Takes a live value. */
  accept(value: T, number: number | undefined): void {
    if (this.held === undefined) {
      this.emit({ value, number });
    } else if (this.isAhead(number)) {
      this.held.push({ value, number });
    }
  }

  /** The history is complete: emits the waiting live values. */
  join(): void {
    const held = this.held ?? [];
    this.held = undefined;
    for (const each of inOrder(held)) {
      if (this.sink.closed) {
        return;
      }
      this.emit(each);
    }
  }

  private emit({ value, number }: HeldValue<T>): void {
    const { latest } = this;
    if (!this.advance(number)) {
      return;
    }
    if (number !== undefined && !this.isJoined) {
      this.isJoined = true;
      if (latest !== undefined && number > latest + 1) {
        this.onGap({ from: latest + 1, to: number - 1 });
      }
    }
    this.sink.next(value);
  }

  /** Whether the number is above every number emitted so far; true without a number. */
  private isAhead(number: number | undefined): boolean {
    return number === undefined || this.latest === undefined || number > this.latest;
  }

  /** Sets `latest` to a number that is ahead. Returns whether it is. */
  private advance(number: number | undefined): boolean {
    const isAhead = this.isAhead(number);
    if (isAhead && number !== undefined) {
      this.latest = number;
    }
    return isAhead;
  }
}

/** Sorts the values with a number. Values without one keep their positions. */
function inOrder<T>(held: readonly HeldValue<T>[]): readonly HeldValue<T>[] {
  const numbered = held.filter(({ number }) => number !== undefined);
  numbered.sort((a, b) => (a.number ?? 0) - (b.number ?? 0));
  let next = 0;
  return held.map((each) => (each.number === undefined ? each : (numbered[next++] ?? each)));
}
