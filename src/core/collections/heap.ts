/** A value that stores its position in its heap, so that it can be removed from the middle. */
export interface Positioned {
  position: number;
}

/** A binary min-heap. Adding and removing cost O(log n). A value is in at most one heap at a time. */
export class Heap<T extends Positioned> {
  /**
   * No value is lower than its parent, which is at half its position. Positions begin at 1, so that a shift finds it.
   */
  readonly values: (T | undefined)[] = [undefined];
  private readonly compare: (a: T, b: T) => number;

  constructor(compare: (a: T, b: T) => number) {
    this.compare = compare;
  }

  get size(): number {
    return this.values.length - 1;
  }

  add(value: T): void {
    this.raise(value, this.values.length);
  }

  get first(): T | undefined {
    return this.values[1];
  }

  takeFirst(): T | undefined {
    const { first } = this;
    if (first !== undefined) {
      this.remove(first);
    }
    return first;
  }

  remove(value: T): void {
    const { position } = value;
    const last = this.values.pop();
    // The last value fills the gap and may have to move up or down.
    if (last !== undefined && last !== value) {
      this.raise(last, position);
      this.lower(last, last.position);
    }
  }

  /** Puts a value at a position, or moves it up while it is lower than its parent. */
  private raise(value: T, start: number): void {
    let position = start;
    let parent = this.values[position >> 1];
    while (parent !== undefined && this.compare(value, parent) < 0) {
      this.put(parent, position);
      position >>= 1;
      parent = this.values[position >> 1];
    }
    this.put(value, position);
  }

  /** Puts a value at a position, or moves it down while it is higher than a child. */
  private lower(value: T, start: number): void {
    let position = start;
    let child = this.lowerChild(position);
    while (child !== undefined && this.compare(child, value) < 0) {
      const next = child.position;
      this.put(child, position);
      position = next;
      child = this.lowerChild(position);
    }
    this.put(value, position);
  }

  private lowerChild(position: number): T | undefined {
    const left = this.values[2 * position];
    const right = this.values[2 * position + 1];
    return left !== undefined && right !== undefined && this.compare(right, left) < 0 ? right : left;
  }

  private put(value: T, position: number): void {
    this.values[position] = value;
    value.position = position;
  }
}
