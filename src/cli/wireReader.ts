import { createParser, type EventSourceParser } from 'eventsource-parser';
import { Subject } from 'rxjs';

import { parseJSONArray } from '../protocols/index.js';
import { describeError } from './problems.js';
import { LineReader } from './lineReader.js';

/** The most code units of a line, and of the data of a server-sent event. */
const MAX_LENGTH = 64 * 1024 * 1024;

const EXCERPT_LENGTH = 60;

/** A field or a comment of server-sent events. */
const SSE_LINE = /^(?:data|event|id|retry)?:|^(?:data|event|id|retry)$/;

/** An array of objects, as opposed to a line that is an array. */
const ARRAY_START = /^\s*\[\s*\{/;

/** What may still become one. */
const UNDECIDED_START = /^\s*(?:\[\s*)?$/;

/** The most blanks that are waited for. */
const MAX_BLANKS = 1024;

export type OnBroken = (line: number, message: string) => void;

/** Reads the events of one connection, server-sent events, JSON lines or a JSON array, out of text that comes in chunks. */
export class WireReader {
  private readonly onBroken: OnBroken;
  private readonly lines: LineReader;
  private readonly parser: EventSourceParser;
  private readonly array = new Subject<string>();
  /** The elements of the array that wait for their turn, and the number of the line that it is at. */
  private readonly elements: unknown[] = [];
  private arrayLine = 1;
  /** What has come while it is not known whether it is an array. */
  private start: string | undefined = '';
  private framing: 'unknown' | 'json' | 'sse' | 'array' = 'unknown';
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
    this.array.pipe(parseJSONArray({ maxElementLength: maxLength })).subscribe({
      next: (element) => {
        this.elements.push(element);
      },
      error: (error: unknown) => {
        onBroken(this.arrayLine, `${describeError(error)}; the rest is not read`);
      },
    });
  }

  /** Whether there is nothing more to push. */
  get isEnded(): boolean {
    return this.lines.isEnded;
  }

  /** To be called when `next` has nothing left. */
  push(chunk: string): void {
    if (this.start === undefined) {
      this.pushText(chunk);
      return;
    }
    this.start += chunk;
    if (!UNDECIDED_START.test(this.start) || this.start.length > MAX_BLANKS) {
      this.pushStart();
    }
  }

  end(): void {
    this.pushStart();
    this.lines.end();
  }

  /** Returns the next event, or `undefined`, which JSON has no word for, when more has to be pushed. */
  next(): unknown {
    if (this.framing === 'array') {
      return this.elements.shift();
    }
    for (let line = this.lines.next(); line !== undefined; line = this.lines.next()) {
      const event = this.readLine(line);
      if (event !== undefined) {
        return event;
      }
    }
    // Strictly, an event without a blank line behind it does not count; in a recording it does.
    return this.lines.isEnded && this.framing === 'sse' ? this.endMessage() : undefined;
  }

  private pushStart(): void {
    const { start } = this;
    if (start !== undefined) {
      this.start = undefined;
      this.framing = ARRAY_START.test(start) ? 'array' : 'unknown';
      this.pushText(start);
    }
  }

  private pushText(chunk: string): void {
    if (this.framing === 'array') {
      this.pushArray(chunk);
    } else {
      this.lines.push(chunk);
    }
  }

  /** Line by line, because the parser does not tell the numbers of lines. */
  private pushArray(chunk: string): void {
    const [rest = '', ...lines] = chunk.split('\n');
    this.array.next(rest);
    for (const line of lines) {
      this.arrayLine++;
      this.array.next(`\n${line}`);
    }
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
