import type { OperatorFunction } from 'rxjs';

import type { DeltaEvent } from '../../events.js';
import { type ConnectionOptions, readConnection } from '../connection/readConnection.js';
import { unwrapLangGraph } from './langGraphEvent.js';
import type { LangGraphKind } from './langGraphKind.js';
import { LangGraphReader } from './langGraphReader.js';

/**
 * Reads the streams of LangGraph: the messages of the modes `messages` and `messages-tuple`, and the events of its second
 * streaming protocol.
 *
 * ```text
 * source   --chunk 'He'----chunk 'y'----state with 'Hey'--|
 * result   --delta 'He'----delta 'y'----end 'Hey'---------|
 * ```
 *
 * The kinds are `answer`, `reasoning`, `tool` (arguments of a call), `output` (of a tool) and `input` (messages of the user
 * that are streamed). The id of an answer is `<message>`, that of a call `<message>/<number>`, that of reasoning
 * `<message>/<index>`; in the second protocol it is `<message>/<block>`, or the id of the call for the output of a tool.
 *
 * - **next**: emits a `delta` for each piece of text. Text that repeats what came before it is emitted once. A message of
 *   the modes ends after its last chunk, or when the state of the graph contains it. A block of the second protocol ends
 *   when the next event of its message shows whether the message ends with it, so that `end.finishReason` says why. An
 *   error becomes an `error` of the open streams that it is about. Unknown events are ignored.
 * - **complete** and **error**: ends what is known to have ended, then passed on; `commitLines` closes the others.
 * - **unsubscribe**: unsubscribes from the source.
 *
 * Throws a `TypeError` when an option is wrong.
 *
 * Memory: a few fields for each open message and each of its streams; no text but that of one block that ends. Time:
 * constant for each delta; a state takes time for each of its messages while messages are open.
 *
 * @param options - `connection`: a prefix of every id; none by default.
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
