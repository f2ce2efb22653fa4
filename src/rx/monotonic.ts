import type { TimestampProvider } from 'rxjs';

/** A turn of the event loop that takes longer than this is taken for a clock that was set. */
const LONGEST_TURN = 1000;

/**
 * A clock that never goes back, and that jumps no further than its timer explains.
 *
 * A wall clock can be set at any moment, and an event loop that is held up fires its timers late. Both look alike, so
 * the clock trusts the wall clock only as far as a late timer is likely: by up to twice the delay, and at most by a
 * second. After any other step it says that the timer is due: when in doubt, wait longer rather than release early.
 */
export class Monotonic {
  private readonly wallClock: TimestampProvider;
  private wall: number;
  private time: number;
  /** When the armed timer is due; `Infinity` while none is armed. */
  private due = Infinity;
  private limit = Infinity;
  private isInDoubt = false;

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
    } else if (this.isInDoubt || step < 0 || this.time + step > this.limit) {
      this.isInDoubt = true;
      this.time = Math.max(this.time, this.due);
    } else {
      this.time += step;
    }
    return this.time;
  }

  /** A timer was armed. */
  arm(delay: number): void {
    this.due = this.now() + delay;
    this.limit = this.due + Math.min(2 * delay, LONGEST_TURN);
  }

  disarm(): void {
    this.due = Infinity;
    this.limit = Infinity;
    this.isInDoubt = false;
  }

  /** The timer has fired, so its delay has passed. Returns how late it was, as far as the wall clock can be trusted. */
  fire(): number {
    const { due } = this;
    this.time = Math.max(this.now(), due);
    const lateness = this.time - due;
    this.disarm();
    return lateness;
  }
}
