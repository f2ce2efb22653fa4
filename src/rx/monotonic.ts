import type { TimestampProvider } from 'rxjs';

/**
 * The longest plausible delay of a timer by a busy event loop, in milliseconds. A larger step means that the clock
 * was set.
 */
const MAX_TURN = 1000;

/**
 * A clock that never goes back and never jumps further than its timer explains.
 *
 * A late timer and a wall clock that was set forward look the same, so while a timer is armed, the wall clock is
 * trusted only until some time after the timer is due: twice its delay, at most one second. Beyond that, or if the
 * wall clock goes back, `now()` is the time at which the timer is due: when in doubt, wait longer rather than release
 * early.
 */
export class Monotonic {
  private readonly wallClock: TimestampProvider;
  private wall: number;
  private time: number;
  /** When the armed timer is due; `Infinity` while none is armed. */
  private due = Infinity;
  /** Until when the wall clock is trusted while the timer is armed; `-Infinity` once it is in doubt. */
  private limit = 0;

  constructor(wallClock: TimestampProvider) {
    this.wallClock = wallClock;
    this.wall = wallClock.now();
    this.time = this.wall;
  }

  now(): number {
    const wall = this.wallClock.now();
    const step = wall - this.wall;
    this.wall = wall;
    if (this.due === Infinity) {
      this.time += Math.max(step, 0);
    } else if (step < 0 || this.time + step > this.limit) {
      this.limit = -Infinity;
      this.time = Math.max(this.time, this.due);
    } else {
      this.time += step;
    }
    return this.time;
  }

  arm(delay: number): void {
    this.due = this.now() + delay;
    this.limit = this.due + Math.min(2 * delay, MAX_TURN);
  }

  disarm(): void {
    this.due = Infinity;
  }

  /** The timer fired, so its delay has passed. Returns how late it fired, as far as the wall clock is plausible. */
  fire(): number {
    const { due } = this;
    this.time = Math.max(this.now(), due);
    const lateness = this.time - due;
    this.disarm();
    return lateness;
  }
}
