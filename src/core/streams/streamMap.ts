import type { StreamRef } from '../../commits.js';

/**
 * Values by stream. Streams are told apart by their names and not by the object that holds them, so that commits may
 * come from another process, where each brings an object of its own.
 */
export class StreamMap<T> {
  /** By kind, generation and id. In this order there are few maps, whatever the number of streams. */
  readonly kinds = new Map<string, Map<number, Map<string, T>>>();
  private latestStream: StreamRef | undefined = undefined;
  private latestValue: T | undefined = undefined;

  get(stream: StreamRef): T | undefined {
    // Commits come in bursts of the same stream, which saves most look-ups.
    if (stream !== this.latestStream) {
      this.latestStream = stream;
      this.latestValue = this.kinds.get(stream.kind)?.get(stream.generation)?.get(stream.id);
    }
    return this.latestValue;
  }

  set(stream: StreamRef, value: T): void {
    let generations = this.kinds.get(stream.kind);
    if (generations === undefined) {
      generations = new Map();
      this.kinds.set(stream.kind, generations);
    }
    let ids = generations.get(stream.generation);
    if (ids === undefined) {
      ids = new Map();
      generations.set(stream.generation, ids);
    }
    ids.set(stream.id, value);
    this.forgetLatest();
  }

  delete(stream: StreamRef): void {
    const generations = this.kinds.get(stream.kind);
    const ids = generations?.get(stream.generation);
    ids?.delete(stream.id);
    if (ids?.size === 0) {
      generations?.delete(stream.generation);
    }
    if (generations?.size === 0) {
      this.kinds.delete(stream.kind);
    }
    this.forgetLatest();
  }

  private forgetLatest(): void {
    this.latestStream = undefined;
    this.latestValue = undefined;
  }
}
