import type { CloseReason, StreamRef } from '../../commits.js';
import { type Linked, LinkedList } from '../collections/linkedList.js';
import { comparePlaces, type Placed } from '../order/compareOrder.js';
import { StreamMap } from '../streams/streamMap.js';

/** What becomes the next cell of a stream; `D` is the type itself. */
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
 * A change costs constant time; adding and removing a cell cost a binary search. A list of cells costs a copy.
 */
export abstract class CellTable<K extends string, D extends TableDraft<K, D>, C> {
  readonly maxCells: number;
  /** In the order of the cells. */
  readonly drafts: D[] = [];
  /** The cells as they went out, each at the place of its draft. */
  readonly cells: C[] = [];
  readonly open = new StreamMap<D>();
  /** In the order of closing. */
  readonly closed = new LinkedList<D>();
  /** What may differ from its cell. */
  readonly changed = new Set<D>();
  /** Whether a cell was added or taken out since the latest list. */
  cellsChanged = false;
  /** The number of streams so far. */
  openings = 0;
  latest: readonly C[] = [];

  constructor(maxCells: number) {
    this.maxCells = maxCells;
  }

  protected abstract createDraft(stream: StreamRef<K>, opening: number): D;

  /** The cell for a draft: the present one, or a new one if that differs. */
  protected abstract update(draft: D, cell: C | undefined): C;

  /** Whether there may be something that the latest list does not have. */
  get hasChanged(): boolean {
    return this.cellsChanged || this.changed.size > 0;
  }

  /** The cells of all streams so far; the same list as the last time when nothing has changed. */
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

  /** The draft of a stream, which opens if it is not open. */
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

  /** To be called after each change of a draft. */
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

  /** How many drafts come before this one. */
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

/** Adds to a cell what failed, or else the producer's own word, where there is one. */
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
