import { createParser, type EventSourceMessage, type EventSourceParser } from 'eventsource-parser';
import type { OperatorFunction, Subscriber } from 'rxjs';

import { type Handler, createOperator } from '../../rx/createOperator.js';
import { checkOptions, count } from '../../rx/options.js';
import { chunkError } from './invalidInput.js';

/** A message of an event stream. */
export interface ServerSentEvent {
  /** The name of the event, when it has one. */
  readonly event?: string;
  /** The id of this event, when it has one of its own; the ids of former events are not repeated. */
  readonly id?: string;
  /** The data; its lines are separated by LF. */
  readonly data: string;
}

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

const BYTE_ORDER_MARK = '\uFEFF';

class ParseSSEHandler implements Handler<unknown> {
  private readonly destination: Subscriber<ServerSentEvent>;
  private readonly maxEventLength: number;
  private readonly parser: EventSourceParser;
  private hasBegun = false;
  private endsInCarriageReturn = false;
  private isLineEnded = false;

  constructor(destination: Subscriber<ServerSentEvent>, maxEventLength: number) {
    this.destination = destination;
    this.maxEventLength = maxEventLength;
    this.parser = createParser({
      // The parser counts a line with its field name, but only the data counts here, however it was cut.
      maxBufferSize: maxEventLength + 'data: '.length,
      onEvent: (message) => {
        this.emit(message);
      },
      onError: ({ type }) => {
        if (type === 'max-buffer-size-exceeded') {
          throw this.lengthError();
        }
      },
    });
    // At its first chunk, and there only, the parser looks for a byte order mark in the shape of three characters.
    this.parser.feed('');
  }

  next(chunk: unknown): void {
    if (typeof chunk !== 'string') {
      throw chunkError('parseSSE', 'text (decodeText makes it of bytes)', chunk);
    }
    if (chunk === '') {
      return;
    }
    const lines = this.withLineFeeds(this.withoutByteOrderMark(chunk));
    if (lines !== '') {
      this.isLineEnded = lines.endsWith('\n');
      this.parser.feed(lines);
    }
  }

  error(error: unknown): void {
    this.destination.error(error);
  }

  complete(): void {
    if (this.isLineEnded) {
      this.parser.feed('\n');
    }
    this.destination.complete();
  }

  private withoutByteOrderMark(chunk: string): string {
    const isFirst = !this.hasBegun;
    this.hasBegun = true;
    return isFirst && chunk.startsWith(BYTE_ORDER_MARK) ? chunk.slice(BYTE_ORDER_MARK.length) : chunk;
  }

  /** The parser holds a CR at the end of a chunk back, and an event with it, until it has seen what follows. */
  private withLineFeeds(chunk: string): string {
    const lines = this.endsInCarriageReturn && chunk.startsWith('\n') ? chunk.slice(1) : chunk;
    this.endsInCarriageReturn = chunk.endsWith('\r');
    return lines.includes('\r') ? lines.replace(/\r\n?/g, '\n') : lines;
  }

  private emit({ event, id, data }: EventSourceMessage): void {
    if (data.length > this.maxEventLength) {
      throw this.lengthError();
    }
    this.destination.next({
      ...(event === undefined ? {} : { event }),
      ...(id === undefined ? {} : { id }),
      data,
    });
  }

  private lengthError(): RangeError {
    return new RangeError(
      `An event is longer than the option maxEventLength allows: ${this.maxEventLength} code units`,
    );
  }
}
