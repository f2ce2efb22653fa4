import type { Subscriber } from 'rxjs';

import { type StreamLimits, type StreamReceiver, StreamTable } from '../core/streams/streamTable.js';
import type { AlarmClock } from './alarmClock.js';
import { IdleTimer } from './idleTimer.js';
import type { Handler } from './createOperator.js';

/** Leads the events of a source through a stream table, and the time to it while streams are open. */
export class StreamTableHandler<K extends string, S> implements Handler<unknown> {
  private readonly table: StreamTable<K, S>;
  private readonly receiver: StreamReceiver<K, S>;
  private readonly destination: Subscriber<never>;
  private readonly clock: AlarmClock;
  private readonly timer: IdleTimer | undefined;
  private isReleased = false;

  constructor(
    options: StreamLimits & { readonly idleTimeout: number },
    receiver: StreamReceiver<K, S>,
    destination: Subscriber<never>,
    clock: AlarmClock,
  ) {
    this.table = new StreamTable(options);
    this.receiver = receiver;
    this.destination = destination;
    this.clock = clock;
    this.timer =
      options.idleTimeout === Infinity
        ? undefined
        : new IdleTimer(clock, options.idleTimeout, () => {
            this.table.tick(receiver);
            this.setTimer();
          });
  }

  next(event: unknown): void {
    this.table.handle(event, this.receiver);
    this.setTimer();
  }

  error(error: unknown): void {
    this.table.fail(error, this.receiver);
    this.destination.error(error);
  }

  complete(): void {
    this.table.complete(this.receiver);
    this.destination.complete();
  }

  release(): void {
    this.isReleased = true;
    this.clock.release();
    this.table.release(this.receiver);
  }

  /** Called for each event, so it has to be cheap while nothing changes. */
  private setTimer(): void {
    const { table, timer } = this;
    if (timer === undefined || timer.isRunning === table.open.size > 0) {
      return;
    }
    if (timer.isRunning) {
      timer.stop();
    } else if (!this.isReleased) {
      table.startTicks();
      timer.start();
    }
  }
}
