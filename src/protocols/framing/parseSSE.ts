import type { OperatorFunction, Subscriber } from 'rxjs';

import { type Handler, createOperator } from '../../rx/createOperator.js';
import { checkOptions, count } from '../../rx/options.js';
import { type EventStreamListener, EventStreamParser, type ServerSentEvent } from './eventStreamParser.js';
import { chunkError } from './invalidInput.js';

export type { ServerSentEvent };

/** The options of `parseSSE`. */
export interface ParseSSEOptions {
  /**
   * The most UTF-16 code units in the data of one event. It also limits the length of an unfinished line. A whole
   * number from 1, or `Infinity`.
   *
   * @default 67_108_864
   */
  readonly maxEventLength?: number | undefined;
}

/**
 * Parses the text of an event stream (server-sent events), cut anywhere, into its events.
 *
 * ```text
 * source   --'data: a\n'---'\ndata: b'--'\n\n'--|
 * result   -----------------{ a }---------{ b }-|
 * ```
 *
 * - **next**: emits an event at the blank line that ends it. Lines end with LF, CR or CR LF, also if the pair is cut.
 *   Comments, `retry`, unknown fields, events without data and a byte order mark at the start are ignored.
 * - **complete**: emits an event that only lacks its blank line; then completes. Recordings and interrupted
 *   connections often end like that. The specification and most clients drop such an event. An event with an
 *   unfinished line is dropped here too, because its rest is missing.
 * - **error**: drops an unfinished event; then emits the error.
 * - **unsubscribe**: emits nothing more, and unsubscribes from the source.
 *
 * A chunk that is not a string fails the output with a `TypeError`, and an event longer than `maxEventLength` with a
 * `RangeError`. Throws a `TypeError` or `RangeError` if an option is wrong.
 *
 * Memory: the unfinished event. Time: in proportion to the length of the text.
 *
 * @example
 *
 * ```ts
 * import { of } from 'rxjs';
 * import { parseSSE } from 'deltalines/protocols';
 *
 * of('event: greeting\ndata: hel', 'lo\n\ndata: bye\n\n')
 *   .pipe(parseSSE())
 *   .subscribe(({ event, data }) => console.log(event ?? 'message', data));
 *
 * // Logs:
 * // greeting hello
 * // message bye
 * ```
 *
 * @see {@link decodeText}, which decodes the text; {@link parseJSONLines} and {@link parseJSONArray} for other
 *   framings.
 * @see The format: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export function parseSSE(options: ParseSSEOptions = {}): OperatorFunction<string, ServerSentEvent> {
  checkOptions(options);
  const maxEventLength = count('maxEventLength', options.maxEventLength, 67_108_864, 1);
  return createOperator((destination) => new ParseSSEHandler(destination, maxEventLength));
}

class ParseSSEHandler implements Handler<unknown>, EventStreamListener {
  private readonly destination: Subscriber<ServerSentEvent>;
  private readonly parser: EventStreamParser;

  constructor(destination: Subscriber<ServerSentEvent>, maxEventLength: number) {
    this.destination = destination;
    this.parser = new EventStreamParser(this, maxEventLength);
  }

  get closed(): boolean {
    return this.destination.closed;
  }

  event(event: ServerSentEvent): void {
    this.destination.next(event);
  }

  next(chunk: unknown): void {
    if (typeof chunk !== 'string') {
      throw chunkError('parseSSE', 'text (use decodeText for bytes)', chunk);
    }
    this.parser.feed(chunk);
  }

  error(error: unknown): void {
    this.destination.error(error);
  }

  complete(): void {
    this.parser.end();
    this.destination.complete();
  }
}
