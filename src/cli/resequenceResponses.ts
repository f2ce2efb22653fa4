import { defer, type MonoTypeOperatorFunction } from 'rxjs';

import { resequence } from '../index.js';

/**
 * Puts the numbered events of OpenAI Responses in order, and lets those through once that a resumed connection repeats.
 *
 * The numbers start again with each response, and most events do not say to which one they belong: they are taken for
 * those of the response that was created last. What is still held of the one before goes out before that is created.
 *
 * @param gapTimeout How many milliseconds to wait for a number that is missing; less than a second by default.
 */
export function resequenceResponses(gapTimeout?: number): MonoTypeOperatorFunction<unknown> {
  return (source) =>
    defer(() => {
      let current: unknown;
      let previous: unknown;
      return source.pipe(
        resequence({
          maxScopes: 1,
          gapTimeout,
          seq: (event) => {
            const { response, sequence_number: number } = fieldsOf(event);
            const { id } = fieldsOf(response);
            // The end of the response before, if it comes too late: it has no place among the numbers of this one.
            const isOfPrevious = id !== undefined && id === previous;
            return typeof number === 'number' && !isOfPrevious ? number : undefined;
          },
          scope: (event) => {
            const { type, response } = fieldsOf(event);
            const { id } = fieldsOf(response);
            if (type === 'response.created' && id !== current) {
              previous = current;
              current = id;
            }
            return current;
          },
        }),
      );
    });
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
