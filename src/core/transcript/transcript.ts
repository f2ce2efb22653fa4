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
  /** Why the producer ended the stream, in its own word; only where it said so. */
  readonly finishReason?: string;
}

/** The texts of all streams, by `order`, then by opening. It is never changed: what changes is a new transcript. */
export type Transcript<K extends string = string> = readonly Cell<K>[];

/** What becomes the next cell of a stream. */
interface CellDraft<K extends string> extends Placed, Linked<CellDraft<K>> {
  readonly stream: StreamRef<K>;
  /** Only grows, so that earlier cells can take their lines from it when they are read. */
  lines: string[];
  /** The lines of the cell, as of the latest transcript that had other lines. */
  view: LinesView;
  /** The number of the line that is next, or that has parts. */
  index: number;
  /** The committed parts of the line that has not ended. */
  parts: string;
  /** The text after the parts. */
  tail: string;
  status: Cell['status'];
  error: unknown;
  finishReason: string | undefined;
  /** Whether the lines differ from those of the cell. */
  linesChanged: boolean;
}

/**
 * Follows commits and gives, when asked, the transcript of them.
 *
 * A commit costs constant time; adding and removing a cell cost a binary search. A transcript costs a copy of the list
 * of cells. The lines of a cell are copied when they are first read, so transcripts that are never read cost no copy.
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
  cellsChanged = false;
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
    const draft =
      this.open.get(commit.stream.kind, commit.stream.generation, commit.stream.id) ??
      this.add(commit.stream);
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
        draft.finishReason = commit.finishReason;
        this.open.delete(commit.stream.kind, commit.stream.generation, commit.stream.id);
        this.closed.append(draft);
    }
    this.changed.add(draft);
    this.removeOldest();
  }

  /** Whether there may be something that the latest transcript does not have. */
  get hasChanged(): boolean {
    return this.cellsChanged || this.changed.size > 0;
  }

  /** The transcript of all commits so far; the same as the last time when nothing has changed. */
  take(): Transcript<K> {
    let changed = this.cellsChanged && !isSame(this.cells, this.latest);
    for (const draft of this.changed) {
      const place = this.placeOf(draft);
      const cell = this.cells[place];
      const next = update(draft, cell);
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

  private add(stream: StreamRef<K>): CellDraft<K> {
    const draft: CellDraft<K> = {
      stream,
      opening: this.openings++,
      lines: [],
      view: new LinesView([], 0),
      index: 0,
      parts: '',
      tail: '',
      status: 'open',
      error: undefined,
      finishReason: undefined,
      linesChanged: false,
      previous: undefined,
      next: undefined,
    };
    const place = this.placeOf(draft);
    this.drafts.splice(place, 0, draft);
    this.cells.splice(place, 0, update(draft, undefined));
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

function addLine(draft: CellDraft<string>, { index, text, eol }: LineCommit): void {
  if (index !== draft.index) {
    // Commits were filtered out; what is left of a line must not run into another.
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
  draft.linesChanged = true;
  draft.parts = '';
}

function withdraw(draft: CellDraft<string>, index: number): void {
  if (index > draft.index) {
    return;
  }
  const withdrawn = Math.min(draft.index - index, draft.lines.length);
  if (withdrawn > 0) {
    // Earlier cells keep the lines that they had.
    draft.lines = draft.lines.slice(0, draft.lines.length - withdrawn);
    draft.linesChanged = true;
  }
  draft.index = index;
  draft.parts = '';
  draft.tail = '';
}

/** The cell for a draft: the present one, or a new one if that differs. */
function update<K extends string>(draft: CellDraft<K>, cell: Cell<K> | undefined): Cell<K> {
  const { status } = draft;
  const tail = draft.parts + draft.tail;
  if (cell !== undefined && !draft.linesChanged && cell.tail === tail && cell.status === status) {
    return cell;
  }
  if (cell === undefined || draft.linesChanged) {
    draft.view = new LinesView(draft.lines, draft.lines.length);
    draft.linesChanged = false;
  }
  if (draft.status !== 'open') {
    // The lines grow no more: the cell takes them, so that they are held once.
    draft.view.own();
    draft.lines = [];
  }
  return makeCell(draft, tail);
}

function makeCell<K extends string>(draft: CellDraft<K>, tail: string): Cell<K> {
  const { stream, view, status, error, finishReason } = draft;
  const cell = {
    stream,
    get lines() {
      return view.read();
    },
    tail,
    status,
  };
  if (status === 'error') {
    return Object.assign(cell, { error });
  }
  return finishReason === undefined ? cell : Object.assign(cell, { finishReason });
}

/** The first lines of a list that grows; copied when they are read, and only once. */
class LinesView {
  private lines: readonly string[];
  private readonly length: number;
  private isOwn = false;

  constructor(lines: readonly string[], length: number) {
    this.lines = lines;
    this.length = length;
  }

  /** The list grows no more, so it need not be copied. */
  own(): void {
    this.isOwn = true;
  }

  read(): readonly string[] {
    if (!this.isOwn) {
      this.lines = this.lines.slice(0, this.length);
      this.isOwn = true;
    }
    return this.lines;
  }
}

function isSame<T>(some: readonly T[], others: readonly T[]): boolean {
  return some.length === others.length && some.every((value, i) => value === others[i]);
}
