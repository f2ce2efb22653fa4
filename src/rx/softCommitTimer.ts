import type { SchedulerLike, Subscription } from 'rxjs';

import type { LineAccumulator, TailObserver } from '../core/lines/lineAccumulator.js';
import type { Enqueue } from './createOperator.js';
import type { ResolvedCommitLinesOptions } from './options.js';
import { Timer } from './timer.js';

interface WaitingTail {
  readonly tailCount: number;
  /** When the first character of the tail arrived. */
  readonly since: number;
}

/** Commits a part of each unfinished line that is `after` milliseconds old. Reads the clock once per tail. */
export class SoftCommitTimer<K extends string> implements TailObserver<K> {
  private readonly after: number;
  private readonly timer: Timer;
  /** The oldest tail first. */
  private readonly tails = new Map<LineAccumulator<K>, WaitingTail>();

  constructor(after: number, scheduler: SchedulerLike, enqueue: Enqueue) {
    this.after = after;
    this.timer = new Timer(scheduler, enqueue, () => {
      this.commitTails();
    });
  }

  update(lines: LineAccumulator<K>): void {
    if (lines.tail === '') {
      this.delete(lines);
    } else if (this.tails.get(lines)?.tailCount !== lines.tailCount) {
      this.add(lines, this.timer.now());
    }
  }

  delete(lines: LineAccumulator<K>): void {
    if (this.tails.delete(lines) && this.tails.size === 0) {
      this.timer.disarm();
    }
  }

  dispose(): void {
    this.timer.dispose();
    this.tails.clear();
  }

  private add(lines: LineAccumulator<K>, now: number): void {
    this.tails.delete(lines);
    this.tails.set(lines, { tailCount: lines.tailCount, since: now });
    if (!this.timer.isArmed) {
      this.timer.arm(this.after);
    }
  }

  private commitTails(): void {
    const now = this.timer.now();
    for (const [lines, { since }] of this.tails) {
      const left = since + this.after - now;
      if (left > 0) {
        this.timer.arm(left);
        return;
      }
      lines.softCommit();
      this.tails.delete(lines);
      if (lines.tail !== '') {
        // The rest, such as a grapheme that may continue, waits again.
        this.add(lines, now);
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
