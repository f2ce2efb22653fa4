import { readField, readList, readText } from '../connection/fields.js';

/** The kinds of streams that `fromLangGraph` emits. */
export type LangGraphKind = 'answer' | 'reasoning' | 'tool' | 'output' | 'input';

/** An event of a run: its stream mode, such as `messages`, and its payload. */
export interface LangGraphEvent {
  readonly mode: string;
  readonly payload: unknown;
  /** The parameters of an event of the second protocol: its namespace and node. */
  readonly params?: unknown;
}

/**
 * Returns the data of a server-sent message, together with the name of its event if it has one, and any other value
 * unchanged.
 *
 * Throws a `SyntaxError` for data that begins like JSON and is invalid.
 */
export function unwrapLangGraph(value: unknown): unknown {
  const data = readField(value, 'data');
  if (typeof data !== 'string') {
    return value;
  }
  if (!/^\s*(?:\{|\[\s*[[{"\]])/.test(data)) {
    return undefined;
  }
  const payload: unknown = JSON.parse(data);
  const event = readText(value, 'event');
  return event === undefined || isProtocolEvent(payload) ? payload : { event, data: payload };
}

/** Finds the mode of an event, in all forms that the servers, the SDKs and the libraries send. */
export function readLangGraphEvent(value: unknown): LangGraphEvent | undefined {
  if (isProtocolEvent(value)) {
    const params = readField(value, 'params');
    const method = readText(value, 'method');
    return method === undefined ? undefined : { mode: method, payload: readField(params, 'data'), params };
  }
  const name = readText(value, 'event') ?? (isList(value, 'ns') ? readText(value, 'type') : undefined);
  if (name !== undefined) {
    return { mode: modeOf(name), payload: readField(value, 'data') };
  }
  // If only the data of server-sent events was read, the names are missing.
  if (isList(value, 'messages')) {
    return { mode: 'values', payload: value };
  }
  if (readText(value, 'error') !== undefined && readText(value, 'message') !== undefined) {
    return { mode: 'error', payload: value };
  }
  return readTuple(readList({ value }, 'value'));
}

/** A message is a plain object, or the serialized form of the libraries, `{ lc: 1, id, kwargs }`. */
export function openMessage(value: unknown): { readonly type: string; readonly fields: unknown } {
  if (readField(value, 'lc') !== 1) {
    return { type: readText(value, 'type') ?? '', fields: value };
  }
  const name = readList(value, 'id').at(-1);
  return { type: typeof name === 'string' ? name : '', fields: readField(value, 'kwargs') };
}

/** `[mode, payload]`, `[namespace, mode, payload]`, `[message, metadata]` or a list of messages. */
function readTuple(tuple: readonly unknown[]): LangGraphEvent | undefined {
  const [first, second] = tuple;
  if (typeof first === 'string') {
    return { mode: modeOf(first), payload: second };
  }
  if (isList({ first }, 'first')) {
    const rest = typeof second === 'string' ? tuple.slice(1) : readList({ second }, 'second');
    // The rest after a namespace is like an event without one.
    return isList({ rest: rest[0] }, 'rest') ? undefined : readTuple(rest);
  }
  if (tuple.length === 2 && !isMessage(second)) {
    return { mode: 'messages', payload: tuple };
  }
  return isMessage(first) ? { mode: 'messages/partial', payload: tuple } : undefined;
}

function isMessage(value: unknown): boolean {
  const { type, fields } = openMessage(value);
  return type !== '' && readField(fields, 'content') !== undefined;
}

/** The names of events of a subgraph end with its namespace. */
function modeOf(name: string): string {
  const [mode = name] = name.split('|', 1);
  return mode;
}

function isProtocolEvent(value: unknown): boolean {
  return readField(value, 'type') === 'event' && isList(readField(value, 'params'), 'namespace');
}

function isList(value: unknown, name: string): boolean {
  try {
    return Array.isArray(readField(value, name));
  } catch {
    return false;
  }
}
