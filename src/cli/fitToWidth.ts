import stringWidth from 'string-width';

const ELLIPSIS = '…';

/** More code units than this are not looked at for each column; only very many combining marks take as many. */
const CODE_UNITS_PER_COLUMN = 16;

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Returns a text, escaped, or as much of its end as takes so many columns, with an ellipsis before it. */
export function fitEnd(text: string, columns: number, escape: (text: string) => string): string {
  if (columns <= 0) {
    return '';
  }
  const end = escape(text.slice(-columns * CODE_UNITS_PER_COLUMN));
  if (stringWidth(end) <= columns) {
    return end;
  }
  let kept = '';
  let width = ELLIPSIS.length;
  for (const { segment } of [...graphemes.segment(end)].reverse()) {
    width += stringWidth(segment);
    if (width > columns) {
      break;
    }
    kept = segment + kept;
  }
  return ELLIPSIS + kept;
}

/** Fills a text up with spaces. */
export function padToWidth(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(columns - stringWidth(text), 0));
}
