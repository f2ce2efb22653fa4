/** The error of an operator for a chunk of the wrong type. */
export function chunkError(operator: string, expected: string, chunk: unknown): TypeError {
  const found = Object.prototype.toString.call(chunk).slice('[object '.length, -1);
  return new TypeError(`${operator} reads ${expected}, but was given a value of type ${found}`);
}

const EXCERPT_LENGTH = 60;

/**
 * Parses JSON. The error message has the place of the text and its beginning. Its `cause` is the error of
 * `JSON.parse`.
 */
export function parseJSON(text: string, place: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (cause) {
    // Quoted as JSON, so that the message has no control characters and no unpaired surrogates.
    const excerpt = JSON.stringify(text.slice(0, EXCERPT_LENGTH));
    throw new SyntaxError(`${place} is not valid JSON; it begins with ${excerpt}`, { cause });
  }
}
