/** Finds where graphemes begin. Missing in some environments. */
export type Segmenter = Pick<Intl.Segmenter, 'segment'>;

const WHITE_SPACE = /\s/;

/**
 * Returns how many code units of an unfinished line to commit. It cuts after the last white space in the last
 * quarter, to keep words whole, or else before the last grapheme, which may continue. Returns 0 if there is nothing
 * to commit.
 */
export function softCut(tail: string, segmenter: Segmenter | undefined): number {
  const isPairCut = /[\ud800-\udbff]$/.test(tail);
  // The grapheme of half a surrogate pair is not known yet.
  const text = isPairCut ? tail.slice(0, -1) : tail;
  const graphemes = segmenter?.segment(text);
  const last =
    graphemes === undefined
      ? text.length - (text.endsWith('\r') ? 1 : 0)
      : (graphemes.containing(text.length - 1)?.index ?? 0);
  for (let end = last; end > text.length * 0.75; end--) {
    if (WHITE_SPACE.test(text.charAt(end - 1)) && (graphemes?.containing(end)?.index ?? end) === end) {
      return end;
    }
  }
  return last;
}
