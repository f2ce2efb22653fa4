/**
 * Returns a property of anything, and `undefined` where there is none: wire formats promise nothing. A getter that
 * throws counts as none, because one odd event must not end the output for all streams.
 */
export function readField(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) {
    return undefined;
  }
  try {
    return (value as Readonly<Record<string, unknown>>)[name];
  } catch {
    return undefined;
  }
}

/** Returns the elements of a property that is an array, and none of any other. */
export function readList(value: unknown, name: string): readonly unknown[] {
  const list = readField(value, name);
  try {
    return Array.isArray(list) ? Array.from<unknown>(list) : [];
  } catch {
    return [];
  }
}

/** Returns a property that is a string, and `undefined` for any other. */
export function readText(value: unknown, name: string): string | undefined {
  const text = readField(value, name);
  return typeof text === 'string' ? text : undefined;
}

/** Returns a property that can number something, from 0, and `undefined` for any other. */
export function readIndex(value: unknown, name: string): number | undefined {
  const index = readField(value, name);
  return typeof index === 'number' && Number.isSafeInteger(index) && index >= 0 ? index : undefined;
}

/** Returns a property that is a string with something in it, and `undefined` for any other: an empty id is none. */
export function readName(value: unknown, name: string): string | undefined {
  const text = readText(value, name);
  return text === '' ? undefined : text;
}

/** Returns the JSON of a value that came over the wire, and `undefined` for what JSON cannot say. */
export function stringifyJSON(value: unknown): string | undefined {
  try {
    const text: unknown = JSON.stringify(value);
    return typeof text === 'string' ? text : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Returns the event inside a server-sent message, `{ data: '{"type":…}' }`, and any other value as it is.
 *
 * Messages that are not meant to be JSON, such as `[DONE]`, hold no event: `undefined`. Those that begin like an object
 * are, so a broken one throws a `SyntaxError`.
 */
export function unwrapMessage(value: unknown): unknown {
  // A message of Gemini's SDK has a getter `data` of its own, for audio.
  if (readField(value, 'serverContent') !== undefined) {
    return value;
  }
  const data = readField(value, 'data');
  if (typeof data !== 'string') {
    return value;
  }
  const event: unknown = /^\s*\{/.test(data) ? JSON.parse(data) : undefined;
  return event;
}
