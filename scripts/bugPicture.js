import { writeFileSync } from 'node:fs';

import { filter, from, lastValueFrom, map, tap, toArray } from 'rxjs';

import { PIECES } from '../docs/live/bug.js';
import { commitLines } from '../src/index.js';
import { CELL, drawText, round, STYLE } from './svg.js';

// Draws docs/bug.svg: two answers on one connection, in one buffer, and with commitLines(). The lines come from a run.

/** @typedef {{ step: number, text: string, style: string, column: number }} Run Text that is added at a step. */

const WIDTH = 480;
const MARGIN = 20;
const ROW = 24;
const CHIP = { height: 26, padding: 8, gap: 6, inRow: 4 };
/** The top of the deltas, and of what is below them. */
const TOP = { chips: 40, panels: 40 + 2 * (26 + 6) + 12 };

/** Seconds until the first delta, between two deltas, and of the whole. */
const TIME = { first: 0.5, step: 0.8, total: 9 };

/** How often it is played. Then it rests on its last state, because motion beside a text disturbs reading. */
const TIMES = 4;

/** The colors of the answers, by their id. */
const STYLES = new Map([
  ['1', 'color-4'],
  ['2', 'color-3'],
]);

const merged = buffer();
const lines = await committed();
const panels = [
  { title: 'One buffer for everything', mark: '✗', style: 'color-1', runs: merged },
  { title: 'commitLines(): a buffer for each answer', mark: '✓', style: 'color-2', runs: lines },
];
writeFileSync(new URL('../docs/bug.svg', import.meta.url), draw());

function draw() {
  const heights = panels.map(({ runs }) => ROW * runs.length + 44);
  const height =
    TOP.panels + heights.reduce((sum, each) => sum + each, 0) + 12 * (panels.length - 1) + MARGIN;
  const steps = PIECES.map((_, step) => keyframes(step)).join('\n');
  let y = TOP.panels;
  const drawnPanels = panels.flatMap((panel, index) => {
    const drawn = drawPanel(panel, y, heights[index] ?? 0);
    y += (heights[index] ?? 0) + 12;
    return drawn;
  });
  const label = `Pieces of two answers arrive on one connection. One buffer makes of them: ${sentence(merged)} With commitLines(), each answer keeps its line: ${sentence(lines)}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${label}">`,
    `<style>${STYLE}`,
    'rect { stroke-width: 1; } .chip, .panel { fill: none; stroke: #8c959f; } .chip.color-3 { stroke: #bf8700; } .chip.color-4 { stroke: #218bff; }',
    '.title { font-weight: 600; }',
    // Without motion, all is there from the beginning.
    '@media (prefers-reduced-motion: no-preference) {',
    steps,
    '}</style>',
    `<rect class="window" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="10"/>`,
    drawText({ text: 'Two answers, one connection:', style: 'quiet', x: MARGIN, y: 26 }),
    ...drawChips(),
    ...drawnPanels,
    '</svg>\n',
  ].join('\n');
}

/** @param {number} step */
function keyframes(step) {
  const start = percent(TIME.first + step * TIME.step);
  return [
    `@keyframes step-${step} { 0%, ${start}% { opacity: 0; } ${round(start + 2)}%, 100% { opacity: 1; } }`,
    `.step-${step} { animation: step-${step} ${TIME.total}s ${TIMES} both; }`,
  ].join('\n');
}

/** @param {number} seconds */
function percent(seconds) {
  return round((100 * seconds) / TIME.total);
}

/** The deltas in rows, each in a box of the color of its answer, with the id of that. */
function drawChips() {
  let x = MARGIN;
  return PIECES.flatMap(({ id, delta }, step) => {
    const text = delta.replace('\n', '↵');
    const style = STYLES.get(id) ?? '';
    const width = round((text.length + 2) * CELL.width + 2 * CHIP.padding);
    const left = step % CHIP.inRow === 0 ? MARGIN : x;
    const top = TOP.chips + Math.floor(step / CHIP.inRow) * (CHIP.height + CHIP.gap);
    x = left + width + CHIP.gap;
    return [
      `<g class="step-${step}"><rect class="chip ${style}" x="${round(left)}" y="${top}" width="${width}" height="${CHIP.height}" rx="6"/>`,
      drawText({ text: id, style: 'quiet', x: left + CHIP.padding, y: top + 18 }),
      drawText({ text, style, x: left + CHIP.padding + 2 * CELL.width, y: top + 18 }),
      '</g>',
    ];
  });
}

/**
 * @param {(typeof panels)[number]} panel
 * @param {number} top
 * @param {number} height
 */
function drawPanel({ title, mark, style, runs }, top, height) {
  const frame = { x: MARGIN - 0.5, width: WIDTH - 2 * MARGIN + 1 };
  return [
    `<rect class="panel" x="${frame.x}" y="${top + 0.5}" width="${frame.width}" height="${height}" rx="6"/>`,
    drawText({ text: mark, style: `title ${style}`, x: MARGIN + 12, y: top + 24 }),
    drawText({ text: title, style: 'title text', x: MARGIN + 12 + 2 * CELL.width, y: top + 24 }),
    ...runs.flatMap((row, number) =>
      row.map(({ step, text, style, column }) =>
        drawText({
          text,
          style: `step-${step} ${style}`,
          x: MARGIN + 12 + column * CELL.width,
          y: top + 24 + (number + 1) * ROW,
        }),
      ),
    ),
  ];
}

/**
 * The rows of one buffer that collects all deltas.
 *
 * @returns {readonly (readonly Run[])[]}
 */
function buffer() {
  /** @type {Run[][]} */
  const rows = [[]];
  PIECES.forEach(({ id, delta }, step) => {
    const row = rows.at(-1) ?? [];
    const text = delta.trimEnd();
    const column = row.reduce((sum, run) => sum + run.text.length, 0);
    row.push({ step, text, style: STYLES.get(id) ?? '', column });
    if (delta.endsWith('\n')) {
      rows.push([]);
    }
  });
  return rows.filter((row) => row.length > 0);
}

/**
 * The lines that `commitLines` commits of the same deltas.
 *
 * @returns {Promise<readonly (readonly Run[])[]>}
 */
async function committed() {
  let step = -1;
  const rows = from(PIECES).pipe(
    tap(() => step++),
    map(({ id, delta }) => ({ type: /** @type {const} */ ('delta'), kind: 'answer', id, delta })),
    commitLines(),
    filter((commit) => commit.type === 'line'),
    map(({ stream, text }) => {
      const label = `answer ${stream.id} │ `;
      return [
        { step, text: label, style: 'quiet', column: 0 },
        { step, text, style: STYLES.get(stream.id) ?? '', column: label.length },
      ];
    }),
  );
  return lastValueFrom(rows.pipe(toArray()), { defaultValue: [] });
}

/** @param {readonly (readonly Run[])[]} rows */
function sentence(rows) {
  return rows.map((row) => row.map(({ text }) => text).join('')).join(' / ');
}
