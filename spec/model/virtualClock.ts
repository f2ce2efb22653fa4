import { VirtualTimeScheduler } from 'rxjs';

/** A clock that advances only with `pass`. */
export class VirtualClock {
  readonly scheduler = new VirtualTimeScheduler(undefined, 0);

  get now(): number {
    return this.scheduler.frame;
  }

  /** The number of armed timers. */
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
