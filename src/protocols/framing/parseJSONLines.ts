import type { OperatorFunction, Subscriber } from 'rxjs';

import { type Handler, createOperator } from '../../rx/createOperator.js';
import { callback, checkOptions, count, flag } from '../../rx/options.js';
import { chunkError, parseJSON } from './invalidInput.js';

/** A line that is not a JSON value. */
export interface InvalidLine {
  /** The number of the line, from 1; blank lines count. */
  readonly number: number;
  /** The line without its line end; empty when it is longer than `maxLineLength`, for then it is not retained. */
  readonly text: string;
  /** What is wrong with it. */
  readonly error: SyntaxError;
}

/** The options of `parseJSONLines`. */
export interface ParseJSONLinesOptions {
  /**
   * The most UTF-16 code units in one line, without its line end; a longer one is invalid.
   * A whole number from 1, or `Infinity`.
   *
   * @default 67_108_864
   */
  readonly maxLineLength?: number | undefined;
  /**
   * Called with each invalid line, which is then passed over; what it throws makes the output error. Without it, the
   * output errors with the `SyntaxError` of the first such line.
   */
  readonly onInvalid?: ((line: InvalidLine) => void) | undefined;
  /**
   * Whether to emit a line that is not JSON as a string: the text before its LF, with a CR if it has one. A line that
   * begins like an object, or like an array of objects, arrays or texts, is meant to be JSON, and any other that does not
   * hold an object or an array is plain, as `42` is.
   *
   * @default false
   */
  readonly plainLines?: boolean | undefined;
}

/** The beginning of what is meant to be JSON, as opposed to `[INFO] built`. */
const JSON_START = /^\s*(?:\{|\[\s*[[{"\]])/;

/**
 * Parses text with one JSON value a line, cut anywhere, into the values.
 *
 * ```text
 * source   --'{"a":1}\n{"a"'----':2}\r\n'--'3'--|
 * result   --{ a: 1 }-----------{ a: 2 }-------3|
 * ```
 *
 * - **next**: emits the value of each line that ends here, at LF or CR LF. Blank lines are passed over, and so is a byte
 *   order mark at the start.
 * - **complete**: the last line needs no line end; its value is emitted, then the output completes.
 * - **error**: passed on at once; an unfinished line is dropped.
 * - **unsubscribe**: silence; the source is unsubscribed from.
 *
 * A line that is not JSON or too long makes the output error with a `SyntaxError` that names the line, or goes to
 * `onInvalid`; with `plainLines`, lines that are not meant to be JSON are emitted as strings. A chunk that is not a string makes it error with a `TypeError`. Throws a `TypeError` or `RangeError` when
 * an option is wrong.
 *
 * Holds the unfinished line; takes time in proportion to the text.
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
 * @see {@link decodeText} for where the text comes from, and {@link parseSSE} for the other framing.
 * @see The format: https://jsonlines.org
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
  /** Whether the rest of the line is passed over. */
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
      throw chunkError('parseJSONLines', 'text (decodeText makes it of bytes)', chunk);
    }
    let start = 0;
    let lineFeed = chunk.indexOf('\n');
    while (lineFeed !== -1) {
      this.extendLine(chunk.slice(start, lineFeed));
      this.endLine();
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
    // One more is held than allowed, because it may be the CR of the line end.
    if (this.line.length > this.maxLineLength + 1) {
      this.rejectLength();
    }
  }

  private endLine(): void {
    const text = this.line.endsWith('\r') ? this.line.slice(0, -1) : this.line;
    if (text.length > this.maxLineLength) {
      this.rejectLength();
    } else if (text.trim() !== '') {
      const start = this.number === 1 && text.startsWith('\uFEFF') ? 1 : 0;
      if (!this.plainLines || isRecord(text.slice(start))) {
        this.parse(text.slice(start));
      } else {
        this.destination.next(this.line.slice(start));
      }
    }
    this.line = '';
    this.number++;
    this.isTooLong = false;
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

/** Whether a line is an object or an array, or was meant to be one. */
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
