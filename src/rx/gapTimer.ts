import type { SchedulerLike, Subscription } from 'rxjs';

import type { LinkedList } from '../core/collections/linkedList.js';
import type { HeldValue } from '../core/sequence/reorderBuffer.js';
import type { Enqueue } from './createOperator.js';

/** A timer that is out by more milliseconds was held up by something, or it is the clock that is wrong. */
const USUAL_LATENESS = 100;

/**
 * Tells when the value that is held the longest has been held for the gap timeout. One timer for all values.
 *
 * That a delay is over is what the timer says; the clock only says how far apart the values came. So a clock that
 * somebody sets is noticed, because it disagrees with the timer, and the values from before are moved to the new time.
 */
export class GapTimer<T> {
  private readonly milliseconds: number;
  private readonly scheduler: SchedulerLike;
  private readonly held: LinkedList<HeldValue<T>>;
  private readonly enqueue: Enqueue;
  private readonly onDue: () => void;
  private action: Subscription | undefined = undefined;
  private dueAt = 0;

  /** `onDue` lets go of the first value of `held`. */
  constructor(
    gapTimeout: number,
    scheduler: SchedulerLike,
    held: LinkedList<HeldValue<T>>,
    enqueue: Enqueue,
    onDue: () => void,
  ) {
    // Timers count whole milliseconds.
    this.milliseconds = Math.ceil(gapTimeout);
    this.scheduler = scheduler;
    this.held = held;
    this.enqueue = enqueue;
    this.onDue = onDue;
  }

  /** To be called for each value that is held, when it comes. */
  stamp(held: HeldValue<T>): void {
    held.heldAt = this.scheduler.now();
  }

  /** To be called after each value, so it has to be cheap while nothing changes. */
  update(): void {
    const { first } = this.held;
    if (first === undefined) {
      this.stop();
    } else if (this.action === undefined) {
      this.start(first.heldAt, this.milliseconds);
    }
  }

  stop(): void {
    this.action?.unsubscribe();
    this.action = undefined;
  }

  private start(heldAt: number, delay: number): void {
    this.dueAt = heldAt + this.milliseconds;
    const action = this.scheduler.schedule(() => {
      this.enqueue(() => {
        // A value before this in the line may have stopped the timer and started another.
        if (this.action === action) {
          this.wake();
        }
      });
    }, Math.ceil(delay));
    this.action = action;
  }

  private wake(): void {
    const { held, milliseconds } = this;
    const now = this.readClock();
    this.action = undefined;
    // The value that the timer was set for may be gone, and the first one then has to wait for longer.
    while (held.first !== undefined && held.first.heldAt + milliseconds <= now) {
      this.onDue();
    }
    if (held.first !== undefined) {
      const { heldAt } = held.first;
      this.start(heldAt, heldAt + milliseconds - now);
    }
  }

  /** Where it is not clear how long a value was held, it rather waits longer than that it leaves too early. */
  private readClock(): number {
    const { dueAt, held } = this;
    const now = this.scheduler.now();
    const drift = now - dueAt;
    if (Math.abs(drift) < USUAL_LATENESS) {
      // Early it only seems to be, because clocks are rounded.
      return Math.max(now, dueAt);
    }
    for (let value = held.first; value !== undefined; value = value.next) {
      const isOfOldTime = drift > 0 ? value.heldAt <= dueAt : value.heldAt > now;
      value.heldAt = Math.min(isOfOldTime ? value.heldAt + drift : value.heldAt, now);
    }
    return now;
  }
}
