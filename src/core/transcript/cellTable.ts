import type { CloseReason, StreamRef } from '../../commits.js';
import { type Linked, LinkedList } from '../collections/linkedList.js';
import { comparePlaces, type Placed } from '../order/compareOrder.js';
import { StreamMap } from '../streams/streamMap.js';

/** The mutable state from which the next cell of a stream is created. `D` is the type itself. */
export interface TableDraft<K extends string, D> extends Placed, Linked<D> {
  readonly stream: StreamRef<K>;
  status: 'open' | CloseReason;
  error: unknown;
  finishReason: string | undefined;
}

/** How a stream ended. */
interface End {
  readonly reason: CloseReason;
  readonly error?: unknown;
  readonly finishReason?: string;
}

/**
 * The cells of all streams, by `order`, then by opening.
 *
 * A change costs constant time, adding or removing a cell a binary search, and a list of cells a copy.
 */
export abstract class CellTable<K extends string, D extends TableDraft<K, D>, C> {
  readonly maxCells: number;
  /** In the order of the cells. */
  readonly drafts: D[] = [];
  /** The latest cells, each at the index of its draft. */
  readonly cells: C[] = [];
  readonly open = new StreamMap<D>();
  /** In the order of closing. */
  readonly closed = new LinkedList<D>();
  /** The drafts that may differ from their cells. */
  readonly changed = new Set<D>();
  /** Whether a cell was added or removed since the latest list. */
  cellsChanged = false;
  /** The number of streams so far. */
  openings = 0;
  latest: readonly C[] = [];

  constructor(maxCells: number) {
    this.maxCells = maxCells;
  }

  protected abstract createDraft(stream: StreamRef<K>, opening: number): D;

  /** Returns the cell of a draft: the current one, or a new one if the draft differs. */
  protected abstract update(draft: D, cell: C | undefined): C;

  /** Whether the latest list may be out of date. */
  get hasChanged(): boolean {
    return this.cellsChanged || this.changed.size > 0;
  }

  /** Returns the cells of all streams so far: the same list as before if nothing has changed. */
  take(): readonly C[] {
    let changed = this.cellsChanged && !isSame(this.cells, this.latest);
    for (const draft of this.changed) {
      const place = this.placeOf(draft);
      const cell = this.cells[place];
      const next = this.update(draft, cell);
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

  /** Returns the draft of a stream. Opens the stream if it is not open. */
  protected draftOf(stream: StreamRef<K>): D {
    return this.open.get(stream.kind, stream.generation, stream.id) ?? this.add(stream);
  }

  protected end(draft: D, { reason, error, finishReason }: End): void {
    draft.status = reason;
    draft.error = error;
    draft.finishReason = finishReason;
    const { kind, generation, id } = draft.stream;
    this.open.delete(kind, generation, id);
    this.closed.append(draft);
  }

  /** Must be called after each change of a draft. */
  protected touch(draft: D): void {
    this.changed.add(draft);
    this.removeOldest();
  }

  private add(stream: StreamRef<K>): D {
    const draft = this.createDraft(stream, this.openings++);
    const place = this.placeOf(draft);
    this.drafts.splice(place, 0, draft);
    this.cells.splice(place, 0, this.update(draft, undefined));
    this.cellsChanged = true;
    this.open.set(stream.kind, stream.generation, stream.id, draft);
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

/** Adds the error to a cell, or else the finish reason, if there is one. */
export function withEnd<C extends object>(
  cell: C,
  { status, error, finishReason }: Pick<TableDraft<string, unknown>, 'status' | 'error' | 'finishReason'>,
): C & { readonly error?: unknown; readonly finishReason?: string } {
  if (status === 'error') {
    return Object.assign(cell, { error });
  }
  return finishReason === undefined ? cell : Object.assign(cell, { finishReason });
}

function isSame<T>(some: readonly T[], others: readonly T[]): boolean {
  return some.length === others.length && some.every((value, i) => value === others[i]);
}
