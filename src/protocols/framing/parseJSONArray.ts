import type { OperatorFunction, Subscriber } from 'rxjs';

import { type Handler, createOperator } from '../../rx/createOperator.js';
import { checkOptions, count } from '../../rx/options.js';
import { chunkError } from './invalidInput.js';
import { JSONArrayReader } from './jsonArrayReader.js';

/** The options of `parseJSONArray`. */
export interface ParseJSONArrayOptions {
  /**
   * The most UTF-16 code units in one element of the array. A whole number from 1, or `Infinity`.
   *
   * @default 67_108_864
   */
  readonly maxElementLength?: number | undefined;
}

/**
 * Parses the text of a JSON array, cut anywhere, into its elements, each as soon as it is complete.
 *
 * ```text
 * source   --'[{"a":1}'---',{"a"'--':2}]'--|
 * result   --{ a: 1 }--------------{ a: 2 }|
 * ```
 *
 * - **next**: emits each object, array and string at its end, and any other value once the comma or the bracket behind it
 *   is there. Several arrays may follow each other; an object that stands alone, such as an error, is emitted, too.
 * - **complete**: an element that has not ended is dropped, for nobody knows what is missing; then the output completes.
 * - **error**: passed on at once; an unfinished element is dropped.
 * - **unsubscribe**: silence; the source is unsubscribed from.
 *
 * Text that is not an array of JSON makes the output error with a `SyntaxError` that says where, an element that is longer
 * than `maxElementLength` with a `RangeError`, and a chunk that is not a string with a `TypeError`. Throws a `TypeError`
 * or `RangeError` when an option is wrong.
 *
 * Holds the unfinished element; takes time in proportion to the text.
 *
 * @example
 *
 * ```ts
 * import { of } from 'rxjs';
 * import { parseJSONArray } from 'deltalines/protocols';
 *
 * of('[["one"], ["t', 'wo"]]')
 *   .pipe(parseJSONArray())
 *   .subscribe((value) => console.log(`${value}`));
 *
 * // Logs:
 * // one
 * // two
 * ```
 *
 * @see {@link decodeText} for where the text comes from, {@link parseSSE} and {@link parseJSONLines} for other framings.
 */
export function parseJSONArray(options: ParseJSONArrayOptions = {}): OperatorFunction<string, unknown> {
  checkOptions(options);
  const maxElementLength = count('maxElementLength', options.maxElementLength, 67_108_864, 1);
  return createOperator((destination) => new ParseJSONArrayHandler(destination, maxElementLength));
}

class ParseJSONArrayHandler implements Handler<unknown> {
  private readonly destination: Subscriber<unknown>;
  private readonly reader: JSONArrayReader;

  constructor(destination: Subscriber<unknown>, maxElementLength: number) {
    this.destination = destination;
    this.reader = new JSONArrayReader(maxElementLength, (element) => destination.next(element));
  }

  next(chunk: unknown): void {
    if (typeof chunk !== 'string') {
      throw chunkError('parseJSONArray', 'text (decodeText makes it of bytes)', chunk);
    }
    this.reader.push(chunk);
  }

  error(error: unknown): void {
    this.destination.error(error);
  }

  complete(): void {
    this.destination.complete();
  }
}
