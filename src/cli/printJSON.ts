import { type Commit, escapeControls } from '../index.js';
import type { RowWriter } from './output.js';

/** Prints each commit as one line of JSON. */
export function printJSON(output: RowWriter): (commit: Commit) => void {
  return (commit) => {
    output.writeRow(escapeControlsInJSON(stringify(commit)));
  };
}

function stringify(commit: Commit): string {
  try {
    return JSON.stringify(commit, plainError);
  } catch {
    // A cycle, a BigInt or very deep nesting. Only the event of a drop or the error of a close can contain them.
    return JSON.stringify(
      commit.type === 'drop'
        ? { ...commit, event: describe(commit.event) }
        : { ...commit, error: describe('error' in commit ? commit.error : undefined) },
    );
  }
}

/** The fields of an `Error` are not enumerable, so that JSON would show `{}`. */
function plainError(_key: string, value: unknown): unknown {
  return value instanceof Error ? { name: value.name, message: value.message } : value;
}

function describe(value: unknown): string {
  return Object.prototype.toString.call(value);
}

/** Replaces the characters that `escapeControls` escapes by JSON escapes, so that the parsed value stays the same. */
function escapeControlsInJSON(json: string): string {
  const shown = escapeControls(json);
  if (shown === json) {
    return json;
  }
  let escaped = '';
  let position = 0;
  for (const character of json) {
    // `escapeControls` never escapes a backslash, and each escape begins with one. So it differs from its character.
    const stays = shown.startsWith(character, position);
    escaped += stays ? character : jsonEscape(character);
    position += (stays ? character : escapeControls(character)).length;
  }
  return escaped;
}

/** JSON needs two escapes for a surrogate pair. */
function jsonEscape(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
