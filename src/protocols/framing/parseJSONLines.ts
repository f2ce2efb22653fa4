import type { OperatorFunction } from 'rxjs';

import { createOperator } from '../../rx/createOperator.js';
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
  return createOperator((destination) => {
    let line = '';
    let number = 1;
    /** Whether the rest of the line is skipped. */
    let isTooLong = false;

    const reject = (text: string, error: SyntaxError) => {
      if (onInvalid === undefined) {
        throw error;
      }
      onInvalid({ number, text, error });
    };

    const rejectLength = () => {
      line = '';
      isTooLong = true;
      const allowed = `the option maxLineLength allows: ${maxLineLength} code units`;
      reject('', new SyntaxError(`Line ${number} is longer than ${allowed}`));
    };

    const extendLine = (text: string) => {
      if (!isTooLong) {
        line += text;
        // One more code unit than allowed is held, because it may be the CR of the line end.
        if (line.length > maxLineLength + 1) {
          rejectLength();
        }
      }
    };

    const parse = (record: string) => {
      let value: unknown;
      try {
        value = parseJSON(record, `Line ${number}`);
      } catch (error) {
        reject(record, error as SyntaxError);
        return;
      }
      destination.next(value);
    };

    /** Reads a line, which may end with a CR in `plainLine`. */
    const read = (text: string, plainLine: string) => {
      const records = text.split(SEPARATORS).filter((record) => record.trim() !== '');
      const [first] = records;
      if (first !== undefined && plainLines && !isRecord(first)) {
        destination.next(plainLine);
      } else {
        for (const record of records) {
          if (!destination.closed) {
            parse(record);
          }
        }
      }
    };

    const endLine = () => {
      const text = line.endsWith('\r') ? line.slice(0, -1) : line;
      if (text.length > maxLineLength) {
        rejectLength();
      } else {
        const start = number === 1 && text.startsWith('\uFEFF') ? 1 : 0;
        read(text.slice(start), line.slice(start));
      }
      line = '';
      number++;
      isTooLong = false;
    };

    return {
      next(chunk: unknown) {
        if (typeof chunk !== 'string') {
          throw chunkError('parseJSONLines', 'text (use decodeText for bytes)', chunk);
        }
        let start = 0;
        for (let end = chunk.indexOf('\n'); end !== -1; end = chunk.indexOf('\n', start)) {
          extendLine(chunk.slice(start, end));
          endLine();
          if (destination.closed) {
            return;
          }
          start = end + 1;
        }
        extendLine(chunk.slice(start));
      },
      error(error) {
        destination.error(error);
      },
      complete() {
        endLine();
        destination.complete();
      },
    };
  });
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
