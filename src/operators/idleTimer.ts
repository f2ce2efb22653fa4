import type { SchedulerLike, Subscription } from 'rxjs';

import { TICKS_PER_IDLE_TIMEOUT } from '../core/streamTable.js';

/**
 * Ticks `TICKS_PER_IDLE_TIMEOUT` times in each idle timeout, from its start to its stop.
 *
 * It never looks at a clock: a tick tells that its share of the time-out has passed, and only a timer can know that
 * when somebody sets the wall clock.
 */
export class IdleTimer {
  isRunning = false;
  private readonly milliseconds: number;
  private readonly scheduler: SchedulerLike;
  private readonly onTick: () => void;
  private action: Subscription | undefined = undefined;

  constructor(idleTimeout: number, scheduler: SchedulerLike, onTick: () => void) {
    this.milliseconds = Math.ceil(idleTimeout);
    this.scheduler = scheduler;
    this.onTick = onTick;
  }

  start(): void {
    const { milliseconds, onTick } = this;
    let tick = 0;
    this.isRunning = true;
    this.action = this.scheduler.schedule(
      function () {
        tick++;
        this.schedule(undefined, delayAfter(tick, milliseconds));
        onTick();
      },
      delayAfter(tick, milliseconds),
    );
  }

  stop(): void {
    this.isRunning = false;
    this.action?.unsubscribe();
    this.action = undefined;
  }
}

/**
 * Timers count whole milliseconds and cut off the rest, so equal delays would be too short in sum: these differ by one
 * at most, and any `TICKS_PER_IDLE_TIMEOUT` of them in a row make up the time-out exactly.
 */
function delayAfter(tick: number, milliseconds: number): number {
  return dueTime(tick + 1, milliseconds) - dueTime(tick, milliseconds);
}

function dueTime(tick: number, milliseconds: number): number {
  return Math.ceil((tick * milliseconds) / TICKS_PER_IDLE_TIMEOUT);
}
