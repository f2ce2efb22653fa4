import type { CloseReason, Commit, DropCommit, LineCommit, StreamRef } from '../../commits.js';
import { MAX_TEXT_LENGTH } from '../text/maxTextLength.js';
import { CellDraft } from './cellDraft.js';
import type { ListView } from './growingList.js';

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
  /** The producer's finish reason, unchanged, if it sent one. */
  readonly finishReason?: string;
}

/** The texts of all streams, by `order`, then by opening. Immutable: a change creates a new transcript. */
export type Transcript<K extends string = string> = readonly Cell<K>[];

type StreamCommit = Exclude<Commit, DropCommit>;

/**
 * The mutable state from which the next cell of a stream is created.
 *
 * The lines of a cell are copied when they are first read, so a transcript that is never read costs no copy.
 */
export class LineDraft extends CellDraft<StreamCommit, Cell, string> {
  /** The committed parts of the unfinished line. */
  private parts = '';
  /** The text after the parts. */
  private tail = '';

  apply(commit: StreamCommit): void {
    switch (commit.type) {
      case 'open':
        break;
      case 'line':
        this.addLine(commit);
        break;
      case 'tail':
        this.tail = commit.text;
        break;
      case 'revise':
        if (commit.index <= this.index) {
          this.withdraw(commit.index);
          this.parts = '';
          this.tail = '';
        }
        break;
      case 'close':
        this.endLine();
        this.close(commit);
    }
  }

  protected matches({ tail, status }: Cell): boolean {
    return status === this.status && tail === this.parts + this.tail;
  }

  protected createCell(lines: ListView<string>): Cell {
    return this.cellWith('lines', lines, 'tail', this.parts + this.tail);
  }

  private addLine({ index, text, eol }: LineCommit): void {
    if (index !== this.index) {
      // Commits are missing. The parts of one line must not be joined to another line.
      this.endLine();
      this.index = index;
    }
    if (this.parts !== '' && this.parts.length + text.length > MAX_TEXT_LENGTH) {
      // The line is too long for a string. It continues as another line.
      this.pushLine();
    }
    // Concatenating with an empty string costs time too.
    this.parts = this.parts === '' ? text : this.parts + text;
    this.tail = '';
    if (eol !== '') {
      this.pushLine();
      this.index++;
    }
  }

  /** Ends the current line after its committed parts. */
  private endLine(): void {
    if (this.parts !== '') {
      this.pushLine();
    }
    this.tail = '';
  }

  private pushLine(): void {
    this.push(this.parts);
    this.parts = '';
  }
}
