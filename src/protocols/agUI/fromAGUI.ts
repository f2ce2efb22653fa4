import type { OperatorFunction } from 'rxjs';

import type { DeltaEvent } from '../../events.js';
import { type AGUIKind, AGUIReader } from './agUIReader.js';
import { type ConnectionOptions, readConnection } from '../connection/readConnection.js';

/**
 * Reads the events of the AG-UI protocol. One connection may have any number of runs, one after another.
 *
 * ```text
 * source   --TEXT_MESSAGE_START--CONTENT 'He'--CONTENT 'y'--TEXT_MESSAGE_END--|
 * result   ----------------------delta 'He'----delta 'y'----end---------------|
 * ```
 *
 * Takes the event objects of the SDK or the messages of `parseSSE`. The kinds are `answer` (text messages of any role),
 * `reasoning` and `tool` (arguments of calls). The id is the id of the message or the call, or `thinking` for older
 * events without an id. An id that starts again after its end is another text, with the id `<id>/2`, and so on. `order`
 * is `[text number]`, in the order of starting.
 *
 * - **next**: emits a `delta` for each piece of text, and an `end` when its message or call ends. A chunk event needs
 *   no start; chunks of several messages may be interleaved. The start and the end of a run end the open streams, the
 *   end with the type of its outcome as `finishReason`. A snapshot has the full texts of the messages since the last
 *   message of the user, including texts that were not streamed. They are used when the message or the run ends, unless
 *   a delta arrives before. A `RUN_ERROR` becomes an `error` of each open stream. Tool results and other events are
 *   ignored.
 * - **complete** and **error**: ends the texts of the last snapshot, then passes the notification on; `commitLines`
 *   closes the streams that are still open.
 * - **unsubscribe**: unsubscribes from the source.
 *
 * A message with invalid JSON is emitted unchanged, and `commitLines` emits a `drop`. Throws a `TypeError` if an option
 * is wrong.
 *
 * Memory: a few fields for each open stream, at most 10,000, its text only if a snapshot had it, and the ids and
 * lengths of the last 10,000 texts. Time: constant for each delta; a snapshot takes time for these texts and its
 * messages.
 *
 * @param options - `connection`: a prefix for every id; none by default.
 *
 * @example
 *
 * ```ts
 * import { from } from 'rxjs';
 * import { fromAGUI } from 'deltalines/protocols';
 *
 * from([
 *   { type: 'TEXT_MESSAGE_START', messageId: 'msg_1', role: 'assistant' },
 *   { type: 'TEXT_MESSAGE_CONTENT', messageId: 'msg_1', delta: 'Hello' },
 *   { type: 'TEXT_MESSAGE_END', messageId: 'msg_1' },
 * ])
 *   .pipe(fromAGUI())
 *   .subscribe(({ type, kind, id }) => console.log(type, kind, id));
 *
 * // Logs:
 * // delta answer msg_1
 * // end answer msg_1
 * ```
 *
 * @see The events: https://docs.ag-ui.com/concepts/events
 */
export function fromAGUI(options: ConnectionOptions = {}): OperatorFunction<unknown, DeltaEvent<AGUIKind>> {
  return readConnection(options, (output) => new AGUIReader(output));
}
