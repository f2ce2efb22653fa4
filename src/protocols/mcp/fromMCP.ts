import type { OperatorFunction } from 'rxjs';

import type { DeltaEvent } from '../../events.js';
import { type ConnectionOptions, readConnection } from '../connection/readConnection.js';
import { type MCPKind, MCPReader } from './mcpReader.js';

/**
 * Reads the messages of the Model Context Protocol: logging, progress and results.
 *
 * ```text
 * source   --tools/call-----progress 'half'----------result 'done'---------|
 * result   --{} of tool 1---delta 'half\n' of 1/progress--'done' of 1/0----|
 * ```
 *
 * Takes JSON-RPC messages in both directions, and the lines of a recorded stdio session as strings. The kinds are
 * `tool` (arguments of calls), `output` (results, progress and logging), `answer` (what a client samples for the
 * server), `input`, `stdout` and `stderr` (the pipes of a recorded session) and `other` (any other line). Calls are
 * numbered from 1. The ids are `<call>` for arguments and answers, `<call>/<block>` for the texts of a result,
 * `<call>/progress`, `log` or `log/<logger>`, `stdio`, and `lines`.
 *
 * - **next**: emits a `delta` for each text, and an `end` for arguments and results, which arrive complete. A progress
 *   or logging message is a line. Progress ends with the result of its call. An error response fails the stream of the
 *   progress, or else of the result. Other messages are ignored.
 * - **complete** and **error**: passes the notification on; `commitLines` closes the streams that are still open.
 * - **unsubscribe**: unsubscribes from the source.
 *
 * Throws a `TypeError` if an option is wrong.
 *
 * Memory: a few fields for each call without a result, at most 10,000, no text. Time: in proportion to the text.
 *
 * @param options - `connection`: a prefix for every id; none by default.
 *
 * @example
 *
 * ```ts
 * import { from } from 'rxjs';
 * import { fromMCP } from 'deltalines/protocols';
 *
 * from([
 *   { method: 'notifications/progress', params: { progressToken: 2, progress: 1, message: 'half' } },
 *   { id: 2, result: { content: [{ type: 'text', text: 'done' }] } },
 * ])
 *   .pipe(fromMCP())
 *   .subscribe(({ type, kind, id }) => console.log(type, kind, id));
 *
 * // Logs:
 * // delta output 1/progress
 * // end output 1/progress
 * // delta output 1/0
 * // end output 1/0
 * ```
 *
 * @see {@link fromACP} for the protocol between editors and agents.
 * @see The messages: https://modelcontextprotocol.io/specification/2025-06-18/schema
 */
export function fromMCP(options: ConnectionOptions = {}): OperatorFunction<unknown, DeltaEvent<MCPKind>> {
  return readConnection(options, (output) => new MCPReader(output));
}
