import type { OperatorFunction } from 'rxjs';

import type { DeltaEvent } from '../../events.js';
import { type ConnectionOptions, readConnection } from '../connection/readConnection.js';
import { type CohereKind, CohereReader } from './cohereReader.js';

/**
 * Reads the events of the Cohere chat API, version 2.
 *
 * ```text
 * source   --start--'Hi'----------end--|
 * result   ---------delta 'Hi'----end--|
 * ```
 *
 * The kinds are `answer`, `reasoning` (thinking, and the plan that precedes calls) and `tool` (arguments of calls). The
 * id of a stream is `<message>/<index>`, that of a plan `<message>/plan`.
 *
 * - **next**: emits a `delta` for each piece of text, and an `end` when its content or call ends. The `end` is held
 *   until the next content or call, or the end of the message, which may have the `finishReason`. A call opens its
 *   stream even if it has no arguments. The plan and all other open streams end with their message. A message that ends
 *   with an `error` fails its open streams. Citations and unknown events are ignored.
 * - **complete** and **error**: emits held `end` events, then passes the notification on; `commitLines` closes the
 *   streams that are still open.
 * - **unsubscribe**: unsubscribes from the source.
 *
 * Throws a `TypeError` if an option is wrong.
 *
 * Memory: a few fields for each open stream, at most 10,000, no text. Time: constant for each event.
 *
 * @param options - `connection`: a prefix for every id; none by default.
 *
 * @example
 *
 * ```ts
 * import { from } from 'rxjs';
 * import { fromCohere } from 'deltalines/protocols';
 *
 * from([
 *   { type: 'message-start', id: 'm' },
 *   { type: 'content-delta', index: 0, delta: { message: { content: { text: 'Hi' } } } },
 *   { type: 'content-end', index: 0 },
 * ])
 *   .pipe(fromCohere())
 *   .subscribe(({ type, kind, id }) => console.log(type, kind, id));
 *
 * // Logs:
 * // delta answer m/0
 * // end answer m/0
 * ```
 *
 * @see {@link fromOpenAIChat} for the interface of Cohere that is compatible with OpenAI.
 * @see The events: https://docs.cohere.com/v2/docs/streaming
 */
export function fromCohere(
  options: ConnectionOptions = {},
): OperatorFunction<unknown, DeltaEvent<CohereKind>> {
  return readConnection(options, (output) => new CohereReader(output));
}
