import { escapeControls } from '../index.js';

/** Escapes a kind, an id or the name of a file, which must not look like the bar behind them, nor move it. */
export function escapeLabel(label: string): string {
  return escapeControls(
    label.replace(/[\t│┊]/g, (character) =>
      character === '\t' ? '\\x09' : character === '│' ? '\\u2502' : '\\u250a',
    ),
  );
}
