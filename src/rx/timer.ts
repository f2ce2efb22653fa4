import type { SchedulerLike, Subscription } from 'rxjs';

import type { Enqueue } from './createOperator.js';
import { Monotonic } from './monotonic.js';

/**
 * One timer of an operator, and the clock that belongs to it.
 *
 * The callback is queued behind the event that is being handled, and is not called once the timer was disarmed, armed
 * again or disposed meanwhile. It is told how many milliseconds it is late.
 */
export class Timer {
  private readonly scheduler: SchedulerLike;
  private readonly enqueue: Enqueue;
  private readonly fire: (lateness: number) => void;
  private readonly clock: Monotonic;
  private action: Subscription | undefined = undefined;
  /** Tells one arming from the next, also where a scheduler calls back before it returns. */
  private armings = 0;
  private isDisposed = false;

  constructor(scheduler: SchedulerLike, enqueue: Enqueue, fire: (lateness: number) => void) {
    this.scheduler = scheduler;
    this.enqueue = enqueue;
    this.fire = fire;
    this.clock = new Monotonic(scheduler);
  }

  get isArmed(): boolean {
    return this.action !== undefined;
  }

  /** Milliseconds that never go back. */
  now(): number {
    return this.clock.now();
  }

  /** Calls back once, `delay` milliseconds from now. An earlier arming no longer counts. */
  arm(delay: number): void {
    this.disarm();
    if (this.isDisposed) {
      return;
    }
    // Timers count whole milliseconds and cut off the rest, which would be too early.
    const wait = Math.ceil(delay);
    this.clock.arm(wait);
    const arming = ++this.armings;
    this.action = this.scheduler.schedule(() => {
      this.enqueue(() => {
        if (this.armings === arming && !this.isDisposed) {
          this.action = undefined;
          this.fire(this.clock.fire());
        }
      });
    }, wait);
  }

  disarm(): void {
    if (this.action !== undefined) {
      this.armings++;
      this.action.unsubscribe();
      this.action = undefined;
      this.clock.disarm();
    }
  }

  dispose(): void {
    this.isDisposed = true;
    this.disarm();
  }
}
