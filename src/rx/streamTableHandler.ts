import type { SchedulerLike, Subscriber } from 'rxjs';

import { type StreamLimits, type StreamSink, StreamTable } from '../core/streams/streamTable.js';
import type { Enqueue, Handler } from './createOperator.js';
import { Timer } from './timer.js';

/** Connects a stream table to a source, and to a timer while streams are open. */
export class StreamTableHandler<K extends string, S> implements Handler<unknown> {
  private readonly table: StreamTable<K, S>;
  private readonly sink: StreamSink<K, S>;
  private readonly destination: Subscriber<never>;
  private readonly timer: Timer | undefined;

  constructor(
    options: StreamLimits & { readonly scheduler: SchedulerLike },
    sink: StreamSink<K, S>,
    destination: Subscriber<never>,
    enqueue: Enqueue,
  ) {
    this.table = new StreamTable(options);
    this.sink = sink;
    this.destination = destination;
    if (options.idleTimeout !== Infinity) {
      const timer = new Timer(options.scheduler, enqueue, (lateness) => {
        this.table.tick(timer.now(), lateness, sink);
        this.updateTimer();
      });
      this.timer = timer;
    }
  }

  next(event: unknown): void {
    this.table.handle(event, this.sink);
    // For all but the first and the last event of a time with open streams, this is one comparison.
    if (this.timer !== undefined && this.timer.isArmed !== this.table.open.size > 0) {
      this.updateTimer();
    }
  }

  error(error: unknown): void {
    this.table.fail(error, this.sink);
    this.destination.error(error);
  }

  complete(): void {
    this.table.complete(this.sink);
    this.destination.complete();
  }

  dispose(): void {
    this.timer?.dispose();
    this.table.dispose(this.sink);
  }

  private updateTimer(): void {
    const { table, timer } = this;
    if (timer === undefined) {
      return;
    }
    if (table.open.size === 0) {
      timer.disarm();
      table.stopTicks();
      return;
    }
    const now = timer.now();
    table.startTicks(now);
    timer.arm(table.timeToTick(now));
  }
}
