import type { CloseReason } from '../../commits.js';

/**
 * Reads one event after the other into its own fields, and tells which values are not delta events.
 *
 * Each property is read exactly once: a getter or a proxy cannot pass the check and answer otherwise afterwards, and
 * one that throws makes its event malformed. One reader serves a whole subscription, so that reading allocates nothing.
 */
export class EventReader {
  type: 'start' | 'delta' | 'end' | 'error' = 'start';
  kind = '';
  id = '';
  /** The text of a `delta`. */
  delta = '';
  /** The producer's full text, on an `end` that has one. */
  text: string | undefined = undefined;
  /** The producer's own word for why it ended the stream, on an `end` that has one. */
  finishReason: string | undefined = undefined;
  /** Why the stream was closed, on an `end` that `groupStreams` passed on; on any other it is just `end`. */
  reason: CloseReason = 'end';
  /** What failed, on an `error`. */
  error: unknown = undefined;
  /** A copy, which the producer cannot change any more. */
  order: readonly number[] | undefined = undefined;

  /** Returns whether the event is well formed; only then do the fields hold it. Never throws. */
  read(event: unknown): boolean {
    if (typeof event !== 'object' || event === null) {
      return false;
    }
    try {
      return this.readFields(event as Readonly<Record<string, unknown>>);
    } catch {
      return false;
    }
  }

  /** Drops the references to what was read, so that a large text does not stay in memory until the next event. */
  clear(): void {
    this.delta = '';
    this.text = undefined;
    this.finishReason = undefined;
    this.error = undefined;
    this.order = undefined;
  }

  private readFields(event: Readonly<Record<string, unknown>>): boolean {
    const { type, kind, id, order } = event;
    if (typeof kind !== 'string' || typeof id !== 'string') {
      return false;
    }
    const orderCopy = order === undefined || order === null ? undefined : copyOrder(order);
    if (orderCopy === null || !this.readContent(type, event)) {
      return false;
    }
    this.kind = kind;
    this.id = id;
    this.order = orderCopy;
    return true;
  }

  private readContent(type: unknown, event: Readonly<Record<string, unknown>>): boolean {
    switch (type) {
      case 'delta': {
        const { delta } = event;
        if (typeof delta !== 'string') {
          return false;
        }
        this.delta = delta;
        break;
      }
      case 'end': {
        const { text, reason, finishReason } = event;
        if (text !== undefined && text !== null && typeof text !== 'string') {
          return false;
        }
        this.text = text ?? undefined;
        this.finishReason = typeof finishReason === 'string' ? finishReason : undefined;
        this.reason = isCloseReason(reason) ? reason : 'end';
        break;
      }
      case 'error':
        this.error = event['error'];
        break;
      case 'start':
        break;
      default:
        return false;
    }
    this.type = type;
    return true;
  }
}

function isCloseReason(value: unknown): value is CloseReason {
  return (
    value === 'end' ||
    value === 'error' ||
    value === 'idle' ||
    value === 'evicted' ||
    value === 'complete' ||
    value === 'superseded'
  );
}

/**
 * Returns a copy of an array of finite numbers, and `null` for anything else. The methods of arrays would ask the array
 * what to make the copy with, and would walk through all the holes of a sparse one.
 */
function copyOrder(order: unknown): readonly number[] | null {
  if (!Array.isArray(order)) {
    return null;
  }
  const { length } = order;
  const copy: number[] = [];
  for (let i = 0; i < length; i++) {
    const value: unknown = order[i];
    if (!isFiniteNumber(value)) {
      return null;
    }
    copy.push(value);
  }
  return copy;
}

function isFiniteNumber(value: unknown): value is number {
  return Number.isFinite(value);
}
