import type { OperatorFunction } from 'rxjs';

import type { DeltaEvent } from '../../events.js';
import type { GeminiKind } from './geminiCandidate.js';
import { GeminiReader } from './geminiReader.js';
import { type ConnectionOptions, readConnection } from '../connection/readConnection.js';

/**
 * Reads the chunks of the Gemini API (`streamGenerateContent`). One connection may have any number of responses, one
 * after another.
 *
 * ```text
 * source   --text 'He'----text 'y'----text '!', finishReason 'STOP'--|
 * result   --delta 'He'---delta 'y'---delta '!', end-----------------|
 * ```
 *
 * Takes the chunk objects of the SDK, the messages of `parseSSE`, or the elements of `parseJSONArray`. The kinds are
 * `answer`, `reasoning` (thoughts), `code` (that the model ran), `tool` (arguments of calls, as JSON) and `output` (of
 * tools that the provider ran). The id is `<response id>/<candidate index>`, and `…/<number>` for each piece of code
 * and each call. A replay of a finished candidate is late; a replay of an open one repeats its text. Responses without
 * an id are numbered. `order` is `[response number, candidate index]`, followed by the number of the code or the call.
 * The events of the Interactions API are read too; their id is `<interaction id>/<step index>`.
 *
 * - **next**: emits a `delta` for each piece of text; a text may continue after code. Arguments that are streamed value
 *   by value are emitted as JSON. A `finishReason` ends all streams of its candidate. If the candidate has it from its
 *   first chunk on, or stops for its code to run, the streams end with the next response or with the connection instead.
 *   A chunk of another response ends the previous one. An `error` becomes an `error` of each open stream. Results of
 *   code and other chunks are ignored.
 * - **complete** and **error**: ends the finished candidates, then passes the notification on; `commitLines` closes the
 *   streams that are still open.
 * - **unsubscribe**: unsubscribes from the source.
 *
 * A message with invalid JSON is emitted unchanged, and `commitLines` emits a `drop`. Throws a `TypeError` if an option
 * is wrong.
 *
 * Memory: a few fields for each open stream and for each candidate of the response, no text. Time: constant for each
 * delta.
 *
 * @param options - `connection`: a prefix for every id; none by default.
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
