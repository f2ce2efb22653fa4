import { detectProtocol } from '../protocols/index.js';
import { HTML_START, HTMLPage } from './framing/htmlPage.js';
import { JSONArrayText } from './framing/jsonArrayText.js';
import { JSONLines } from './framing/jsonLines.js';
import { parseRecord } from './framing/jsonRecord.js';
import { ServerSentEvents, SSE_LINE } from './framing/serverSentEvents.js';
import { type LineFraming, type OnBroken, type WireItem, WireOutput } from './framing/wireOutput.js';
import { LineSplitter } from './lineSplitter.js';

/** The most code units of a line, of a JSON text, and of the data of a server-sent event. */
const MAX_LENGTH = 64 * 1024 * 1024;

/** An array of events, or a line that is an array of objects. */
const ARRAY_START = /^\s*\[\s*\{/;

/** The beginning of the next line after a line that is an array. */
const NEXT_RECORD = /^[[{]/;

/** The beginning of a text that may become an array, an object over several lines, or a log. */
const UNDECIDED_START = /^\s*(?:\[\s*|\{[ \t]*\r?|[\d-]{1,10}|\[po?d?|ST?|STD[A-Z]{0,3})?$/;

/** The most code units that are buffered until the framing is known. */
const MAX_START = 1024;

/** The most code units that are buffered until it is known whether an array is a line. */
const MAX_ARRAY_START = 1024 * 1024;

/**
 * Reads the events of a connection from text in chunks: server-sent events, JSON lines, JSON text sequences, a JSON
 * array, or JSON over several lines.
 */
export class WireReader {
  private readonly output: WireOutput;
  private readonly lines: LineSplitter;
  /** The framing until another one is recognized. */
  private readonly json: JSONLines;
  private framing: LineFraming;
  /** The whole text, if it is an array of events. */
  private array: JSONArrayText | undefined = undefined;
  /** The text before its framing is known; `undefined` afterwards. */
  private start: string | undefined = '';
  /** Whether the start is that of an array, which may be a line. */
  private isArrayStart = false;
  /** Whether the start has all of the first line, so that the next line decides. */
  private isArrayLine = false;

  /** Text that is broken or too long is skipped, and `onBroken` is called with the number of its line. */
  constructor(onBroken: OnBroken, maxLength = MAX_LENGTH) {
    this.output = new WireOutput(onBroken, maxLength);
    this.lines = new LineSplitter(maxLength, (line) => {
      this.output.rejectLength(line);
    });
    this.json = new JSONLines(this.output, this.lines);
    this.framing = this.json;
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
    this.output.isInterrupted = true;
    this.end();
  }

  /** Returns the next item, or `undefined` if more text is needed. */
  next(): WireItem | undefined {
    const { items } = this.output;
    while (items.length === 0) {
      const line = this.lines.next();
      if (line === undefined) {
        if (this.isEnded) {
          (this.array ?? this.framing).end();
        }
        break;
      }
      this.readLine(line);
    }
    return items.shift();
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
      if (this.isArrayStart && isArrayOfEvents(start) !== false) {
        this.array = new JSONArrayText(this.output);
      }
      this.json.begin(start);
      this.pushText(start);
    }
  }

  private pushText(chunk: string): void {
    (this.array ?? this.lines).push(chunk);
  }

  private readLine(line: string): void {
    if (this.framing === this.json && !this.json.isCertain) {
      if (SSE_LINE.test(line)) {
        this.json.rejectPreamble();
        this.framing = new ServerSentEvents(this.output, this.lines);
      } else if (HTML_START.test(line)) {
        this.framing = new HTMLPage(this.output, this.lines.number);
      }
    }
    this.framing.readLine(line);
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
