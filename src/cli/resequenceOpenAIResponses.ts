import { defer, groupBy, mergeMap, type MonoTypeOperatorFunction } from 'rxjs';

import { resequence } from '../index.js';
import { fieldsOf } from './fieldsOf.js';

/**
 * Restores the order of the numbered events of OpenAI Responses, and drops repeats of a resumed connection.
 *
 * The numbers start again with each response, and most events do not name their response, so they count as those of
 * the latest response of their lane. Held events of the previous response are emitted before a new response is
 * created.
 *
 * @param gapTimeout How many milliseconds to wait for a missing number; the default is that of `resequence`.
 */
export function resequenceOpenAIResponses(gapTimeout?: number): MonoTypeOperatorFunction<unknown> {
  return (source) =>
    source.pipe(
      // On a WebSocket, the lanes stream a response each at the same time.
      groupBy((event) => {
        const { stream_id: lane } = fieldsOf(event);
        return lane;
      }),
      mergeMap((lane) => lane.pipe(resequenceLane(gapTimeout))),
    );
}

function resequenceLane(gapTimeout: number | undefined): MonoTypeOperatorFunction<unknown> {
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
            // A late end of the previous response is not compared with the numbers of this one.
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
