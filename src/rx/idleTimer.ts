import { TICKS_PER_IDLE_TIMEOUT } from '../core/streams/streamTable.js';
import { Alarm, type AlarmClock } from './alarmClock.js';

/** Ticks `TICKS_PER_IDLE_TIMEOUT` times in each idle timeout, from its start to its stop. */
export class IdleTimer {
  isRunning = false;
  private readonly clock: AlarmClock;
  private readonly milliseconds: number;
  private readonly alarm: Alarm;
  private tick = 0;

  constructor(clock: AlarmClock, idleTimeout: number, onTick: () => void) {
    this.clock = clock;
    this.milliseconds = Math.ceil(idleTimeout);
    this.alarm = new Alarm(() => {
      this.tick++;
      this.setAlarm();
      onTick();
    });
  }

  start(): void {
    this.isRunning = true;
    this.tick = 0;
    this.setAlarm();
  }

  stop(): void {
    this.isRunning = false;
    this.clock.stop(this.alarm);
  }

  /**
   * Timers count whole milliseconds and cut off the rest, so equal delays would be too short in sum: these differ by one
   * at most, and any `TICKS_PER_IDLE_TIMEOUT` of them in a row make up the time-out exactly.
   */
  private setAlarm(): void {
    this.clock.set(this.alarm, this.dueTime(this.tick + 1) - this.dueTime(this.tick));
  }

  private dueTime(tick: number): number {
    return Math.ceil((tick * this.milliseconds) / TICKS_PER_IDLE_TIMEOUT);
  }
}
