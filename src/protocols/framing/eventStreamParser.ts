import { createParser, type EventSourceParser } from 'eventsource-parser';

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
  /** Whether it receives no more. */
  readonly closed?: boolean;
  event(event: ServerSentEvent): void;
  /** The server asked for a reconnection time of this many milliseconds. */
  retry?(milliseconds: number): void;
}

const BYTE_ORDER_MARK = '\uFEFF';
const EVENT_PREFIX = 'event: ';
const DATA_PREFIX = 'data: ';
const LINE_FEED = 0x0a;

/** Parses the text of an event stream, cut anywhere. Throws a `RangeError` for an event that is too long. */
export class EventStreamParser {
  private readonly listener: EventStreamListener;
  private readonly maxEventLength: number;
  private readonly parser: EventSourceParser;
  private hasBegun = false;
  private endsInCarriageReturn = false;
  /** Whether the parser has no part of an event. */
  private isBetweenEvents = true;
  /** Whether a line starts with the next character for the parser. */
  private isAfterLineFeed = false;
  /** The beginning of an event that the parser has not been given, and where its unfinished line begins. */
  private held = '';
  private heldLine = 0;

  constructor(listener: EventStreamListener, maxEventLength: number) {
    this.listener = listener;
    this.maxEventLength = maxEventLength;
    this.parser = createParser({
      // The parser includes the field name in the length of a line, but this limit is only for the data.
      maxBufferSize: maxEventLength + DATA_PREFIX.length,
      onEvent: ({ event, id, data }) => {
        this.emit(event, id, data);
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
    this.read(this.withLineFeeds(this.withoutByteOrderMark(chunk)));
  }

  /** Emits an event that only lacks its blank line. */
  end(): void {
    if (!this.isBetweenEvents && this.isAfterLineFeed) {
      this.parser.feed('\n');
    }
  }

  private read(text: string): void {
    if (this.held === '') {
      this.readFrom(text, 0);
    } else if (text.includes('\n')) {
      // Joined strings are copied when the result is read, so only the rest of the held event is joined. With the whole
      // chunk, `decodeText` and `parseSSE` took up to 1.4 times as long.
      const end = endOfEvent(text, 0) ?? text.length;
      const first = this.held + text.slice(0, end);
      this.held = '';
      this.readFrom(first, 0);
      this.readFrom(text, end);
    } else {
      this.hold(this.held + text, this.heldLine);
    }
  }

  private readFrom(text: string, start: number): void {
    let position = start;
    while (position < text.length && this.listener.closed !== true) {
      if (this.isBetweenEvents) {
        position = this.readPlainEvents(text, position);
        const line = lineAfterName(text, position);
        if (!text.includes('\n', line)) {
          this.hold(text.slice(position), line - position);
          return;
        }
      }
      const isLineStart = this.isBetweenEvents || this.isAfterLineFeed;
      const end =
        isLineStart && text.charCodeAt(position) === LINE_FEED ? position + 1 : endOfEvent(text, position);
      this.parser.feed(text.slice(position, end));
      this.isBetweenEvents = end !== undefined;
      this.isAfterLineFeed = text.endsWith('\n');
      position = end ?? text.length;
    }
  }

  /**
   * The parser is not given an unfinished first line, nor an unfinished line after a name: it would take longer to put
   * the parts together, and to read the event.
   */
  private hold(text: string, line: number): void {
    if (text.length - line > this.maxEventLength + DATA_PREFIX.length) {
      throw this.lengthError();
    }
    this.held = text;
    this.heldLine = line;
  }

  /**
   * Reads events that have a name, or none, and one line of data, which is what most servers send. The parser looks at
   * each character of a field's name, which takes several times as long.
   *
   * @returns The position of the first line that does not belong to such an event; the end if the listener is closed.
   */
  private readPlainEvents(text: string, start: number): number {
    for (let position = start; ;) {
      const line = lineAfterName(text, position);
      const end = text.startsWith(DATA_PREFIX, line) ? text.indexOf('\n', line) : -1;
      if (end === -1 || text.charCodeAt(end + 1) !== LINE_FEED) {
        return position;
      }
      const name = line === position ? '' : text.slice(position + EVENT_PREFIX.length, line - 1);
      this.emit(name === '' ? undefined : name, undefined, text.slice(line + DATA_PREFIX.length, end));
      position = end + 2;
      if (this.listener.closed === true) {
        return text.length;
      }
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

  private emit(event: string | undefined, id: string | undefined, data: string): void {
    if (data.length > this.maxEventLength) {
      throw this.lengthError();
    }
    this.listener.event(createEvent(event, id, data));
  }

  private lengthError(): RangeError {
    return new RangeError(
      `An event is longer than the option maxEventLength allows: ${this.maxEventLength} code units`,
    );
  }
}

/** Leaves out what is `undefined`. A literal for each case is several times as fast as spreading. */
function createEvent(event: string | undefined, id: string | undefined, data: string): ServerSentEvent {
  if (event === undefined) {
    return id === undefined ? { data } : { id, data };
  }
  return id === undefined ? { event, data } : { event, id, data };
}

/** The position after the blank line that ends an event, if it is there. */
function endOfEvent(text: string, position: number): number | undefined {
  const end = text.indexOf('\n\n', position);
  return end === -1 ? undefined : end + 2;
}

/** The position of the line after the name of an event. The same position if there is no name, or an unfinished one. */
function lineAfterName(text: string, position: number): number {
  const end = text.startsWith(EVENT_PREFIX, position) ? text.indexOf('\n', position) : -1;
  return end === -1 ? position : end + 1;
}
