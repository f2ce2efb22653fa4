import type { Observer } from 'rxjs';

import type { OpenStream } from '../core/streams/openStream.js';
import { type StreamLimits, StreamTable, type StreamTableSink } from '../core/streams/streamTable.js';
import type { Handler } from '../rx/createOperator.js';

/**
 * A table of JSON streams, which are never idle. An evicted stream counts as ended, so its further deltas are late:
 * they lack the beginning of the JSON, and as the next generation they would evict another stream.
 */
export class JSONStreamTable<K extends string> extends StreamTable<K> implements Handler<unknown> {
  private readonly destination: Pick<Observer<never>, 'error' | 'complete'>;

  constructor(
    limits: StreamLimits,
    sink: StreamTableSink<K>,
    destination: Pick<Observer<never>, 'error' | 'complete'>,
  ) {
    super(limits, sink);
    this.destination = destination;
  }

  error(error: unknown): void {
    this.closeAll('error', { error });
    this.destination.error(error);
  }

  complete(): void {
    this.closeAll('complete');
    this.destination.complete();
  }

  protected override remove(stream: OpenStream<K>): void {
    super.remove(stream, false);
  }
}
