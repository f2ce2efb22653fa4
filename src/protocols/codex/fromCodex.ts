import type { OperatorFunction } from 'rxjs';

import type { DeltaEvent } from '../../events.js';
import type { CodexKind } from './codexKind.js';
import { CodexReader } from './codexReader.js';
import { type ConnectionOptions, readConnection } from '../connection/readConnection.js';

/**
 * Reads what the Codex program tells about its work: its session log, the lines of `codex exec --json`, or the
 * notifications of its app server. One connection may have any number of sessions, threads and turns.
 *
 * ```text
 * source   --agent_message_delta 'He'--agent_message_delta 'y'--agent_message 'Hey'--|
 * result   --delta 'He'----------------delta 'y'----------------end 'Hey'------------|
 * ```
 *
 * Takes the lines of the log, `{ kind: 'codex_event', payload: { id, msg } }`, or bare events, `{ id, msg }`; the events
 * of `codex exec --json`, `{ type: 'item.completed', item }`; and JSON-RPC notifications, `{ method, params }`. The kinds
 * are `answer`, `reasoning`, `stdout`, `stderr`, `output` (both of them, where they are not told apart) and `tool`
 * (arguments of calls). Submissions and turns may overlap, so each is read by itself. They are numbered over the
 * connection, because their own ids may start again: `1/0` is the first answer, or the first section of reasoning, of
 * the first submission, and `1/raw/0` its first raw reasoning; `1/<item id>` is the text of an item of the first turn,
 * with `/summary/<index>` or `/<index>` behind it where an item has several. In the log, the id of `stdout` and `stderr`
 * is the id of the call; should that come again after its end, `<call id>/2` and so on.
 *
 * - **next**: emits a `delta` for each piece of text, and an `end` with the full text once that is there. Items
 *   that tell all of their text each time give the part that is new. In the log, full texts of reasoning come late
 *   and in batches: each goes to the first open section that begins like it, else to the oldest. The full text of a
 *   command's output counts only if it is neither cut (5,120 bytes in the log) nor about something else, such as a
 *   time-out; else the deltas stand. The end of a task, a turn or a session ends what is open in it, an aborted
 *   turn with its reason as `finishReason`; a failure gives an `error` for each open stream of its submission or
 *   turn. Whatever else comes is passed over.
 * - **complete** and **error**: what remains of an unfinished character becomes U+FFFD, then passed on; what is open is
 *   left to `commitLines` to close.
 * - **unsubscribe**: silence; the source is unsubscribed from.
 *
 * Throws a `TypeError` when an option is wrong.
 *
 * Holds an entry for each open stream with the first few code units of its text, and the ids of the last 10,000 calls;
 * takes time in proportion to the text.
 *
 * @param options - `connection`: a name that is put before every id; none by default.
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
