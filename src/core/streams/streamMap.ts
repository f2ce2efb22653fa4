/**
 * Values by stream, that is by kind, generation and id.
 *
 * Streams are told apart by their names and not by the object that holds them, since commits may come from another
 * process. A joined key would cost a string for each event, and a hostile id could forge it. In this order of the keys
 * there are few maps, whatever the number of streams.
 */
export class StreamMap<T> {
  readonly kinds = new Map<string, Map<number, Map<string, T>>>();
  private latestKind = '';
  private latestGeneration = 0;
  private latestIds: Map<string, T> | undefined = undefined;

  get(kind: string, generation: number, id: string): T | undefined {
    return this.idsOf(kind, generation)?.get(id);
  }

  set(kind: string, generation: number, id: string, value: T): void {
    let ids = this.idsOf(kind, generation);
    if (ids === undefined) {
      ids = new Map();
      const generations = this.kinds.get(kind) ?? new Map<number, Map<string, T>>();
      generations.set(generation, ids);
      this.kinds.set(kind, generations);
      this.latestIds = ids;
    }
    ids.set(id, value);
  }

  delete(kind: string, generation: number, id: string): void {
    const ids = this.idsOf(kind, generation);
    ids?.delete(id);
    if (ids?.size === 0) {
      const generations = this.kinds.get(kind);
      generations?.delete(generation);
      if (generations?.size === 0) {
        this.kinds.delete(kind);
      }
      this.forgetLatest();
    }
  }

  clear(): void {
    this.kinds.clear();
    this.forgetLatest();
  }

  private forgetLatest(): void {
    this.latestKind = '';
    this.latestGeneration = 0;
    this.latestIds = undefined;
  }

  /** Most events are of the kind of the event before, which saves the look-ups for all but the id. */
  private idsOf(kind: string, generation: number): Map<string, T> | undefined {
    if (this.latestIds === undefined || this.latestKind !== kind || this.latestGeneration !== generation) {
      this.latestKind = kind;
      this.latestGeneration = generation;
      this.latestIds = this.kinds.get(kind)?.get(generation);
    }
    return this.latestIds;
  }
}
