import type { OperatorFunction } from 'rxjs';

import type { DeltaEvent } from '../../events.js';
import { type ConnectionOptions, readConnection } from '../connection/readConnection.js';
import { type A2AKind, A2AReader } from './a2aReader.js';

/**
 * Reads the updates of the Agent2Agent protocol.
 *
 * ```text
 * source   --artifact 'He'--append 'y'--lastChunk--|
 * result   --delta 'He'-----delta 'y'---end--------|
 * ```
 *
 * Takes the JSON-RPC responses of versions 0.1 to 0.3, the JSON of version 1 and the objects of the SDK. The kinds are
 * `answer` (artifacts, and messages sent instead of a task), `output` (messages of a status) and `input` (messages of
 * the user). The ids are `<task>/<artifact>` and `<task>/message/<message>`.
 *
 * - **next**: emits a `delta` for each update of an artifact that has text, and an `end` with its last chunk. An update
 *   without `append` restarts a known artifact as the next generation of its stream; but if it is the last chunk of an
 *   open artifact, its text is the full text of the `end`. An update after the last chunk opens the next generation
 *   too. A message arrives complete. When a task waits or ends, its open streams end, with the state as `finishReason`
 *   unless it is `completed`. The state `failed` and a JSON-RPC error fail the open streams. Unknown messages are
 *   ignored.
 * - **complete** and **error**: passes the notification on; `commitLines` closes the streams that are still open.
 * - **unsubscribe**: unsubscribes from the source.
 *
 * Throws a `TypeError` if an option is wrong.
 *
 * Memory: a few fields for each of the last 10,000 artifacts and messages of each of the last 1,000 tasks, no text.
 * Time: in proportion to the text.
 *
 * @param options - `connection`: a prefix for every id; none by default.
 *
 * @example
 *
 * ```ts
 * import { from } from 'rxjs';
 * import { fromA2A } from 'deltalines/protocols';
 *
 * const update = (text: string, more: object) => ({
 *   result: {
 *     kind: 'artifact-update',
 *     taskId: 't',
 *     artifact: { artifactId: 'a', parts: [{ kind: 'text', text }] },
 *     ...more,
 *   },
 * });
 *
 * from([update('He', { append: false }), update('y', { append: true, lastChunk: true })])
 *   .pipe(fromA2A())
 *   .subscribe(({ type, kind, id }) => console.log(type, kind, id));
 *
 * // Logs:
 * // delta answer t/a
 * // delta answer t/a
 * // end answer t/a
 * ```
 *
 * @see {@link fromACP} for the protocol between editors and agents.
 * @see The updates: https://a2a-protocol.org/latest/specification/
 */
export function fromA2A(options: ConnectionOptions = {}): OperatorFunction<unknown, DeltaEvent<A2AKind>> {
  return readConnection(options, (output) => new A2AReader(output));
}
