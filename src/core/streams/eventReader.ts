import type { DeltaEvent } from '../../events.js';

/**
 * Reads and checks delta events of unknown origin. Each subscription reuses one reader, so that reading allocates
 * nothing.
 */
export class EventReader {
  type: DeltaEvent['type'] = 'start';
  kind = '';
  id = '';
  /** The text of a `delta`. */
  delta = '';
  /** The producer's full text, on an `end` that has one. */
  text: string | undefined = undefined;
  /** The producer's own word for why it ended the stream, on an `end` that has one. */
  finishReason: string | undefined = undefined;
  /** On an `end` of `groupStreams`, why the stream was closed. Not checked. */
  reason: unknown = undefined;
  /** What failed, on an `error`. */
  error: unknown = undefined;
  /** A copy, so that later changes by the producer have no effect. */
  order: readonly number[] | undefined = undefined;

  /** Returns whether the event is well formed. Only then are the fields valid. Never throws. */
  read(event: unknown): boolean {
    try {
      return typeof event === 'object' && event !== null && this.readFields(event);
    } catch {
      // A getter or a proxy threw.
      return false;
    }
  }

  /** Clears the references to what was read, so that a large text does not stay in memory until the next event. */
  clear(): void {
    this.delta = '';
    this.text = undefined;
    this.finishReason = undefined;
    this.error = undefined;
    this.order = undefined;
  }

  private readFields(event: UnknownEvent): boolean {
    const { type, kind, id, order } = event;
    if (typeof kind !== 'string' || typeof id !== 'string' || !this.readOrder(order)) {
      return false;
    }
    if (type === 'delta') {
      const { delta } = event;
      if (typeof delta !== 'string') {
        return false;
      }
      this.delta = delta;
    } else if (type === 'end') {
      const { text, reason, finishReason } = event;
      if (text !== undefined && text !== null && typeof text !== 'string') {
        return false;
      }
      this.text = text ?? undefined;
      this.reason = reason;
      this.finishReason = typeof finishReason === 'string' ? finishReason : undefined;
    } else if (type === 'error') {
      this.error = event.error;
    } else if (type !== 'start') {
      return false;
    }
    this.type = type;
    this.kind = kind;
    this.id = id;
    return true;
  }

  private readOrder(order: unknown): boolean {
    this.order = undefined;
    if (order === undefined || order === null) {
      return true;
    }
    if (!Array.isArray(order)) {
      return false;
    }
    const copy: number[] = [];
    // The methods of the array may be overridden, so none is called. A hole stops the copy of a long sparse array.
    for (let i = 0, { length } = order; i < length; i++) {
      const value: unknown = order[i];
      if (!Number.isFinite(value)) {
        return false;
      }
      copy.push(value as number);
    }
    this.order = copy;
    return true;
  }
}

/** The fields that an event may have. */
type UnknownEvent = Readonly<
  Partial<
    Record<'type' | 'kind' | 'id' | 'order' | 'delta' | 'text' | 'reason' | 'finishReason' | 'error', unknown>
  >
>;
