/**
 * Splits text in chunks into numbered lines. A line ends with LF, CR LF or CR: server-sent events use all three, and
 * JSON lines contain no other CR. With `keepsCarriageReturns`, a line ends only with LF.
 */
export class LineSplitter {
  /** The number of the latest line of `next`, from 1. */
  number = 0;
  /** Whether all chunks are pushed. */
  isEnded = false;
  /** Whether a CR is text, as in logs. */
  keepsCarriageReturns = false;
  private readonly maxLength: number;
  private readonly onTooLong: (number: number) => void;
  private chunk = '';
  private position = 0;
  /** The index of the next LF and the next CR, or the length of the chunk. Cached, so that a chunk is searched once. */
  private lineFeed = 0;
  private carriageReturn = 0;
  /** The part of the current line in earlier chunks. It is only appended to, and not searched again. */
  private line = '';
  private isTooLong = false;
  private isAfterCarriageReturn = false;

  /** A line of more than `maxLength` code units is skipped, and `onTooLong` is called with its number. */
  constructor(maxLength: number, onTooLong: (number: number) => void) {
    this.maxLength = maxLength;
    this.onTooLong = onTooLong;
  }

  /** Must be called only after `next` returned `undefined`. */
  push(chunk: string): void {
    this.chunk = chunk;
    this.position = this.isAfterCarriageReturn && chunk.startsWith('\n') ? 1 : 0;
    this.lineFeed = -1;
    this.carriageReturn = -1;
    this.isAfterCarriageReturn &&= chunk === '';
  }

  end(): void {
    this.isEnded = true;
  }

  /** Returns the next line without its line end, or `undefined` if another chunk is needed. */
  next(): string | undefined {
    while (this.position < this.chunk.length) {
      const end = this.findLineEnd();
      this.extendLine(end);
      if (end === this.chunk.length) {
        this.position = end;
        break;
      }
      this.passLineEnd(end);
      const line = this.finishLine();
      if (line !== undefined) {
        return line;
      }
    }
    return this.isEnded && (this.line !== '' || this.isTooLong) ? this.finishLine() : undefined;
  }

  private findLineEnd(): number {
    if (this.lineFeed < this.position) {
      this.lineFeed = this.find('\n');
    }
    if (this.keepsCarriageReturns) {
      return this.lineFeed;
    }
    if (this.carriageReturn < this.position) {
      this.carriageReturn = this.find('\r');
    }
    return Math.min(this.lineFeed, this.carriageReturn);
  }

  private find(character: string): number {
    const index = this.chunk.indexOf(character, this.position);
    return index === -1 ? this.chunk.length : index;
  }

  private extendLine(end: number): void {
    if (this.line.length + end - this.position > this.maxLength) {
      this.isTooLong = true;
      this.line = '';
    } else if (!this.isTooLong) {
      this.line += this.chunk.slice(this.position, end);
    }
  }

  /** A CR at the end of a chunk ends its line at once, because the next chunk may arrive much later. */
  private passLineEnd(end: number): void {
    this.position = end + 1;
    if (end === this.carriageReturn && !this.keepsCarriageReturns) {
      if (this.position === this.chunk.length) {
        this.isAfterCarriageReturn = true;
      } else if (this.lineFeed === this.position) {
        this.position++;
      }
    }
  }

  private finishLine(): string | undefined {
    const { line, isTooLong } = this;
    this.number++;
    this.line = '';
    this.isTooLong = false;
    if (isTooLong) {
      this.onTooLong(this.number);
      return undefined;
    }
    return line;
  }
}
