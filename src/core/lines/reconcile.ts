/** How the producer's full text compares with the received text. */
export type Verdict =
  /** Equal, except for white space at the end. */
  | { readonly type: 'agrees' }
  /** The received text is a prefix. The full text continues at this position. */
  | { readonly type: 'continues'; readonly position: number }
  /** Line `index` is the first that differs. It begins at this position in both texts. */
  | { readonly type: 'diverges'; readonly index: number; readonly position: number };

const LINE_FEED = 0x0a;

/** The received text is `lines`, an LF after each, and the unfinished line `tail`. */
export function compareWithFullText(lines: readonly string[], tail: string, fullText: string): Verdict {
  let position = 0;
  let index = 0;
  for (const line of lines) {
    const end = position + line.length;
    if (!fullText.startsWith(line, position) || fullText.charCodeAt(end) !== LINE_FEED) {
      return compareRest([...lines.slice(index), tail].join('\n'), fullText, index, position);
    }
    position = end + 1;
    index++;
  }
  return compareRest(tail, fullText, index, position);
}

/** Both texts are equal up to `position`, where line `index` begins. */
function compareRest(rest: string, fullText: string, index: number, position: number): Verdict {
  const fullRest = fullText.slice(position);
  const same = commonLength(rest, fullRest);
  if (isBlank(rest.slice(same)) && isBlank(fullRest.slice(same))) {
    return { type: 'agrees' };
  }
  return same === rest.length
    ? { type: 'continues', position: position + same }
    : { type: 'diverges', index, position };
}

/** The length of the common prefix. */
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
