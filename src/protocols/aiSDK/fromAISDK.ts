import type { OperatorFunction } from 'rxjs';

import type { DeltaEvent } from '../../events.js';
import { type AISDKKind, AISDKReader } from './aiSDKReader.js';
import { type ConnectionOptions, readConnection } from '../connection/readConnection.js';

/**
 * Reads the parts of the UI message stream of the AI SDK, versions 5 and 6. One connection may have any number of
 * messages, one after another.
 *
 * ```text
 * source   --text-start--text-delta 'He'--text-delta 'y'--text-end--|
 * result   --------------delta 'He'-------delta 'y'-------end-------|
 * ```
 *
 * Takes the parts of `toUIMessageStream` or of `fullStream`, as objects or as messages of `parseSSE`. The kinds are
 * `answer`, `reasoning` and `tool` (arguments of calls). The id is `<message id>/<part id>`. Part ids are often reused
 * in each step, so the second part with an id is `<message id>/<part id>/2`, and so on. A replay of an open message
 * ends its texts and loses their continuation: read it in a new subscription with another `connection`. Messages
 * without an id are numbered. `order` is `[message number, part number]`, in the order of starting.
 *
 * - **next**: emits a `delta` for each piece of text, and an `end` when its part ends. The `end` is held until the
 *   `finishReason`, the next text, call or step, or the end of the message. The end of a step ends the open streams
 *   once all started steps have finished, and so does the end of a message. Arguments that were not streamed are the
 *   text of the `end`, as JSON. An `error` becomes an `error` of each open stream; an error of the input of a tool
 *   fails only that stream. Tool results and other parts are ignored.
 * - **complete** and **error**: emits held `end` events, then passes the notification on; `commitLines` closes the
 *   streams that are still open.
 * - **unsubscribe**: unsubscribes from the source.
 *
 * A message with invalid JSON is emitted unchanged, and `commitLines` emits a `drop`. Throws a `TypeError` if an option
 * is wrong.
 *
 * Memory: a few fields for each open stream, at most 10,000, no text, and the ids of the last 10,000 parts of the
 * message. Time: constant for each delta.
 *
 * @param options - `connection`: a prefix for every id; none by default.
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
