import type { OperatorFunction, Subscriber } from 'rxjs';

import { type Handler, createOperator } from '../../rx/createOperator.js';
import { callback, checkOptions, count, flag } from '../../rx/options.js';
import { chunkError, parseJSON } from './invalidInput.js';

/** A line that is not valid JSON, or too long. */
export interface InvalidLine {
  /** The number of the line, from 1. Blank lines are counted. */
  readonly number: number;
  /**
   * The line without its line end, or the invalid part of a line with RS or NUL. Empty if the line is longer than
   * `maxLineLength`, because then it is not retained.
   */
  readonly text: string;
  /** Why the line is invalid. */
  readonly error: SyntaxError;
}

/** The options of `parseJSONLines`. */
export interface ParseJSONLinesOptions {
  /**
   * The most UTF-16 code units in one line, without its line end. A longer line is invalid. A whole number from 1, or
   * `Infinity`.
   *
   * @default 67_108_864
   */
  readonly maxLineLength?: number | undefined;
  /**
   * Called with each invalid line, which is then skipped. An exception fails the output. Without it, the first
   * invalid line fails the output with its `SyntaxError`.
   */
  readonly onInvalid?: ((line: InvalidLine) => void) | undefined;
  /**
   * Whether to emit plain lines as strings: the text before the LF, including a CR. A line is plain if it is neither
   * an object nor an array, such as `42`, and does not begin like an object or like an array of objects, arrays or
   * strings. Any other line must be valid JSON.
   *
   * @default false
   */
  readonly plainLines?: boolean | undefined;
}

/**
 * Characters that do not occur in JSON: RS begins a record of a JSON text sequence (RFC 7464), and a file system may fill
 * a file with NUL after a power loss.
 */
const SEPARATORS = /[\0\u001e]+/;

