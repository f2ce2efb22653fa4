import { createParser, type EventSourceParser } from 'eventsource-parser';

import type { LineSplitter } from '../lineSplitter.js';
import { JSONRecord, parseRecord } from './jsonRecord.js';
import type { LineFraming, WireOutput } from './wireOutput.js';

/** A field or a comment of server-sent events. */
export const SSE_LINE = /^(?:data|event|id|retry)?:|^(?:data|event|id|retry)$/;

/** A data line that may be a whole message. */
const WHOLE_DATA = /^data: ?(?=[[{])(.*)/s;

/** The word that ends the events of some servers. */
const END_OF_EVENTS = '[DONE]';

/** Server-sent events with JSON as data. */
export class ServerSentEvents implements LineFraming {
  private readonly output: WireOutput;
  private readonly lines: LineSplitter;
  private readonly parser: EventSourceParser;
  /** A server that fails during a stream may send the error as plain JSON. */
  private readonly record: JSONRecord;
  /** The data of the event that a blank line just ended. */
  private data: string | undefined = undefined;
  /** The number of the first line of the data, or 0. */
  private dataLine = 0;
  private isDataTooLong = false;
  /** The data of the current message, if it is one line that may be a whole message. */
  private dataOfLine: string | undefined = undefined;
  private hasMessages = false;

  constructor(output: WireOutput, lines: LineSplitter) {
    this.output = output;
    this.lines = lines;
    this.record = new JSONRecord(output, true);
    this.parser = createParser({
      maxBufferSize: output.maxLength,
      onEvent: ({ data }) => {
        this.data = data;
      },
      onError: ({ type }) => {
        if (type === 'max-buffer-size-exceeded') {
          this.isDataTooLong = true;
          output.rejectLength(this.dataLine);
        }
      },
    });
  }

  readLine(line: string): void {
    if (SSE_LINE.test(line)) {
      this.record.end();
    } else if (this.record.isOpen || line.startsWith('{')) {
      if (line.trim() !== '') {
        this.record.add(line, this.lines.number);
      }
      return;
    }
    if (line === '' || this.isNextMessage(line)) {
      this.endMessage();
    }
    if (line !== '') {
      this.readField(line);
    }
  }

  /** Emits an event without its blank line. A browser drops it, but recordings often end like that. */
  end(): void {
    this.record.end();
    this.endMessage();
  }

  /** Some servers send no blank line between messages. */
  private isNextMessage(line: string): boolean {
    const { dataOfLine: data } = this;
    return (
      data !== undefined &&
      WHOLE_DATA.test(line) &&
      (data === END_OF_EVENTS || parseRecord(data) !== undefined)
    );
  }

  /** Feeds the parser line by line, because it does not count lines. */
  private readField(line: string): void {
    if (!this.isDataTooLong) {
      if (line.startsWith('data')) {
        this.dataOfLine = this.dataLine === 0 ? WHOLE_DATA.exec(line)?.[1] : undefined;
        this.dataLine ||= this.lines.number;
      }
      this.parser.feed(`${line}\n`);
    }
  }

  private endMessage(): void {
    if (this.isDataTooLong) {
      this.parser.reset();
    } else {
      this.parser.feed('\n');
    }
    const { data, dataLine } = this;
    this.data = undefined;
    this.dataLine = 0;
    this.dataOfLine = undefined;
    this.isDataTooLong = false;
    // Some servers keep a connection alive with empty data.
    if (data === undefined || data === '') {
      return;
    }
    if (data !== END_OF_EVENTS) {
      this.hasMessages = true;
      this.readData(data, dataLine);
    } else if (this.hasMessages) {
      // After the end, the next completion may have the same id.
      this.output.addEvent({ data });
    }
  }

  private readData(json: string, line: number): void {
    let event: unknown;
    try {
      event = JSON.parse(json);
    } catch {
      this.output.rejectJSON(line, json);
      return;
    }
    this.output.addEvent(event);
  }
}
