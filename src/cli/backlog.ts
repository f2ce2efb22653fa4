import { type MonoTypeOperatorFunction, noop, tap } from 'rxjs';

import type { Commit } from '../index.js';
import type { Sink } from './roundRobin.js';

/** Counts the commits that wait in an operator, so that no more is read than can be shown. */
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

  /** The operator, and a count at both ends of it. */
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
      // A tail may be replaced by the next one, and does not come out then.
      if (commit.type !== 'tail') {
        this.waiting += change;
        this.wake();
      }
    });
  }
}
