import type { SchedulerLike, Subscription } from 'rxjs';

import type { LineAccumulator, TailObserver } from '../core/lines/lineAccumulator.js';
import type { Enqueue } from './createOperator.js';
import type { ResolvedCommitLinesOptions } from './options.js';
import { Timer } from './timer.js';

/** Commits a part of each unfinished line that is `after` milliseconds old. Reads the clock once per tail. */
export class SoftCommitTimer<K extends string> implements TailObserver<K> {
  private readonly after: number;
  private readonly timer: Timer;
  /** When the first character of each tail arrived. The oldest tail is first. */
  private readonly tails = new Map<LineAccumulator<K>, number>();

  constructor(after: number, scheduler: SchedulerLike, enqueue: Enqueue) {
    this.after = after;
    this.timer = new Timer(scheduler, enqueue, () => {
      this.commitTails();
    });
  }

  update(lines: LineAccumulator<K>): void {
    if (lines.tail !== '' && !this.tails.has(lines)) {
      this.tails.set(lines, this.timer.now());
    }
    if (this.tails.size === 0) {
      this.timer.disarm();
    } else if (!this.timer.isArmed) {
      this.timer.arm(this.after);
    }
  }

  delete(lines: LineAccumulator<K>): void {
    this.tails.delete(lines);
  }

  dispose(): void {
    this.timer.dispose();
    this.tails.clear();
  }

  private commitTails(): void {
    const now = this.timer.now();
    for (const [lines, since] of this.tails) {
      const left = since + this.after - now;
      if (left > 0) {
        this.timer.arm(left);
        return;
      }
      this.tails.delete(lines);
      if (lines.softCommit()) {
        // The rest waits again. A tail that cannot be cut waits for its next delta.
        this.update(lines);
      }
    }
  }
}

/** Creates the timer if the options ask for it, and disposes it with the subscription. */
export function softCommitTimer<K extends string>(
  { softAfter, scheduler }: Pick<ResolvedCommitLinesOptions, 'softAfter' | 'scheduler'>,
  enqueue: Enqueue,
  subscription: Pick<Subscription, 'add'>,
): SoftCommitTimer<K> | undefined {
  if (softAfter === Infinity) {
    return undefined;
  }
  const timer = new SoftCommitTimer<K>(softAfter, scheduler, enqueue);
  subscription.add(() => {
    timer.dispose();
  });
  return timer;
}
