import type { CloseReason, Commit, LineCommit, StreamRef } from '../../commits.js';
import { LONGEST_TEXT } from '../lines/longestText.js';
import { CellTable, type TableDraft, withEnd } from './cellTable.js';
import { ListView } from './listView.js';

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
interface CellDraft<K extends string> extends TableDraft<K, CellDraft<K>> {
  /** Only grows, so that earlier cells can take their lines from it when they are read. */
  lines: string[];
  /** The lines of the cell, as of the latest transcript that had other lines. */
  view: ListView<string>;
  /** The number of the line that is next, or that has parts. */
  index: number;
  /** The committed parts of the line that has not ended. */
  parts: string;
  /** The text after the parts. */
  tail: string;
  /** Whether the lines differ from those of the cell. */
  linesChanged: boolean;
}

/**
 * Follows commits and gives, when asked, the transcript of them.
 *
 * The lines of a cell are copied when they are first read, so transcripts that are never read cost no copy.
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
      // The lines grow no more: the cell takes them, so that they are held once.
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
