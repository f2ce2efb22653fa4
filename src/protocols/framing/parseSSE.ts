import type { OperatorFunction, Subscriber } from 'rxjs';

import { type Handler, createOperator } from '../../rx/createOperator.js';
import { checkOptions, count } from '../../rx/options.js';
import { EventStreamParser, type ServerSentEvent } from './eventStreamParser.js';
import { chunkError } from './invalidInput.js';

export type { ServerSentEvent };

/** The options of `parseSSE`. */
export interface ParseSSEOptions {
  /**
   * The most UTF-16 code units in the data of one event; also bounds what is held of an unfinished line.
   * A whole number from 1, or `Infinity`.
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
 * - **next**: emits an event for each blank line that ends one. Lines end at LF, CR or CR LF, also when the pair is cut;
 *   comments, `retry` and unknown fields are passed over, and so are events without data and a byte order mark at the
 *   start.
 * - **complete**: an event that lacks only its blank line is emitted, then the output completes. Recordings often end
 *   like that, and cut connections do; the specification and most clients drop such an event. One whose last line has
 *   not ended either is dropped here too, for nobody knows what is missing.
 * - **error**: passed on at once; an unfinished event is dropped.
 * - **unsubscribe**: silence; the source is unsubscribed from.
 *
 * A chunk that is not a string makes the output error with a `TypeError`, and an event that is longer than
 * `maxEventLength` with a `RangeError`. Throws a `TypeError` or `RangeError` when an option is wrong.
 *
 * Holds the unfinished event; takes time in proportion to the text.
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
 * @see {@link decodeText} for where the text comes from, and {@link parseJSONLines} for the other framing.
 * @see The format: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export function parseSSE(options: ParseSSEOptions = {}): OperatorFunction<string, ServerSentEvent> {
  checkOptions(options);
  const maxEventLength = count('maxEventLength', options.maxEventLength, 67_108_864, 1);
  return createOperator((destination) => new ParseSSEHandler(destination, maxEventLength));
}

class ParseSSEHandler implements Handler<unknown> {
  private readonly destination: Subscriber<ServerSentEvent>;
  private readonly parser: EventStreamParser;

  constructor(destination: Subscriber<ServerSentEvent>, maxEventLength: number) {
    this.destination = destination;
    this.parser = new EventStreamParser(
      {
        event: (event) => {
          destination.next(event);
        },
      },
      maxEventLength,
    );
  }

  next(chunk: unknown): void {
    if (typeof chunk !== 'string') {
      throw chunkError('parseSSE', 'text (decodeText makes it of bytes)', chunk);
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
