/** What the producer's full text says about the text that was received. */
export type Verdict =
  /** The same, or different only in white space at the end. */
  | { readonly type: 'agrees' }
  /** From this position on, the full text has what was not received. */
  | { readonly type: 'continues'; readonly position: number }
  /** This line is the first that differs; in both texts it begins at this position. */
  | { readonly type: 'diverges'; readonly index: number; readonly position: number };

export function compareWithFullText(received: string, fullText: string): Verdict {
  if (received.trimEnd() === fullText.trimEnd()) {
    return { type: 'agrees' };
  }
  if (fullText.startsWith(received)) {
    return { type: 'continues', position: received.length };
  }
  return { type: 'diverges', ...lineAt(received, differenceOf(received, fullText)) };
}

/** Where the second text ends, or says something else than the first. */
function differenceOf(received: string, fullText: string): number {
  let position = 0;
  while (received.charCodeAt(position) === fullText.charCodeAt(position)) {
    position++;
  }
  return position;
}

/** The number of the line that the position is in, and where that line begins. */
function lineAt(text: string, position: number): { readonly index: number; readonly position: number } {
  let index = 0;
  let start = 0;
  let lineFeed = text.indexOf('\n');
  while (lineFeed !== -1 && lineFeed < position) {
    index++;
    start = lineFeed + 1;
    lineFeed = text.indexOf('\n', start);
  }
  return { index, position: start };
}
