import type { DeltaEvent } from '../../src/index.js';

/** An event, and the milliseconds from the beginning until it arrives. */
export interface TimedEvent {
  readonly time: number;
  readonly event: DeltaEvent;
}

export interface Input {
  readonly events: readonly TimedEvent[];
  /** The milliseconds until the source completes. */
  readonly duration: number;
}

/** The longest time in milliseconds that an input may wait in total. */
const MAX_DURATION = 600_000;

const LINE =
  /^(?:(?<kind>[^\s:[\]"`]+) +)?(?<id>[^\s:[\]"`]+) *(?:\[(?<order>[^\]]*)\] *)?: *(?<type>start|end|error)?(?: *(?<text>"(?:[^"\\]|\\.)*"|`[^`]*`))?$/;

/**
 * Reads the input of a live example: one event a line, in the notation of the diagrams.
 *
 * ```text
 * 1: "hel"             a delta of the answer 1; escapes as in JSON
 * tool 1: `{"a":`      a delta of another kind; no escapes between back quotes
 * 1 [2, 0]: start      a start with the order [2, 0]
 * 1: end "hello"       an end with the full text, which may be left out
 * 1: error "reset"     a failure of this stream
 * wait 500             half a second without an event
 * ```
 *
 * @throws SyntaxError that names the line, if a line is something else.
 */
export function readInput(text: string): Input {
  const events: TimedEvent[] = [];
  let time = 0;
  text.split('\n').forEach((untrimmed, index) => {
    const line = untrimmed.trim();
    const [, wait] = /^wait +(\d+)$/.exec(line) ?? [];
    if (wait !== undefined) {
      time += Number(wait);
    } else if (line !== '') {
      events.push({ time, event: readEvent(line, index + 1) });
    }
  });
  if (time > MAX_DURATION) {
    throw new RangeError(`The lines must wait ${MAX_DURATION} ms at most in total, but they wait ${time} ms`);
  }
  return { events, duration: time };
}

function readEvent(line: string, number: number): DeltaEvent {
  const { kind = 'answer', id, order, type, text: quoted } = LINE.exec(line)?.groups ?? {};
  const text = quoted === undefined ? undefined : unquote(quoted);
  if (id === undefined || (quoted !== undefined && text === undefined)) {
    throw invalidLine(line, number);
  }
  const key = { kind, id, ...(order !== undefined && { order: order.split(',').map(Number) }) };
  switch (type) {
    case 'start':
      if (text === undefined) {
        return { type: 'start', ...key };
      }
      break;
    case 'end':
      return { type: 'end', ...key, ...(text !== undefined && { text }) };
    case 'error':
      return { type: 'error', ...key, error: text ?? 'failed' };
    default:
      if (text !== undefined) {
        return { type: 'delta', ...key, delta: text };
      }
  }
  throw invalidLine(line, number);
}

function unquote(quoted: string): string | undefined {
  if (quoted.startsWith('`')) {
    return quoted.slice(1, -1);
  }
  try {
    return String(JSON.parse(quoted));
  } catch {
    return undefined;
  }
}

function invalidLine(line: string, number: number): SyntaxError {
  return new SyntaxError(
    `Line ${number} must be like 1: "text", 1: start, 1: end, 1: error or wait 500, but is ${line}`,
  );
}
