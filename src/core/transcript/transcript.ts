import type { CloseReason, Commit, LineCommit, StreamRef } from '../../commits.js';
import { comparePlaces, type Placed } from '../order/compareOrder.js';
import { type Linked, LinkedList } from '../collections/linkedList.js';
import { LONGEST_TEXT } from '../lines/longestText.js';
import { StreamMap } from '../streams/streamMap.js';

/** The text of one stream, as of one moment. It is never changed: what changes is a new cell. */
export interface Cell<K extends string = string> {
  readonly stream: StreamRef<K>;
  /** The lines that ended, without their line ends; once the stream is closed, also the last one. */
  readonly lines: readonly string[];
  /** What is known of the line that has not ended; empty once the stream is closed. */
  readonly tail: string;
  /** `open`, or why the stream was closed. */
  readonly status: 'open' | CloseReason;
  /** What failed; only where `status` is `error`. */
  readonly error?: unknown;
}

/** The texts of all streams, by `order`, then by opening. It is never changed: what changes is a new transcript. */
export type Transcript<K extends string = string> = readonly Cell<K>[];

/** What becomes the next cell of a stream. */
interface CellDraft<K extends string> extends Placed, Linked<CellDraft<K>> {
  readonly stream: StreamRef<K>;
  /** Not handed out while it can grow: until the close, cells have copies. */
  lines: string[];
  /** The number of the line that is next, or that has parts. */
  index: number;
  /** The committed parts of the line that has not ended. */
  parts: string;
  /** The text after the parts. */
  tail: string;
  status: Cell['status'];
  error: unknown;
  /** Whether the lines differ from those of the cell. */
  hasOtherLines: boolean;
}

/**
 * Follows commits and gives, when asked, the transcript of them.
 *
 * A commit costs constant time; opening and letting go of a cell cost a binary search. Giving the transcript copies the
 * list of cells, and the lines of those cells that have other lines than before.
 */
export class TranscriptBuilder<K extends string> {
  readonly maxCells: number;
  /** In the order of the transcript. */
  readonly drafts: CellDraft<K>[] = [];
  /** The cells as they went out, each at the place of its draft. */
  readonly cells: Cell<K>[] = [];
  readonly open = new StreamMap<CellDraft<K>>();
  /** In the order of closing. */
  readonly closed = new LinkedList<CellDraft<K>>();
  /** What may differ from its cell. */
  readonly changed = new Set<CellDraft<K>>();
  /** Whether a cell was added or taken out since the latest transcript. */
  hasOtherCells = false;
  /** The number of streams so far. */
  openings = 0;
  latest: Transcript<K> = [];

  constructor(maxCells: number) {
    this.maxCells = maxCells;
  }

  apply(commit: Commit<K>): void {
    if (commit.type === 'drop') {
      return;
    }
    const draft = this.open.get(commit.stream) ?? this.add(commit.stream);
    switch (commit.type) {
      case 'open':
        break;
      case 'line':
        addLine(draft, commit);
        break;
      case 'tail':
        draft.tail = commit.text;
        break;
      case 'revise':
        withdraw(draft, commit.index);
        break;
      case 'close':
        endLine(draft);
        draft.status = commit.reason;
        draft.error = commit.error;
        this.open.delete(commit.stream);
        this.closed.append(draft);
    }
    this.changed.add(draft);
    this.letGo();
  }

  /** Whether there may be something that the latest transcript does not have. */
  get hasChanged(): boolean {
    return this.hasOtherCells || this.changed.size > 0;
  }

  /** The transcript of all commits so far; the same as the last time when nothing has changed. */
  take(): Transcript<K> {
    let isOther = this.hasOtherCells && !isSame(this.cells, this.latest);
    for (const draft of this.changed) {
      const place = this.placeOf(draft);
      const cell = this.cells[place];
      const next = update(draft, cell);
      isOther ||= next !== cell;
      this.cells[place] = next;
    }
    this.hasOtherCells = false;
    this.changed.clear();
    if (isOther) {
      this.latest = this.cells.slice();
    }
    return this.latest;
  }

  private add(stream: StreamRef<K>): CellDraft<K> {
    const draft: CellDraft<K> = {
      stream,
      opening: this.openings++,
      lines: [],
      index: 0,
      parts: '',
      tail: '',
      status: 'open',
      error: undefined,
      hasOtherLines: false,
      previous: undefined,
      next: undefined,
    };
    const place = this.placeOf(draft);
    this.drafts.splice(place, 0, draft);
    this.cells.splice(place, 0, update(draft, undefined));
    this.hasOtherCells = true;
    this.open.set(stream, draft);
    return draft;
  }

  private letGo(): void {
    while (this.closed.first !== undefined && this.drafts.length > this.maxCells) {
      const draft = this.closed.first;
      const place = this.placeOf(draft);
      this.drafts.splice(place, 1);
      this.cells.splice(place, 1);
      this.hasOtherCells = true;
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

function addLine(draft: CellDraft<string>, { index, text, eol }: LineCommit): void {
  if (index !== draft.index) {
    // Somebody took commits out; what is left of a line must not run into another.
    endLine(draft);
    draft.index = index;
  }
  if (draft.parts.length + text.length > LONGEST_TEXT) {
    // No string can hold that line: it goes on as one more.
    pushLine(draft);
  }
  draft.parts += text;
  draft.tail = '';
  if (eol !== '') {
    pushLine(draft);
    draft.index++;
  }
}

/** Makes a line of the parts of a line, although it has not ended. */
function endLine(draft: CellDraft<string>): void {
  if (draft.parts !== '') {
    pushLine(draft);
  }
  draft.tail = '';
}

function pushLine(draft: CellDraft<string>): void {
  draft.lines.push(draft.parts);
  draft.hasOtherLines = true;
  draft.parts = '';
}

function withdraw(draft: CellDraft<string>, index: number): void {
  if (index > draft.index) {
    return;
  }
  const withdrawn = Math.min(draft.index - index, draft.lines.length);
  if (withdrawn > 0) {
    draft.lines.length -= withdrawn;
    draft.hasOtherLines = true;
  }
  draft.index = index;
  draft.parts = '';
  draft.tail = '';
}

/** The cell for a draft: the one that there is, or a new one if that differs. */
function update<K extends string>(draft: CellDraft<K>, cell: Cell<K> | undefined): Cell<K> {
  const { stream, status, error } = draft;
  const tail = draft.parts + draft.tail;
  if (cell !== undefined && !draft.hasOtherLines && cell.tail === tail && cell.status === status) {
    return cell;
  }
  let lines = cell?.lines;
  if (lines === undefined || draft.hasOtherLines) {
    lines = status === 'open' ? draft.lines.slice() : draft.lines;
    draft.hasOtherLines = false;
  }
  if (status !== 'open') {
    // No more will come: the cell can have the lines themselves, so that they are held once.
    draft.lines = [];
  }
  return status === 'error' ? { stream, lines, tail, status, error } : { stream, lines, tail, status };
}

function isSame<T>(some: readonly T[], others: readonly T[]): boolean {
  return some.length === others.length && some.every((value, i) => value === others[i]);
}
