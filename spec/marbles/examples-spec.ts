import { existsSync, readdirSync, readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { draw } from '../../scripts/marbles/drawing.js';
import { examples } from '../../scripts/marbles/examples/index.js';
import { layOut, overlaps } from '../../scripts/marbles/layout.js';
import { record } from '../../scripts/marbles/recording.js';

const root = new URL('../../', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, root), 'utf8');

const rows = examples.map((example) => ({ operator: example.operator, example }));

describe('the marble diagrams', () => {
  it('are those of the examples, and include each operator', () => {
    const files = readdirSync(new URL('docs/operators/marbles/', root));
    const names = files.map((file) => file.replace(/\.svg$/, ''));
    const pages = readdirSync(new URL('docs/operators/', root)).filter((file) => file.endsWith('.md'));
    expect(names.sort()).toStrictEqual(
      examples
        .filter(({ folder }) => folder === undefined)
        .map(({ operator }) => operator)
        .sort(),
    );
    expect(names).toEqual(expect.arrayContaining(pages.map((file) => file.replace(/\.md$/, ''))));
  });

  describe.each(rows)('of $operator', ({ operator, example }) => {
    it('is up to date; npm run marbles redraws it', () => {
      const svg = draw(layOut(record(example)), example.description);
      expect(read(`docs/${example.folder ?? 'operators'}/marbles/${operator}.svg`)).toBe(svg);
    });

    it('shows the calls that the example makes', () => {
      const code = read(`scripts/marbles/examples/${operator}.ts`).replaceAll(/\s+/g, ' ');
      for (const { call } of record(example).sections) {
        const written = call.replaceAll(/\s+/g, ' ');
        expect(written.startsWith(`${operator}(`)).toBe(true);
        expect(code.replaceAll(/stage\.call\((?:'.*?'|".*?")\);/g, '')).toContain(written);
      }
    });

    it('has a legend of exactly the types of its marbles', () => {
      const { sources, sections } = record(example);
      const tracks = [...sources, ...sections.flatMap(({ outputs }) => outputs)];
      const types = new Set(tracks.flatMap(({ marbles }) => marbles.map(({ type }) => type)));
      expect([...types].sort()).toStrictEqual(Object.keys(example.legend).sort());
    });

    it('has a completion, and no error', () => {
      const { sources, sections } = record(example);
      const ends = [...sources, ...sections.flatMap(({ outputs }) => outputs)].map(({ end }) => end);
      expect(ends).not.toContain('error');
      expect(ends).toContain('complete');
    });

    it('has all labels inside, and none that overlap', () => {
      const layout = layOut(record(example));
      layout.labels.forEach((label, index) => {
        expect(label.x).toBeGreaterThanOrEqual(0);
        expect(label.x + label.width).toBeLessThanOrEqual(layout.width);
        expect(label.y + label.height).toBeLessThanOrEqual(layout.height);
        const covered = layout.labels.slice(index + 1).filter((other) => overlaps(label, other));
        expect(covered).toStrictEqual([]);
      });
    });

    it('is on the page of its operator', () => {
      const page = new URL(`docs/${example.folder ?? 'operators'}/${operator}.md`, root);
      expect(existsSync(page)).toBe(true);
      expect(readFileSync(page, 'utf8')).toContain(`](marbles/${operator}.svg)`);
    });
  });
});
