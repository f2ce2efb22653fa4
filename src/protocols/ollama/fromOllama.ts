import type { OperatorFunction } from 'rxjs';

import type { DeltaEvent } from '../../events.js';
import { type ConnectionOptions, readConnection } from '../connection/readConnection.js';
import { type OllamaKind, OllamaReader } from './ollamaReader.js';

/**
 * Reads the JSON lines of `/api/chat` and `/api/generate` of Ollama.
 *
 * ```text
 * source   --'He'-----'y'------done--|
 * result   --delta----delta----end---|
 * ```
 *
 * The kinds are `answer`, `reasoning` (thinking) and `tool` (arguments of calls). The server sends no ids, so responses
 * are numbered from 1. The id of a stream is `<response>`, that of a call `<response>/<number>`.
 *
 * - **next**: emits a `delta` for each piece of text. A call arrives complete, and ends at once. `done` ends the open
 *   streams, with the `done_reason` as `finishReason`. An `error` becomes an `error` of each open stream.
 * - **complete** and **error**: passes the notification on; `commitLines` closes the streams that are still open.
 * - **unsubscribe**: unsubscribes from the source.
 *
 * Throws a `TypeError` if an option is wrong.
 *
 * Memory: a few fields for each open stream, at most 10,000, no text. Time: constant for each event.
 *
 * @param options - `connection`: a prefix for every id; none by default.
 *
 * @example
 *
 * ```ts
 * import { from } from 'rxjs';
 * import { fromOllama } from 'deltalines/protocols';
 *
 * from([
 *   { model: 'm', message: { role: 'assistant', content: 'Hi' }, done: false },
 *   { model: 'm', message: { role: 'assistant', content: '' }, done: true, done_reason: 'stop' },
 * ])
 *   .pipe(fromOllama())
 *   .subscribe(({ type, kind, id }) => console.log(type, kind, id));
 *
 * // Logs:
 * // delta answer 1
 * // end answer 1
 * ```
 *
 * @see {@link fromOpenAIChat} for the interface of Ollama that is compatible with OpenAI.
 * @see {@link parseJSONLines} for the framing.
 * @see The chunks: https://docs.ollama.com/api/streaming
 */
export function fromOllama(
  options: ConnectionOptions = {},
): OperatorFunction<unknown, DeltaEvent<OllamaKind>> {
  return readConnection(options, (output) => new OllamaReader(output));
}
