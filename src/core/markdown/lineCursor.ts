import { isSpace, TAB } from './characters.js';

const TAB_STOP = 4;

/**
 * A position in a line, in columns. A tab extends to the next multiple of four and can be consumed in part.
 *
 * The spaces before the next character are scanned once, however many containers consume them.
 */
export class LineCursor {
  text = '';
  /** The column up to which the line is consumed. */
  column = 0;
  /** The offset of the next character that is neither a space nor a tab. */
  offset = 0;
  /** The column of that character. */
  offsetColumn = 0;

  start(text: string): void {
    this.text = text;
    this.column = 0;
    this.offset = 0;
    this.offsetColumn = 0;
    this.skipSpaces();
  }

  /** The number of columns before the next character. */
  get indent(): number {
    return this.offsetColumn - this.column;
  }

  /** Whether only spaces and tabs are left. */
  get isBlank(): boolean {
    return this.offset >= this.text.length;
  }

  /** The next character; `NaN` at the end. */
  get code(): number {
    return this.text.charCodeAt(this.offset);
  }

  consumeColumns(columns: number): void {
    this.column += columns;
  }

  /** Consumes the spaces, and `length` characters that are neither spaces nor tabs. */
  consume(length: number): void {
    this.offset += length;
    this.offsetColumn += length;
    this.column = this.offsetColumn;
    this.skipSpaces();
  }

  private skipSpaces(): void {
    const { text } = this;
    let code = text.charCodeAt(this.offset);
    while (isSpace(code)) {
      this.offsetColumn += code === TAB ? TAB_STOP - (this.offsetColumn % TAB_STOP) : 1;
      this.offset++;
      code = text.charCodeAt(this.offset);
    }
  }
}
