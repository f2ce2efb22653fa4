import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { Terminal } from './terminal.js';

/** @typedef {{ text: string, column: number, columns: number, color: number }} Run Cells of one colour. */

const CELL = { width: 8.4, height: 20 };
const MARGIN = 16;
const HEADER = 36;

/** The colours of a terminal that kinds are painted with, for light and for dark surroundings. */
const COLORS = [
  { index: 1, light: '#cf222e', dark: '#ff7b72' },
  { index: 2, light: '#116329', dark: '#56d364' },
  { index: 3, light: '#7d4e00', dark: '#e3b341' },
  { index: 4, light: '#0969da', dark: '#79c0ff' },
  { index: 5, light: '#8250df', dark: '#d2a8ff' },
  { index: 6, light: '#1b7c83', dark: '#56d4dd' },
  { index: 8, light: '#57606a', dark: '#8b949e' },
];

const STYLE = `
  text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; }
  .window { fill: #f6f8fa; stroke: #d0d7de; } .text { fill: #1f2328; } .quiet { fill: #57606a; }
  ${COLORS.map(({ index, light }) => `.color-${index} { fill: ${light}; }`).join(' ')}
  @media (prefers-color-scheme: dark) {
    .window { fill: #0d1117; stroke: #30363d; } .text { fill: #e6edf3; } .quiet { fill: #8b949e; }
    ${COLORS.map(({ index, dark }) => `.color-${index} { fill: ${dark}; }`).join(' ')}
  }
`;

const project = fileURLToPath(new URL('..', import.meta.url));
const files = [1, 2, 3].map((turn) => `examples/recordings/turn-${turn}.sse`);
const size = { columns: 82, rows: 11 };

/** Three answers that have lines, and an end that grows. */
const MOMENT = /(● answer \S+ +[2-9] lines +\ds +.{12,}▌\s*){3}$/;

const terminal = new Terminal([process.execPath, 'dist/cli.js', ...files, '--live', '--pace'], {
  ...size,
  directory: project,
});
await terminal.until(({ text }) => MOMENT.test(text));
// The cursor rests in the last row, which is empty.
const shown = terminal.lines.slice(0, -1);
writeFileSync(new URL('../docs/live.svg', import.meta.url), draw(shown.map(runsOf)));
terminal.kill();

/** @param {readonly (readonly Run[])[]} lines */
function draw(lines) {
  const width = size.columns * CELL.width + 2 * MARGIN;
  const height = lines.length * CELL.height + HEADER + MARGIN;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" xml:space="preserve" role="img" aria-label="Three answers grow at once in a terminal">`,
    `<style>${STYLE}</style>`,
    `<rect class="window" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="10"/>`,
    `<text class="quiet" x="${MARGIN}" y="24">$ npm start -- --live --pace</text>`,
    ...lines.flatMap((runs, row) => runs.map((run) => drawRun(run, row))),
    '</svg>\n',
  ].join('\n');
}

/**
 * @param {Run} run
 * @param {number} row
 */
function drawRun({ text, column, columns, color }, row) {
  const x = round(MARGIN + column * CELL.width);
  const y = round(HEADER + (row + 0.75) * CELL.height);
  const style = COLORS.some(({ index }) => index === color) ? `color-${color}` : 'text';
  const length = round(columns * CELL.width);
  return `<text class="${style}" x="${x}" y="${y}" textLength="${length}" lengthAdjust="spacingAndGlyphs">${escapeMarkup(text)}</text>`;
}

/**
 * @param {Terminal['lines'][number]} line
 * @returns {readonly Run[]}
 */
function runsOf(line) {
  /** @type {Run[]} */
  const runs = [];
  for (let column = 0; column < size.columns; column++) {
    const cell = line?.getCell(column);
    const columns = cell?.getWidth() ?? 0;
    if (cell === undefined || columns === 0) {
      continue;
    }
    const color = cell.isFgPalette() ? cell.getFgColor() : -1;
    const last = runs.at(-1);
    if (last?.color === color) {
      last.text += cell.getChars() || ' ';
      last.columns += columns;
    } else {
      runs.push({ text: cell.getChars() || ' ', column, columns, color });
    }
  }
  return runs.map(withoutSpaces).filter(({ text }) => text !== '');
}

/**
 * Spaces at the end show nothing, and those at the beginning are lost in some programs.
 *
 * @param {Run} run
 * @returns {Run}
 */
function withoutSpaces({ text, column, columns, color }) {
  const before = text.length - text.trimStart().length;
  const after = text.length - text.trimEnd().length;
  return { text: text.trim(), column: column + before, columns: columns - before - after, color };
}

/** @param {string} text */
function escapeMarkup(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

/** @param {number} number */
function round(number) {
  return Math.round(number * 100) / 100;
}
