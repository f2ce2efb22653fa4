import { escapeControls } from 'deltalines';

/** The text in one row: what would be obeyed or would not be seen is shown, and what is too long is cut. */
export function rowText(text: string, length = 240): string {
  const marked = cut(text, length)
    .replace(/\r?\n/g, (lineEnd) => (lineEnd === '\n' ? '↵' : '␍↵'))
    .replace(/\t/g, '⇥');
  return escapeControls(marked);
}

/** A line as it is read; only what would be obeyed is shown. */
export function lineText(text: string, length = 2_000): string {
  return escapeControls(cut(text, length));
}

export function timeText(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}

/** A number of things. */
export function countText(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length).replace(/[\ud800-\udbff]$/, '')}…` : text;
}
