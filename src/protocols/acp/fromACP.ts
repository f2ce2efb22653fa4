import type { OperatorFunction, SchedulerLike } from 'rxjs';

import type { DeltaEvent } from '../../events.js';
import { checkOptions, duration, schedulerOption } from '../../rx/options.js';
import { Timer } from '../../rx/timer.js';
import { type ConnectionOptions, type DeltaOutput, readConnection } from '../connection/readConnection.js';
import { ACPReader } from './acpReader.js';
import type { ACPKind } from './acpSession.js';

/** The options of `fromACP`. */
export interface ACPOptions extends ConnectionOptions {
  /**
   * How long the streams of a turn stay open after the answer to its prompt, because some agents send the last chunks
   * after it. Milliseconds, more than 0 and at most 2,147,483,647; `Infinity` for until the next prompt.
   *
   * @default 250
   */
  readonly gracePeriod?: number | undefined;
  /**
   * The only source of time.
   *
   * @default asyncScheduler
   */
  readonly scheduler?: SchedulerLike | undefined;
}

/**
 * Reads the messages of the Agent Client Protocol.
 *
 * ```text
 * source   --prompt--'He'----------answer--'y'------------|
 * result   ----------delta 'He'------------delta 'y'--end-|
 * ```
 *
 * Takes the JSON-RPC messages of a connection in one or both directions, or the notifications, requests and responses
 * of the SDK. The kinds are `answer`, `reasoning` (thoughts), `input` (messages of the user), `tool` (arguments of
 * calls) and `output` (content of calls). The id of a message is `<session>/<message>`, or `<session>/<number>` if the
 * agent sends no message id; that of a call is `<session>/<call>`, and `<session>/<call>/<index>` for its content.
 *
 * - **next**: emits a `delta` for each piece of text. A message ends when another one of its kind begins; a message
 *   without an id also ends when a call begins. All streams of a turn end `gracePeriod` after the response to its
 *   prompt, or with the next prompt; the `finishReason` of the answer is the `stopReason` of the response. A later
 *   chunk opens the next generation of its stream. An error response fails the open streams. Unknown messages are
 *   ignored.
 * - **complete** and **error**: ends the streams of answered turns, then passes the notification on; `commitLines`
 *   closes the streams that are still open.
 * - **unsubscribe**: unsubscribes from the source, and leaves no timer.
 *
 * Throws a `TypeError` or `RangeError` if an option is wrong.
 *
 * Memory: a few fields for each of the last 10,000 streams of each of the last 1,000 sessions; no text, except the
 * arguments of calls that have not started to run. Time: in proportion to the text.
 *
 * @example
 *
 * ```ts
 * import { from } from 'rxjs';
 * import { fromACP } from 'deltalines/protocols';
 *
 * const chunk = (text: string) => ({
 *   method: 'session/update',
 *   params: { sessionId: 's', update: { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } } },
 * });
 *
 * from([
 *   { id: 1, method: 'session/prompt', params: { sessionId: 's', prompt: [] } },
 *   chunk('He'),
 *   { id: 1, result: { stopReason: 'end_turn' } },
 *   chunk('y'),
 * ])
 *   .pipe(fromACP())
 *   .subscribe(({ type, kind, id }) => console.log(type, kind, id));
 *
 * // Logs:
 * // delta answer s/1
 * // delta answer s/1
 * // end answer s/1
 * ```
 *
 * @see {@link fromMCP} for the protocol between agents and tools.
 * @see The messages: https://agentclientprotocol.com/protocol/schema
 */
export function fromACP(options: ACPOptions = {}): OperatorFunction<unknown, DeltaEvent<ACPKind>> {
  checkOptions(options);
  const gracePeriod = duration('gracePeriod', options.gracePeriod, 250);
  const scheduler = schedulerOption(options.scheduler);
  return readConnection(options, (output: DeltaOutput<ACPKind>, enqueue) => {
    const reader = new ACPReader(output, () => {
      if (gracePeriod !== Infinity) {
        timer.arm(gracePeriod);
      }
    });
    const timer = new Timer(scheduler, enqueue, () => {
      reader.endAnsweredTurns();
    });
    return {
      read(event) {
        reader.read(event);
      },
      flush() {
        timer.disarm();
        reader.flush();
      },
      dispose() {
        timer.dispose();
      },
    };
  });
}
