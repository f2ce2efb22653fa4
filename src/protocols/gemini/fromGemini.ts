import type { OperatorFunction } from 'rxjs';

import type { DeltaEvent } from '../../events.js';
import type { GeminiKind } from './geminiCandidate.js';
import { GeminiReader } from './geminiReader.js';
import { type ConnectionOptions, readConnection } from '../connection/readConnection.js';

/**
 * Reads the chunks of the Gemini API (`streamGenerateContent`), one connection with any number of responses, one after
 * the other.
 *
 * ```text
 * source   --text 'He'----text 'y'----text '!', finishReason 'STOP'--|
 * result   --delta 'He'---delta 'y'---delta '!', end-----------------|
 * ```
 *
 * Takes the chunk objects of the SDK, the messages of `parseSSE`, and the elements of `parseJSONArray`. The kinds are
 * `answer`, `reasoning` (of thoughts), `code` (that the model has run), `tool` (arguments of calls, as JSON) and `output` (of
 * tools that the provider ran, from the Interactions API, whose events are read as well: an id there is
 * `<interaction id>/<step index>`). An id is
 * `<response id>/<candidate index>`, and `…/<number>` for each piece of code and each call: the same in a replay, so that
 * it is recognised as late. Responses without an id are numbered. `order` is
 * `[number of the response, candidate index]`, and the number of the code or the call.
 *
 * - **next**: emits a `delta` for each piece of text; a text goes on after code. Arguments that are streamed, value
 *   by value, are written as the JSON that they make up. A `finishReason` gives an `end` with it for all streams of
 *   its candidate, but where the response has no id and has said so from its first chunk on: there it is the end of
 *   the connection that does, or the next response. A chunk of another response cuts the one before it off. An
 *   `error` gives an `error` for each open stream. Results of code and whatever else comes are passed over.
 * - **complete** and **error**: what has said that it is finished is ended, then passed on; what else is open is left to
 *   `commitLines` to close.
 * - **unsubscribe**: silence; the source is unsubscribed from.
 *
 * A message whose data begins with `{` and is not valid JSON is passed on as it is: `commitLines` makes a `drop` of it.
 * Throws a `TypeError` when an option is wrong.
 *
 * Holds an entry for each open stream and for each candidate of the response, but no text; takes constant time for each
 * delta.
 *
 * @param options - `connection`: a name that is put before every id; none by default.
 *
 * @example
 *
 * ```ts
 * import { from } from 'rxjs';
 * import { fromGemini } from 'deltalines/protocols';
 *
 * from([
 *   { responseId: 'g1', candidates: [{ index: 0, content: { parts: [{ text: 'Hello' }] } }] },
 *   { responseId: 'g1', candidates: [{ index: 0, finishReason: 'STOP' }] },
 * ])
 *   .pipe(fromGemini())
 *   .subscribe(({ type, kind, id }) => console.log(type, kind, id));
 *
 * // Logs:
 * // delta answer g1/0
 * // end answer g1/0
 * ```
 *
 * @see {@link parseJSONArray} for the framing without `alt=sse`.
 * @see The chunks: https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse
 */
export function fromGemini(
  options: ConnectionOptions = {},
): OperatorFunction<unknown, DeltaEvent<GeminiKind>> {
  return readConnection(options, (output) => new GeminiReader(output));
}
