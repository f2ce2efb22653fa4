import type { OperatorFunction } from 'rxjs';

import type { DeltaEvent } from '../../events.js';
import { type ConnectionOptions, readConnection } from '../connection/readConnection.js';
import { type OllamaKind, OllamaReader } from './ollamaReader.js';

/**
 * Reads the responses of `/api/chat` and `/api/generate` of Ollama, which are JSON lines.
 *
 * ```text
 * source   --'He'-----'y'------done--|
 * result   --delta----delta----end---|
 * ```
 *
 * The kinds are `answer`, `reasoning` (thinking) and `tool` (arguments of a call). The server sends no ids: responses are
 * numbered from 1, and the id of a stream is `<response>`, that of a call `<response>/<number>`.
 *
 * - **next**: emits a `delta` for each piece of text. A call comes whole, and ends at once. `done` ends what is open, with the
 *   `done_reason` as `end.finishReason`. An `error` becomes an `error` of each open stream.
 * - **complete** and **error**: passed on; `commitLines` closes the streams that are still open.
 * - **unsubscribe**: unsubscribes from the source.
 *
 * Throws a `TypeError` when an option is wrong.
 *
 * Memory: a few fields for each open stream, no text. Time: constant for each chunk.
 *
 * @param options - `connection`: a prefix of every id; none by default.
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
