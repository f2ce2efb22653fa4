import type { Observer, SchedulerLike } from 'rxjs';

import { type StreamLimits, StreamTable, type StreamTableSink } from '../core/streams/streamTable.js';
import type { Enqueue, Handler } from './createOperator.js';
import { IdleTimer } from './idleTimer.js';

/** Connects a stream table to a source, and to a timer while streams are open. */
export class StreamTableHandler<K extends string> extends StreamTable<K> implements Handler<unknown> {
  private readonly destination: Pick<Observer<never>, 'error' | 'complete'>;
  private readonly idleTimer: IdleTimer | undefined;
  /** Whether the source is still being subscribed to. A synchronous source needs no timer, since none could fire. */
  private isSubscribing = true;

  constructor(
    options: StreamLimits & { readonly idleTimeout: number; readonly scheduler: SchedulerLike },
    sink: StreamTableSink<K>,
    destination: Pick<Observer<never>, 'error' | 'complete'>,
    enqueue: Enqueue,
  ) {
    super(options, sink);
    this.destination = destination;
    this.idleTimer =
      options.idleTimeout === Infinity
        ? undefined
        : new IdleTimer(options.idleTimeout, options.scheduler, enqueue, this);
  }

  /** Not called for deltas of open streams, so most events do not look at the timer. */
  protected override changed(): void {
    if (!this.isSubscribing) {
      this.idleTimer?.update();
    }
  }

  subscribed(): void {
    this.isSubscribing = false;
    this.changed();
  }

  error(error: unknown): void {
    this.closeAll('error', { error });
    this.destination.error(error);
  }

  complete(): void {
    this.closeAll('complete');
    this.destination.complete();
  }

  override dispose(): void {
    this.idleTimer?.dispose();
    super.dispose();
  }
}
