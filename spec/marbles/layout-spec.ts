import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  type Box,
  FONT_SIZE,
  type Label,
  type Layout,
  layOut,
  overlaps,
  WIDTH,
} from '../../scripts/marbles/layout.js';
import type { Example, MarbleType, Recording, Track } from '../../scripts/marbles/recording.js';

const isInside = ({ width, height }: Layout, box: Box) =>
  box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height;

/** The pairs of labels that overlap. */
function overlappingLabels({ labels }: Layout): readonly string[] {
  return labels.flatMap((label, index) =>
    labels
      .slice(index + 1)
      .flatMap((other) => (overlaps(label, other) ? [`${label.text} and ${other.text}`] : [])),
  );
}

const example: Example = {
  operator: 'map',
  description: 'A map.',
  timeScale: 10,
  legend: {
    event: 'event',
    line: 'line',
    close: 'close',
    drop: 'a longer name',
    revise: 'another one',
    tail: 'tail',
  },
  run: () => undefined,
};

const marble = fc.record({
  row: fc.constantFrom('a', 'b', 'long'),
  type: fc.constantFrom<MarbleType>('event', 'line', 'close'),
  text: fc.string({ maxLength: 12 }),
  time: fc.nat({ max: 40 }),
});
const track: fc.Arbitrary<Track> = fc.record({
  title: fc.constantFrom('events', 'result'),
  marbles: fc
    .array(marble, { maxLength: 12 })
    .map((list) => [...list].sort((one, other) => one.time - other.time)),
  from: fc.constantFrom(0, 3),
  to: fc.constantFrom(40, 45),
  end: fc.constantFrom('complete', 'error', 'unsubscribe'),
});
const recording: fc.Arbitrary<Recording> = fc.record({
  example: fc.constant(example),
  sources: fc.array(track, { minLength: 1, maxLength: 2 }),
  sections: fc.array(
    fc.record({
      call: fc.constantFrom('map()', 'map({\n  many: lines,\n})'),
      outputs: fc.array(track, { maxLength: 3 }),
    }),
    { maxLength: 2 },
  ),
});

/** The pills of one row, without the legend. */
function pillsOf(marbles: Track['marbles'], width = 40): readonly Label[] {
  const { labels } = layOut({
    example: { ...example, legend: {} },
    sources: [{ title: 'events', marbles, from: 0, to: width, end: 'complete' }],
    sections: [],
  });
  return labels.filter(({ shape }) => shape === 'pill');
}

const at = (time: number, text: string) => ({ row: 'a', type: 'event', text, time }) as const;

describe('the layout of a picture', () => {
  it('has everything inside the picture, and no labels that overlap', () => {
    fc.assert(
      fc.property(recording, (some) => {
        const layout = layOut(some);
        expect(layout.labels.filter((label) => !isInside(layout, label))).toStrictEqual([]);
        expect(layout.boxes.filter((box) => !isInside(layout, box))).toStrictEqual([]);
        expect(overlappingLabels(layout)).toStrictEqual([]);
        for (const { x1, y1, x2, y2 } of layout.lines) {
          expect(Math.min(x1, x2)).toBeGreaterThanOrEqual(0);
          expect(Math.max(x1, x2)).toBeLessThanOrEqual(layout.width);
          expect(Math.min(y1, y2)).toBeGreaterThanOrEqual(0);
          expect(Math.max(y1, y2)).toBeLessThanOrEqual(layout.height);
        }
      }),
    );
  });

  it('has a pill for each marble, with its text and its type', () => {
    fc.assert(
      fc.property(recording, (some) => {
        const tracks = [...some.sources, ...some.sections.flatMap(({ outputs }) => outputs)];
        const marbles = tracks.flatMap((each) => each.marbles.map(({ type, text }) => `${type} ${text}`));
        const legend = Object.entries(example.legend).map(([type, text]) => `${type} ${text}`);
        const pills = layOut(some).labels.flatMap((label) =>
          label.shape === 'pill' ? [`${label.type} ${label.text}`] : [],
        );
        expect([...pills].sort()).toStrictEqual([...marbles, ...legend].sort());
      }),
    );
  });

  it('has text of at least 11 pixels on a phone', () => {
    expect((FONT_SIZE * 390) / WIDTH).toBeGreaterThanOrEqual(11);
  });

  it('places marbles in proportion to their times', () => {
    const [first, second, third] = pillsOf([at(10, 'x'), at(20, 'x'), at(30, 'x')]);
    const step = (second?.x ?? NaN) - (first?.x ?? NaN);
    expect(step).toBeGreaterThan(50);
    expect((third?.x ?? NaN) - (second?.x ?? NaN)).toBeCloseTo(step);
  });

  it('stacks simultaneous marbles, the first on top', () => {
    const [first, second, third] = pillsOf([at(10, 'x'), at(10, 'y'), at(10, 'z')]);
    expect([first?.text, second?.text, third?.text]).toStrictEqual(['x', 'y', 'z']);
    expect(second?.x).toBe(first?.x);
    expect(second?.y).toBeGreaterThan(first?.y ?? NaN);
    expect(third?.y).toBeGreaterThan(second?.y ?? NaN);
  });

  it('lowers a marble that would overlap its neighbor', () => {
    const [upper, lower] = pillsOf([at(10, 'x'), at(10, 'y')]);
    const [first, second] = pillsOf([at(10, 'wide text'), at(11, 'other')]);
    expect(first?.y).toBe(upper?.y);
    expect(second?.y).toBe(lower?.y);
  });

  it('is no higher than necessary', () => {
    const heightOf = (marbles: Track['marbles']) =>
      layOut({
        example,
        sources: [{ title: 'events', marbles, from: 0, to: 40, end: 'complete' }],
        sections: [],
      }).height;
    expect(heightOf([at(10, 'wide text'), at(11, 'other')])).toBe(heightOf([at(10, 'x'), at(10, 'y')]));
  });

  it('draws a line from the subscription to the end', () => {
    const { lines } = layOut({
      example,
      sources: [
        { title: 'whole', marbles: [at(1, 'x')], from: 0, to: 40, end: 'complete' },
        { title: 'part', marbles: [at(20, 'x')], from: 10, to: 30, end: 'error' },
      ],
      sections: [],
    });
    const [whole, part] = lines.filter(({ shape }) => shape === 'axis');
    const width = (whole?.x2 ?? NaN) - (whole?.x1 ?? NaN);
    expect((part?.x1 ?? NaN) - (whole?.x1 ?? NaN)).toBeCloseTo(width / 4);
    expect((part?.x2 ?? NaN) - (whole?.x1 ?? NaN)).toBeCloseTo((width * 3) / 4);
    expect(lines.find(({ shape }) => shape === 'complete')?.x1).toBe(whole?.x2);
    expect(lines.find(({ shape }) => shape === 'error')?.x1).toBe(part?.x2);
  });

  it('draws no end for an unsubscribed source', () => {
    const { lines } = layOut({
      example,
      sources: [{ title: 'events', marbles: [at(1, 'x')], from: 0, to: 40, end: 'unsubscribe' }],
      sections: [],
    });
    expect(new Set(lines.map(({ shape }) => shape))).toStrictEqual(new Set(['axis', 'grid']));
  });
});
