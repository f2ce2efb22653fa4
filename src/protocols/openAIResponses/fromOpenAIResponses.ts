import type { OperatorFunction } from 'rxjs';

import type { DeltaEvent } from '../../events.js';
import { OpenAIResponsesReader } from './openAIResponsesReader.js';
import type { OpenAIResponsesKind } from './openAIResponsesTexts.js';
import { type ConnectionOptions, readConnection } from '../connection/readConnection.js';

/**
 * Reads the events of the OpenAI Responses API. One connection may have any number of responses.
 *
 * ```text
 * source   --created--text.delta 'He'--text.delta 'y'--text.done 'Hey'--item.done--|
 * result   -----------delta 'He'-------delta 'y'------------------------end 'Hey'--|
 * ```
 *
 * Takes the event objects of the SDK or the messages of `parseSSE`. The kinds are `answer`, `refusal`, `reasoning`
 * (summaries and raw reasoning), `tool` (arguments of calls), `code` (of interpreters, shells and patches), `output`
 * (of tools that the provider ran) and `transcript`. The id is the position of a text, `<response id>/<output
 * index>/<content index>`, or `…/summary/<summary index>` for summaries. A replay of finished texts is late. A replay
 * of open texts would repeat them: put `resequence` on `sequence_number` before the operator. Item ids are not used,
 * because some providers change them with every event. Responses without an id are numbered. `order` is `[response
 * number, output index, index]`.
 *
 * - **next**: emits a `delta` for each piece of text, and an `end` with the producer's full text. The `end` is held
 *   until the next event of its response, which may have the `finishReason` of an incomplete response. When an item or
 *   a response ends, its open texts end, and texts that were not streamed are emitted. A new response ends the previous
 *   one, unless events name their response (`response_id`): then responses may overlap. A failed response or an `error`
 *   becomes an `error` of each open stream. Other events are ignored.
 * - **complete** and **error**: emits held `end` events, then passes the notification on; `commitLines` closes the
 *   streams that are still open.
 * - **unsubscribe**: unsubscribes from the source.
 *
 * A message with invalid JSON is emitted unchanged, and `commitLines` emits a `drop`. Data that is not JSON, such as
 * `[DONE]`, is ignored. Throws a `TypeError` if an option is wrong.
 *
 * Memory: a few fields for each text of an unfinished item and for each item of an unfinished response, no text; at most
 * 10,000 responses. Time: constant for each delta.
 *
 * @param options - `connection`: a prefix for every id; none by default.
 *
 * @example
 *
 * ```ts
 * import { from } from 'rxjs';
 * import { fromOpenAIResponses } from 'deltalines/protocols';
 *
 * from([
 *   { type: 'response.created', response: { id: 'resp_1' } },
 *   { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'Hel' },
 *   { type: 'response.output_text.done', output_index: 0, content_index: 0, text: 'Hello' },
 * ])
 *   .pipe(fromOpenAIResponses())
 *   .subscribe(({ type, kind, id }) => console.log(type, kind, id));
 *
 * // Logs:
 * // delta answer resp_1/0/0
 * // end answer resp_1/0/0
 * ```
 *
 * @see {@link fromCodex} for the logs of a program that uses this interface.
 * @see The events: https://platform.openai.com/docs/api-reference/responses-streaming
 */
export function fromOpenAIResponses(
  options: ConnectionOptions = {},
): OperatorFunction<unknown, DeltaEvent<OpenAIResponsesKind>> {
  return readConnection(options, (output) => new OpenAIResponsesReader(output));
}
