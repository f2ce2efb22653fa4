/** The width of a character and the height of a row, at 14 pixels. */
export const CELL = { width: 8.4, height: 20 };

/** The font of all pictures: that of the reader's terminal, for a picture can load none. */
export const FONT = "14px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";

/** The colors of the window and of plain text, for light and for dark surroundings. */
export const WINDOW = {
  light: { fill: '#f6f8fa', stroke: '#d0d7de', text: '#1f2328', quiet: '#57606a' },
  dark: { fill: '#0d1117', stroke: '#30363d', text: '#e6edf3', quiet: '#8b949e' },
};

/** The colors of a terminal that kinds are painted with, for light and for dark surroundings. */
export const COLORS = [
  { index: 1, light: '#cf222e', dark: '#ff7b72' },
  { index: 2, light: '#116329', dark: '#56d364' },
  { index: 3, light: '#7d4e00', dark: '#e3b341' },
  { index: 4, light: '#0969da', dark: '#79c0ff' },
  { index: 5, light: '#8250df', dark: '#d2a8ff' },
  { index: 6, light: '#1b7c83', dark: '#56d4dd' },
  { index: 8, light: '#57606a', dark: '#8b949e' },
];

/** The rules that all pictures share: `.window`, `.text`, `.quiet` and `.color-1` to `.color-8`. */
export const STYLE = `text { font: ${FONT}; }
${rules('light')}
@media (prefers-color-scheme: dark) {
${rules('dark')}
}`;

/** @param {'light' | 'dark'} scheme */
function rules(scheme) {
  const { fill, stroke, text, quiet } = WINDOW[scheme];
  return [
    `.window { fill: ${fill}; stroke: ${stroke}; } .text { fill: ${text}; } .quiet { fill: ${quiet}; }`,
    COLORS.map((color) => `.color-${color.index} { fill: ${color[scheme]}; }`).join(' '),
  ].join('\n');
}

/**
 * Text at a place. It gets as wide as its columns are, whatever font the reader has. Spaces around it move it, because some
 * programs lose them.
 *
 * @param {object} run
 * @param {string} run.text
 * @param {string} run.style The classes.
 * @param {number} run.x
 * @param {number} run.y
 * @param {number} [run.columns] How wide the text is, with its spaces.
 */
export function drawText({ text, style, x, y, columns = text.length }) {
  const before = text.length - text.trimStart().length;
  const after = text.length - text.trimEnd().length;
  const length = round((columns - before - after) * CELL.width);
  const left = round(x + before * CELL.width);
  return `<text class="${style}" x="${left}" y="${round(y)}" textLength="${length}" lengthAdjust="spacingAndGlyphs">${escapeMarkup(text.trim())}</text>`;
}

/** @param {string} text */
export function escapeMarkup(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

/** @param {number} number */
export function round(number) {
  return Math.round(number * 100) / 100;
}
