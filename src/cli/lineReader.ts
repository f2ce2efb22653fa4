/**
 * Cuts text that comes in chunks into numbered lines. A line ends at LF, CR LF or CR: server-sent events know all three,
 * and in JSON lines a CR stands nowhere else. With `keepsCarriageReturns`, it ends at LF only.
 */
export class LineReader {
  /** The number of the line that `next` returned last, from 1. */
  number = 0;
  /** Whether all chunks were pushed. */
  isEnded = false;
  /** Whether a CR is text, as in logs. */
  keepsCarriageReturns = false;
  private readonly maxLength: number;
  private readonly onTooLong: (number: number) => void;
  private chunk = '';
  private position = 0;
  /** The next of each from `position` on, or the length of the chunk; kept, so that a chunk is searched once. */
  private lineFeed = 0;
  private carriageReturn = 0;
  /** What earlier chunks held of the current line. Only ever appended to, never searched again. */
  private line = '';
  private isTooLong = false;
  private isAfterCarriageReturn = false;

  /** A line of more than `maxLength` code units is passed over, and its number told. */
  constructor(maxLength: number, onTooLong: (number: number) => void) {
    this.maxLength = maxLength;
    this.onTooLong = onTooLong;
  }

  /** To be called when `next` has nothing left. */
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

  /** Returns the next line without its end, or nothing when more has to be pushed. */
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

  /** A CR at the end of a chunk ends its line at once, because what follows may be long in coming. */
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
