import { type SchedulerLike, Subscription } from 'rxjs';

import type { Enqueue } from './createOperator.js';
import { Monotonic } from './monotonic.js';

/**
 * A timer of an operator, with its clock.
 *
 * The callback is queued behind the event being handled. It is not called if the timer is disarmed, armed again or
 * disposed before its turn. Its argument is how many milliseconds late it is.
 */
export class Timer {
  private readonly scheduler: SchedulerLike;
  private readonly enqueue: Enqueue;
  private readonly fire: (lateness: number) => void;
  private readonly clock: Monotonic;
  /** Identifies an arming. Created first, since a scheduler may call back before `schedule` returns. */
  private arming: Subscription | undefined = undefined;
  private isDisposed = false;

  constructor(scheduler: SchedulerLike, enqueue: Enqueue, fire: (lateness: number) => void) {
    this.scheduler = scheduler;
    this.enqueue = enqueue;
    this.fire = fire;
    this.clock = new Monotonic(scheduler);
  }

  get isArmed(): boolean {
    return this.arming !== undefined;
  }

  /** Milliseconds that never go back. */
  now(): number {
    return this.clock.now();
  }

  /** Calls back once, `delay` milliseconds from now. Replaces an earlier arming. */
  arm(delay: number): void {
    this.disarm();
    if (this.isDisposed || delay === Infinity) {
      return;
    }
    // Timers truncate fractions of milliseconds and would fire early.
    const wait = Math.ceil(delay);
    this.clock.arm(wait);
    const arming = new Subscription();
    this.arming = arming;
    arming.add(
      this.scheduler.schedule(() => {
        this.enqueue(() => {
          if (this.arming === arming) {
            this.arming = undefined;
            this.fire(this.clock.fire());
          }
        });
      }, wait),
    );
  }

  disarm(): void {
    if (this.arming !== undefined) {
      this.arming.unsubscribe();
      this.arming = undefined;
      this.clock.disarm();
    }
  }

  dispose(): void {
    this.isDisposed = true;
    this.disarm();
  }
}
