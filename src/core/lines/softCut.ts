/** What tells where a grapheme begins. It is missing in some environments. */
export type Segmenter = Pick<Intl.Segmenter, 'segment'>;

const WHITE_SPACE = /\s/;

/**
 * Returns how many code units of an unfinished line to commit, so that no grapheme is cut: all but the last one, which
 * may go on. Where there is white space in the last quarter it is only up to that, because words are left whole.
 * Returns 0 when nothing can be cut off.
 */
export function softCut(tail: string, segmenter: Segmenter | undefined): number {
  const isPairCut = /[\ud800-\udbff]$/.test(tail);
  // Nobody knows yet which grapheme half a surrogate pair belongs to.
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
