/**
 * What a terminal would obey, or what would make a line look different from what it is:
 * - C0 without tab, DEL and C1: cursor movement, titles, the clipboard, and all that begins with ESC or CSI;
 * - the marks, overrides and isolates that change the direction of writing;
 * - characters that take no room, and separators that are line ends to some programs;
 * - halves of surrogate pairs.
 *
 * U+200C and U+200D are not among them: Persian and Indic words and many emoji fall apart without, and no terminal acts on them.
 */
const CONTROLS =
  /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]/u;
const ALL_CONTROLS = new RegExp(CONTROLS, 'gu');
const ALL_CONTROLS_OF_LABEL = new RegExp(`${CONTROLS.source}|[\\t│┊]`, 'gu');

/** Makes control characters visible: ESC becomes `\x1b`. Tabs stay. */
export function escapeControls(text: string): string {
  return CONTROLS.test(text) ? text.replace(ALL_CONTROLS, visible) : text;
}

/** The same for a kind, an id or the name of a file, which must not look like the bar behind them, nor move it. */
export function escapeLabel(label: string): string {
  return label.replace(ALL_CONTROLS_OF_LABEL, visible);
}

/** Writes the same characters as JSON escapes, where they stand in JSON. */
export function escapeControlsInJson(json: string): string {
  return CONTROLS.test(json) ? json.replace(ALL_CONTROLS, (character) => `\\u${hex(character, 4)}`) : json;
}

function visible(character: string): string {
  return character < '\u0100' ? `\\x${hex(character, 2)}` : `\\u${hex(character, 4)}`;
}

function hex(character: string, digits: number): string {
  return character.charCodeAt(0).toString(16).padStart(digits, '0');
}
