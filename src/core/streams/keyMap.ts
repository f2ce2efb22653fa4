/** Values by kind and id, because a joined key would cost a string for each event and could be forged. */
export class KeyMap<T> {
  readonly kinds = new Map<string, Map<string, T>>();
  private latestKind = '';
  private latestIds: Map<string, T> | undefined = undefined;

  get(kind: string, id: string): T | undefined {
    return this.idsOf(kind)?.get(id);
  }

  set(kind: string, id: string, value: T): void {
    let ids = this.idsOf(kind);
    if (ids === undefined) {
      ids = new Map();
      this.kinds.set(kind, ids);
      this.latestIds = undefined;
    }
    ids.set(id, value);
  }

  delete(kind: string, id: string): void {
    const ids = this.idsOf(kind);
    ids?.delete(id);
    if (ids?.size === 0) {
      this.kinds.delete(kind);
      this.latestIds = undefined;
    }
  }

  clear(): void {
    this.kinds.clear();
    this.latestIds = undefined;
  }

  /** Most events are of the kind of the event before them, which saves every second look-up. */
  private idsOf(kind: string): Map<string, T> | undefined {
    if (this.latestIds === undefined || this.latestKind !== kind) {
      this.latestKind = kind;
      this.latestIds = this.kinds.get(kind);
    }
    return this.latestIds;
  }
}
