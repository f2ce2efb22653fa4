import type { StreamRef } from '../../commits.js';

/**
 * A map keyed by kind, generation and id.
 *
 * Streams are compared by value and not by the identity of their `StreamRef`, because commits may come from another
 * process. A concatenated key would allocate a string per event, and a hostile id could forge one. With the id as the
 * innermost key, the number of maps does not depend on the number of streams.
 */
export class StreamMap<T> {
  readonly kinds = new Map<string, Map<number, Map<string, T>>>();
  private latestKind = '';
  private latestGeneration = 0;
  private latestIds: Map<string, T> | undefined = undefined;

  get(stream: StreamRef): T | undefined {
    return this.idsOf(stream)?.get(stream.id);
  }

  set(stream: StreamRef, value: T): void {
    const { kind, generation, id } = stream;
    let ids = this.idsOf(stream);
    if (ids === undefined) {
      ids = new Map();
      const generations = this.kinds.get(kind) ?? new Map<number, Map<string, T>>();
      generations.set(generation, ids);
      this.kinds.set(kind, generations);
      this.latestIds = ids;
    }
    ids.set(id, value);
  }

  delete(stream: StreamRef): void {
    const { kind, generation, id } = stream;
    const ids = this.idsOf(stream);
    ids?.delete(id);
    if (ids?.size === 0) {
      const generations = this.kinds.get(kind);
      generations?.delete(generation);
      if (generations?.size === 0) {
        this.kinds.delete(kind);
      }
      this.latestIds = undefined;
    }
  }

  clear(): void {
    this.kinds.clear();
    this.latestIds = undefined;
  }

  /** Caches the latest map of ids: most events have the kind and the generation of the event before. */
  private idsOf({ kind, generation }: StreamRef): Map<string, T> | undefined {
    if (this.latestKind !== kind || this.latestGeneration !== generation) {
      this.latestKind = kind;
      this.latestGeneration = generation;
      this.latestIds = this.kinds.get(kind)?.get(generation);
    }
    return this.latestIds;
  }
}
