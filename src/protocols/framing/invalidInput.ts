/** The error of an operator that reads chunks of one type and was given another. */
export function chunkError(operator: string, expected: string, chunk: unknown): TypeError {
  const found = Object.prototype.toString.call(chunk).slice('[object '.length, -1);
  return new TypeError(`${operator} reads ${expected}, but was given a value of type ${found}`);
}

const EXCERPT_LENGTH = 60;

/** Parses JSON. The error says where the text stood and how it begins; its `cause` is the parser's own error. */
export function parseJSON(text: string, place: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (cause) {
    // Quoted as JSON, so that neither control characters nor half a surrogate pair get into the message.
    const excerpt = JSON.stringify(text.slice(0, EXCERPT_LENGTH));
    throw new SyntaxError(`${place} is not valid JSON; it begins with ${excerpt}`, { cause });
  }
}
