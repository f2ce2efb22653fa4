import { FONT_SIZE, type Label, type Layout, type Line } from './layout.js';
import type { MarbleType } from './recording.js';

interface Colors {
  readonly fill: string;
  readonly stroke: string;
  readonly text: string;
}

const TEAL = {
  light: { fill: '#d0f5f2', stroke: '#1b7c83', text: '#053b3f' },
  dark: { fill: '#063b40', stroke: '#56d4dd', text: '#c2f2f5' },
};

/** The colors of the marbles, for light and for dark surroundings. */
export const MARBLE_COLORS: Readonly<Record<MarbleType, { readonly light: Colors; readonly dark: Colors }>> =
  {
    event: {
      light: { fill: '#ffffff', stroke: '#8c959f', text: '#1f2328' },
      dark: { fill: '#161b22', stroke: '#6e7681', text: '#e6edf3' },
    },
    open: {
      light: { fill: '#ddf4ff', stroke: '#0969da', text: '#0a3069' },
      dark: { fill: '#0c2d6b', stroke: '#58a6ff', text: '#cae8ff' },
    },
    line: {
      light: { fill: '#dafbe1', stroke: '#1a7f37', text: '#04421c' },
      dark: { fill: '#033a16', stroke: '#3fb950', text: '#aff5b4' },
    },
    tail: {
      light: { fill: '#fff8c5', stroke: '#9a6700', text: '#4d2d00' },
      dark: { fill: '#341a00', stroke: '#d29922', text: '#f8e3a1' },
    },
    block: {
      light: { fill: '#dafbe1', stroke: '#1a7f37', text: '#04421c' },
      dark: { fill: '#033a16', stroke: '#3fb950', text: '#aff5b4' },
    },
    draft: {
      light: { fill: '#fff8c5', stroke: '#9a6700', text: '#4d2d00' },
      dark: { fill: '#341a00', stroke: '#d29922', text: '#f8e3a1' },
    },
    revise: {
      light: { fill: '#fbefff', stroke: '#8250df', text: '#3e1f79' },
      dark: { fill: '#3c1e70', stroke: '#bc8cff', text: '#eddeff' },
    },
    close: {
      light: { fill: '#57606a', stroke: '#57606a', text: '#ffffff' },
      dark: { fill: '#8b949e', stroke: '#8b949e', text: '#0d1117' },
    },
    drop: {
      light: { fill: '#ffebe9', stroke: '#cf222e', text: '#82071e' },
      dark: { fill: '#67060c', stroke: '#ff7b72', text: '#ffdcd7' },
    },
    cell: TEAL,
    unchanged: {
      light: { fill: '#ffffff', stroke: '#8c959f', text: '#57606a' },
      dark: { fill: '#0d1117', stroke: '#6e7681', text: '#9198a1' },
    },
    call: TEAL,
  };

const SURROUNDINGS = {
  light: {
    back: '#ffffff',
    edge: '#d0d7de',
    text: '#1f2328',
    quiet: '#57606a',
    box: '#f6f8fa',
    grid: '#d8dee4',
  },
  dark: {
    back: '#0d1117',
    edge: '#30363d',
    text: '#e6edf3',
    quiet: '#9198a1',
    box: '#161b22',
    grid: '#21262d',
  },
};

/** Draws a layout as an SVG file with all of its style in it. */
export function draw(layout: Layout, description: string): string {
  const { width, height, boxes, lines, labels } = layout;
  const types = new Set(labels.flatMap((label) => (label.shape === 'pill' ? [label.type] : [])));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${number(width)} ${number(height)}" width="${number(width * 1.5)}" height="${number(height * 1.5)}" xml:space="preserve" role="img" aria-label="${escapeMarkup(description)}">`,
    `<style>${style([...types])}</style>`,
    `<rect class="back" x="0.5" y="0.5" width="${number(width - 1)}" height="${number(height - 1)}" rx="8"/>`,
    ...lines.map(drawLine),
    ...boxes.map(
      ({ x, y, ...size }) =>
        `<rect class="box" x="${number(x)}" y="${number(y)}" width="${number(size.width)}" height="${number(size.height)}" rx="6"/>`,
    ),
    ...labels.filter(({ text }) => text !== '').map(drawLabel),
    '</svg>\n',
  ].join('\n');
}

function style(types: readonly MarbleType[]): string {
  const scheme = (name: 'light' | 'dark') => {
    const { back, edge, text, quiet, box, grid } = SURROUNDINGS[name];
    return [
      `.back { fill: ${back}; stroke: ${edge}; } .box { fill: ${box}; stroke: ${quiet}; } text { fill: ${text}; }`,
      `.title, .time { fill: ${quiet}; } .axis, .complete { stroke: ${text}; } .grid { stroke: ${grid}; }`,
      `.error { stroke: ${MARBLE_COLORS.drop[name].stroke}; }`,
      ...types.map((type) => {
        const colors = MARBLE_COLORS[type][name];
        return `.${type} rect { fill: ${colors.fill}; stroke: ${colors.stroke}; } .${type} text { fill: ${colors.text}; }`;
      }),
    ].join('\n');
  };
  return `
text { font: ${String(FONT_SIZE)}px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; }
.call { font-weight: 600; } .axis { stroke-width: 1.2; } .grid { stroke-dasharray: 2 3; }
.complete, .error { stroke-width: 2; stroke-linecap: round; fill: none; }
.tail rect, .unchanged rect { stroke-dasharray: 3 2; }
${scheme('light')}
@media (prefers-color-scheme: dark) {
${scheme('dark')}
}
`;
}

function drawLine({ shape, x1, y1, x2, y2 }: Line): string {
  const line = `<line class="${shape}" x1="${number(x1)}" y1="${number(y1)}" x2="${number(x2)}" y2="${number(y2)}"/>`;
  if (shape !== 'error') {
    return line;
  }
  const [left, right, top, bottom] = [x1 - 5, x1 + 5, y1 - 5, y1 + 5].map(number);
  return `${line}<path class="error" d="M${left} ${top}L${right} ${bottom}M${right} ${top}L${left} ${bottom}"/>`;
}

function drawLabel(label: Label): string {
  const { x, y, width, height, text } = label;
  if (label.shape !== 'pill') {
    return drawText(label.shape, text, x, y + height / 2, width);
  }
  const rect = `<rect x="${number(x)}" y="${number(y)}" width="${number(width)}" height="${number(height)}" rx="5"/>`;
  return `<g class="${label.type}">${rect}${drawText('', text, x + 5, y + height / 2, width - 10)}</g>`;
}

function drawText(className: string, text: string, x: number, middle: number, width: number): string {
  const attribute = className === '' ? '' : `class="${className}" `;
  return `<text ${attribute}x="${number(x)}" y="${number(middle + FONT_SIZE * 0.35)}" textLength="${number(width)}" lengthAdjust="spacingAndGlyphs">${escapeMarkup(text)}</text>`;
}

function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

function number(value: number): string {
  return String(Math.round(value * 100) / 100);
}
