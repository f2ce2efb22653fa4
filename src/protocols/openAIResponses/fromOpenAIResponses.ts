import type { OperatorFunction } from 'rxjs';

import type { DeltaEvent } from '../../events.js';
import { OpenAIResponsesReader } from './openAIResponsesReader.js';
import type { OpenAIResponsesKind } from './openAIResponsesTexts.js';
import { type ConnectionOptions, readConnection } from '../connection/readConnection.js';

/**
 * Reads the events of the OpenAI Responses API, one connection with any number of responses.
 *
 * ```text
 * source   --created--text.delta 'He'--text.delta 'y'--text.done 'Hey'--item.done--|
 * result   -----------delta 'He'-------delta 'y'------------------------end 'Hey'--|
 * ```
 *
 * Takes the event objects of the SDK as well as the messages of `parseSSE`. The kinds are `answer`, `refusal`,
 * `reasoning` (summaries and raw), `tool` (arguments of calls), `code` (of interpreters, shells and patches), `output` (of
 * tools that the provider ran) and `transcript`. An id is the place of a text, `<response id>/<output index>/<content index>`, or
 * `…/summary/<summary index>` for summaries: the same in a replay, so that it is recognised as late, and unique over the
 * responses of a connection, even where a provider gives each event another item id. Responses without an id are
 * numbered. `order` is `[number of the response, output index, index]`.
 *
 * - **next**: emits a `delta` for each piece of text, and an `end` with the producer's full text once that is
 *   there: with the next event of its response, which may say why it is incomplete, the `finishReason`. An item or
 *   a response that is over ends what is open in it, and gives the texts that were not streamed. A new response
 *   cuts the one before it off, unless events name their response (`response_id`): then several go on side by side.
 *   A response that failed, or an `error`, gives an `error` for each open stream. Whatever else comes is passed
 *   over.
 * - **complete** and **error**: an `end` that is held is emitted, then passed on; what is open is left to
 *   `commitLines` to close.
 * - **unsubscribe**: silence; the source is unsubscribed from.
 *
 * A message whose data begins with `{` and is not valid JSON is passed on as it is, for `commitLines` to make a `drop` of
 * it; other data that is not JSON, such as `[DONE]`, is passed over. Throws a `TypeError` when an option is wrong.
 *
 * Holds an entry for each text of an unfinished item and for each item of an unfinished response, but no text; takes
 * constant time for each delta.
 *
 * @param options - `connection`: a name that is put before every id; none by default.
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
