import type { SchedulerLike } from 'rxjs';

import type { Emit, LineAccumulator } from '../core/lines/lineAccumulator.js';
import { Alarm, type AlarmClock } from './alarmClock.js';

/** Makes a timer if soft commits after a time are asked for. */
export function softCommitTimer<K extends string>(
  clock: AlarmClock,
  { scheduler, softAfter }: { readonly scheduler: SchedulerLike; readonly softAfter: number },
  emit: Emit<K>,
): SoftCommitTimer<K> | undefined {
  return softAfter === Infinity ? undefined : new SoftCommitTimer(clock, scheduler, softAfter, emit);
}

/** A tail that is not committed yet. */
interface WaitingTail {
  readonly tailCount: number;
  /** When its first character came. */
  since: number;
}

/** Commits a part of each unfinished line that has waited long enough. Asks for the time once for each tail. */
export class SoftCommitTimer<K extends string> {
  private readonly clock: AlarmClock;
  private readonly scheduler: SchedulerLike;
  private readonly milliseconds: number;
  private readonly emit: Emit<K>;
  private readonly alarm: Alarm;
  /** The one that has waited the longest first. */
  private readonly tails = new Map<LineAccumulator<K>, WaitingTail>();

  constructor(clock: AlarmClock, scheduler: SchedulerLike, after: number, emit: Emit<K>) {
    this.clock = clock;
    this.scheduler = scheduler;
    this.milliseconds = Math.ceil(after);
    this.emit = emit;
    this.alarm = new Alarm(() => {
      this.commitTails();
    });
  }

  /** To be called when the lines may have another tail than before. */
  update(lines: LineAccumulator<K>): void {
    if (lines.tail === '') {
      this.remove(lines);
    } else if (this.tails.get(lines)?.tailCount !== lines.tailCount) {
      this.wait(lines, this.scheduler.now());
    }
  }

  remove(lines: LineAccumulator<K>): void {
    if (this.tails.delete(lines) && this.tails.size === 0) {
      this.clock.stop(this.alarm);
    }
  }

  private wait(lines: LineAccumulator<K>, now: number): void {
    this.tails.delete(lines);
    this.tails.set(lines, { tailCount: lines.tailCount, since: now });
    if (this.alarm.due === undefined) {
      this.clock.set(this.alarm, this.milliseconds, now);
    }
  }

  private commitTails(): void {
    const now = this.scheduler.now();
    this.believe(now);
    for (const [lines, tail] of this.tails) {
      tail.since = Math.min(tail.since, now);
      const left = tail.since + this.milliseconds - now;
      if (left > 0) {
        this.clock.set(this.alarm, left, now);
        return;
      }
      lines.softCommit(this.emit);
      this.tails.delete(lines);
      if (lines.tail !== '') {
        // What is left, such as a grapheme that may go on, waits anew.
        this.wait(lines, now);
      }
    }
  }

  /** Somebody may have set the clock back, and none of the tails from before shall wait until it is that late again. */
  private believe(now: number): void {
    for (const tail of this.tails.values()) {
      if (tail.since <= now) {
        return;
      }
      tail.since = now;
    }
  }
}
