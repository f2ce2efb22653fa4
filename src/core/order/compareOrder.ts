import type { StreamRef } from '../../commits.js';

/** A stream with its sort keys. */
export interface Placed {
  readonly stream: StreamRef;
  /** How many streams were opened before this one. */
  readonly opening: number;
}

/** Compares two streams by `order`, then by opening. */
export function comparePlaces(a: Placed, b: Placed): number {
  return compareOrder(a.stream.order, b.stream.order) || compareOpening(a, b);
}

export function compareOpening(a: Placed, b: Placed): number {
  return a.opening - b.opening;
}

/** Compares element by element. A prefix sorts before its extensions. Streams without `order` sort last. */
export function compareOrder(a: StreamRef['order'], b: StreamRef['order']): number {
  if (a === undefined || b === undefined) {
    return Number(a === undefined) - Number(b === undefined);
  }
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) {
      return difference;
    }
  }
  return a.length - b.length;
}
