import {
  detectProtocol,
  parseJSONArray,
  parseJSONLines,
  parseSSE,
  type ProtocolName,
} from 'deltalines/protocols';
import { type Observable, of } from 'rxjs';

import type { Connection, Framing, WireEvent } from './recording';

/** The most events of a connection that are played; a page is not the place for more. */
export const MAX_EVENTS = 20_000;

/** The most code units of a text that is read. */
export const MAX_LENGTH = 8 * 1024 * 1024;

/** The most events that are looked at to find out the protocol. */
const MAX_LOOKAHEAD = 64;

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
  const framing = framingOf(text);
  const problems: string[] = [];
  let invalidLines = 0;
  const report = (problem: string) => {
    invalidLines++;
    if (invalidLines <= MAX_PROBLEMS) {
      problems.push(`${name}: ${problem}`);
    }
  };
  const values = readValues(text, framing, report);
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
  const events = values
    .slice(0, MAX_EVENTS)
    .map((value): WireEvent => ({ value, recordedAt: timeOf(value) }));
  return { connection: { name, framing, protocol, events, hasInvalidLines: invalidLines > 0 }, problems };
}

function framingOf(text: string): Framing {
  if (ARRAY_START.test(text)) {
    return 'JSON array';
  }
  return SSE_START.test(firstLine(text)) ? 'server-sent events' : 'JSON lines';
}

function firstLine(text: string): string {
  const start = text.replace(/^[\s\uFEFF]+/, '');
  return start.split(/[\r\n]/, 1)[0] ?? '';
}

function readValues(text: string, framing: Framing, report: (problem: string) => void): readonly unknown[] {
  switch (framing) {
    case 'server-sent events':
      // Who copies a text easily leaves out its last line end, without which the last event would not count.
      return collect(of(text, '\n').pipe(parseSSE()), report);
    case 'JSON lines':
      return collect(
        of(text).pipe(
          parseJSONLines({ onInvalid: ({ error }) => report(`${error.message}. The line is passed over.`) }),
        ),
        report,
      );
    case 'JSON array':
      return collect(of(text).pipe(parseJSONArray()), (problem) =>
        report(`${problem}. The rest is not read.`),
      );
  }
}

function collect(values: Observable<unknown>, report: (problem: string) => void): readonly unknown[] {
  const collected: unknown[] = [];
  values.subscribe({
    next: (value) => collected.push(value),
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
