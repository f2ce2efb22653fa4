import type { OperatorFunction } from 'rxjs';

import type { DeltaEvent } from '../../events.js';
import { type AnthropicKind, AnthropicReader } from './anthropicReader.js';
import { type ConnectionOptions, readConnection } from '../connection/readConnection.js';

/**
 * Reads the events of the Anthropic Messages API, and of the Text Completions API before it. One connection may have any
 * number of messages.
 *
 * ```text
 * source   --message_start--text_delta 'He'--text_delta 'y'--content_block_stop--message_delta--|
 * result   -----------------delta 'He'-------delta 'y'---------------------------end------------|
 * ```
 *
 * Takes the event objects of the SDK or the messages of `parseSSE`. The kinds are `answer`, `reasoning` (thinking, and
 * the summary of a compaction), `tool` (arguments of calls, including tools that the provider runs) and `output` (the
 * text that such a tool returned, from code execution, MCP or the advisor). The id is `<message id>/<block index>`. A
 * replay of a finished message is late. A replay of an open message ends its texts and loses their continuation: read it
 * in a new subscription with another `connection`. Messages without an id are numbered. `order` is `[message number,
 * block index]`.
 *
 * - **next**: emits a `delta` for each piece of text, and an `end` when its block or its message stops, or when another
 *   message starts. The `end` of a block is held until the `finishReason`, the next block or the end of the message.
 *   Only arguments that were not streamed have a full text. An `error` becomes an `error` of each open stream.
 *   Signatures, citations, other tool results and unknown events are ignored.
 * - **complete** and **error**: emits held `end` events, then passes the notification on; `commitLines` closes the
 *   streams that are still open.
 * - **unsubscribe**: unsubscribes from the source.
 *
 * A message with invalid JSON is emitted unchanged, and `commitLines` emits a `drop`. Throws a `TypeError` if an option
 * is wrong.
 *
 * Memory: a few fields for each open stream, at most 10,000, no text. Time: constant for each delta.
 *
 * @param options - `connection`: a prefix for every id; none by default.
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
