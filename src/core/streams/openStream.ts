import type { CloseReason, StreamRef } from '../../commits.js';
import type { StartEvent, TextDeltaEvent } from '../../events.js';
import type { Linked } from '../collections/linkedList.js';
import type { Evictable } from './evictionOrder.js';

/** The producer's text and finish reason. */
export interface StreamEnd {
  readonly text?: string | undefined;
  readonly finishReason?: string | undefined;
}

/**
 * A stream while it is open. It receives its events, and is its own entry in the table: one object for both costs
 * less memory, and one access less for each delta.
 */
export abstract class OpenStream<K extends string> implements Linked<OpenStream<K>>, Evictable {
  readonly ref: StreamRef<K>;
  evictionIndex = -1;
  previous: OpenStream<K> | undefined = undefined;
  next: OpenStream<K> | undefined = undefined;
  /**
   * The sequence number of the last event of this stream, counted over all streams. Each event changes it, so it is
   * declared next to what a subclass declares first, and both are in one cache line.
   */
  lastEvent = 0;

  constructor(ref: StreamRef<K>) {
    this.ref = ref;
  }

  /** The stream is now in the table. Announces it. */
  abstract opened(): void;
  abstract start(event: StartEvent<K>): void;
  abstract delta(delta: string, event: TextDeltaEvent<K>): void;
  /** The last call. */
  abstract end(reason: CloseReason, end: StreamEnd): void;
  /** The last call. */
  abstract error(error: unknown): void;
  /** The last call if the stream is open when the subscriber unsubscribes. */
  abstract dispose(): void;
}
