import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { CELL, COLORS, drawText, round, STYLE } from './svg.js';
import { Terminal } from './terminal.js';

/** @typedef {{ text: string, column: number, columns: number, color: number }} Run Cells of one color. */

const MARGIN = 16;
const HEADER = 36;

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
  const width = round(size.columns * CELL.width + 2 * MARGIN);
  const height = lines.length * CELL.height + HEADER + MARGIN;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" xml:space="preserve" role="img" aria-label="Three answers grow at once in a terminal">`,
    `<style>${STYLE}</style>`,
    `<rect class="window" x="0.5" y="0.5" width="${round(width - 1)}" height="${height - 1}" rx="10"/>`,
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
  const style = COLORS.some(({ index }) => index === color) ? `color-${color}` : 'text';
  const x = MARGIN + column * CELL.width;
  return drawText({ text, style, x, y: HEADER + (row + 0.75) * CELL.height, columns });
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
  return runs.filter(({ text }) => text.trim() !== '');
}
