import type { OperatorFunction } from 'rxjs';

import type { DeltaEvent } from '../../events.js';
import type { ClaudeCodeKind } from './claudeCodeMessage.js';
import { ClaudeCodeReader } from './claudeCodeReader.js';
import { type ConnectionOptions, readConnection } from '../connection/readConnection.js';

/**
 * Reads the lines of `claude -p --output-format stream-json`, with and without `--include-partial-messages`, one
 * connection with any number of runs.
 *
 * ```text
 * source   --delta 'He'--delta 'y'--assistant 'Hey'--result 'Hey'--|
 * result   --delta 'He'--delta 'y'--end 'Hey'----------------------|
 * ```
 *
 * The kinds are `answer`, `reasoning`, `tool` (arguments of calls) and `output` (what a tool gave). Messages are numbered
 * over the connection: `1/0` is the first block of the first message. Those of a subagent begin with the id of the call
 * that runs it, `toolu_1/2/0`. What a tool gave has the id of its call, under its own kind. `order` is
 * `[number of the message, index of the block]`.
 *
 * - **next**: emits a `delta` for each piece of text, and an `end` with the full text once the whole block is
 *   there. A block that was not streamed is opened and ended at once. A message, a subagent or a run that is over
 *   ends what is open in it. The `end` of a block that was streamed is emitted with the next event, which may have
 *   the reason, its `finishReason`. A run that failed gives an `error` for each open stream. The text of the result
 *   is an answer of its own only where there was none before, because it repeats the last one. Whatever else comes
 *   is passed over.
 * - **complete** and **error**: an `end` that is held is emitted, then passed on; what is open is left to
 *   `commitLines` to close.
 * - **unsubscribe**: silence; the source is unsubscribed from.
 *
 * Throws a `TypeError` when an option is wrong.
 *
 * Holds, for the latest message of each agent that runs, an entry for each block that is not complete and for each call
 * without a result, but no text; takes constant time for each delta.
 *
 * @param options - `connection`: a name that is put before every id; none by default.
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
