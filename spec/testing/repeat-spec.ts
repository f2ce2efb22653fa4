import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { repeat } from '../../src/testing/index.js';

const seed = fc.maxSafeInteger();
const numbers = fc.nat({ max: 30 }).map((length) => Array.from({ length }, (_, number) => number));
const options = fc.record({
  count: fc.oneof(fc.nat({ max: 40 }), fc.constant(Infinity)),
  distance: fc.oneof(fc.nat({ max: 5 }), fc.constant(Infinity)),
});

describe('repeat', () => {
  it('repeats the requested number of values, and keeps the order of the originals', () => {
    fc.assert(
      fc.property(seed, numbers, options, (of, values, some) => {
        const repeated = repeat(of, values, some);
        expect([...new Set(repeated)]).toStrictEqual(values);
        expect(repeated).toHaveLength(values.length + Math.min(some.count, values.length));
        for (const value of values) {
          expect(repeated.filter((other) => other === value).length).toBeLessThanOrEqual(2);
        }
      }),
    );
  });

  it('emits a copy within the distance of its original', () => {
    fc.assert(
      fc.property(seed, numbers, options, (of, values, some) => {
        const repeated = repeat(of, values, some);
        for (const value of values) {
          const [first, second] = [repeated.indexOf(value), repeated.lastIndexOf(value)];
          const between = new Set(repeated.slice(first, second).filter((other) => other > value));
          expect(between.size).toBeLessThanOrEqual(some.distance);
        }
      }),
    );
  });

  it('creates copies at every distance', () => {
    const gaps = Array.from({ length: 300 }, (_, of) => {
      const repeated = repeat(of, [0, 1, 2, 3, 4, 5], { distance: 2 });
      const value = repeated.find((other, place) => repeated.indexOf(other) !== place) ?? NaN;
      return repeated.lastIndexOf(value) - repeated.indexOf(value) - 1;
    });
    expect([...new Set(gaps)].sort()).toStrictEqual([0, 1, 2]);
  });

  it.each([
    { title: 'one value twice by default', values: 'abcdef', some: {}, length: 7 },
    { title: 'nothing twice with the count 0', values: 'abcdef', some: { count: 0 }, length: 6 },
    {
      title: 'everything twice with the count Infinity',
      values: 'abcdef',
      some: { count: Infinity },
      length: 12,
    },
    { title: 'none for an empty list', values: '', some: {}, length: 0 },
  ])('returns $title', ({ values, some, length }) => {
    expect(repeat(1, Object.freeze(Array.from(values)), some)).toHaveLength(length);
  });

  it('creates copies next to their originals with the distance 0', () => {
    expect(repeat(1, Array.from('abc'), { count: Infinity, distance: 0 }).join('')).toBe('aabbcc');
  });

  it.each([
    { of: 1, some: {}, repeated: 'abcdefghh' },
    { of: 2, some: { count: 3, distance: 2 }, repeated: 'abcdedefggh' },
    { of: 3, some: { count: Infinity, distance: Infinity }, repeated: 'aabbcdcefghdefgh' },
  ])('always returns $repeated for the seed $of and $some', ({ of, some, repeated }) => {
    expect(repeat(of, Array.from('abcdefgh'), some).join('')).toBe(repeated);
  });
});
