import type { SchedulerLike } from 'rxjs';

import { IdleMarks } from '../core/streams/idleMarks.js';
import type { StreamTable } from '../core/streams/streamTable.js';
import type { Enqueue } from './createOperator.js';
import { Timer } from './timer.js';

/** Closes the idle streams of a table. Armed while a stream is open. */
export class IdleTimer {
  private readonly table: StreamTable<string>;
  private readonly marks: IdleMarks;
  private readonly timer: Timer;

  constructor(idleTimeout: number, scheduler: SchedulerLike, enqueue: Enqueue, table: StreamTable<string>) {
    this.table = table;
    this.marks = new IdleMarks(idleTimeout);
    this.timer = new Timer(scheduler, enqueue, (lateness) => {
      this.tick(lateness);
    });
  }

  /** The first stream may have opened, or the last one closed. */
  update(): void {
    const { table, timer } = this;
    if (table.openCount === 0) {
      timer.disarm();
    } else if (!timer.isArmed) {
      const now = timer.now();
      this.marks.start(table.events, now);
      timer.arm(this.marks.timeToTick(now));
    }
  }

  dispose(): void {
    this.timer.dispose();
  }

  private tick(lateness: number): void {
    const { table, timer, marks } = this;
    const now = timer.now();
    table.closeIdle(marks.tick(table.events, now, lateness));
    if (table.openCount > 0) {
      timer.arm(marks.timeToTick(now));
    }
  }
}
