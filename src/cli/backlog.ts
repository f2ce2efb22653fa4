import { type MonoTypeOperatorFunction, noop, tap } from 'rxjs';

import type { Commit } from '../index.js';
import type { Sink } from './roundRobin.js';

/** Counts the commits that wait in an operator, so that reading pauses while too many wait. */
export class Backlog implements Sink {
  private readonly most: number;
  private waiting = 0;
  private wake: () => void = noop;

  constructor(most: number) {
    this.most = most;
  }

  get isFull(): boolean {
    return this.waiting > this.most;
  }

  /** Returns the operator, with a count of the commits before and after it. */
  boundedBy(operator: MonoTypeOperatorFunction<Commit>): MonoTypeOperatorFunction<Commit> {
    return (source) => source.pipe(this.count(1), operator, this.count(-1));
  }

  /** Waits until there is room. */
  async flush(): Promise<void> {
    while (this.isFull) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  private count(change: 1 | -1): MonoTypeOperatorFunction<Commit> {
    return tap((commit) => {
      // Tails are not counted: the operator may replace one instead of emitting it.
      if (commit.type !== 'tail') {
        this.waiting += change;
        this.wake();
      }
    });
  }
}
