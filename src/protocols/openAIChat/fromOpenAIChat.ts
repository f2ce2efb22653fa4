import type { OperatorFunction } from 'rxjs';

import type { DeltaEvent } from '../../events.js';
import { type OpenAIChatKind, OpenAIChatReader } from './openAIChatReader.js';
import { type ConnectionOptions, readConnection } from '../connection/readConnection.js';

/**
 * Reads the chunks of the OpenAI Chat Completions API and of compatible servers. One connection may have any number of
 * completions, one after another.
 *
 * ```text
 * source   --content 'He'--content 'y'--finish_reason 'stop'--usage--|
 * result   --delta 'He'----delta 'y'--------------------------end----|
 * ```
 *
 * Takes the chunk objects of the SDK or the messages of `parseSSE`, and also whole completions and the chunks of the
 * older Completions API. The kinds are `answer`, `reasoning`, `refusal`, `tool` (arguments of calls) and `transcript`
 * (of audio). The id is `<completion id>/<choice index>`, and `…/<call index>` for arguments. A replay of a finished
 * choice is late; a replay of an open one repeats its text. Completions without an id are numbered. `order` is
 * `[completion number, choice index]`, followed by the call index for arguments.
 *
 * - **next**: emits a `delta` for each piece of text. A `finish_reason` ends all streams of its choice. The `end` is
 *   held until the next chunk that is not about this choice, because some servers send more text after the reason. A
 *   `message` beside the reason has the full texts, unless it repeated the deltas one by one before, as some servers
 *   do. A chunk with another id begins another completion if the choice has finished, or if its role begins a message;
 *   the previous completion then ends. An `error` becomes an `error` of each open stream. Other chunks are ignored.
 * - **complete** and **error**: ends the finished choices, then passes the notification on; `commitLines` closes the
 *   streams that are still open.
 * - **unsubscribe**: unsubscribes from the source.
 *
 * A message with invalid JSON is emitted unchanged, and `commitLines` emits a `drop`. Throws a `TypeError` if an option
 * is wrong.
 *
 * Memory: a few fields for each open stream and for each choice and call of the completion, no text. Time: constant for
 * each delta.
 *
 * @param options - `connection`: a prefix for every id; none by default.
 *
 * @example
 *
 * ```ts
 * import { from } from 'rxjs';
 * import { fromOpenAIChat } from 'deltalines/protocols';
 *
 * from([
 *   { id: 'chat_1', choices: [{ index: 0, delta: { content: 'Hello' } }] },
 *   { id: 'chat_1', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
 * ])
 *   .pipe(fromOpenAIChat())
 *   .subscribe(({ type, kind, id }) => console.log(type, kind, id));
 *
 * // Logs:
 * // delta answer chat_1/0
 * // end answer chat_1/0
 * ```
 *
 * @see {@link fromOpenAIResponses} for the newer interface.
 * @see The chunks: https://platform.openai.com/docs/api-reference/chat-streaming
 */
export function fromOpenAIChat(
  options: ConnectionOptions = {},
): OperatorFunction<unknown, DeltaEvent<OpenAIChatKind>> {
  return readConnection(options, (output) => new OpenAIChatReader(output));
}
