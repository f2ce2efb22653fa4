import { VirtualTimeScheduler } from 'rxjs';

/** A clock that stands still until it is moved on. */
export class VirtualClock {
  readonly scheduler = new VirtualTimeScheduler(undefined, 0);

  get now(): number {
    return this.scheduler.frame;
  }

  /** How many timers are set. */
  get timers(): number {
    return this.scheduler.actions.length;
  }

  pass(milliseconds: number): void {
    const { scheduler } = this;
    scheduler.maxFrames = this.now + milliseconds;
    scheduler.flush();
    scheduler.frame = scheduler.maxFrames;
  }
}
