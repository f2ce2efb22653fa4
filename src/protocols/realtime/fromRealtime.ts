import type { OperatorFunction } from 'rxjs';

import type { DeltaEvent } from '../../events.js';
import { type ConnectionOptions, readConnection } from '../connection/readConnection.js';
import type { RealtimeKind } from './realtimeKind.js';
import { RealtimeReader } from './realtimeReader.js';

/**
 * Reads the events of the Realtime API of OpenAI, and the messages of the Live API of Gemini.
 *
 * ```text
 * source   --'He'-----'y'-----done----item done--|
 * result   --delta----delta-----------end--------|
 * ```
 *
 * The kinds are `answer` (text), `transcript` (speech of the model), `input` (speech of the user), `reasoning`, `tool`
 * (arguments of a call), `code` and `output` (of tools that the provider runs). With OpenAI, the id of a stream is
 * `<response>/<output>/<content>`, that of an input `<item>/<content>`, that of a translation `<session>`. Gemini sends no
 * ids: turns are numbered from 1, and the id is `<turn>/<number>`.
 *
 * - **next**: emits a `delta` for each piece of text. A text that is done ends with its item, or with its response when the
 *   item is incomplete, so that `end.finishReason` says why. Transcripts of the user end by themselves. A response that
 *   failed, an error of the server and a transcription that failed become an `error` of the open streams they are about;
 *   errors about a request harm no stream. A turn of Gemini ends what is open. Unknown events are ignored.
 * - **complete** and **error**: ends the texts that are done, then passed on; `commitLines` closes the others.
 * - **unsubscribe**: unsubscribes from the source.
 *
 * Throws a `TypeError` when an option is wrong.
 *
 * Memory: a few fields for each text of the open responses, their full texts from when they are done until they end, and
 * the places of at most 1000 items of the user. Time: constant for each delta.
 *
 * @param options - `connection`: a prefix of every id; none by default.
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
