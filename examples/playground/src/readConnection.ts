import {
  detectProtocol,
  parseJSONArray,
  parseJSONLines,
  parseSSE,
  type ProtocolName,
} from 'deltalines/protocols';
import { from, map, type OperatorFunction } from 'rxjs';

import { isChunkRecording, isCompressed, readChunks, textsOf } from './recordedChunks';
import type { Connection, Framing, RecordedChunk, WireEvent } from './recording';

/** The most events of a connection that are played; a page is not the place for more. */
export const MAX_EVENTS = 20_000;

/** The most code units of a text that is read. */
export const MAX_LENGTH = 8 * 1024 * 1024;

/** The most events that are looked at to find out the protocol. */
const MAX_LOOKAHEAD = 64;

/** The protocols with lines of text as events. */
const LINE_PROTOCOLS: ReadonlySet<string> = new Set<ProtocolName>(['kubernetes', 'mcp']);

/** The most invalid lines that are told one by one. */
const MAX_PROBLEMS = 3;

/** Where producers write the time of an event. */
const TIME_FIELDS = ['ts', 'Time', 'time'] as const;

const ARRAY_START = /^\s*\[\s*(?:[{\]]|$)/;
const SSE_START = /^\s*(?:data|event|id|retry)?:|^\s*(?:data|event|id|retry)$/m;

export interface ReadResult {
  /** Nothing if the text could not be read at all. */
  readonly connection: Connection | undefined;
  /** What is wrong with the text, in words. */
  readonly problems: readonly string[];
}

/** Reads the text of a recording of one connection. Never throws, whatever the text is. */
export function readConnection(name: string, text: string, chosenProtocol?: ProtocolName): ReadResult {
  if (text.trim() === '') {
    return { connection: undefined, problems: [`${name} is empty.`] };
  }
  if (text.length > MAX_LENGTH) {
    const megabytes = MAX_LENGTH / (1024 * 1024);
    return { connection: undefined, problems: [`${name} is longer than ${megabytes} million characters.`] };
  }
  const problems: string[] = [];
  const chunks = isChunkRecording(text) ? chunksOf(name, text, problems) : undefined;
  if (chunks?.length === 0) {
    return { connection: undefined, problems };
  }
  const pieces = chunks === undefined ? [text] : textsOf(chunks);
  const framing = framingOf(pieces.join(''), chosenProtocol);
  let invalidLines = 0;
  const report = (problem: string) => {
    invalidLines++;
    if (invalidLines <= MAX_PROBLEMS) {
      problems.push(`${name}: ${problem}`);
    }
  };
  const read = readValues(pieces, framing, report);
  const values = read.map(({ value }) => value);
  if (invalidLines > MAX_PROBLEMS) {
    problems.push(`${name}: ${invalidLines - MAX_PROBLEMS} more like that.`);
  }
  if (values.length === 0) {
    return {
      connection: undefined,
      problems: [...problems, `${name} has no events (it was read as ${framing}).`],
    };
  }
  const protocol = chosenProtocol ?? findProtocol(values);
  if (typeof protocol === 'object') {
    return { connection: undefined, problems: [...problems, `${name}: ${protocol.problem}`] };
  }
  if (values.length > MAX_EVENTS) {
    problems.push(`${name}: only the first ${MAX_EVENTS} of ${values.length} events are played.`);
  }
  const events = read.slice(0, MAX_EVENTS).map(({ value, piece }): WireEvent => {
    // The times of chunks are those of the connection; what the events say about themselves does not count then.
    return { value, recordedAt: chunks === undefined ? timeOf(value) : chunks[piece]?.time };
  });
  const hasInvalidLines = invalidLines > 0;
  return { connection: { name, framing, protocol, events, chunks, hasInvalidLines }, problems };
}

/** The chunks of a recording; none if it has none that can be read. */
function chunksOf(name: string, text: string, problems: string[]): readonly RecordedChunk[] {
  const { chunks, problem } = readChunks(text);
  if (isCompressed(chunks)) {
    problems.push(`${name} has compressed bytes. This page does not read them; deltalines --replay does.`);
    return [];
  }
  if (problem !== undefined) {
    problems.push(`${name}: ${problem}.`);
  }
  return chunks;
}

function framingOf(text: string, chosenProtocol: ProtocolName | undefined): Framing {
  if (ARRAY_START.test(text)) {
    return 'JSON array';
  }
  const line = firstLine(text);
  if (SSE_START.test(line)) {
    return 'server-sent events';
  }
  return LINE_PROTOCOLS.has(chosenProtocol ?? detectProtocol([line]).protocol) ? 'lines' : 'JSON lines';
}

function firstLine(text: string): string {
  const start = text.replace(/^[\s\uFEFF]+/, '');
  return start.split(/[\r\n]/, 1)[0] ?? '';
}

/** A value, and the index of the piece of text that completed it. */
interface ReadValue {
  readonly value: unknown;
  readonly piece: number;
}

function readValues(
  pieces: readonly string[],
  framing: Framing,
  report: (problem: string) => void,
): readonly ReadValue[] {
  const reportEnd = (problem: string) => report(`${problem}. The rest is not read.`);
  switch (framing) {
    case 'server-sent events':
      // Who copies a text easily leaves out its last line end, without which the last event would not count.
      return collect([...pieces.slice(0, -1), `${pieces.at(-1) ?? ''}\n`], parseSSE(), report);
    case 'JSON lines':
      return collect(
        pieces,
        parseJSONLines({ onInvalid: ({ error }) => report(`${error.message}. The line is passed over.`) }),
        report,
      );
    case 'lines':
      return collect(pieces, parseJSONLines({ plainLines: true }), reportEnd);
    case 'JSON array':
      return collect(pieces, parseJSONArray(), reportEnd);
  }
}

function collect(
  pieces: readonly string[],
  parse: OperatorFunction<string, unknown>,
  report: (problem: string) => void,
): readonly ReadValue[] {
  const collected: ReadValue[] = [];
  let piece = 0;
  from(pieces)
    .pipe(
      map((text, index) => {
        piece = index;
        return text;
      }),
      parse,
    )
    .subscribe({
      next: (value) => collected.push({ value, piece }),
      error: (error: unknown) => report(error instanceof Error ? error.message : String(error)),
    });
  return collected;
}

function findProtocol(values: readonly unknown[]): ProtocolName | { readonly problem: string } {
  const first = values.slice(0, MAX_LOOKAHEAD);
  for (const value of first) {
    const { protocol } = detectProtocol([value]);
    if (protocol !== 'unknown' && protocol !== 'ambiguous') {
      return protocol;
    }
  }
  const { protocol, reason } = detectProtocol(first);
  return { problem: `the protocol is ${protocol} (${reason}). Choose one in the list.` };
}

function timeOf(value: unknown): number | undefined {
  const fields = fieldsOf(value);
  const data = fields['data'];
  const event = typeof data === 'string' ? fieldsOf(parseObject(data)) : fields;
  const time = TIME_FIELDS.map((name) => event[name]).find((field) => typeof field === 'string');
  const milliseconds = time === undefined ? NaN : Date.parse(time);
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}

function parseObject(data: string): unknown {
  try {
    return data.startsWith('{') ? JSON.parse(data) : undefined;
  } catch {
    return undefined;
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
