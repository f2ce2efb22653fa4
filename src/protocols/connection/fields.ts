/**
 * Returns a property of any value, or `undefined`, because events are not validated. A getter that throws counts as
 * `undefined`, because one bad event must not fail the output for all streams.
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

/** Returns the elements of an array property, or an empty array. */
export function readList(value: unknown, name: string): readonly unknown[] {
  const list = readField(value, name);
  try {
    return Array.isArray(list) ? Array.from<unknown>(list) : [];
  } catch {
    return [];
  }
}

/** Returns a string property, or `undefined`. */
export function readText(value: unknown, name: string): string | undefined {
  const text = readField(value, name);
  return typeof text === 'string' ? text : undefined;
}

/** Returns a property that is a safe integer from 0, or `undefined`. */
export function readIndex(value: unknown, name: string): number | undefined {
  const index = readField(value, name);
  return isIndex(index) ? index : undefined;
}

/**
 * Returns the `index` of an element of a list, or its position if it has none. Returns `undefined` for an invalid
 * `index`.
 */
export function readIndexAt(element: unknown, position: number): number | undefined {
  const index = readField(element, 'index') ?? position;
  return isIndex(index) ? index : undefined;
}

/** Returns a property that is a non-empty string, or `undefined`. */
export function readName(value: unknown, name: string): string | undefined {
  const text = readText(value, name);
  return text === '' ? undefined : text;
}

/** Returns a property that is an array of bytes, or `undefined` if an element is not a byte. */
export function readBytes(value: unknown, name: string): Uint8Array | undefined {
  const bytes = readList(value, name);
  return bytes.every(isByte) ? Uint8Array.from(bytes) : undefined;
}

/** Returns a key for a JSON-RPC id, or `undefined`. The keys of the number 1 and the string "1" differ. */
export function readRequestKey(value: unknown, name: string): string | undefined {
  const id = readField(value, name);
  return typeof id === 'string' || typeof id === 'number' ? JSON.stringify(id) : undefined;
}

/** Returns whether a value is a safe integer from 0. */
export function isIndex(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** Returns whether a value is an object or an array. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Returns the JSON of a value, or `undefined` for a value that JSON cannot represent. */
export function stringifyJSON(value: unknown): string | undefined {
  try {
    const text: unknown = JSON.stringify(value);
    return typeof text === 'string' ? text : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Returns the event in the data of a server-sent event, `{ data: '{"type":…}' }`, and any other value unchanged.
 *
 * Returns `undefined` for data that does not begin like an object, such as `[DONE]`. Throws a `SyntaxError` for data
 * that does and is invalid JSON.
 */
export function unwrapMessage(value: unknown): unknown {
  const data = readData(value);
  if (typeof data !== 'string') {
    return value;
  }
  const event: unknown = data.startsWith('{') || /^\s*\{/.test(data) ? JSON.parse(data) : undefined;
  return event;
}

function isByte(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 255;
}

function isDataPart({ type }: { readonly type?: unknown }): boolean {
  return typeof type === 'string' && type.startsWith('data-');
}

/** Like `readField`. Named properties are faster to read, and every message passes here. */
function readData(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) {
    return undefined;
  }
  try {
    const { serverContent } = value as { readonly serverContent?: unknown };
    // A message of Gemini's SDK has a getter `data` for audio.
    const data = serverContent === undefined ? (value as { readonly data?: unknown }).data : undefined;
    // The AI SDK sends data of the application as parts, and such data may be a text.
    return typeof data === 'string' && isDataPart(value) ? undefined : data;
  } catch {
    return undefined;
  }
}
