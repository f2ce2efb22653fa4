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
