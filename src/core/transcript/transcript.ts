import type { CloseReason, Commit, LineCommit, StreamRef } from '../../commits.js';
import { LONGEST_TEXT } from '../lines/longestText.js';
import { CellTable, type TableDraft, withEnd } from './cellTable.js';
import { ListView } from './listView.js';

/** The text of one stream at one moment. Immutable: a change creates a new cell. */
export interface Cell<K extends string = string> {
  readonly stream: StreamRef<K>;
  /** The ended lines, without line ends. Once the stream is closed, this includes the last line. */
  readonly lines: readonly string[];
  /** The received part of the unfinished line; empty once the stream is closed. */
  readonly tail: string;
  /** `open`, or why the stream was closed. */
  readonly status: 'open' | CloseReason;
  /** What failed; only if `status` is `error`. */
  readonly error?: unknown;
  /** The producer's own word for why it ended the stream, if it sent one. */
  readonly finishReason?: string;
}

/** The texts of all streams, by `order`, then by opening. Immutable: a change creates a new transcript. */
export type Transcript<K extends string = string> = readonly Cell<K>[];

/** The mutable state from which the next cell of a stream is created. */
interface CellDraft<K extends string> extends TableDraft<K, CellDraft<K>> {
  /** Only grows, so that earlier cells can copy their lines from it when they are read. */
  lines: string[];
  /** The lines of the latest cell. */
  view: ListView<string>;
  /** The number of the current line. */
  index: number;
  /** The committed parts of the unfinished line. */
  parts: string;
  /** The text after the parts. */
  tail: string;
  /** Whether the lines differ from those of the latest cell. */
  linesChanged: boolean;
}

/**
 * Applies commits and returns their transcript on demand.
 *
 * The lines of a cell are copied when they are first read, so a transcript that is never read costs no copy.
 */
export class TranscriptBuilder<K extends string> extends CellTable<K, CellDraft<K>, Cell<K>> {
  apply(commit: Commit<K>): void {
    if (commit.type === 'drop') {
      return;
    }
    const draft = this.draftOf(commit.stream);
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
        this.end(draft, commit);
    }
    this.touch(draft);
  }

  protected createDraft(stream: StreamRef<K>, opening: number): CellDraft<K> {
    return {
      stream,
      opening,
      lines: [],
      view: new ListView<string>([], 0),
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
  }

  protected update(draft: CellDraft<K>, cell: Cell<K> | undefined): Cell<K> {
    const { stream, status } = draft;
    const tail = draft.parts + draft.tail;
    if (cell !== undefined && !draft.linesChanged && cell.tail === tail && cell.status === status) {
      return cell;
    }
    if (cell === undefined || draft.linesChanged) {
      draft.view = new ListView(draft.lines, draft.lines.length);
      draft.linesChanged = false;
    }
    if (status !== 'open') {
      // The lines no longer grow. The cell owns them, so that they are stored once.
      draft.view.own();
      draft.lines = [];
    }
    const { view } = draft;
    return withEnd(
      {
        stream,
        get lines() {
          return view.read();
        },
        tail,
        status,
      },
      draft,
    );
  }
}

function addLine(draft: CellDraft<string>, { index, text, eol }: LineCommit): void {
  if (index !== draft.index) {
    // Commits are missing. The parts of one line must not be joined to another line.
    endLine(draft);
    draft.index = index;
  }
  if (draft.parts.length + text.length > LONGEST_TEXT) {
    // The line is too long for a string. It continues as another line.
    pushLine(draft);
  }
  draft.parts += text;
  draft.tail = '';
  if (eol !== '') {
    pushLine(draft);
    draft.index++;
  }
}

/** Ends the current line after its committed parts. */
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
    // Earlier cells must keep their lines.
    draft.lines = draft.lines.slice(0, draft.lines.length - withdrawn);
    draft.linesChanged = true;
  }
  draft.index = index;
  draft.parts = '';
  draft.tail = '';
}
