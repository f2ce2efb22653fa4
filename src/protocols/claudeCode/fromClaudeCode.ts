import type { OperatorFunction } from 'rxjs';

import type { DeltaEvent } from '../../events.js';
import type { ClaudeCodeKind } from './claudeCodeMessage.js';
import { ClaudeCodeReader } from './claudeCodeReader.js';
import { type ConnectionOptions, readConnection } from '../connection/readConnection.js';

/**
 * Reads the lines of `claude -p --output-format stream-json`, with or without `--include-partial-messages`. One
 * connection may have any number of runs.
 *
 * ```text
 * source   --delta 'He'--delta 'y'--assistant 'Hey'--result 'Hey'--|
 * result   --delta 'He'--delta 'y'--end 'Hey'----------------------|
 * ```
 *
 * The kinds are `answer`, `reasoning`, `tool` (arguments of calls) and `output` (the result of a tool). Messages are
 * numbered within the connection: `1/0` is the first block of the first message. The ids of a subagent begin with the
 * id of the call that runs it: `toolu_1/2/0`. The result of a tool has the id of its call, with another kind. `order`
 * is `[message number, block index]`.
 *
 * - **next**: emits a `delta` for each piece of text, and an `end` with the full text when the complete block arrives.
 *   A block that was not streamed is opened and ended at once. The end of a message, a subagent or a run ends its open
 *   streams. The `end` of a streamed block is held until the `finishReason`, the next block or the end of the message.
 *   A failed run becomes an `error` of each open stream. The text of the result repeats the last answer, so it is
 *   emitted only if there was none. Other lines are ignored.
 * - **complete** and **error**: emits held `end` events, then passes the notification on; `commitLines` closes the
 *   streams that are still open.
 * - **unsubscribe**: unsubscribes from the source.
 *
 * Throws a `TypeError` if an option is wrong.
 *
 * Memory: for the latest message of each running agent, a few fields for each incomplete block and for each call
 * without a result, no text. Time: constant for each delta.
 *
 * @param options - `connection`: a prefix for every id; none by default.
 *
 * @example
 *
 * ```ts
 * import { from } from 'rxjs';
 * import { fromClaudeCode } from 'deltalines/protocols';
 *
 * from([
 *   { type: 'system', subtype: 'init', session_id: 's' },
 *   { type: 'assistant', message: { id: 'msg_1', content: [{ type: 'text', text: 'Hello' }] } },
 *   { type: 'result', subtype: 'success', result: 'Hello' },
 * ])
 *   .pipe(fromClaudeCode())
 *   .subscribe(({ type, kind, id }) => console.log(type, kind, id));
 *
 * // Logs:
 * // start answer 1/0
 * // end answer 1/0
 * ```
 *
 * @see {@link fromCodex} for the other program of this kind.
 * @see The lines: https://docs.claude.com/en/docs/claude-code/headless
 */
export function fromClaudeCode(
  options: ConnectionOptions = {},
): OperatorFunction<unknown, DeltaEvent<ClaudeCodeKind>> {
  return readConnection(options, (output) => new ClaudeCodeReader(output));
}
