import stringWidth from 'string-width';

const ELLIPSIS = '…';

/** The most code units per column that are measured. Only text with very many combining marks has more. */
const CODE_UNITS_PER_COLUMN = 16;

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Returns an escaped text, or as much of its end as fits into `columns` after an ellipsis. */
export function truncateStart(text: string, columns: number, escape: (text: string) => string): string {
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

/** Pads a text with spaces at its end. */
export function padToWidth(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(columns - stringWidth(text), 0));
}
