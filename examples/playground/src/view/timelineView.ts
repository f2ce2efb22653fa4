import { countText, rowText } from '../text';
import type { MarkType, StreamRow, Timeline } from '../timeline';
import { element, svgElement } from './element';
import { streamLabel } from './rows';

/** On a phone, there is a label above each lane. */
const WIDE_ROW = { height: 26, lane: 13 };
const NARROW_ROW = { height: 44, lane: 31 };
const NARROW = '(max-width: 44rem)';

const AXIS_HEIGHT = 22;

/** Room for half a marble at both ends. */
const MARGIN = 8;

/** The most rows that are drawn. Marbles that would lie on each other are drawn once. */
const MAX_ROWS = 40;
const CELL = 3;

const MARKS: readonly { readonly type: MarkType; readonly name: string }[] = [
  { type: 'tail', name: 'tail' },
  { type: 'open', name: 'open' },
  { type: 'line', name: 'line' },
  { type: 'part', name: 'line without an end' },
  { type: 'revise', name: 'revise' },
  { type: 'close', name: 'close' },
  { type: 'failed', name: 'close: error, idle, evicted' },
  { type: 'drop', name: 'drop' },
];

/** The marble diagram of a run. */
export class TimelineView {
  private readonly onSeek: (time: number) => void;
  private readonly labels = element('ol', { class: 'labels' });
  private readonly drawing = svgElement('svg', { role: 'img' });
  private readonly future = svgElement('rect', { class: 'future', y: 0 });
  private readonly cursor = svgElement('line', { class: 'cursor', y1: 0 });
  private readonly more = element('p', { class: 'quiet' });
  private timeline: Timeline | undefined;
  private duration = 0;
  private time = 0;
  private width = 0;
  private rowSize = WIDE_ROW;

  constructor(frame: HTMLElement, onSeek: (time: number) => void) {
    this.onSeek = onSeek;
    const area = element('div', { class: 'marbles' });
    area.append(this.drawing);
    const legend = element(
      'ul',
      { class: 'legend' },
      legendItem('arrivals', 'M9 6v6', 'delta event'),
      ...MARKS.map(({ type, name }) => legendItem(`mark ${type}`, markPath(type, 9, 9), name)),
    );
    frame.append(element('div', { class: 'diagram' }, this.labels, area), this.more, legend);
    new ResizeObserver(() => this.resize(area.clientWidth)).observe(area);
    area.addEventListener('pointerdown', (event) => this.seek(event));
    area.addEventListener('pointermove', (event) => {
      if (event.buttons === 1) {
        this.seek(event);
      }
    });
  }

  show(timeline: Timeline, duration: number): void {
    this.timeline = timeline;
    this.duration = duration;
    this.draw();
  }

  setTime(time: number): void {
    this.time = time;
    const x = this.xOf(time);
    this.cursor.setAttribute('x1', String(x));
    this.cursor.setAttribute('x2', String(x));
    this.future.setAttribute('x', String(x));
    this.future.setAttribute('width', String(Math.max(this.width - x, 0)));
  }

  private resize(width: number): void {
    if (width !== this.width) {
      this.width = width;
      this.draw();
    }
  }

  private draw(): void {
    const { timeline, width } = this;
    if (timeline === undefined || width === 0) {
      return;
    }
    this.rowSize = matchMedia(NARROW).matches ? NARROW_ROW : WIDE_ROW;
    const rows = timeline.rows.slice(0, MAX_ROWS);
    const bottom = rows.length * this.rowSize.height;
    const height = bottom + AXIS_HEIGHT;
    const { drawing, cursor, future } = this;
    drawing.setAttribute('viewBox', `0 0 ${width} ${height}`);
    drawing.setAttribute('width', String(width));
    drawing.setAttribute('height', String(height));
    drawing.setAttribute('aria-label', description(timeline));
    cursor.setAttribute('y2', String(bottom));
    future.setAttribute('height', String(bottom));
    drawing.replaceChildren(
      ...this.axis(bottom),
      ...rows.flatMap((row, place) => this.row(row, place)),
      future,
      cursor,
    );
    this.labels.replaceChildren(
      ...rows.map(({ kind, id }) => {
        const label = element('li', {}, streamLabel(kind, id, timeline));
        label.style.height = `${this.rowSize.height}px`;
        return label;
      }),
    );
    const left = timeline.rows.length - rows.length;
    this.more.textContent = left > 0 ? `And ${countText(left, 'more stream')}.` : '';
    this.setTime(this.time);
  }

