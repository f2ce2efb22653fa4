/** The number of events up to a moment. */
interface Mark {
  readonly events: number;
  readonly time: number;
  /**
   * The greatest lateness of a tick since then. It is added to the idle timeout, because the clock may have been set
   * without the time having passed.
   */
  lateness: number;
}

/** How often the idle timer fires per idle timeout. A stream closes at most one tick late. */
const TICKS_PER_IDLE_TIMEOUT = 8;

/**
 * Finds the events that are older than the idle timeout, without reading the clock for each event. Events are counted,
 * and each tick records the count in a mark. A stream is idle if its last event is not after a mark that is as old as
 * the idle timeout.
 */
export class IdleMarks {
  private readonly idleTimeout: number;
  /** The oldest first. */
  marks: Mark[] = [];

  /** `idleTimeout` is in milliseconds. */
  constructor(idleTimeout: number) {
    this.idleTimeout = idleTimeout;
  }

  /** The first stream opened. `events` is the number of events so far. */
  start(events: number, now: number): void {
    this.marks = [{ events, time: now, lateness: 0 }];
  }

  /** How many milliseconds after `now` the next tick is due. */
  timeToTick(now: number): number {
    const [oldest] = this.marks;
    const period = this.idleTimeout / TICKS_PER_IDLE_TIMEOUT;
    return oldest === undefined ? period : Math.min(period, this.timeLeft(oldest, now));
  }

  /**
   * Records the events so far, and returns how many of them are older than the idle timeout; -1 for none.
   * `lateness` is how many milliseconds late the tick is.
   */
  tick(events: number, now: number, lateness: number): number {
    const { marks } = this;
    for (const mark of marks) {
      mark.lateness = Math.max(mark.lateness, lateness);
    }
    if (marks.at(-1)?.events !== events) {
      marks.push({ events, time: now, lateness: 0 });
    }
    let idle = -1;
    for (let mark = marks[0]; mark !== undefined && this.timeLeft(mark, now) <= 0; mark = marks[0]) {
      idle = mark.events;
      marks.shift();
    }
    return idle;
  }

  /** Milliseconds until streams without an event since the mark are idle. */
  private timeLeft(mark: Mark, now: number): number {
    return mark.time + mark.lateness + this.idleTimeout - now;
  }
}
