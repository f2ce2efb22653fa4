import type { OperatorFunction } from 'rxjs';

import type { DeltaEvent } from '../events.js';
import { type CodexKind, CodexReader } from './codexReader.js';
import { type ConnectionOptions, readConnection } from './readConnection.js';

/**
 * Reads the session log of the Codex terminal program, one connection with any number of sessions.
 *
 * ```text
 * source   --agent_message_delta 'He'--agent_message_delta 'y'--agent_message 'Hey'--|
 * result   --delta 'He'----------------delta 'y'----------------end 'Hey'------------|
 * ```
 *
 * Takes the lines of the log, `{ kind: 'codex_event', payload: { id, msg } }`, as well as bare events, `{ id, msg }`.
 * The kinds are `answer`, `reasoning`, `stdout` and `stderr`. Submissions may overlap, so each is read by itself. They are
 * numbered over the connection, because their own ids start again with each session: `1/0` is the first answer, or the
 * first section of reasoning, of the first submission, and `1/raw/0` its first raw reasoning. The id of `stdout` and
 * `stderr` is the id of the call; should that come again after its end, `<call id>/2` and so on.
 *
 * - **next**: emits a `delta` for each piece of text, and an `end` with the full text once that is there. Full texts of
 *   reasoning come late and in batches: each goes to the first open section that begins like it, else to the oldest.
 *   That of a command's output counts only if it is neither cut (5,120 bytes) nor about something else, such as a
 *   time-out; else the deltas stand. The end of a task or a session ends what is open in it, and an `error` gives an
 *   `error` for each open stream of its submission. Whatever else comes is passed over.
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
 * ```ts
 * from(file.stream()).pipe(decodeText(), parseJSONLines(), fromCodex(), commitLines())
 * ```
 *
 * @see {@link fromOpenAIResponses} for the interface that the program itself reads.
 * @see The events: https://github.com/openai/codex/blob/main/codex-rs/protocol/src/protocol.rs
 */
export function fromCodex(options: ConnectionOptions = {}): OperatorFunction<unknown, DeltaEvent<CodexKind>> {
  return readConnection(options, (output) => new CodexReader(output));
}
