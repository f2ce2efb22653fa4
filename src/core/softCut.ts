/** What tells where a grapheme begins. It is missing in some environments. */
export type Segmenter = Pick<Intl.Segmenter, 'segment'>;

const WHITE_SPACE = /\s/;

/**
 * Returns how many code units of an unfinished line to commit, so that no grapheme is cut: all but the last one, which
 * may go on. Where there is white space in the last quarter it is only up to that, because words are left whole.
 * Returns 0 when nothing can be cut off.
 */
export function softCut(tail: string, segmenter: Segmenter | undefined): number {
  const graphemes = segmenter?.segment(tail);
  const last = graphemes?.containing(tail.length - 1)?.index ?? endOfCodePoints(tail);
  for (let end = last; end > tail.length * 0.75; end--) {
    if (WHITE_SPACE.test(tail.charAt(end - 1)) && (graphemes?.containing(end)?.index ?? end) === end) {
      return end;
    }
  }
  return last;
}

/** Without a segmenter: all but a CR or the first half of a surrogate pair at the end. */
function endOfCodePoints(tail: string): number {
  return /[\r\ud800-\udbff]$/.test(tail) ? tail.length - 1 : tail.length;
}
