import { median } from 'simple-statistics';

import type { Entrant } from './contenders/index.js';
import { importPeer } from './peers.js';
import type { Clock } from './process.js';
import { runRatio, runSize } from './runner.js';

export interface Point {
  readonly series: string;
  readonly x: number;
  readonly y: number;
}

export interface Axis {
  readonly title: string;
  readonly type: 'log' | 'linear';
}

/** A picture, and how to find out what it shows. */
export interface Plot {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly measure: (clock: Clock) => Promise<readonly Point[]>;
}

/** How many times as long as another an entrant takes. */
export async function ratioOf(of: Entrant, to: Entrant, clock: Clock): Promise<number> {
  const { values } = await runRatio({ label: '', isOtherWork: true, of, to }, { version: 'short', clock });
  return median([...values]);
}

export async function bytesOf(of: Entrant): Promise<number> {
  const { values } = await runSize({ label: '', unit: 'B', of });
  return median([...values]);
}

/** What is used of vega. */
interface Vega {
  readonly parse: (specification: object) => object;
  readonly View: new (runtime: object, options: object) => { readonly toSVG: () => Promise<string> };
}

/** Each ink with the one that replaces it on a dark page. */
const INKS = { text: '#57606a', grid: '#d8dee4', series: ['#0969da', '#bc4c00', '#8250df', '#116329'] };
const DARK: Readonly<Record<string, string>> = {
  '#57606a': '#9198a1',
  '#d8dee4': '#3d444d',
  '#0969da': '#79c0ff',
  '#bc4c00': '#ffa657',
  '#8250df': '#d2a8ff',
  '#116329': '#56d364',
};

/** Draws lines through the points, in SVG that can be read on light and on dark pages. */
export async function draw({ title, x, y }: Plot, points: readonly Point[]): Promise<string> {
  const { parse, View } = await importPeer<Vega>('vega');
  const axis = {
    domainColor: INKS.text,
    gridColor: INKS.grid,
    labelColor: INKS.text,
    tickColor: INKS.text,
    titleColor: INKS.text,
    titleFontWeight: 'normal',
  };
  const scaled = { x: { scale: 'x', field: 'x' }, y: { scale: 'y', field: 'y' } };
  const ticks = { log: { tickCount: 5, format: ',.12~g' }, linear: {} };
  const specification = {
    width: 560,
    height: 300,
    padding: 12,
    data: [{ name: 'points', values: points }],
    scales: [
      scale('x', x, 'width'),
      scale('y', y, 'height'),
      {
        name: 'series',
        type: 'ordinal',
        domain: { data: 'points', field: 'series' },
        range: INKS.series,
      },
    ],
    axes: [
      { ...axis, ...ticks[x.type], orient: 'bottom', scale: 'x', title: x.title },
      { ...axis, ...ticks[y.type], orient: 'left', scale: 'y', grid: true, title: y.title },
    ],
    legends: [
      {
        orient: 'bottom',
        columns: 2,
        stroke: 'series',
        symbolType: 'stroke',
        labelColor: INKS.text,
        labelLimit: 0,
      },
    ],
    marks: [
      {
        type: 'group',
        from: { facet: { name: 'line', data: 'points', groupby: 'series' } },
        marks: [
          {
            type: 'line',
            from: { data: 'line' },
            encode: {
              enter: {
                ...scaled,
                stroke: { scale: 'series', field: 'series' },
                strokeWidth: { value: 2 },
              },
            },
          },
          {
            type: 'symbol',
            from: { data: 'line' },
            encode: {
              enter: { ...scaled, fill: { scale: 'series', field: 'series' }, size: { value: 24 } },
            },
          },
        ],
      },
    ],
  };
  const svg = await new View(parse(specification), { renderer: 'none' }).toSVG();
  return `${withDarkInks(svg, title)}\n`;
}

function scale(name: 'x' | 'y', { type }: Axis, range: 'width' | 'height'): object {
  return { name, type, domain: { data: 'points', field: name }, range, nice: true };
}

function withDarkInks(svg: string, title: string): string {
  const rules = Object.entries(DARK).flatMap(([light, dark]) =>
    ['fill', 'stroke'].map((property) => `[${property}="${light}"]{${property}:${dark}}`),
  );
  return svg.replace(
    /<svg([^>]*)>/,
    `<svg$1 role="img" aria-label="${title}"><style>@media (prefers-color-scheme: dark){${rules.join('')}}</style>`,
  );
}
