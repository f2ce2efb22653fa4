import type { OperatorFunction, Subscriber } from 'rxjs';

import type { DeltaEvent } from '../../events.js';
import { createOperator, type Enqueue } from '../../rx/createOperator.js';
import { checkOptions, optionError } from '../../rx/options.js';
import { unwrapMessage } from './fields.js';

/** The options of every operator that reads the events of a producer. */
export interface ConnectionOptions {
  /**
   * A prefix for all ids, so that the events of several connections can be merged: with `a`, ids are `a/<id>`.
   *
   * @default none
   */
  readonly connection?: string | undefined;
}

/** Reads the events of one connection. Implements the protocol of its producer. */
export interface ConnectionReader {
  /** Never throws, whatever the event is. */
  read(event: unknown): void;
  /** The source completed or failed: emits held events. */
  flush?(): void;
  /** The subscription ended: stops timers. */
  dispose?(): void;
}

/** Emits the events of the streams of a reader. */
export class DeltaOutput<K extends string> {
  /** The prefix of all ids. */
  readonly prefix: string;
  private readonly destination: Subscriber<DeltaEvent<K>>;

  constructor(destination: Subscriber<DeltaEvent<K>>, prefix: string) {
    this.destination = destination;
    this.prefix = prefix;
  }

  start(kind: K, id: string, order?: readonly number[]): void {
    this.destination.next(
      order === undefined ? { type: 'start', kind, id } : { type: 'start', kind, id, order },
    );
  }

  delta(kind: K, id: string, delta: string, order?: readonly number[]): void {
    this.destination.next(
      order === undefined ? { type: 'delta', kind, id, delta } : { type: 'delta', kind, id, delta, order },
    );
  }

  /** @param finishReason - The producer's, unchanged. */
  end(kind: K, id: string, text?: string, finishReason?: string): void {
    this.destination.next({
      type: 'end',
      kind,
      id,
      ...(text !== undefined && { text }),
      ...(finishReason !== undefined && { finishReason }),
    });
  }

  error(kind: K, id: string, error: unknown): void {
    this.destination.next({ type: 'error', kind, id, error });
  }

  /** Emits a value that cannot be read, so that `commitLines` emits a `drop`. */
  malformed(value: unknown): void {
    this.destination.next(value as DeltaEvent<K>);
  }
}

/**
 * Creates an operator from a reader. Each subscription is a separate connection.
 *
 * A message with invalid JSON is emitted unchanged, so that `commitLines` emits a `drop`: one bad message must not
 * fail the output.
 */
export function readConnection<K extends string>(
  options: ConnectionOptions,
  connect: (output: DeltaOutput<K>, enqueue: Enqueue) => ConnectionReader,
  unwrap: (value: unknown) => unknown = unwrapMessage,
): OperatorFunction<unknown, DeltaEvent<K>> {
  const prefix = resolvePrefix(options);
  return createOperator((destination, enqueue) => {
    const reader = connect(new DeltaOutput(destination, prefix), enqueue);
    return {
      next(value) {
        let event: unknown;
        try {
          event = unwrap(value);
        } catch {
          destination.next(value as DeltaEvent<K>);
          return;
        }
        reader.read(event);
      },
      error(error) {
        reader.flush?.();
        destination.error(error);
      },
      complete() {
        reader.flush?.();
        destination.complete();
      },
      dispose() {
        reader.dispose?.();
      },
    };
  });
}

/** Returns the prefix of all ids; empty without the option. Throws a `TypeError` if the option is wrong. */
export function resolvePrefix(options: ConnectionOptions): string {
  checkOptions(options);
  const connection: unknown = options.connection;
  if (connection === undefined) {
    return '';
  }
  if (typeof connection !== 'string') {
    throw optionError('connection', connection, 'a string');
  }
  return `${connection}/`;
}
