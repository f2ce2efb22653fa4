import type { SchedulerLike, Subscription } from 'rxjs';

import type { Enqueue } from './createOperator.js';

/** Something to be done after a while. */
export class Alarm {
  readonly ring: () => void;
  /** When it rings, in milliseconds since the clock was wound up; `undefined` while it is not set. */
  due: number | undefined = undefined;

  constructor(ring: () => void) {
    this.ring = ring;
  }
}

/**
 * Several alarms with one timer, which runs only while one of them is set.
 *
 * That a delay is over is what the timer tells. The time of the scheduler is asked only for how much of a delay has
 * passed when another alarm is set, and only believed where it can be right: somebody may set it.
 */
export class AlarmClock {
  private readonly scheduler: SchedulerLike;
  private readonly enqueue: Enqueue;
  private readonly alarms = new Set<Alarm>();
  private timer: Subscription | undefined = undefined;
  private woundUpAt = 0;
  private delay = 0;
  private isReleased = false;

  constructor(scheduler: SchedulerLike, enqueue: Enqueue) {
    this.scheduler = scheduler;
    this.enqueue = enqueue;
  }

  /** Makes an alarm ring once, after a delay in milliseconds. */
  set(alarm: Alarm, delay: number, now = this.scheduler.now()): void {
    if (this.isReleased) {
      return;
    }
    const elapsed = this.isWoundUp ? now - this.woundUpAt : 0;
    // Somebody has set the time: what has passed is not known, and nothing must ring too early.
    const isTimeWrong = elapsed < 0 || elapsed > this.delay;
    const passed = isTimeWrong ? 0 : elapsed;
    this.alarms.add(alarm);
    alarm.due = passed + delay;
    if (!this.isWoundUp || isTimeWrong || alarm.due < this.delay) {
      this.windUp(passed, now);
    }
  }

  stop(alarm: Alarm): void {
    this.alarms.delete(alarm);
    alarm.due = undefined;
    if (this.alarms.size === 0) {
      this.stopTimer();
    }
  }

  release(): void {
    this.isReleased = true;
    this.alarms.clear();
    this.stopTimer();
  }

  private get isWoundUp(): boolean {
    return this.timer !== undefined;
  }

  private windUp(passed: number, now: number): void {
    let delay = Infinity;
    for (const alarm of this.alarms) {
      alarm.due = (alarm.due ?? 0) - passed;
      delay = Math.min(delay, alarm.due);
    }
    this.stopTimer();
    this.woundUpAt = now;
    this.delay = delay;
    const timer = this.scheduler.schedule(() => {
      this.enqueue(() => {
        // Something before this in the line may have set the clock anew.
        if (this.timer === timer) {
          this.wake();
        }
      });
    }, delay);
    this.timer = timer;
  }

  private wake(): void {
    const ringing: Alarm[] = [];
    this.timer = undefined;
    for (const alarm of this.alarms) {
      alarm.due = (alarm.due ?? 0) - this.delay;
      if (alarm.due <= 0) {
        this.alarms.delete(alarm);
        ringing.push(alarm);
      }
    }
    for (const alarm of ringing) {
      // One that rang before may have stopped this one, or set it anew.
      if (alarm.due !== undefined && !this.alarms.has(alarm)) {
        alarm.due = undefined;
        alarm.ring();
      }
    }
    if (!this.isWoundUp && this.alarms.size > 0) {
      this.windUp(0, this.scheduler.now());
    }
  }

  private stopTimer(): void {
    this.timer?.unsubscribe();
    this.timer = undefined;
  }
}
