import { type SchedulerAction, type SchedulerLike, type Subscription, VirtualTimeScheduler } from 'rxjs';

/**
 * Virtual time whose clock can be set, and whose timers can be delayed. Time passes only with `advance` and `sleep`, so
 * that `pending` counts the timers of the operators under test.
 */
export class FaultyScheduler implements SchedulerLike {
  /** The milliseconds by which the clock is ahead of the time that has passed. */
  clockError = 0;
  private readonly time = new VirtualTimeScheduler();
  private asleepUntil = 0;

  now(): number {
    return this.passed + this.clockError;
  }

  schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, delay = 0, state?: T): Subscription {
    const due = Math.max(this.passed + delay, this.asleepUntil);
    return this.time.schedule(work, due - this.passed, state);
  }

  /** The time that has really passed, independent of the clock. */
  get passed(): number {
    return this.time.frame;
  }

  /** The number of armed timers. */
  get pending(): number {
    return this.time.actions.length;
  }

  /** Lets time pass. */
  advance(milliseconds: number): void {
    const end = this.passed + milliseconds;
    this.time.maxFrames = end;
    this.time.flush();
    this.time.frame = end;
  }

  /** Lets time pass while the process is suspended: timers due meanwhile all fire at the end. */
  sleep(milliseconds: number): void {
    this.asleepUntil = this.passed + milliseconds;
    for (const action of this.time.actions) {
      action.delay = Math.max(action.delay, this.asleepUntil);
    }
    this.advance(milliseconds);
  }
}
