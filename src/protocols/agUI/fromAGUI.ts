import type { OperatorFunction } from 'rxjs';

import type { DeltaEvent } from '../../events.js';
import { type AGUIKind, AGUIReader } from './agUIReader.js';
import { type ConnectionOptions, readConnection } from '../connection/readConnection.js';

/**
 * Reads the events of the AG-UI protocol, one connection with any number of runs, one after the other.
 *
 * ```text
 * source   --TEXT_MESSAGE_START--CONTENT 'He'--CONTENT 'y'--TEXT_MESSAGE_END--|
 * result   ----------------------delta 'He'----delta 'y'----end---------------|
 * ```
 *
 * Takes the event objects of the SDK as well as the messages of `parseSSE`. The kinds are `answer` (of text messages,
 * whatever their role), `reasoning` and `tool` (arguments of calls). An id is the id of the message or the call;
 * `thinking` for the older events that have none. An id that starts again after its end means another text, so that one
 * has `<id>/2`, and so on. `order` is `[number of the text]`, in the order of starting.
 *
 * - **next**: emits a `delta` for each piece of text, and an `end` when its message or call ends. A chunk event is
 *   its own start; chunks of several messages may take turns. The start and the end of a run end what is open, the
 *   end with the type of its outcome as `finishReason`. A snapshot gives the full texts of the messages since the
 *   last one of the user, also of those that were not streamed; they count when the message or the run ends, unless
 *   a delta comes before that. A `RUN_ERROR` gives an `error` for each open stream. Results of tools and whatever
 *   else comes are passed over.
 * - **complete** and **error**: the texts that a snapshot has told last are given, then passed on; what else is open is
 *   left to `commitLines` to close.
 * - **unsubscribe**: silence; the source is unsubscribed from.
 *
 * A message whose data begins with `{` and is not valid JSON is passed on as it is: `commitLines` makes a `drop` of it.
 * Throws a `TypeError` when an option is wrong.
 *
 * Holds an entry for each open stream, with its text only when a snapshot told it, and the ids of the last 10,000 texts;
 * takes constant time for each delta.
 *
 * @param options - `connection`: a name that is put before every id; none by default.
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
