import type { DropCommit, StreamRef } from '../../commits.js';
import { LinkedList } from '../collections/linkedList.js';
import { comparePlaces, type Placed } from '../order/compareOrder.js';
import { StreamMap } from '../streams/streamMap.js';
import type { CellDraft } from './cellDraft.js';

export type DraftClass<M, C> = new (stream: StreamRef, opening: number) => CellDraft<M, C>;

/**
 * Applies commits and returns the cells of all streams on demand, by `order`, then by opening.
 *
 * A change costs constant time. Adding or removing a cell costs a binary search, and moves the cells after it. A list
 * of cells costs a copy.
 */
export class CellTable<M extends { readonly stream: StreamRef }, C> {
  readonly maxCells: number;
  latest: readonly C[] = [];
  readonly Draft: DraftClass<M, C>;
  /** In the order of the cells. */
  readonly drafts: CellDraft<M, C>[] = [];
  /** The latest cells, each at the index of its draft. */
  readonly cells: C[] = [];
  readonly open = new StreamMap<CellDraft<M, C>>();
  /** In the order of closing. */
  readonly closed = new LinkedList<CellDraft<M, C>>();
  /** The drafts that may differ from their cells. */
  readonly changed = new Set<CellDraft<M, C>>();
  /** Whether a cell was added or removed since the latest list. */
  cellsChanged = false;
  /** The number of streams so far. */
  openings = 0;

  constructor(maxCells: number, Draft: DraftClass<M, C>) {
    this.maxCells = maxCells;
    this.Draft = Draft;
  }

  /** Whether the latest list may be out of date. */
  get hasChanged(): boolean {
    return this.cellsChanged || this.changed.size > 0;
  }

  apply(commit: M | DropCommit): void {
    if (!('stream' in commit)) {
      return;
    }
    const draft = this.open.get(commit.stream) ?? this.add(commit.stream);
    draft.apply(commit);
    this.changed.add(draft);
    if (draft.status !== 'open') {
      this.open.delete(commit.stream);
      this.closed.append(draft);
    }
    this.removeOldest();
  }

  /** Returns the cells of all streams so far: the same list as before if nothing has changed. */
  take(): readonly C[] {
    let changed = this.cellsChanged && !isSame(this.cells, this.latest);
    for (const draft of this.changed) {
      const place = this.placeOf(draft);
      const cell = this.cells[place];
      const next = draft.update(cell);
      changed ||= next !== cell;
      this.cells[place] = next;
    }
    this.cellsChanged = false;
    this.changed.clear();
    if (changed) {
      this.latest = this.cells.slice();
    }
    return this.latest;
  }

  private add(stream: StreamRef): CellDraft<M, C> {
    const draft = new this.Draft(stream, this.openings++);
    const place = this.placeOf(draft);
    this.drafts.splice(place, 0, draft);
    this.cells.splice(place, 0, draft.update());
    this.cellsChanged = true;
    this.open.set(stream, draft);
    return draft;
  }

  private removeOldest(): void {
    while (this.closed.first !== undefined && this.drafts.length > this.maxCells) {
      const draft = this.closed.first;
      const place = this.placeOf(draft);
      this.drafts.splice(place, 1);
      this.cells.splice(place, 1);
      this.cellsChanged = true;
      this.changed.delete(draft);
      this.closed.remove(draft);
    }
  }

  /** The number of drafts before this one. */
  private placeOf(draft: Placed): number {
    let start = 0;
    let end = this.drafts.length;
    while (start < end) {
      const middle = (start + end) >> 1;
      const other = this.drafts[middle];
      if (other !== undefined && comparePlaces(other, draft) < 0) {
        start = middle + 1;
      } else {
        end = middle;
      }
    }
    return start;
  }
}

function isSame<T>(some: readonly T[], others: readonly T[]): boolean {
  return some.length === others.length && some.every((value, i) => value === others[i]);
}
