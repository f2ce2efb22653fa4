/** What the producer's full text says about the text that was received. */
export type Verdict =
  /** The same, or different only in white space at the end. */
  | { readonly type: 'agrees' }
  /** From this position on, the full text has what was not received. */
  | { readonly type: 'continues'; readonly position: number }
  /** This line is the first that differs; in both texts it begins at this position. */
  | { readonly type: 'diverges'; readonly index: number; readonly position: number };

/** `received` are pieces of text that end where a line ends, if not before. */
export function compareWithFullText(received: readonly string[], fullText: string): Verdict {
  let index = 0;
  let lineStart = 0;
  let position = 0;
  for (const [i, piece] of received.entries()) {
    if (!fullText.startsWith(piece, position)) {
      const rest = received.slice(i).join('');
      const fullRest = fullText.slice(position);
      const same = commonLength(rest, fullRest);
      return isBlank(rest.slice(same)) && isBlank(fullRest.slice(same))
        ? { type: 'agrees' }
        : { type: 'diverges', index, position: lineStart };
    }
    position += piece.length;
    if (piece.endsWith('\n')) {
      index++;
      lineStart = position;
    }
  }
  return isBlank(fullText.slice(position)) ? { type: 'agrees' } : { type: 'continues', position };
}

/** How much the beginnings of two different texts have in common. */
function commonLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a.charCodeAt(length) === b.charCodeAt(length)) {
    length++;
  }
  return length;
}

function isBlank(text: string): boolean {
  return text.trimStart() === '';
}
