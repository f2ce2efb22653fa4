import type { OperatorFunction } from 'rxjs';

import type { DeltaEvent } from '../../events.js';
import { type AnthropicKind, AnthropicReader } from './anthropicReader.js';
import { type ConnectionOptions, readConnection } from '../connection/readConnection.js';

/**
 * Reads the events of the Anthropic Messages API, one connection with any number of messages.
 *
 * ```text
 * source   --message_start--text_delta 'He'--text_delta 'y'--content_block_stop--message_delta--|
 * result   -----------------delta 'He'-------delta 'y'---------------------------end------------|
 * ```
 *
 * Takes the event objects of the SDK as well as the messages of `parseSSE`. The kinds are `answer`, `reasoning`
 * (thinking, and the summary of a compaction), `tool` (arguments of calls, also of tools that the provider runs) and
 * `output` (the text that such a tool returned: of code execution and of MCP). An id is the place of a block,
 * `<message id>/<block index>`: the same in a replay, so that it is recognised as late. Messages without an id are
 * numbered. `order` is `[number of the message, block index]`.
 *
 * - **next**: emits a `delta` for each piece of text, and an `end` when its block or its message stops, or another
 *   message starts. That of a block is emitted with the next event, which may have the reason, its `finishReason`.
 *   The full text is only known of arguments that were not streamed. An `error` gives an `error` for each open
 *   stream. Signatures, citations, other results of tools and unknown events are ignored.
 * - **complete** and **error**: an `end` that is held is emitted, then passed on; what is open is left to
 *   `commitLines` to close.
 * - **unsubscribe**: silence; the source is unsubscribed from.
 *
 * A message whose data begins with `{` and is not valid JSON is passed on as it is: `commitLines` makes a `drop` of it.
 * Throws a `TypeError` when an option is wrong.
 *
 * Holds an entry for each open stream, but no text; takes constant time for each delta.
 *
 * @param options - `connection`: a name that is put before every id; none by default.
 *
 * @example
 *
 * ```ts
 * import { from } from 'rxjs';
 * import { fromAnthropic } from 'deltalines/protocols';
 *
 * from([
 *   { type: 'message_start', message: { id: 'msg_1' } },
 *   { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hello' } },
 *   { type: 'content_block_stop', index: 0 },
 * ])
 *   .pipe(fromAnthropic())
 *   .subscribe(({ type, kind, id }) => console.log(type, kind, id));
 *
 * // Logs:
 * // delta answer msg_1/0
 * // end answer msg_1/0
 * ```
 *
 * @see The events: https://docs.anthropic.com/en/docs/build-with-claude/streaming
 */
export function fromAnthropic(
  options: ConnectionOptions = {},
): OperatorFunction<unknown, DeltaEvent<AnthropicKind>> {
  return readConnection(options, (output) => new AnthropicReader(output));
}
