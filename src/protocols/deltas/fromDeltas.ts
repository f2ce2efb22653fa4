import type { OperatorFunction } from 'rxjs';

import type { DeltaEvent } from '../../events.js';
import { createOperator } from '../../rx/createOperator.js';
import { readText, unwrapMessage } from '../connection/fields.js';
import { type ConnectionOptions, resolvePrefix } from '../connection/readConnection.js';

/**
 * Emits delta events with the connection as a prefix of their ids. Takes the events or the messages of `parseSSE`. Any
 * other value is emitted unchanged, and `commitLines` emits a `drop`.
 */
export function fromDeltas(options: ConnectionOptions = {}): OperatorFunction<unknown, DeltaEvent> {
  const prefix = resolvePrefix(options);
  return createOperator((destination) => ({
    next(value) {
      const event = unwrap(value);
      const id = prefix === '' ? undefined : readText(event, 'id');
      if (event !== undefined) {
        destination.next(
          (id === undefined ? event : { ...(event as object), id: `${prefix}${id}` }) as DeltaEvent,
        );
      }
    },
    error(error) {
      destination.error(error);
    },
    complete() {
      destination.complete();
    },
  }));
}

/** Returns a message with invalid JSON unchanged. */
function unwrap(value: unknown): unknown {
  try {
    return unwrapMessage(value);
  } catch {
    return value;
  }
}
