import {
  catchError,
  defer,
  EMPTY,
  last,
  map,
  type Observable,
  type OperatorFunction,
  scan,
  takeWhile,
} from 'rxjs';

import { decodeText } from '../framing/decodeText.js';
import { fromStream } from './fromStream.js';
import { parseJSONArray } from '../framing/parseJSONArray.js';
import { parseJSONLines } from '../framing/parseJSONLines.js';
import { parseSSE } from '../framing/parseSSE.js';

/** The most code units of the body in an error. */
const EXCERPT_LENGTH = 1_000;

/** The error of `fromResponse` for a response that is not a stream of events. */
export class ResponseError extends Error {
  override readonly name = 'ResponseError';
  /** The status of the response, such as 429. */
  readonly status: number;
  /** The beginning of the body, at most 1,000 code units. */
  readonly body: string;

  constructor(message: string, status: number, body: string) {
    super(message);
    this.status = status;
    this.body = body;
  }
}

/**
 * Reads the events of a `fetch` response, and cancels the response on unsubscribe.
 *
 * ```text
 * body     --'data: {"a":1}\n\n'--'data: [DONE]\n\n'--|
 * result   --{ data: '{"a":1}' }--{ data: '[DONE]' }--|
 * ```
 *
 * The content type of the response determines how its body is parsed: `text/event-stream` with `parseSSE`, JSON lines
 * (`application/x-ndjson`, `application/jsonl`, `application/json-seq` and similar types) with `parseJSONLines`, and
 * `application/json` with `parseJSONArray`, which emits the elements of an array, or a single object.
 *
 * - **next**: emits each event as soon as its text is complete.
 * - **complete**: completes with the body. A response without a body has no events.
 * - **error**: fails with a `ResponseError`, which has the status and the beginning of the body, if the status is not
 *   200 to 299 or the content type is another one. Also fails with the errors of the body and the parser.
 * - **unsubscribe**: cancels the body, which closes the connection.
 *
 * A body can be read only once, so the result can be subscribed to only once.
 *
 * Memory: the unfinished event. Time: in proportion to the length of the body.
 *
 * @example
 * ```ts
 * import { commitLines } from 'deltalines';
 * import { fromAnthropic, fromResponse } from 'deltalines/protocols';
 * import { fromFetch } from 'rxjs/fetch';
 *
 * export function ask(url: string, headers: HeadersInit, body: string) {
 *   const events = fromFetch(url, { method: 'POST', headers, body, selector: fromResponse });
 *   return events.pipe(fromAnthropic(), commitLines());
 * }
 * ```
 *
 * @see {@link fromStream} for a body with a wrong content type: `fromStream(response.body).pipe(decodeText(),
 *   parseSSE())`.
 */
export function fromResponse(response: Response): Observable<unknown> {
  return defer(() => {
    const contentType = response.headers.get('content-type') ?? '';
    if (!response.ok) {
      return failedResponse(
        response,
        `The response has the status ${response.status} ${response.statusText}`,
      );
    }
    if (response.body === null) {
      return EMPTY;
    }
    const parse = parserOf(contentType);
    return parse === undefined
      ? failedResponse(response, `The response has the content type "${contentType}", which has no events`)
      : fromStream(response.body).pipe(decodeText(), parse);
  });
}

function parserOf(contentType: string): OperatorFunction<string, unknown> | undefined {
  const [type = ''] = contentType.toLowerCase().split(';');
  if (type.trim() === 'text/event-stream') {
    return parseSSE();
  }
  if (/^(?:application|text)\/(?:x-)?(?:ndjson|jsonl|jsonlines|json-lines|json-seq)$/.test(type.trim())) {
    return parseJSONLines();
  }
  return /^(?:application|text)\/(?:[\w.-]+\+)?json$/.test(type.trim()) ? parseJSONArray() : undefined;
}

/** Returns an observable that fails with a `ResponseError`, which has the beginning of the body. */
export function failedResponse({ body, status }: Response, message: string): Observable<never> {
  return beginningOf(body).pipe(
    map((beginning) => {
      const text = beginning.slice(0, EXCERPT_LENGTH);
      throw new ResponseError(text === '' ? message.trim() : `${message.trim()}: ${text}`, status, text);
    }),
  );
}

function beginningOf(body: Response['body']): Observable<string> {
  return (body === null ? EMPTY : fromStream(body)).pipe(
    decodeText(),
    scan((text, chunk) => text + chunk, ''),
    takeWhile((text) => text.length < EXCERPT_LENGTH, true),
    // The status is more useful than the error of an interrupted body.
    catchError(() => EMPTY),
    last(() => true, ''),
  );
}
