/** Returns the JSON of a value that came over the wire, and `undefined` for what JSON cannot say. */
export function stringifyJSON(value: unknown): string | undefined {
  try {
    const text: unknown = JSON.stringify(value);
    return typeof text === 'string' ? text : undefined;
  } catch {
    return undefined;
  }
}
