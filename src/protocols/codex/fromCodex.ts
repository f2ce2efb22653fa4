import type { OperatorFunction } from 'rxjs';

import type { DeltaEvent } from '../../events.js';
import type { CodexKind } from './codexItems.js';
import { CodexReader } from './codexReader.js';
import { type ConnectionOptions, readConnection } from '../connection/readConnection.js';

/**
 * Reads the output of the Codex program: its session log, the lines of `codex exec --json`, or the notifications of its
 * app server. One connection may have any number of sessions, threads and turns.
 *
 * ```text
 * source   --agent_message_delta 'He'--agent_message_delta 'y'--agent_message 'Hey'--|
 * result   --delta 'He'----------------delta 'y'----------------end 'Hey'------------|
 * ```
 *
 * Takes the lines of the log, `{ kind: 'codex_event', payload: { id, msg } }`, or bare events, `{ id, msg }`; the
 * events of `codex exec --json`, `{ type: 'item.completed', item }`; and JSON-RPC notifications, `{ method, params }`.
 * The kinds are `answer`, `reasoning`, `stdout`, `stderr`, `output` (both, if the source does not distinguish them, and
 * results of MCP tools) and `tool` (arguments of calls). Submissions and turns may overlap. Their own ids may start
 * again, so they are numbered within the connection: `1/0` is the first answer, or the first section of reasoning, of
 * the first submission, and `1/raw/0` its first raw reasoning; `1/<item id>` is the text of an item of the first turn,
 * followed by `/summary/<index>` or `/<index>` if an item has several. In the log, the id of `stdout` and `stderr` is
 * the id of the call; if it is used again after its end, `<call id>/2`, and so on.
 *
 * - **next**: emits a `delta` for each piece of text, and an `end` with the full text when it arrives. If an item
 *   repeats its whole text each time, only the new part is emitted. In the log, full texts of reasoning arrive late and
 *   in batches: each is matched to the first open section that begins like it, or else to the oldest. The full text of
 *   the output of a command is used unless it is truncated (5,120 bytes in the log) or a message, such as one about a
 *   timeout. The end of a task, a turn or a session ends its open streams, an aborted turn with its reason as
 *   `finishReason`. A failure becomes an `error` of each open stream of its submission or turn. Other events are
 *   ignored.
 * - **complete** and **error**: emits U+FFFD for an unfinished character, then passes the notification on;
 *   `commitLines` closes the streams that are still open.
 * - **unsubscribe**: unsubscribes from the source.
 *
 * Throws a `TypeError` if an option is wrong.
 *
 * Memory: for each open stream, a few fields and the first code units of its text; and the ids of the last 10,000
 * calls. Time: in proportion to the text.
 *
 * @param options - `connection`: a prefix for every id; none by default.
 *
 * @example
 *
 * ```ts
 * import { from } from 'rxjs';
 * import { fromCodex } from 'deltalines/protocols';
 *
 * from([
 *   { id: '1', msg: { type: 'agent_message_delta', delta: 'Hel' } },
 *   { id: '1', msg: { type: 'agent_message', message: 'Hello' } },
 * ])
 *   .pipe(fromCodex())
 *   .subscribe(({ type, kind, id }) => console.log(type, kind, id));
 *
 * // Logs:
 * // delta answer 1/0
 * // end answer 1/0
 * ```
 *
 * @see {@link fromOpenAIResponses} for the interface that the program itself reads.
 * @see The log: https://github.com/openai/codex/blob/main/codex-rs/protocol/src/protocol.rs
 * @see `codex exec --json`: https://github.com/openai/codex/blob/main/codex-rs/exec/src/exec_events.rs
 * @see The app server: https://github.com/openai/codex/blob/main/codex-rs/app-server/README.md
 */
export function fromCodex(options: ConnectionOptions = {}): OperatorFunction<unknown, DeltaEvent<CodexKind>> {
  return readConnection(options, (output) => new CodexReader(output));
}
