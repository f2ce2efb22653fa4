import { formatValue } from '../rx/options.js';

/** A chunk of a recording. */
export interface RecordedChunk {
  /** Milliseconds since the first chunk. */
  readonly time: number;
  readonly chunk: string | Uint8Array;
}

const FIELDS: ReadonlySet<string> = new Set(['time', 'text', 'bytes', 'base64']);

/** The most bytes that are converted in one call: engines limit the number of arguments. */
const SLICE = 8192;

/** A surrogate without its other half. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Formats a chunk as a line of a recording. Bytes that are complete UTF-8 become text, to be readable. */
export function formatChunk({ time, chunk }: RecordedChunk): string {
  if (typeof chunk === 'string') {
    return JSON.stringify({ time, text: chunk });
  }
  const text = decode(chunk);
  return JSON.stringify(text === undefined ? { time, base64: toBase64(chunk) } : { time, text, bytes: true });
}

/** Parses a line of a recording. The error message has its `number`. */
export function parseChunk(line: string, number: number): RecordedChunk {
  const fail = (reason: string, cause?: unknown) =>
    new SyntaxError(`Line ${number} of the recording ${reason}`, { cause });
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    // Quoted as JSON, so that the message has no control characters.
    throw fail(`is not valid JSON; it begins with ${JSON.stringify(line.slice(0, 60))}`, cause);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw fail(`is ${formatValue(value)}, but must be an object`);
  }
  const unknown = Object.keys(value).find((name) => !FIELDS.has(name));
  if (unknown !== undefined) {
    throw fail(`has the unknown field ${JSON.stringify(unknown)}`);
  }
  const { time, text, bytes, base64 } = value as Readonly<Record<string, unknown>>;
  if (typeof time !== 'number' || !(time >= 0 && time < Infinity)) {
    throw fail(`has the time ${formatValue(time)}, but must have milliseconds from 0`);
  }
  if ((text === undefined) === (base64 === undefined)) {
    throw fail(`has ${text === undefined ? 'neither text nor base64' : 'both text and base64'}`);
  }
  if (bytes !== undefined && (bytes !== true || text === undefined)) {
    throw fail('has bytes, but may only have "bytes":true with text');
  }
  if (base64 !== undefined) {
    const decoded = typeof base64 === 'string' ? fromBase64(base64) : undefined;
    if (decoded === undefined) {
      throw fail('has no valid base64');
    }
    return { time, chunk: decoded };
  }
  if (typeof text !== 'string') {
    throw fail(`has the text ${formatValue(text)}, but must have a string`);
  }
  if (bytes === undefined) {
    return { time, chunk: text };
  }
  if (LONE_SURROGATE.test(text)) {
    throw fail('has a lone surrogate, which bytes cannot represent');
  }
  return { time, chunk: new TextEncoder().encode(text) };
}

/** Decodes bytes. Returns `undefined` unless they are complete UTF-8. */
function decode(bytes: Uint8Array): string | undefined {
  try {
    // A byte order mark is part of the bytes.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let start = 0; start < bytes.length; start += SLICE) {
    binary += String.fromCharCode(...bytes.subarray(start, start + SLICE));
  }
  return btoa(binary);
}

function fromBase64(base64: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
