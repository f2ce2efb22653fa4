import type { CloseReason, Commit, LineCommit, StreamRef } from '../commits.js';

/** The bounds of one line. */
export interface LineLimits {
  /** The most UTF-16 code units that one commit may hold. */
  readonly maxLineLength: number;
}

export type Emit<K extends string> = (commit: Commit<K>) => void;

const CARRIAGE_RETURN = 0x0d;

/**
 * Turns the text of one stream, cut anywhere, into the commits of that stream.
 *
 * What it says depends on the text alone and not on how the text was cut into deltas. A delta costs time in proportion
 * to its own length: the tail is only ever appended to, which for a JavaScript engine means linking two strings, and it
 * is read when a line or a part of it is committed.
 */
export class LineAccumulator<K extends string> {
  readonly stream: StreamRef<K>;
  readonly limits: LineLimits;
  /** The text of the current line that is not committed yet. */
  tail = '';
  /** Whether the tail ends in a CR, which is part of a line end if an LF follows. Asking the tail would flatten it. */
  endsInCarriageReturn = false;
  /** The number of the current line. */
  index = 0;
  /** Whether a part of the current line is committed already. */
  isPartial = false;

  constructor(stream: StreamRef<K>, limits: LineLimits) {
    this.stream = stream;
    this.limits = limits;
  }

  open(emit: Emit<K>): void {
    emit({ type: 'open', stream: this.stream });
  }

  append(text: string, emit: Emit<K>): void {
    let start = 0;
    let lineFeed = text.indexOf('\n');
    while (lineFeed !== -1) {
      this.endLine(text, start, lineFeed, emit);
      start = lineFeed + 1;
      lineFeed = text.indexOf('\n', start);
    }
    if (start < text.length) {
      this.extendTail(start === 0 ? text : text.slice(start), text.length, emit);
    }
  }

  /** Commits what is left of the text, and closes. `text` is the producer's own full text; it counts if no delta did. */
  close(reason: CloseReason, text: string | undefined, error: unknown, emit: Emit<K>): void {
    if (text !== undefined && this.index === 0 && !this.hasLineBegun()) {
      this.append(text, emit);
    }
    if (this.tail !== '') {
      this.commitLine(this.tail, '', emit);
      this.tail = '';
      this.isPartial = true;
    }
    const lines = this.hasLineBegun() ? this.index + 1 : this.index;
    emit(
      reason === 'error'
        ? { type: 'close', stream: this.stream, reason, lines, error }
        : { type: 'close', stream: this.stream, reason, lines },
    );
  }

  private hasLineBegun(): boolean {
    return this.isPartial || this.tail !== '';
  }

  /** Ends the current line with the LF at `lineFeed`; its last piece begins at `start`. */
  private endLine(text: string, start: number, lineFeed: number, emit: Emit<K>): void {
    let line = this.tail;
    let eol: LineCommit['eol'] = '\n';
    if (lineFeed > start) {
      const isCarriageReturn = text.charCodeAt(lineFeed - 1) === CARRIAGE_RETURN;
      line += text.slice(start, isCarriageReturn ? lineFeed - 1 : lineFeed);
      eol = isCarriageReturn ? '\r\n' : '\n';
    } else if (this.endsInCarriageReturn) {
      line = line.slice(0, -1);
      eol = '\r\n';
    }
    this.commitLine(line, eol, emit);
    this.index++;
    this.tail = '';
    this.endsInCarriageReturn = false;
    this.isPartial = false;
  }

  private extendTail(text: string, received: number, emit: Emit<K>): void {
    this.tail += text;
    this.endsInCarriageReturn = text.charCodeAt(text.length - 1) === CARRIAGE_RETURN;
    const { maxLineLength } = this.limits;
    if (this.tail.length > maxLineLength) {
      // A CR at the end may still turn out to be part of a line end, and then it does not count.
      const length = this.endsInCarriageReturn ? this.tail.length - 1 : this.tail.length;
      const rest = this.commitParts(this.tail, length, emit);
      this.tail = this.tail.slice(rest);
    }
    if (received > maxLineLength) {
      this.tail = copy(this.tail);
    }
  }

  private commitLine(line: string, eol: LineCommit['eol'], emit: Emit<K>): void {
    const rest = line.length > this.limits.maxLineLength ? this.commitParts(line, line.length, emit) : 0;
    emit({
      type: 'line',
      stream: this.stream,
      index: this.index,
      text: rest === 0 ? line : line.slice(rest),
      eol,
    });
  }

  /** Commits as many full parts of `line` as leave something over, and returns where the rest begins. */
  private commitParts(line: string, length: number, emit: Emit<K>): number {
    const { maxLineLength } = this.limits;
    let start = 0;
    while (length - start > maxLineLength) {
      let end = start + maxLineLength;
      if (isHighSurrogate(line.charCodeAt(end - 1)) && isLowSurrogate(line.charCodeAt(end))) {
        end--;
      }
      emit({ type: 'line', stream: this.stream, index: this.index, text: line.slice(start, end), eol: '' });
      this.isPartial = true;
      start = end;
    }
    return start;
  }
}

function isHighSurrogate(codeUnit: number): boolean {
  return codeUnit >= 0xd800 && codeUnit <= 0xdbff;
}

function isLowSurrogate(codeUnit: number): boolean {
  return codeUnit >= 0xdc00 && codeUnit <= 0xdfff;
}

/**
 * A slice keeps the whole string alive that it was cut from, in every engine of today: a short tail would hold a delta
 * of a gigabyte in memory until its line ends. Writing it out and reading it back makes a string of its own.
 */
function copy(text: string): string {
  return JSON.parse(JSON.stringify(text)) as string;
}
