import type { Observer, SchedulerLike } from 'rxjs';

import type { CheckedEvent } from '../core/streams/readEvent.js';
import {
  type KnownStream,
  type StreamLimits,
  StreamTable,
  type StreamTableSink,
} from '../core/streams/streamTable.js';
import type { Enqueue, Handler } from './createOperator.js';
import { Timer } from './timer.js';

/** Connects a stream table to a source, and to a timer while streams are open. */
export class StreamTableHandler<K extends string> extends StreamTable<K> implements Handler<unknown> {
  private readonly destination: Pick<Observer<never>, 'error' | 'complete'>;
  private readonly timer: Timer | undefined;
  /** Whether the source is still being subscribed to. A synchronous source needs no timer, since none could fire. */
  private isSubscribing = true;

  constructor(
    options: StreamLimits & { readonly scheduler: SchedulerLike },
    sink: StreamTableSink<K>,
    destination: Pick<Observer<never>, 'error' | 'complete'>,
    enqueue: Enqueue,
  ) {
    super(options, sink);
    this.destination = destination;
    if (options.idleTimeout !== Infinity) {
      const timer = new Timer(options.scheduler, enqueue, (lateness) => {
        this.tick(timer.now(), lateness);
        if (this.open.size === 0) {
          this.stopTicks();
        }
        this.updateTimer();
      });
      this.timer = timer;
    }
  }

  /** Deltas of open streams open and close none, so they leave the timer as it is. */
  protected override nextOther(
    event: unknown,
    checked: CheckedEvent | undefined,
    known: KnownStream<K> | undefined,
  ): void {
    super.nextOther(event, checked, known);
    this.updateTimer();
  }

  subscribed(): void {
    this.isSubscribing = false;
    this.updateTimer();
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

  /** The timer changes only when the first stream opens or the last one closes. */
  private updateTimer(): void {
    const { timer } = this;
    if (timer === undefined || this.isSubscribing || timer.isArmed === this.open.size > 0) {
      return;
    }
    if (timer.isArmed) {
      timer.disarm();
      this.stopTicks();
      return;
    }
    const now = timer.now();
    this.startTicks(now);
    timer.arm(this.timeToTick(now));
  }
}
