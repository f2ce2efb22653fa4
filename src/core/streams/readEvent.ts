import type { DeltaEvent } from '../../events.js';

/** The fields of a well-formed event. */
export interface CheckedEvent extends LastFields {
  readonly type: DeltaEvent['type'];
  readonly kind: string;
  readonly id: string;
  readonly order: readonly number[] | undefined;
  /** The text of a `delta`. */
  readonly delta: string;
}

/** The fields of an `end` or an `error`. */
export interface LastFields {
  /** The producer's full text, on an `end` that has one. */
  readonly text?: string | undefined;
  /** The producer's finish reason, unchanged, on an `end` that has one. */
  readonly finishReason?: string | undefined;
  /** On an `end` of `groupStreams`, why the stream was closed. Not checked. */
  readonly reason?: unknown;
  /** What failed, on an `error`. */
  readonly error?: unknown;
}

/** The fields that an event of unknown origin may have. */
export type UnknownEvent = Readonly<Partial<Record<keyof CheckedEvent, unknown>>>;

/** Shared by the events without such fields, which are most. */
export const NO_FIELDS: LastFields = {};

/** Reads and checks an event of unknown origin. Returns `undefined` if it is malformed. Never throws. */
export function readEvent(event: unknown): CheckedEvent | undefined {
  try {
    const fields = event as UnknownEvent;
    const { type, kind, id } = fields;
    const order = copyOrder(fields.order);
    const delta = type === 'delta' ? fields.delta : '';
    const last = readLastFields(fields, type);
    return typeof event === 'object' &&
      isType(type) &&
      typeof kind === 'string' &&
      typeof id === 'string' &&
      typeof delta === 'string' &&
      order !== null &&
      last !== undefined
      ? { type, kind, id, order, delta, ...last }
      : undefined;
  } catch {
    // Not an object, or a getter or a proxy threw.
    return undefined;
  }
}

export function isType(type: unknown): type is DeltaEvent['type'] {
  return type === 'delta' || type === 'end' || type === 'start' || type === 'error';
}

/** Reads what only an `end` or an `error` has. Returns `undefined` if it is malformed. */
export function readLastFields(fields: UnknownEvent, type: unknown): LastFields | undefined {
  if (type === 'error') {
    return { error: fields.error };
  }
  if (type !== 'end') {
    return NO_FIELDS;
  }
  const { text, finishReason, reason } = fields;
  if (text !== undefined && text !== null && typeof text !== 'string') {
    return undefined;
  }
  return text === undefined && finishReason === undefined && reason === undefined
    ? NO_FIELDS
    : {
        text: text ?? undefined,
        finishReason: typeof finishReason === 'string' ? finishReason : undefined,
        reason,
      };
}

/** A copy, so that later changes by the producer have no effect. `null` if it is not an array of finite numbers. */
export function copyOrder(order: unknown): readonly number[] | null | undefined {
  if (order === undefined || order === null) {
    return undefined;
  }
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
