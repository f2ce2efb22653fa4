import type { OperatorFunction } from 'rxjs';

import type { DeltaEvent } from '../../events.js';
import { type ConnectionOptions, readConnection } from '../connection/readConnection.js';
import { type BedrockKind, BedrockReader } from './bedrockReader.js';

/**
 * Reads the events of `ConverseStream` of Amazon Bedrock.
 *
 * ```text
 * source   --start--'Hi'----------stop--|
 * result   ---------delta 'Hi'----end---|
 * ```
 *
 * The kinds are `answer`, `reasoning`, `tool` (arguments of calls) and `output` (text results of tools that the service
 * runs). The service sends no ids, so messages are numbered from 1, and the id of a stream is `<message>/<block>`.
 *
 * - **next**: emits a `delta` for each piece of text, and an `end` when its block stops. The `end` is held until the
 *   next block or the end of the message, which may have the `finishReason`. A call opens its stream even if it has no
 *   arguments. A block that the service leaves open ends with its message. An exception in the stream becomes an
 *   `error` of each open stream. Unknown events are ignored.
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
 * import { fromBedrock } from 'deltalines/protocols';
 *
 * from([
 *   { contentBlockDelta: { contentBlockIndex: 0, delta: { text: 'Hi' } } },
 *   { contentBlockStop: { contentBlockIndex: 0 } },
 * ])
 *   .pipe(fromBedrock())
 *   .subscribe(({ type, kind, id }) => console.log(type, kind, id));
 *
 * // Logs:
 * // delta answer 1/0
 * // end answer 1/0
 * ```
 *
 * @see {@link fromAnthropic} for the events of Anthropic's own interface.
 * @see The events: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
 */
export function fromBedrock(
  options: ConnectionOptions = {},
): OperatorFunction<unknown, DeltaEvent<BedrockKind>> {
  return readConnection(options, (output) => new BedrockReader(output));
}
