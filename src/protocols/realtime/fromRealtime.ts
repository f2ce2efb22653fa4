import type { OperatorFunction } from 'rxjs';

import type { DeltaEvent } from '../../events.js';
import { type ConnectionOptions, readConnection } from '../connection/readConnection.js';
import type { RealtimeKind } from './realtimeKind.js';
import { RealtimeReader } from './realtimeReader.js';

/**
 * Reads the events of the Realtime API and of GPT-Live of OpenAI, and the messages of the Live API of Gemini.
 *
 * ```text
 * source   --'He'-----'y'-----done----item done--|
 * result   --delta----delta-----------end--------|
 * ```
 *
 * The kinds are `answer` (text), `transcript` (speech of the model), `input` (speech of the user), `reasoning`, `tool`
 * (arguments of calls), `code` and `output` (of tools that the provider runs). With OpenAI, the id of a stream is
 * `<response>/<output>/<content>`, that of an input `<item>/<content>`, and that of a translation or of the speech of
 * GPT-Live `<session>`. Gemini sends no ids, so turns are numbered from 1, and the id is `<turn>/<number>`.
 *
 * - **next**: emits a `delta` for each piece of text. A finished text ends with its item; if the item is incomplete, it
 *   ends with its response, which has the `finishReason`. Transcripts of the user end by themselves. A failed response,
 *   a server error or a failed transcription becomes an `error` of the open streams that it concerns; an error about a
 *   request affects no stream. The end of a Gemini turn ends its open streams. Unknown events are ignored.
 * - **complete** and **error**: ends the finished texts, then passes the notification on; `commitLines` closes the
 *   streams that are still open.
 * - **unsubscribe**: unsubscribes from the source.
 *
 * Throws a `TypeError` if an option is wrong.
 *
 * Memory: a few fields for each text of the open responses, at most 10,000, the full text of a finished text until its
 * `end` is emitted, and the positions of at most 1000 items of the user. Time: constant for each delta.
 *
 * @param options - `connection`: a prefix for every id; none by default.
 *
 * @example
 *
 * ```ts
 * import { from } from 'rxjs';
 * import { fromRealtime } from 'deltalines/protocols';
 *
 * from([
 *   { type: 'conversation.item.input_audio_transcription.completed', item_id: 'i', transcript: 'Hello' },
 *   { type: 'response.output_audio_transcript.delta', response_id: 'r', output_index: 0, delta: 'Hi' },
 *   { type: 'response.done', response: { id: 'r', status: 'completed' } },
 * ])
 *   .pipe(fromRealtime())
 *   .subscribe(({ type, kind, id }) => console.log(type, kind, id));
 *
 * // Logs:
 * // delta input i/0
 * // end input i/0
 * // delta transcript r/0/0
 * // end transcript r/0/0
 * ```
 *
 * @see {@link fromOpenAIResponses} for the Responses API, and {@link fromGemini} for `streamGenerateContent`.
 * @see The events: https://platform.openai.com/docs/api-reference/realtime-server-events
 * @see The messages: https://ai.google.dev/api/live
 */
export function fromRealtime(
  options: ConnectionOptions = {},
): OperatorFunction<unknown, DeltaEvent<RealtimeKind>> {
  return readConnection(options, (output) => new RealtimeReader(output));
}
