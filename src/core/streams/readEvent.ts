import type { DeltaEvent } from '../../events.js';

/** The fields of a well-formed event. */
export interface CheckedEvent {
  readonly type: DeltaEvent['type'];
  readonly kind: string;
  readonly id: string;
  /** A copy, so that later changes by the producer have no effect. */
  readonly order: readonly number[] | undefined;
  /** The text of a `delta`. */
  readonly delta: string;
  /** The producer's full text, on an `end` that has one. */
  readonly text: string | undefined;
  /** The producer's own word for why it ended the stream, on an `end` that has one. */
  readonly finishReason: string | undefined;
  /** On an `end` of `groupStreams`, why the stream was closed. Not checked. */
  readonly reason: unknown;
  /** What failed, on an `error`. */
  readonly error: unknown;
}

/** The fields that an event of unknown origin may have. */
export type UnknownEvent = Readonly<Partial<Record<keyof CheckedEvent, unknown>>>;

const NO_FIELDS: UnknownEvent = {};

/** Reads and checks an event of unknown origin. Returns `undefined` if it is malformed. Never throws. */
export function readEvent(event: unknown): CheckedEvent | undefined {
  try {
    const fields = event as UnknownEvent;
    const { type, kind, id, order } = fields;
    return checkEvent(fields, type, kind, id, order, type === 'delta' ? fields.delta : '');
  } catch {
    // Not an object, or a getter or a proxy threw.
    return undefined;
  }
}

/**
 * Checks an event whose first fields are read already. No field is read twice, since it could answer differently.
 * Never throws.
 */
export function checkEvent(
  fields: UnknownEvent,
  type: unknown,
  kind: unknown,
  id: unknown,
  order: unknown,
  delta: unknown,
): CheckedEvent | undefined {
  if (
    typeof fields !== 'object' ||
    typeof kind !== 'string' ||
    typeof id !== 'string' ||
    typeof delta !== 'string'
  ) {
    return undefined;
  }
  try {
    const orderCopy = order === undefined || order === null ? undefined : copyOrder(order);
    const { text, reason, finishReason } = type === 'end' ? fields : NO_FIELDS;
    const error = type === 'error' ? fields.error : undefined;
    return isType(type) &&
      orderCopy !== null &&
      (text === undefined || text === null || typeof text === 'string')
      ? {
          type,
          kind,
          id,
          order: orderCopy,
          delta,
          text: text ?? undefined,
          finishReason: typeof finishReason === 'string' ? finishReason : undefined,
          reason,
          error,
        }
      : undefined;
  } catch {
    // A getter or a proxy threw.
    return undefined;
  }
}

function isType(type: unknown): type is DeltaEvent['type'] {
  return type === 'delta' || type === 'end' || type === 'start' || type === 'error';
}

/** Returns `null` if it is not an array of finite numbers. */
function copyOrder(order: unknown): readonly number[] | null {
  if (!Array.isArray(order)) {
    return null;
  }
  const copy: number[] = [];
  // The methods of the array may be overridden, so none is called. A hole stops the copy of a long sparse array.
  for (let i = 0, { length } = order; i < length; i++) {
    const value: unknown = order[i];
    if (!Number.isFinite(value)) {
      return null;
    }
    copy.push(value as number);
  }
  return copy;
}