  private row(row: StreamRow, place: number): readonly Node[] {
    const y = place * this.rowSize.height + this.rowSize.lane;
    const times = [
      ...row.arrivals.slice(0, 1),
      ...row.marks.map(({ time }) => time),
      ...row.arrivals.slice(-1),
    ];
    let from = Infinity;
    let to = 0;
    for (const time of times) {
      from = Math.min(from, time);
      to = Math.max(to, time);
    }
    const arrivals = this.places(row.arrivals).map((x) => `M${x} ${y + 6}v4`);
    const marks = MARKS.map(({ type }) => {
      const places = this.places(row.marks.filter((mark) => mark.type === type).map(({ time }) => time));
      const path = places.map((x) => markPath(type, x, y)).join('');
      return path === '' ? undefined : svgElement('path', { class: `mark ${type}`, d: path });
    });
    return [
      svgElement('path', { class: 'lane', d: `M${this.xOf(from)} ${y}H${this.xOf(to)}` }),
      svgElement('path', { class: 'arrivals', d: arrivals.join('') }),
      ...marks.filter((mark) => mark !== undefined),
    ];
  }

  /** Where there is something to draw; what would lie on each other counts once. */
  private places(times: readonly number[]): readonly number[] {
    return [...new Set(times.map((time) => Math.round(this.xOf(time) / CELL) * CELL))];
  }

  private axis(bottom: number): readonly Node[] {
    const step = tickStep(this.duration, this.width / 90);
    const nodes: Node[] = [];
    for (let time = 0; time <= this.duration; time += step) {
      const x = this.xOf(time);
      const isLast = x > this.width - 30;
      const label = svgElement('text', {
        x,
        y: bottom + 16,
        class: time === 0 ? 'first' : isLast ? 'last' : '',
      });
      label.textContent = `${Number((time / 1000).toFixed(3))} s`;
      nodes.push(svgElement('path', { class: 'tick', d: `M${x} 0V${bottom + 4}` }), label);
    }
    return nodes;
  }

  private xOf(time: number): number {
    const span = Math.max(this.width - 2 * MARGIN, 0);
    return Math.round((MARGIN + (this.duration === 0 ? 0 : (time / this.duration) * span)) * 10) / 10;
  }

  private seek(event: PointerEvent): void {
    const { left } = this.drawing.getBoundingClientRect();
    const place = (event.clientX - left - MARGIN) / Math.max(this.width - 2 * MARGIN, 1);
    this.onSeek(Math.min(Math.max(place, 0), 1) * this.duration);
  }
}

/** A step of 1, 2 or 5 times a power of ten, so that there are about so many. */
function tickStep(duration: number, count: number): number {
  const wanted = Math.max(duration / Math.max(count, 1), 1);
  const power = 10 ** Math.floor(Math.log10(wanted));
  return ([1, 2, 5, 10].find((factor) => factor * power >= wanted) ?? 10) * power;
}

function markPath(type: MarkType, x: number, y: number): string {
  switch (type) {
    case 'open':
      return circle(x, y, 4);
    case 'line':
    case 'part':
      return circle(x, y, 4.5);
    case 'tail':
      return circle(x, y, 2);
    case 'revise':
      return `M${x} ${y - 6}l6 6l-6 6l-6 -6z`;
    case 'close':
      return `M${x} ${y - 8}v16`;
    case 'failed':
    case 'drop':
      return `M${x - 4.5} ${y - 4.5}l9 9M${x + 4.5} ${y - 4.5}l-9 9`;
  }
}

function circle(x: number, y: number, radius: number): string {
  return `M${x - radius} ${y}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0z`;
}

function legendItem(type: string, path: string, name: string): HTMLElement {
  const drawing = svgElement('svg', { width: 18, height: 18, 'aria-hidden': 'true' });
  drawing.append(svgElement('path', { class: type, d: path }));
  const item = element('li');
  item.append(drawing, name);
  return item;
}

function description({ rows }: Timeline): string {
  const shown = rows.slice(0, MAX_ROWS).map(({ kind, id, marks }) => {
    const lines = marks.filter(({ type }) => type === 'line' || type === 'part').length;
    return `${rowText(kind, 40)} ${rowText(id, 60)}: ${countText(lines, 'line commit')}`;
  });
  return `Marble diagram of ${countText(rows.length, 'stream')}. ${shown.join('; ')}`;
}
