import { escapeControls } from '../index.js';

/** Writes the characters that `escapeControls` makes visible as JSON escapes, so that the value stays the same. */
export function escapeControlsInJson(json: string): string {
  const shown = escapeControls(json);
  if (shown === json) {
    return json;
  }
  let escaped = '';
  let position = 0;
  for (const character of json) {
    // What was made visible begins with a backslash, which itself stays, so the two texts cannot be mistaken.
    const stays = shown.startsWith(character, position);
    escaped += stays ? character : jsonEscape(character);
    position += (stays ? character : escapeControls(character)).length;
  }
  return escaped;
}

/** A pair of surrogates needs two escapes in JSON. */
function jsonEscape(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
