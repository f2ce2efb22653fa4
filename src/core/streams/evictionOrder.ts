/** A stream that can be evicted. */
export interface Evictable {
  /** The sequence number of the last event of this stream, counted over all streams. */
  readonly lastEvent: number;
  /** The index in the order; -1 if it has none. */
  evictionIndex: number;
}

/**
 * Finds the stream that was quiet the longest. The streams are sorted when one must be evicted, and again only when
 * none is left that had no event since. That is cheaper than moving a stream on each event: an event makes its
 * stream be skipped at most once.
 */
export class EvictionOrder<S extends Evictable> {
  /** The least recent last. `undefined` in place of a stream that has closed since. */
  private streams: (S | undefined)[] = [];
  /** The number of events when the streams were sorted. */
  private sortedAt = 0;

  /** Removes the least recent stream from the order. `open` are all open streams, and `events` is their last event. */
  takeLeastRecent(open: () => S[], events: number): S | undefined {
    let stream = this.takeUnchanged();
    if (stream === undefined) {
      this.streams = open().sort((a, b) => b.lastEvent - a.lastEvent);
      this.streams.forEach((sorted, index) => {
        if (sorted !== undefined) {
          sorted.evictionIndex = index;
        }
      });
      this.sortedAt = events;
      stream = this.takeUnchanged();
    }
    return stream;
  }

  /** The stream closes. */
  delete(stream: S): void {
    if (stream.evictionIndex !== -1) {
      this.streams[stream.evictionIndex] = undefined;
    }
  }

  clear(): void {
    this.streams = [];
  }

  private takeUnchanged(): S | undefined {
    while (this.streams.length > 0) {
      const stream = this.streams.pop();
      if (stream !== undefined) {
        stream.evictionIndex = -1;
        if (stream.lastEvent <= this.sortedAt) {
          return stream;
        }
      }
    }
    return undefined;
  }
}
