import type { OperatorFunction } from 'rxjs';

import type { DeltaEvent } from '../../events.js';
import { type OpenAIChatKind, OpenAIChatReader } from './openAIChatReader.js';
import { type ConnectionOptions, readConnection } from '../connection/readConnection.js';

/**
 * Reads the chunks of the OpenAI Chat Completions API, and of the many servers that are compatible with it: one
 * connection with any number of completions, one after the other.
 *
 * ```text
 * source   --content 'He'--content 'y'--finish_reason 'stop'--usage--|
 * result   --delta 'He'----delta 'y'--------------------------end----|
 * ```
 *
 * Takes the chunk objects of the SDK as well as the messages of `parseSSE`; also whole completions and the chunks of the
 * older Completions API. The kinds are `answer`, `reasoning`, `refusal`, `tool` (arguments of calls) and `transcript`
 * (of audio). An id is `<completion id>/<choice index>`, and `…/<call index>` for arguments: the same in a replay, so
 * that it is recognised as late. Completions without an id are numbered. `order` is
 * `[number of the completion, choice index]`, and the index of the call for arguments.
 *
 * - **next**: emits a `delta` for each piece of text, and an `end` for all streams of a choice that has a
 *   `finish_reason`, because content may go on after calls. It is emitted with the next chunk that is not about
 *   this choice, because some servers send text after the reason, and has it as `finishReason`. The `message`
 *   beside the reason gives the full texts, unless it was seen to repeat the deltas one by one, as that of some
 *   servers does. A chunk with another id begins another completion where the choice before it is finished, or
 *   where its role begins a message, and cuts the one before it off. An `error` gives an `error` for each open
 *   stream. Whatever else comes is passed over.
 * - **complete** and **error**: what is finished is ended, then passed on; what else is open is left to `commitLines` to
 *   close.
 * - **unsubscribe**: silence; the source is unsubscribed from.
 *
 * A message whose data begins with `{` and is not valid JSON is passed on as it is: `commitLines` makes a `drop` of it.
 * Throws a `TypeError` when an option is wrong.
 *
 * Holds an entry for each open stream and for each choice and call of the completion, but no text; takes constant time
 * for each delta.
 *
 * @param options - `connection`: a name that is put before every id; none by default.
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
