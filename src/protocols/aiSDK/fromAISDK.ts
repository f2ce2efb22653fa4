import type { OperatorFunction } from 'rxjs';

import type { DeltaEvent } from '../../events.js';
import { type AISDKKind, AISDKReader } from './aiSDKReader.js';
import { type ConnectionOptions, readConnection } from '../connection/readConnection.js';

/**
 * Reads the parts of the AI SDK's UI message stream (versions 5 and 6), one connection with any number of messages, one
 * after the other.
 *
 * ```text
 * source   --text-start--text-delta 'He'--text-delta 'y'--text-end--|
 * result   --------------delta 'He'-------delta 'y'-------end-------|
 * ```
 *
 * Takes the parts of `toUIMessageStream` as well as those of `fullStream`, as objects or as messages of `parseSSE`. The
 * kinds are `answer`, `reasoning` and `tool` (arguments of calls). An id is `<message id>/<part id>`. Part ids come
 * again, mostly with each step, so the second part of an id has `<message id>/<part id>/2`, and so on: the same in a
 * replay, so that it is recognised as late. Messages without an id are numbered. `order` is
 * `[number of the message, number of the part]`, in the order of starting.
 *
 * - **next**: emits a `delta` for each piece of text, and an `end` when its part ends: with the next part, which
 *   may have the reason, its `finishReason`. A step, once all that started are finished, and a message that is over
 *   end what is open in them. Arguments that were not streamed come with the `end` as JSON. An `error` gives an
 *   `error` for each open stream, one of a tool's input for that stream. Results of tools and whatever else comes
 *   are passed over.
 * - **complete** and **error**: an `end` that is held is emitted, then passed on; what is open is left to
 *   `commitLines` to close.
 * - **unsubscribe**: silence; the source is unsubscribed from.
 *
 * A message whose data begins with `{` and is not valid JSON is passed on as it is: `commitLines` makes a `drop` of it.
 * Throws a `TypeError` when an option is wrong.
 *
 * Holds an entry for each open stream, but no text, and the ids of the last 10,000 parts of the message; takes constant
 * time for each delta.
 *
 * @param options - `connection`: a name that is put before every id; none by default.
 *
 * @example
 *
 * ```ts
 * import { from } from 'rxjs';
 * import { fromAISDK } from 'deltalines/protocols';
 *
 * from([
 *   { type: 'start', messageId: 'msg_1' },
 *   { type: 'text-start', id: '0' },
 *   { type: 'text-delta', id: '0', delta: 'Hello' },
 *   { type: 'text-end', id: '0' },
 * ])
 *   .pipe(fromAISDK())
 *   .subscribe(({ type, kind, id }) => console.log(type, kind, id));
 *
 * // Logs:
 * // delta answer msg_1/0
 * // end answer msg_1/0
 * ```
 *
 * @see The parts: https://ai-sdk.dev/docs/ai-sdk-ui/stream-protocol#data-stream-protocol
 */
export function fromAISDK(options: ConnectionOptions = {}): OperatorFunction<unknown, DeltaEvent<AISDKKind>> {
  return readConnection(options, (output) => new AISDKReader(output));
}
