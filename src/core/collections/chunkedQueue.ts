const CHUNK = 1024;

/** A queue whose values have fixed indices: the first value ever pushed has index 0. Each call takes constant time. */
export class ChunkedQueue<T> {
  /** The index of the oldest value. */
  first = 0;
  /** The index of the next value to be pushed. */
  end = 0;
  /** A value is at `index % CHUNK` of its chunk. The first chunk has the oldest value. */
  private readonly chunks: (T | undefined)[][] = [];

  get size(): number {
    return this.end - this.first;
  }

  push(value: T): void {
    let chunk = this.chunks.at(-1);
    if (chunk === undefined || this.end % CHUNK === 0) {
      chunk = [];
      this.chunks.push(chunk);
    }
    chunk.push(value);
    this.end++;
  }

  /** The value with this index; `undefined` if it was shifted or is not pushed yet. */
  at(index: number): T | undefined {
    const chunk = Math.floor(index / CHUNK) - Math.floor(this.first / CHUNK);
    return this.chunks[chunk]?.[index % CHUNK];
  }

  /** Removes the oldest value. */
  shift(): T | undefined {
    if (this.size === 0) {
      return undefined;
    }
    const index = this.first % CHUNK;
    const [chunk = []] = this.chunks;
    const value = chunk[index];
    chunk[index] = undefined;
    this.first++;
    if (this.first % CHUNK === 0) {
      this.chunks.shift();
    }
    return value;
  }
}
