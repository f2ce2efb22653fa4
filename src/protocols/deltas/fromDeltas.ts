import type { OperatorFunction } from 'rxjs';

import type { DeltaEvent } from '../../events.js';
import { createOperator } from '../../rx/createOperator.js';
import { readText, unwrapMessage } from '../connection/fields.js';
import { type ConnectionOptions, resolvePrefix } from '../connection/readConnection.js';

/**
 * Passes on events that are delta events already, with the name of the connection before each id. Takes messages of
 * `parseSSE` as well. Any other value is passed on as it is: `commitLines` makes a `drop` of it.
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

/** A message that is broken JSON stays a message. */
function unwrap(value: unknown): unknown {
  try {
    return unwrapMessage(value);
  } catch {
    return value;
  }
}
