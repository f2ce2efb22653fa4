import { detectProtocol } from '../../protocols/index.js';
import type { LineSplitter } from '../lineSplitter.js';
import { JSONRecord, parseRecord } from './jsonRecord.js';
import type { LineFraming, WireOutput } from './wireOutput.js';

/** A log line, in which a CR is text. It begins with a time or the name of a pod or a pipe. */
const LOG_START = /^\s*(?:\d{4}-\d\d-\d\dT|\[pod\/|STD(?:IN|OUT|ERR):)/;

/** An object over several lines. */
const OBJECT_START = /^\s*\{[ \t]*\r?\n/;

/** Characters that do not occur in JSON: a power loss may leave NUL in a file, and RS begins a record of RFC 7464. */
const SEPARATORS = /[\0\u001e]+/;

/** The beginning of JSON, in contrast to `[INFO] built`. */
const JSON_START = /^\s*(?:\{|\[\s*[[{"\]])/;

/** The most lines of text that are buffered until the first event determines the framing. */
const MAX_PREAMBLE = 1000;

/** JSON lines, JSON text sequences, and JSON over several lines, with lines of text between them. */
export class JSONLines implements LineFraming {
  private readonly output: WireOutput;
  private readonly lines: LineSplitter;
  private readonly record: JSONRecord;
  /** The lines before the first event. They are text if JSON follows, but invalid if server-sent events follow. */
  private preamble: { readonly line: number; readonly text: string }[] | undefined = [];

  constructor(output: WireOutput, lines: LineSplitter) {
    this.output = output;
    this.lines = lines;
    this.record = new JSONRecord(output, false);
  }

  /** Whether there was an event, a log line, or too much other text for another framing. */
  get isCertain(): boolean {
    return this.preamble === undefined;
  }

  /** Sets what depends on the start of the text. */
  begin(start: string): void {
    this.record.isMultiline = OBJECT_START.test(start);
    this.lines.keepsCarriageReturns = LOG_START.test(start);
  }

  readLine(line: string): void {
    if (!this.record.isMultiline) {
      const value = parseRecord(line);
      if (value !== undefined) {
        this.endPreamble();
        this.output.addEvent(value);
        return;
      }
    }
    if (!this.record.isOpen && this.isLogLine(line)) {
      this.lines.keepsCarriageReturns = true;
      this.endPreamble();
      this.output.addText(line);
      return;
    }
    const [rest = '', ...records] = line.split(SEPARATORS);
    this.record.isMultiline ||= line.includes('\u001e');
    this.readPart(rest);
    for (const record of records) {
      this.record.end();
      this.readPart(record);
    }
  }

  end(): void {
    this.record.end();
    this.endPreamble();
  }

  rejectPreamble(): void {
    for (const { line, text } of this.preamble ?? []) {
      this.output.rejectJSON(line, text);
    }
    this.preamble = undefined;
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
    if (this.record.isOpen || JSON_START.test(part)) {
      this.endPreamble();
      this.record.add(part, this.lines.number);
    } else if (this.preamble !== undefined && this.preamble.length < MAX_PREAMBLE) {
      this.preamble.push({ line: this.lines.number, text: part });
    } else {
      this.endPreamble();
      this.output.addText(part);
    }
  }

  private endPreamble(): void {
    const { preamble } = this;
    if (preamble !== undefined) {
      this.preamble = undefined;
      for (const { text } of preamble) {
        this.output.addText(text);
      }
    }
  }
}
