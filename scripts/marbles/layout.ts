import type { MarbleType, Recording, Section, TimedMarble, Track } from './recording.js';

/** The width of each picture; a phone shows it nearly in this size, and a desk larger. */
export const WIDTH = 400;
export const FONT_SIZE = 12;
/** The width of a character in the font of that size. */
export const CHARACTER = 7.25;

const MARGIN = 10;
const PADDING = 5;
const PILL_HEIGHT = 19;
/** From one row of pills to the next. */
const LANE = 24;
const TEXT_HEIGHT = 14;
const GAP = 8;

/** A rectangle; all labels have one, and no two of those overlap. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export type Label = Box & { readonly text: string } & (
    | { readonly shape: 'pill'; readonly type: MarbleType }
    | { readonly shape: 'title' | 'name' | 'time' | 'legend' | 'call' }
  );

export interface Line {
  readonly shape: 'axis' | 'grid' | 'complete' | 'error';
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

/** Where everything in a picture is; the boxes are those around the calls. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly lines: readonly Line[];
  readonly boxes: readonly Box[];
  readonly labels: readonly Label[];
}

/** Finds a place for all that a recording has. */
export function layOut(recording: Recording): Layout {
  return new Plan(recording).layout;
}

class Plan {
  readonly layout: Layout;

  readonly #lines: Line[] = [];
  readonly #boxes: Box[] = [];
  readonly #labels: Label[] = [];
  readonly #duration: number;
  readonly #left: number;
  #y = MARGIN;

  constructor({ example, sources, sections }: Recording) {
    const tracks = [...sources, ...sections.flatMap(({ outputs }) => outputs)];
    const names = tracks.flatMap(({ marbles }) => marbles.map(({ row }) => row));
    this.#duration = Math.max(...tracks.map(({ to }) => to));
    this.#left = MARGIN + Math.max(0, ...names.map(widthOf)) + 2 * GAP;
    const top = this.#y;
    sources.forEach((track) => {
      this.#placeTrack(track);
    });
    sections.forEach((section) => {
      this.#placeSection(section);
    });
    this.#placeGrid(new Set(tracks.flatMap(({ marbles }) => marbles.map(({ time }) => time))), top);
    if (example.timeScale !== undefined) {
      this.#placeTimeScale(example.timeScale);
    }
    this.#placeLegend(Object.entries(example.legend) as [MarbleType, string][]);
    this.layout = {
      width: WIDTH,
      height: this.#y + MARGIN,
      lines: this.#lines,
      boxes: this.#boxes,
      labels: this.#labels,
    };
  }

