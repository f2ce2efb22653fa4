/** What the producer's full text says about the text that was received. */
export type Verdict =
  /** The same, or different only in white space at the end. */
  | { readonly type: 'agrees' }
  /** From this position on, the full text has what was not received. */
  | { readonly type: 'continues'; readonly position: number }
  /** This line is the first that differs; in the full text it begins at this position. */
  | { readonly type: 'diverges'; readonly index: number; readonly position: number };

/**
 * Compares in one pass, and copies only what comes after a difference.
 *
 * @param received The text in pieces. A line feed ends its piece, and no other piece has one.
 */
export function compareWithFullText(received: readonly string[], fullText: string): Verdict {
  let position = 0;
  /** The line that the piece belongs to, where it begins, and its first piece. */
  let [index, start, first] = [0, 0, 0];
  for (const [number, piece] of received.entries()) {
    if (!fullText.startsWith(piece, position)) {
      const isSame = received.slice(first).join('').trimEnd() === fullText.slice(start).trimEnd();
      return isSame ? { type: 'agrees' } : { type: 'diverges', index, position: start };
    }
    position += piece.length;
    if (piece.endsWith('\n')) {
      [index, start, first] = [index + 1, position, number + 1];
    }
  }
  return fullText.slice(position).trimEnd() === '' ? { type: 'agrees' } : { type: 'continues', position };
}