/** The beginning of JSON, in contrast to `[INFO] built`. */
const JSON_START = /^\s*(?:\{|\[\s*[[{"\]])/;

/**
 * Parses text with one JSON value per line, cut anywhere, into the values.
 *
 * ```text
 * source   --'{"a":1}\n{"a"'----':2}\r\n'--'3'--|
 * result   --{ a: 1 }-----------{ a: 2 }-------3|
 * ```
 *
 * - **next**: emits the value of each line that ends, with LF or CR LF. Blank lines and a byte order mark at the
 *   start are skipped. The characters RS and NUL separate values on one line, so it also reads JSON text sequences
 *   with one line for each value, and lines after the NUL characters that a power loss leaves in a file.
 * - **complete**: emits the value of the last line, which needs no line end; then completes.
 * - **error**: drops an unfinished line; then emits the error.
 * - **unsubscribe**: emits nothing more, and unsubscribes from the source.
 *
 * A line that is not valid JSON or too long fails the output with a `SyntaxError` that has its number, or is passed
 * to `onInvalid`. With `plainLines`, plain lines are emitted as strings. A chunk that is not a string fails the
 * output with a `TypeError`. Throws a `TypeError` or `RangeError` if an option is wrong.
 *
 * Memory: the unfinished line. Time: in proportion to the length of the text.
 *
 * @example
 *
 * ```ts
 * import { of } from 'rxjs';
 * import { parseJSONLines } from 'deltalines/protocols';
 *
 * of('["one"]\n["t', 'wo"]\nthree\n["four"]')
 *   .pipe(parseJSONLines({ onInvalid: ({ number, text }) => console.log(`line ${number} is broken: ${text}`) }))
 *   .subscribe((value) => console.log(`${value}`));
 *
 * // Logs:
 * // one
 * // two
 * // line 3 is broken: three
 * // four
 * ```
 *
 * @see {@link decodeText}, which decodes the text; {@link parseSSE} and {@link parseJSONArray} for other framings.
 * @see The format: https://jsonlines.org
 * @see JSON text sequences: https://www.rfc-editor.org/rfc/rfc7464
 */
export function parseJSONLines(options: ParseJSONLinesOptions = {}): OperatorFunction<string, unknown> {
  checkOptions(options);
  const maxLineLength = count('maxLineLength', options.maxLineLength, 67_108_864, 1);
  const onInvalid = callback('onInvalid', options.onInvalid);
  const plainLines = flag('plainLines', options.plainLines, false);
  return createOperator(
    (destination) => new ParseJSONLinesHandler(destination, maxLineLength, onInvalid, plainLines),
  );
}

class ParseJSONLinesHandler implements Handler<unknown> {
  private readonly destination: Subscriber<unknown>;
  private readonly maxLineLength: number;
  private readonly onInvalid: ((line: InvalidLine) => void) | undefined;
  private readonly plainLines: boolean;
  private line = '';
  private number = 1;
  /** Whether the rest of the line is skipped. */
  private isTooLong = false;

  constructor(
    destination: Subscriber<unknown>,
    maxLineLength: number,
    onInvalid: ((line: InvalidLine) => void) | undefined,
    plainLines: boolean,
  ) {
    this.destination = destination;
    this.maxLineLength = maxLineLength;
    this.onInvalid = onInvalid;
    this.plainLines = plainLines;
  }

  next(chunk: unknown): void {
    if (typeof chunk !== 'string') {
      throw chunkError('parseJSONLines', 'text (use decodeText for bytes)', chunk);
    }
    let start = 0;
    let lineFeed = chunk.indexOf('\n');
    while (lineFeed !== -1) {
      this.extendLine(chunk.slice(start, lineFeed));
      this.endLine();
      if (this.destination.closed) {
        return;
      }
      start = lineFeed + 1;
      lineFeed = chunk.indexOf('\n', start);
    }
    this.extendLine(chunk.slice(start));
  }

  error(error: unknown): void {
    this.destination.error(error);
  }

  complete(): void {
    this.endLine();
    this.destination.complete();
  }

  private extendLine(text: string): void {
    if (this.isTooLong) {
      return;
    }
    this.line += text;
    // One more code unit than allowed is held, because it may be the CR of the line end.
    if (this.line.length > this.maxLineLength + 1) {
      this.rejectLength();
    }
  }

  private endLine(): void {
    const text = this.line.endsWith('\r') ? this.line.slice(0, -1) : this.line;
    if (text.length > this.maxLineLength) {
      this.rejectLength();
    } else {
      const start = this.number === 1 && text.startsWith('\uFEFF') ? 1 : 0;
      this.read(text.slice(start), this.line.slice(start));
    }
    this.line = '';
    this.number++;
    this.isTooLong = false;
  }

  /** Reads a line, which may end with a CR in `plainLine`. */
  private read(line: string, plainLine: string): void {
    const records = line.split(SEPARATORS).filter((record) => record.trim() !== '');
    const [first] = records;
    if (first !== undefined && this.plainLines && !isRecord(first)) {
      this.destination.next(plainLine);
    } else {
      for (const record of records) {
        if (!this.destination.closed) {
          this.parse(record);
        }
      }
    }
  }

  private parse(text: string): void {
    let value: unknown;
    try {
      value = parseJSON(text, `Line ${this.number}`);
    } catch (error) {
      this.reject(text, error as SyntaxError);
      return;
    }
    this.destination.next(value);
  }

  private rejectLength(): void {
    this.line = '';
    this.isTooLong = true;
    const { number, maxLineLength } = this;
    const allowed = `the option maxLineLength allows: ${maxLineLength} code units`;
    this.reject('', new SyntaxError(`Line ${number} is longer than ${allowed}`));
  }

  private reject(text: string, error: SyntaxError): void {
    if (this.onInvalid === undefined) {
      throw error;
    }
    this.onInvalid({ number: this.number, text, error });
  }
}

/** Whether a line is an object or an array, or begins like one. */
function isRecord(text: string): boolean {
  if (JSON_START.test(text)) {
    return true;
  }
  try {
    return typeof JSON.parse(text) === 'object' && text.trim() !== 'null';
  } catch {
    return false;
  }
}