  #xOf(time: number): number {
    const right = WIDTH - MARGIN - 2 * GAP;
    return this.#left + (time / this.#duration) * (right - this.#left);
  }

  #placeSection({ call, outputs }: Section): void {
    const lines = call.split('\n');
    const box = { x: MARGIN, y: this.#y, width: WIDTH - 2 * MARGIN, height: lines.length * 17 + 13 };
    this.#boxes.push(box);
    lines.forEach((text, index) => {
      const width = widthOf(text);
      const y = box.y + 7.5 + index * 17;
      this.#labels.push({ shape: 'call', text, x: (WIDTH - width) / 2, y, width, height: TEXT_HEIGHT });
    });
    this.#y += box.height + GAP;
    outputs.forEach((track) => {
      this.#placeTrack(track);
    });
  }

  #placeTrack({ title, marbles, from, to, end }: Track): void {
    this.#labels.push({
      shape: 'title',
      text: title,
      x: MARGIN,
      y: this.#y,
      width: widthOf(title),
      height: TEXT_HEIGHT,
    });
    this.#y += TEXT_HEIGHT + 6;
    const top = this.#y;
    const rows = [...new Set(marbles.map(({ row }) => row))].sort();
    for (const row of rows.length === 0 ? [''] : rows) {
      this.#placeRow(
        row,
        marbles.filter((marble) => marble.row === row),
        { from, to },
      );
    }
    if (end !== 'unsubscribe') {
      const x = this.#xOf(to);
      this.#lines.push({ shape: end, x1: x, y1: top - 4, x2: x, y2: this.#y - GAP + 4 });
    }
    this.#y += GAP;
  }

  #placeRow(name: string, marbles: readonly TimedMarble[], { from, to }: Pick<Track, 'from' | 'to'>): void {
    const axis = this.#y + PILL_HEIGHT / 2;
    this.#lines.push({ shape: 'axis', x1: this.#xOf(from), y1: axis, x2: this.#xOf(to), y2: axis });
    this.#labels.push({
      shape: 'name',
      text: name,
      x: MARGIN,
      y: axis - TEXT_HEIGHT / 2,
      width: widthOf(name),
      height: TEXT_HEIGHT,
    });
    let lanes = 1;
    const placed: Label[] = [];
    for (const stack of stacksOf(marbles)) {
      let lane = 0;
      let pills = this.#pillsOf(stack, lane);
      while (pills.some((pill) => placed.some((other) => overlaps(withSpace(pill), other)))) {
        pills = this.#pillsOf(stack, ++lane);
      }
      placed.push(...pills);
      lanes = Math.max(lanes, lane + stack.length);
    }
    this.#labels.push(...placed);
    this.#y += (lanes - 1) * LANE + PILL_HEIGHT + GAP;
  }

  /** Those that came at the same time, one below the other. */
  #pillsOf(stack: readonly TimedMarble[], lane: number): readonly Label[] {
    return stack.map(({ time, type, text }, index) => {
      const width = widthOf(text) + 2 * PADDING;
      const x = Math.min(this.#xOf(time) - width / 2, WIDTH - MARGIN - width);
      const y = this.#y + (lane + index) * LANE;
      return {
        shape: 'pill',
        type,
        text,
        x: Math.max(x, this.#left - GAP / 2),
        y,
        width,
        height: PILL_HEIGHT,
      };
    });
  }

  /** Shows what happened at the same time. */
  #placeGrid(times: ReadonlySet<number>, top: number): void {
    for (const time of times) {
      const x = this.#xOf(time);
      this.#lines.unshift({ shape: 'grid', x1: x, y1: top, x2: x, y2: this.#y - GAP });
    }
  }

  #placeTimeScale(interval: number): void {
    const place = (text: string, x: number): Label => {
      return { shape: 'time', text, x, y: this.#y, width: widthOf(text), height: TEXT_HEIGHT };
    };
    const unit = place('ms', WIDTH - MARGIN - widthOf('ms'));
    this.#labels.push(unit);
    for (let time = 0; time <= this.#duration; time += interval) {
      const text = String(time);
      const mark = place(text, this.#xOf(time) - widthOf(text) / 2);
      if (!overlaps(withSpace(mark), unit)) {
        this.#labels.push(mark);
      }
    }
    this.#y += TEXT_HEIGHT + GAP;
  }

  #placeLegend(entries: readonly (readonly [MarbleType, string])[]): void {
    let x = MARGIN;
    this.#y += GAP;
    for (const [type, text] of entries) {
      const width = widthOf(text) + 2 * PADDING;
      if (x + width > WIDTH - MARGIN) {
        x = MARGIN;
        this.#y += LANE;
      }
      this.#labels.push({ shape: 'pill', type, text, x, y: this.#y, width, height: PILL_HEIGHT });
      x += width + GAP;
    }
    this.#y += PILL_HEIGHT;
  }
}

function stacksOf(marbles: readonly TimedMarble[]): readonly (readonly TimedMarble[])[] {
  const times = [...new Set(marbles.map(({ time }) => time))];
  return times.map((time) => marbles.filter((marble) => marble.time === time));
}

/** So that labels beside each other do not touch. */
function withSpace({ x, y, width, height }: Box): Box {
  return { x: x - 4, y, width: width + 8, height };
}

function widthOf(text: string): number {
  return text.length * CHARACTER;
}

export function overlaps(one: Box, other: Box): boolean {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  );
}
