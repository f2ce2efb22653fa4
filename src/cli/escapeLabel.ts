import { escapeControls } from '../index.js';

/**
 * Escapes a kind or an id. It must not contain characters that look like the bar after it, or tabs that move the bar.
 */
export function escapeLabel(label: string): string {
  return escapeControls(
    label.replace(/[\t│┊]/g, (character) =>
      character === '\t' ? '\\x09' : character === '│' ? '\\u2502' : '\\u250a',
    ),
  );
}
