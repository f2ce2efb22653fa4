import { createParser, type EventSourceParser } from 'eventsource-parser';

import { LineReader } from './lineReader.js';

/** The most code units of a line, and of the data of a server-sent event. */
const MAX_LENGTH = 64 * 1024 * 1024;

const EXCERPT_LENGTH = 60;

/** A field or a comment of server-sent events. */
const SSE_LINE = /^(?:data|event|id|retry)?:|^(?:data|event|id|retry)$/;

export type OnBroken = (line: number, message: string) => void;

/** Reads the events of one connection, server-sent events or JSON lines, out of text that comes in chunks. */
export class WireReader {
  private readonly onBroken: OnBroken;
  private readonly lines: LineReader;
  private readonly parser: EventSourceParser;
  private framing: 'unknown' | 'json' | 'sse' = 'unknown';
  /** The data of the server-sent event that a blank line has just ended. */
  private data: string | undefined = undefined;
  /** The number of the first line of the data, or 0. */
  private dataLine = 0;
  private isDataTooLong = false;

  /** What is broken or too long is passed over, and told with the number of its line. */
  constructor(onBroken: OnBroken, maxLength = MAX_LENGTH) {
    this.onBroken = onBroken;
    this.lines = new LineReader(maxLength, (line) => {
      onBroken(line, `longer than ${maxLength} characters`);
    });
    this.parser = createParser({
      maxBufferSize: maxLength,
      onEvent: ({ data }) => {
        this.data = data;
      },
      onError: ({ type }) => {
        if (type === 'max-buffer-size-exceeded') {
          this.isDataTooLong = true;
          onBroken(this.dataLine, `longer than ${maxLength} characters`);
        }
      },
    });
  }

  /** Whether there is nothing more to push. */
  get isEnded(): boolean {
    return this.lines.isEnded;
  }

  /** To be called when `next` has nothing left. */
  push(chunk: string): void {
    this.lines.push(chunk);
  }

  end(): void {
    this.lines.end();
  }

  /** Returns the next event, or `undefined`, which JSON has no word for, when more has to be pushed. */
  next(): unknown {
    for (let line = this.lines.next(); line !== undefined; line = this.lines.next()) {
      const event = this.readLine(line);
      if (event !== undefined) {
        return event;
      }
    }
    // Strictly, an event without a blank line behind it does not count; in a recording it does.
    return this.lines.isEnded && this.framing === 'sse' ? this.endMessage() : undefined;
  }

  private readLine(line: string): unknown {
    if (this.framing === 'unknown') {
      this.framing = SSE_LINE.test(line) ? 'sse' : line.startsWith('{') ? 'json' : 'unknown';
    }
    if (this.framing !== 'sse') {
      return line.trim() === '' ? undefined : this.parse(line, this.lines.number);
    }
    if (line === '') {
      return this.endMessage();
    }
    this.readField(line);
    return undefined;
  }

  /** Line by line, because the parser does not tell the numbers of lines. */
  private readField(line: string): void {
    if (!this.isDataTooLong) {
      if (this.dataLine === 0 && line.startsWith('data')) {
        this.dataLine = this.lines.number;
      }
      this.parser.feed(`${line}\n`);
    }
  }

  private endMessage(): unknown {
    if (this.isDataTooLong) {
      this.parser.reset();
    } else {
      this.parser.feed('\n');
    }
    const { data, dataLine } = this;
    this.data = undefined;
    this.dataLine = 0;
    this.isDataTooLong = false;
    // Some servers keep a connection alive with empty data, and some end it with this word.
    return data === undefined || data === '' || data === '[DONE]' ? undefined : this.parse(data, dataLine);
  }

  private parse(json: string, line: number): unknown {
    try {
      return JSON.parse(json);
    } catch {
      const excerpt = json.length > EXCERPT_LENGTH ? `${json.slice(0, EXCERPT_LENGTH)}…` : json;
      this.onBroken(line, `broken JSON: ${excerpt}`);
      return undefined;
    }
  }
}
