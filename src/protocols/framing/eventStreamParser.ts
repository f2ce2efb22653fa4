import { createParser, type EventSourceMessage, type EventSourceParser } from 'eventsource-parser';

/** A message of an event stream. */
export interface ServerSentEvent {
  /** The name of the event, if it has one. */
  readonly event?: string;
  /** The id of this event, if it has one of its own. The last event id is not repeated. */
  readonly id?: string;
  /** The data. Its lines are separated by LF. */
  readonly data: string;
}

/** Receives the events that a parser reads. */
export interface EventStreamListener {
  event(event: ServerSentEvent): void;
  /** The server asked for a reconnection time of this many milliseconds. */
  retry?(milliseconds: number): void;
}

const BYTE_ORDER_MARK = '\uFEFF';

/** Parses the text of an event stream, cut anywhere. Throws a `RangeError` for an event that is too long. */
export class EventStreamParser {
  private readonly listener: EventStreamListener;
  private readonly maxEventLength: number;
  private readonly parser: EventSourceParser;
  private hasBegun = false;
  private endsInCarriageReturn = false;
  private isLineEnded = false;

  constructor(listener: EventStreamListener, maxEventLength: number) {
    this.listener = listener;
    this.maxEventLength = maxEventLength;
    this.parser = createParser({
      // The parser includes the field name in the length of a line, but this limit is only for the data.
      maxBufferSize: maxEventLength + 'data: '.length,
      onEvent: (message) => {
        this.emit(message);
      },
      onRetry: (milliseconds) => {
        listener.retry?.(milliseconds);
      },
      onError: ({ type }) => {
        if (type === 'max-buffer-size-exceeded') {
          throw this.lengthError();
        }
      },
    });
    // The parser looks for a byte order mark as three characters in its first chunk, and only there. So the first
    // chunk is empty.
    this.parser.feed('');
  }

  feed(chunk: string): void {
    if (chunk === '') {
      return;
    }
    const lines = this.withLineFeeds(this.withoutByteOrderMark(chunk));
    if (lines !== '') {
      this.isLineEnded = lines.endsWith('\n');
      this.parser.feed(lines);
    }
  }

  /** Emits an event that only lacks its blank line. */
  end(): void {
    if (this.isLineEnded) {
      this.parser.feed('\n');
    }
  }

  private withoutByteOrderMark(chunk: string): string {
    const isFirst = !this.hasBegun;
    this.hasBegun = true;
    return isFirst && chunk.startsWith(BYTE_ORDER_MARK) ? chunk.slice(BYTE_ORDER_MARK.length) : chunk;
  }

  /**
   * Converts line ends to LF. The parser would delay a CR at the end of a chunk, and its event, until the next chunk.
   */
  private withLineFeeds(chunk: string): string {
    const lines = this.endsInCarriageReturn && chunk.startsWith('\n') ? chunk.slice(1) : chunk;
    this.endsInCarriageReturn = chunk.endsWith('\r');
    return lines.includes('\r') ? lines.replace(/\r\n?/g, '\n') : lines;
  }

  private emit({ event, id, data }: EventSourceMessage): void {
    if (data.length > this.maxEventLength) {
      throw this.lengthError();
    }
    this.listener.event({
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
