import type { OperatorFunction, Subscriber } from 'rxjs';

import type { DeltaEvent } from '../../events.js';
import { createOperator, type Enqueue } from '../../rx/createOperator.js';
import { checkOptions, optionError } from '../../rx/options.js';
import { unwrapMessage } from './fields.js';

/** The options of every operator that reads the events of a producer. */
export interface ConnectionOptions {
  /**
   * A name that is put before every id, `a` giving `a/<id>`, so that the events of several connections can be merged.
   *
   * @default none
   */
  readonly connection?: string | undefined;
}

/** Knows the events of one producer, and what has come over one connection so far. */
export interface ConnectionReader {
  /** Never throws, whatever the event is. */
  read(event: unknown): void;
  /** The source is over or failed: says what was held back. */
  flush?(): void;
  /** The subscription ended: stops timers. */
  dispose?(): void;
}

/** Where a reader puts the events of its streams. */
export class DeltaOutput<K extends string> {
  /** What every id begins with. */
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

  /** @param finishReason - The producer's own word. */
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

  /** Passes on a value that cannot be read, so that `commitLines` makes a `drop` of it. */
  malformed(value: unknown): void {
    this.destination.next(value as DeltaEvent<K>);
  }
}

/**
 * Makes an operator of a reader; each subscription is a connection of its own.
 *
 * A message that is broken JSON is passed on as it is, for `commitLines` to make a `drop` of it: one message that is lost
 * must not cost all that follow.
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

/** Returns what every id begins with; empty without a name. Throws a `TypeError` when the option is wrong. */
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
