import type { Observer, SchedulerLike } from 'rxjs';

import {
  type StreamLimits,
  type StreamState,
  StreamTable,
  type StreamTableSink,
} from '../core/streams/streamTable.js';
import type { Enqueue, Handler } from './createOperator.js';
import { Timer } from './timer.js';

/** Connects a stream table to a source, and to a timer while streams are open. */
export class StreamTableHandler<K extends string, S extends StreamState<K>>
  extends StreamTable<K, S>
  implements Handler<unknown>
{
  private readonly destination: Pick<Observer<never>, 'error' | 'complete'>;
  private readonly timer: Timer | undefined;

  constructor(
    options: StreamLimits & { readonly scheduler: SchedulerLike },
    sink: StreamTableSink<K, S>,
    destination: Pick<Observer<never>, 'error' | 'complete'>,
    enqueue: Enqueue,
  ) {
    super(options, sink);
    this.destination = destination;
    if (options.idleTimeout !== Infinity) {
      const timer = new Timer(options.scheduler, enqueue, (lateness) => {
        this.tick(timer.now(), lateness);
        this.updateTimer();
      });
      this.timer = timer;
    }
  }

  override next(event: unknown): void {
    super.next(event);
    // One comparison per event. The timer changes only when the first stream opens or the last one closes.
    if (this.timer !== undefined && this.timer.isArmed !== this.open.size > 0) {
      this.updateTimer();
    }
  }

  error(error: unknown): void {
    this.failAll(error);
    this.destination.error(error);
  }

  complete(): void {
    this.endAll();
    this.destination.complete();
  }

  override dispose(): void {
    this.timer?.dispose();
    super.dispose();
  }

  private updateTimer(): void {
    const { timer } = this;
    if (timer === undefined) {
      return;
    }
    if (this.open.size === 0) {
      timer.disarm();
      this.stopTicks();
      return;
    }
    const now = timer.now();
    this.startTicks(now);
    timer.arm(this.timeToTick(now));
  }
}
