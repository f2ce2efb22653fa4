import type { CloseReason, StreamRef } from '../../commits.js';
import type { StartEvent, TextDeltaEvent } from '../../events.js';

/**
 * A stream while it is open. It receives its events, and is its own entry in the table: one object for both costs
 * less memory, and one access less for each delta.
 */
export abstract class OpenStream<K extends string> {
  readonly ref: StreamRef<K>;
  /** The sequence number of the event that opened this stream, counted over all streams. */
  firstEvent = 0;
  /**
   * The sequence number of its last event. Each event changes it, so it is declared next to what a subclass declares
   * first, and both are in one cache line.
   */
  lastEvent = 0;

  constructor(ref: StreamRef<K>) {
    this.ref = ref;
  }

  /** The stream is now in the table. Announces it. */
  abstract opened(): void;
  start?(event: StartEvent<K>): void;
  abstract delta(delta: string, event: TextDeltaEvent<K>): void;
  /** The last call. `text` is the producer's full text, and `finishReason` its own word for why it ended. */
  abstract end(reason: CloseReason, text?: string, finishReason?: string): void;
  /** The last call. */
  abstract error(error: unknown): void;
  /** The last call if the stream is open when the subscriber unsubscribes. */
  dispose?(): void;
}
