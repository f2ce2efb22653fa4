import type { CloseReason, StreamRef } from '../../commits.js';
import type { StartEvent, TextDeltaEvent } from '../../events.js';
import type { LastFields } from './readEvent.js';

/**
 * An open stream: it receives its events, and is also its own entry in the table. One object for both takes less
 * memory, and saves a lookup for each delta.
 */
export abstract class OpenStream<K extends string> {
  readonly ref: StreamRef<K>;
  /** The sequence number of the event that opened this stream, counted over all streams. */
  firstEvent = 0;
  /**
   * The sequence number of its last event. Written on each event. Subclasses declare the fields they write on each
   * event first, so that all share a cache line.
   */
  lastEvent = 0;

  constructor(ref: StreamRef<K>) {
    this.ref = ref;
  }

  /** Announces the stream. The first call. */
  abstract opened(): void;
  start?(event: StartEvent<K>): void;
  abstract delta(delta: string, event: TextDeltaEvent<K>): void;
  /** The last call. */
  abstract close(reason: CloseReason, last: LastFields): void;
  /** The last call if the stream is open when the subscriber unsubscribes. */
  dispose?(): void;
}
