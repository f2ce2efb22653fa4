import type { OperatorFunction } from 'rxjs';

import type { DeltaEvent } from '../../events.js';
import { type ConnectionOptions, readConnection } from '../connection/readConnection.js';
import { type LangGraphKind, unwrapLangGraph } from './langGraphEvent.js';
import { LangGraphReader } from './langGraphReader.js';

/**
 * Reads the streams of LangGraph: the messages of the modes `messages` and `messages-tuple`, and the events of its
 * second streaming protocol.
 *
 * ```text
 * source   --chunk 'He'----chunk 'y'----state with 'Hey'--|
 * result   --delta 'He'----delta 'y'----end 'Hey'---------|
 * ```
 *
 * The kinds are `answer`, `reasoning`, `tool` (arguments of calls), `output` (of tools) and `input` (streamed messages
 * of the user). The id of an answer is `<message>`, that of a call `<message>/<number>`, and that of reasoning
 * `<message>/<index>`. In the second protocol, it is `<message>/<block>`, or the id of the call for the output of a
 * tool.
 *
 * - **next**: emits a `delta` for each piece of text; repeated text is emitted once. A message of the modes ends after
 *   its last chunk, or when the state of the graph contains it. A block of the second protocol ends with the next event
 *   of its message, which may have the `finishReason`. An error becomes an `error` of the open streams that it
 *   concerns. Unknown events are ignored.
 * - **complete** and **error**: ends the finished messages and blocks, then passes the notification on; `commitLines`
 *   closes the streams that are still open.
 * - **unsubscribe**: unsubscribes from the source.
 *
 * Throws a `TypeError` if an option is wrong.
 *
 * Memory: a few fields for each open message and each of its streams, and the full text of a block until its `end` is
 * emitted. Time: constant for each delta; a state takes time for each of its messages while messages are open.
 *
 * @param options - `connection`: a prefix for every id; none by default.
 *
 * @example
 *
 * ```ts
 * import { from } from 'rxjs';
 * import { fromLangGraph } from 'deltalines/protocols';
 *
 * from([
 *   ['messages', [{ type: 'AIMessageChunk', id: 'm', content: 'Hi' }, { langgraph_node: 'model' }]],
 *   ['values', { messages: [{ type: 'ai', id: 'm', content: 'Hi' }] }],
 * ])
 *   .pipe(fromLangGraph())
 *   .subscribe(({ type, kind, id }) => console.log(type, kind, id));
 *
 * // Logs:
 * // delta answer m
 * // end answer m
 * ```
 *
 * @see {@link fromAGUI} and {@link fromAISDK} for adapters that turn these streams into others.
 * @see The modes: https://docs.langchain.com/oss/javascript/langgraph/streaming
 */
export function fromLangGraph(
  options: ConnectionOptions = {},
): OperatorFunction<unknown, DeltaEvent<LangGraphKind>> {
  return readConnection(options, (output) => new LangGraphReader(output), unwrapLangGraph);
}
