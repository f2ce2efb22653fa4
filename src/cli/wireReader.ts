import { createParser, type EventSourceParser } from 'eventsource-parser';
import { Subject } from 'rxjs';

import { detectProtocol, parseJSONArray } from '../protocols/index.js';
import { LineSplitter } from './lineSplitter.js';
import { describeError } from './problems.js';

/** The most code units of a line, of a JSON text, and of the data of a server-sent event. */
const MAX_LENGTH = 64 * 1024 * 1024;

const EXCERPT_LENGTH = 60;

/** A field or a comment of server-sent events. */
const SSE_LINE = /^(?:data|event|id|retry)?:|^(?:data|event|id|retry)$/;

/** A data line that may be a whole message. */
const WHOLE_DATA = /^data: ?(?=[[{])(.*)/s;

/** The word that ends the events of some servers. */
const END_OF_EVENTS = '[DONE]';

/** An array of events, or a line that is an array of objects. */
const ARRAY_START = /^\s*\[\s*\{/;

/** The beginning of the next line after a line that is an array. */
const NEXT_RECORD = /^[[{]/;

/** An object over several lines. */
const OBJECT_START = /^\s*\{[ \t]*\r?\n/;

/** A log line, in which a CR is text. It begins with a time or the name of a pod or a pipe. */
const LOG_START = /^\s*(?:\d{4}-\d\d-\d\dT|\[pod\/|STD(?:IN|OUT|ERR):)/;

/** The beginning of a text that may become one of these. */
const UNDECIDED_START = /^\s*(?:\[\s*|\{[ \t]*\r?|[\d-]{1,10}|\[po?d?|ST?|STD[A-Z]{0,3})?$/;

/** The most code units that are buffered until the framing is known. */
const MAX_START = 1024;

/** The most code units that are buffered until it is known whether an array is a line. */
const MAX_ARRAY_START = 1024 * 1024;

/** Characters that do not occur in JSON: a power loss may leave NUL in a file, and RS begins a record of RFC 7464. */
const SEPARATORS = /[\0\u001e]+/;

/** The beginning of JSON, in contrast to `[INFO] built`. */
const JSON_START = /^\s*(?:\{|\[\s*[[{"\]])/;

/** A line that may end a JSON text over several lines. */
const JSON_END = /^[}\]]/;

const HTML_START = /^\s*<(?:!doctype\s+html|html\b)/i;
const HTML_TITLE = /<title[^>]*>([^<]*)<\/title/i;

/** The most lines of text that are buffered until the first event determines the framing. */
const MAX_PREAMBLE = 1000;

/** The most code units of an HTML page that are searched for its title. */
const MAX_PAGE = 64 * 1024;

/** An event, or a line of text between events. */
export type WireItem =
  { readonly type: 'event'; readonly event: unknown } | { readonly type: 'text'; readonly text: string };

export type OnBroken = (line: number, message: string) => void;

/**
 * Reads the events of a connection from text in chunks: server-sent events, JSON lines, JSON text sequences, a JSON
 * array, or JSON over several lines.
 */
export class WireReader {
  private readonly onBroken: OnBroken;
  private readonly maxLength: number;
  private readonly lines: LineSplitter;
  private readonly parser: EventSourceParser;
  private readonly array = new Subject<string>();
  private readonly arrayNesting = new Nesting();
  /** Items that were read and not returned yet. */
  private readonly items: WireItem[] = [];
  private arrayLine = 1;
  /** The text before its framing is known; `undefined` afterwards. */
  private start: string | undefined = '';
  /** Whether the start is that of an array, which may be a line. */
  private isArrayStart = false;
  /** Whether the start has all of the first line, so that the next line decides. */
  private isArrayLine = false;
  private framing: 'unknown' | 'json' | 'sse' | 'array' | 'html' = 'unknown';
  /** The data of the server-sent event that a blank line just ended. */
  private data: string | undefined = undefined;
  /** The number of the first line of the data, or 0. */
  private dataLine = 0;
  private isDataTooLong = false;
  /** The data of the current message, if it is one line that may be a whole message. */
  private dataOfLine: string | undefined = undefined;
  private hasMessages = false;
  /** Whether a JSON text may take several lines. */
  private isMultiline = false;
  /** The lines of an unfinished JSON text, and the number of its first line. */
  private record = '';
  private recordLine = 0;
  /** The lines before the first event. They are text if JSON follows, but invalid if server-sent events follow. */
  private preamble: { readonly line: number; readonly text: string }[] = [];
  private page = '';
  private isInterrupted = false;

  /** Text that is broken or too long is skipped, and `onBroken` is called with the number of its line. */
  constructor(onBroken: OnBroken, maxLength = MAX_LENGTH) {
    this.onBroken = onBroken;
    this.maxLength = maxLength;
    this.lines = new LineSplitter(maxLength, (line) => {
      this.rejectLength(line);
    });
    this.parser = createParser({
      maxBufferSize: maxLength,
      onEvent: ({ data }) => {
        this.data = data;
      },
      onError: ({ type }) => {
        if (type === 'max-buffer-size-exceeded') {
          this.isDataTooLong = true;
          this.rejectLength(this.dataLine);
        }
      },
    });
    this.array.pipe(parseJSONArray({ maxElementLength: maxLength })).subscribe({
      next: (event) => {
        this.items.push({ type: 'event', event });
      },
      error: (error: unknown) => {
        onBroken(this.arrayLine, `${describeError(error)}; the rest is not read`);
      },
    });
  }

  /** Whether the text has ended. */
  get isEnded(): boolean {
    return this.lines.isEnded;
  }

  /** Must be called only after `next` returned `undefined`. */
  push(chunk: string): void {
    if (this.start === undefined) {
      this.pushText(chunk);
      return;
    }
    this.start += chunk;
    this.isArrayStart ||= ARRAY_START.test(this.start);
    const isUndecided = this.isArrayStart
      ? this.isArrayUndecided(this.start, chunk)
      : UNDECIDED_START.test(this.start);
    if (!isUndecided || this.start.length > (this.isArrayStart ? MAX_ARRAY_START : MAX_START)) {
      this.pushStart();
    }
  }

  end(): void {
    this.pushStart();
    this.lines.end();
  }

  /** Ends the text because reading was interrupted, so an unfinished event is not reported as broken. */
  interrupt(): void {
    this.isInterrupted = true;
    this.end();
  }

  /** Returns the next item, or `undefined` if more text is needed. */
  next(): WireItem | undefined {
    const item = this.items.shift();
    if (item !== undefined) {
      return item;
    }
    if (this.framing === 'array') {
      this.endArray();
      return undefined;
    }
    for (let line = this.lines.next(); line !== undefined; line = this.lines.next()) {
      const found = this.readLine(line) ?? this.items.shift();
      if (found !== undefined) {
        return found;
      }
    }
    return this.lines.isEnded ? this.readEnd() : undefined;
  }

  /** The start may be long, so it is parsed only with a chunk that may decide. */
  private isArrayUndecided(start: string, chunk: string): boolean {
    if (this.isArrayLine ? chunk.trim() === '' : !chunk.includes('\n')) {
      return true;
    }
    this.isArrayLine = isArrayOfEvents(start) === undefined;
    return this.isArrayLine;
  }

  private pushStart(): void {
    const { start } = this;
    if (start !== undefined) {
      this.start = undefined;
      this.framing = this.isArrayStart && isArrayOfEvents(start) !== false ? 'array' : 'unknown';
      this.isMultiline = OBJECT_START.test(start);
      this.lines.keepsCarriageReturns = LOG_START.test(start);
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

  /** Pushes text line by line, because the parser does not count lines. */
  private pushArray(chunk: string): void {
    this.arrayNesting.push(chunk);
    const [rest = '', ...lines] = chunk.split('\n');
    this.array.next(rest);
    for (const line of lines) {
      this.arrayLine++;
      this.array.next(`\n${line}`);
    }
  }

  /** Reports an array without its end, unless it is invalid, which is reported already. */
  private endArray(): void {
    if (this.isEnded && this.arrayNesting.isOpen && this.array.observed && !this.isInterrupted) {
      this.onBroken(this.arrayLine, 'the array breaks off');
      this.array.complete();
    }
  }

  private readLine(line: string): WireItem | undefined {
    if (this.framing === 'unknown') {
      this.framing = SSE_LINE.test(line) ? 'sse' : HTML_START.test(line) ? 'html' : 'unknown';
      this.recordLine = this.lines.number;
      if (this.framing === 'sse') {
        this.preamble.forEach(({ line: number, text }) => {
          this.rejectJSON(number, text);
        });
        this.preamble = [];
      }
    }
    switch (this.framing) {
      case 'sse':
        return this.readSSE(line);
      case 'html':
        this.page += this.page.length < MAX_PAGE ? `${line.slice(0, MAX_PAGE)}\n` : '';
        return undefined;
      default:
        return this.readJSON(line);
    }
  }

  /** Emits an event without its blank line. A browser drops it, but recordings often end like that. */
  private readEnd(): WireItem | undefined {
    this.endRecord();
    this.endPreamble();
    if (this.framing === 'sse') {
      return this.items.shift() ?? this.endMessage();
    }
    if (this.framing === 'html' && this.page !== '') {
      const title = HTML_TITLE.exec(this.page)?.[1]?.trim() ?? '';
      this.page = '';
      this.onBroken(this.recordLine, `an HTML page instead of events${title === '' ? '' : `: ${title}`}`);
    }
    return this.items.shift();
  }

  private readSSE(line: string): WireItem | undefined {
    if (SSE_LINE.test(line)) {
      this.endRecord();
    } else if (this.record !== '' || line.startsWith('{')) {
      // A server that fails during a stream may send the error as plain JSON.
      this.isMultiline = true;
      this.readPart(line);
      return undefined;
    }
    if (line === '') {
      return this.endMessage();
    }
    const item = this.isNextMessage(line) ? this.endMessage() : undefined;
    this.readField(line);
    return item;
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

  private readJSON(line: string): WireItem | undefined {
    if (!this.isMultiline) {
      const value = parseRecord(line);
      if (value !== undefined) {
        if (this.framing === 'json') {
          return { type: 'event', event: value };
        }
        this.endPreamble();
        this.items.push({ type: 'event', event: value });
        return undefined;
      }
    }
    if (this.record === '' && this.isLogLine(line)) {
      this.lines.keepsCarriageReturns = true;
      this.endPreamble();
      this.items.push({ type: 'text', text: line });
      return undefined;
    }
    const [rest = '', ...records] = line.split(SEPARATORS);
    this.isMultiline ||= line.includes('\u001e');
    this.readPart(rest);
    for (const record of records) {
      this.endRecord();
      this.readPart(record);
    }
    return undefined;
  }

  private isLogLine(line: string): boolean {
    return (
      detectProtocol([line]).protocol !== 'unknown' ||
      (this.lines.keepsCarriageReturns && LOG_START.test(line))
    );
  }

  /** Reads a line, or the text between two separators. */
  private readPart(part: string): void {
    if (part.trim() === '') {
      return;
    }
    if (this.record === '') {
      if (!JSON_START.test(part)) {
        this.readText(part);
        return;
      }
      this.endPreamble();
      this.recordLine = this.lines.number;
    }
    const isFirst = this.record === '';
    this.record += isFirst ? part : `\n${part}`;
    if (!this.isMultiline) {
      this.endRecord();
    } else if (this.record.length > this.maxLength) {
      this.rejectLength(this.recordLine);
      this.record = '';
    } else if (isFirst || JSON_END.test(part)) {
      const value = parseRecord(this.record);
      if (value !== undefined) {
        this.items.push({ type: 'event', event: value });
        this.record = '';
      }
    }
  }

  private readText(text: string): void {
    if (this.framing === 'unknown' && this.preamble.length < MAX_PREAMBLE) {
      this.preamble.push({ line: this.lines.number, text });
    } else {
      this.endPreamble();
      this.items.push({ type: 'text', text });
    }
  }

  private endPreamble(): void {
    if (this.framing === 'unknown') {
      this.framing = 'json';
      this.items.push(...this.preamble.map(({ text }) => ({ type: 'text', text }) as const));
      this.preamble = [];
    }
  }

  private endRecord(): void {
    const { record } = this;
    if (record !== '') {
      this.record = '';
      const value = parseRecord(record);
      if (value === undefined) {
        this.rejectJSON(this.recordLine, record);
      } else {
        this.items.push({ type: 'event', event: value });
      }
    }
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

  private endMessage(): WireItem | undefined {
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
      return undefined;
    }
    if (data === END_OF_EVENTS) {
      // After the end, the next completion may have the same id.
      return this.hasMessages ? { type: 'event', event: { data } } : undefined;
    }
    this.hasMessages = true;
    return this.parseData(data, dataLine);
  }

  private parseData(json: string, line: number): WireItem | undefined {
    try {
      return { type: 'event', event: JSON.parse(json) as unknown };
    } catch {
      this.rejectJSON(line, json);
      return undefined;
    }
  }

  private rejectJSON(line: number, json: string): void {
    if (!this.isInterrupted) {
      const excerpt = json.length > EXCERPT_LENGTH ? `${json.slice(0, EXCERPT_LENGTH)}…` : json;
      this.onBroken(line, `broken JSON: ${excerpt}`);
    }
  }

  private rejectLength(line: number): void {
    this.onBroken(line, `longer than ${this.maxLength} characters`);
  }
}

/**
 * Whether a text that begins with an array is one array of events. `false` if the array is the first of several lines,
 * or an event itself. `undefined` while that is not known: at the end of the text it is an array of events.
 */
function isArrayOfEvents(start: string): boolean | undefined {
  const [line = '', ...lines] = start.trimStart().split('\n');
  const value = parseRecord(line);
  if (value === undefined) {
    return lines.length > 0 ? true : undefined;
  }
  if (detectProtocol([value]).protocol !== 'unknown') {
    return false;
  }
  const next = lines.join('\n').trimStart();
  return next === '' ? undefined : !NEXT_RECORD.test(next);
}

/** Parses an object or an array. Any other value is treated as a line of text. */
function parseRecord(json: string): object | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Counts the open arrays and objects of a JSON text in chunks. */
class Nesting {
  private depth = 0;
  private isInString = false;
  private isEscaped = false;

  get isOpen(): boolean {
    return this.depth > 0;
  }

  push(chunk: string): void {
    for (let index = 0; index < chunk.length; index++) {
      const character = chunk.charAt(index);
      if (this.isInString) {
        this.isInString = character !== '"' || this.isEscaped;
        this.isEscaped = character === '\\' && !this.isEscaped;
      } else if (character === '"') {
        this.isInString = true;
      } else if (character === '[' || character === '{') {
        this.depth++;
      } else if (character === ']' || character === '}') {
        this.depth--;
      }
    }
  }
}
