/** How the producer's full text compares with the received text. */
export type Verdict =
  /** Equal, except for white space at the end. */
  | { readonly type: 'agrees' }
  /** The received text is a prefix. The full text continues at this position. */
  | { readonly type: 'continues'; readonly position: number }
  /** Line `index` is the first that differs. It begins at this position in both texts. */
  | { readonly type: 'diverges'; readonly index: number; readonly position: number };

/** No piece of `received` extends past a line end. */
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

/** The length of the common prefix of two different texts. */
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
