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
 * Takes the JSON-RPC messages of a connection in one or both directions, and the notifications, requests and answers of the
 * SDK. The kinds are `answer`, `reasoning` (thoughts), `input` (what the user said), `tool` (arguments of a call) and
 * `output` (content of a call). The id of a message is `<session>/<message>`, or `<session>/<number>` where the agent gives
 * none; that of a call is `<session>/<call>`, and `<session>/<call>/<index>` for its content.
 *
 * - **next**: emits a `delta` for each piece of text. A message ends when another one of its kind begins; one without an id
 *   also when a call begins. Everything ends `gracePeriod` after the answer to the prompt, or with the next prompt; the
 *   `finishReason` of the answer is its `stopReason`. A chunk that comes later opens the next generation of its stream. An
 *   error in place of the answer fails what is open. Unknown messages are ignored.
 * - **complete** and **error**: streams of answered turns end, then it is passed on; `commitLines` closes the others.
 * - **unsubscribe**: unsubscribes from the source; no timer remains.
 *
 * Throws a `TypeError` or `RangeError` when an option is wrong.
 *
 * Memory: a few fields for each stream, of the last 10,000 in each of the last 1,000 sessions; no text, except for the
 * arguments of calls that have not begun to run. Time: in proportion to the text.
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
      reader.settle();
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
