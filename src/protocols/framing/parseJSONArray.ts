import type { OperatorFunction } from 'rxjs';

import { createOperator } from '../../rx/createOperator.js';
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
 * - **next**: emits each object, array and string at its end, and any other value at the comma or bracket after it.
 *   Several arrays may follow each other. An object outside an array, such as an error, is emitted too.
 * - **complete**: drops an unfinished element, because its rest is missing; then completes.
 * - **error**: drops an unfinished element; then emits the error.
 * - **unsubscribe**: emits nothing more, and unsubscribes from the source.
 *
 * The output fails with a `SyntaxError` that has the position for text that is not a JSON array, with a `RangeError`
 * for an element longer than `maxElementLength`, and with a `TypeError` for a chunk that is not a string. Throws a
 * `TypeError` or `RangeError` if an option is wrong.
 *
 * Memory: the unfinished element. Time: in proportion to the length of the text.
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
 * @see {@link decodeText}, which decodes the text; {@link parseSSE} and {@link parseJSONLines} for other framings.
 */
export function parseJSONArray(options: ParseJSONArrayOptions = {}): OperatorFunction<string, unknown> {
  checkOptions(options);
  const maxElementLength = count('maxElementLength', options.maxElementLength, 67_108_864, 1);
  return createOperator((destination) => {
    const reader = new JSONArrayReader(maxElementLength, destination);
    return {
      next(chunk: unknown) {
        if (typeof chunk !== 'string') {
          throw chunkError('parseJSONArray', 'text (use decodeText for bytes)', chunk);
        }
        reader.push(chunk);
      },
      error(error) {
        destination.error(error);
      },
      complete() {
        destination.complete();
      },
    };
  });
}
