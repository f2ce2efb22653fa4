import type { CloseCommit, CloseReason, StreamRef } from '../../commits.js';
import type { Linked } from '../collections/linkedList.js';
import type { Placed } from '../order/compareOrder.js';
import { GrowingList, type ListView } from './growingList.js';

/** The key of the view in a cell. A private field could not be read through a proxy of the cell. */
const VIEW = Symbol('view');

/**
 * The list of a cell. All cells share one getter, because V8 allocates getters in its old generation: a getter of its
 * own for each cell would retain the lists of all earlier cells until the next full garbage collection.
 */
const LIST = {
  get(this: { readonly [VIEW]: ListView<unknown> }): readonly unknown[] {
    return this[VIEW].read();
  },
  enumerable: true,
  configurable: true,
};

/** A cell with a list under the name `L`, and the text after it under the name `R`. */
type CellWith<L extends string, T, R extends string, V> = Pick<
  CloseCommit,
  'stream' | 'error' | 'finishReason'
> &
  Readonly<Record<'status', 'open' | CloseReason> & Record<L, readonly T[]> & Record<R, V>>;

/**
 * The mutable state from which the next cell of a stream is created. `M` is the type of the commits, `C` of the cell,
 * and `T` of the items in its list.
 */
export abstract class CellDraft<M, C, T = unknown> implements Placed, Linked<CellDraft<M, C>> {
  readonly stream: StreamRef;
  readonly opening: number;
  status: 'open' | CloseReason = 'open';
  previous: CellDraft<M, C> | undefined = undefined;
  next: CellDraft<M, C> | undefined = undefined;
  items = new GrowingList<T>();
  /** The number of the next item. */
  protected index = 0;
  /** What the cell has of the `close`. */
  private end: Pick<CloseCommit, 'error' | 'finishReason'> | undefined = undefined;
  /** The items of the latest cell. */
  private view = this.items.view();
  /** Whether the items differ from those of the latest cell. */
  private itemsChanged = false;

  constructor(stream: StreamRef, opening: number) {
    this.stream = stream;
    this.opening = opening;
  }

  abstract apply(commit: M): void;

  /** Whether everything but the items is the same as in this cell. */
  protected abstract matches(cell: C): boolean;

  protected abstract createCell(items: ListView<T>): C;

  /** Returns the latest cell, or a new one if the draft differs from it. */
  update(latest?: C): C {
    if (latest !== undefined && !this.itemsChanged && this.matches(latest)) {
      return latest;
    }
    if (this.itemsChanged) {
      this.view = this.items.view();
      this.itemsChanged = false;
    }
    if (this.status !== 'open') {
      // The items no longer grow. Only the cell keeps them.
      this.items = new GrowingList();
    }
    return this.createCell(this.view);
  }

  protected push(item: T): void {
    this.items.push(item);
    this.itemsChanged = true;
  }

  /** Removes the items from a number on. */
  protected withdraw(index: number): void {
    const withdrawn = Math.min(this.index - index, this.items.length);
    if (withdrawn > 0) {
      this.items.truncate(this.items.length - withdrawn);
      this.itemsChanged = true;
    }
    this.index = index;
  }

  protected close({
    reason,
    error,
    finishReason,
  }: Pick<CloseCommit, 'reason' | 'error' | 'finishReason'>): void {
    this.status = reason;
    if (reason === 'error') {
      this.end = { error };
    } else if (finishReason !== undefined) {
      this.end = { finishReason };
    }
  }

  /** Creates a cell with these items, which are copied when they are first read, and the text after them. */
  protected cellWith<L extends string, R extends string, V>(
    listName: L,
    items: ListView<T>,
    textName: R,
    text: V,
  ): CellWith<L, T, R, V> {
    // An empty literal has room for four properties. Setting them one by one is faster than copying them.
    const cell: Record<string, unknown> = {};
    cell['stream'] = this.stream;
    Object.defineProperty(cell, VIEW, { value: items, configurable: true });
    Object.defineProperty(cell, listName, LIST);
    cell[textName] = text;
    cell['status'] = this.status;
    if (this.end !== undefined) {
      Object.assign(cell, this.end);
    }
    return cell as CellWith<L, T, R, V>;
  }
}
