import type { WireOutput } from './wireOutput.js';

/** A line that may end a JSON text over several lines. */
const JSON_END = /^[}\]]/;

/** A JSON text over one line or several. */
export class JSONRecord {
  /** Whether a JSON text may take several lines. */
  isMultiline: boolean;
  private readonly output: WireOutput;
  /** The lines of an unfinished JSON text, and the number of its first line. */
  private text = '';
  private line = 0;

  constructor(output: WireOutput, isMultiline: boolean) {
    this.output = output;
    this.isMultiline = isMultiline;
  }

  get isOpen(): boolean {
    return this.text !== '';
  }

  /** Adds a line, or the text between two separators. */
  add(part: string, line: number): void {
    const isFirst = !this.isOpen;
    if (isFirst) {
      this.line = line;
    }
    this.text += isFirst ? part : `\n${part}`;
    if (!this.isMultiline) {
      this.end();
    } else if (this.text.length > this.output.maxLength) {
      this.output.rejectLength(this.line);
      this.text = '';
    } else if (isFirst || JSON_END.test(part)) {
      const value = parseRecord(this.text);
      if (value !== undefined) {
        this.output.addEvent(value);
        this.text = '';
      }
    }
  }

  end(): void {
    const { text } = this;
    if (text !== '') {
      this.text = '';
      const value = parseRecord(text);
      if (value === undefined) {
        this.output.rejectJSON(this.line, text);
      } else {
        this.output.addEvent(value);
      }
    }
  }
}

/** Parses an object or an array. Any other value is treated as a line of text. */
export function parseRecord(json: string): object | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
