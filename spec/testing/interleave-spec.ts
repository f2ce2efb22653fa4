import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { interleave } from '../../src/testing/index.js';

const seed = fc.maxSafeInteger();

/** Lists of values that name their list and their index in it. */
const streams = fc
  .array(fc.nat({ max: 6 }), { maxLength: 5 })
  .map((lengths) =>
    lengths.map((length, stream) => Array.from({ length }, (_, place) => ({ stream, place }))),
  );

describe('interleave', () => {
  it('returns every value of every stream, in the order of its stream', () => {
    fc.assert(
      fc.property(seed, streams, (of, lists) => {
        const merged = interleave(of, lists);
        expect(merged).toHaveLength(lists.flat().length);
        lists.forEach((list, index) => {
          expect(merged.filter(({ stream }) => stream === index)).toStrictEqual(list);
        });
      }),
    );
  });

  it('returns the same values, and does not change the lists', () => {
    const [one, two] = [{}, {}];
    const lists = [Object.freeze([one]), Object.freeze([two])];
    const merged = interleave(1, Object.freeze(lists));
    expect(merged.some((value) => value === one)).toBe(true);
    expect(merged.some((value) => value === two)).toBe(true);
  });

  it('keeps undefined values', () => {
    expect(interleave(1, [[undefined, undefined], [undefined]])).toStrictEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('chooses all merges about equally often', () => {
    const counts = new Map<string, number>();
    for (let of = 0; of < 10_000; of++) {
      const way = interleave(of, [Array.from('abc'), Array.from('xy')]).join('');
      counts.set(way, (counts.get(way) ?? 0) + 1);
    }
    expect(counts.size).toBe(10);
    expect(Math.min(...counts.values())).toBeGreaterThan(850);
    expect(Math.max(...counts.values())).toBeLessThan(1150);
  });

  it.each([
    { of: 1, merged: '1xab2yczd' },
    { of: 2, merged: 'a1x2byzcd' },
    { of: -1, merged: '1a2xbyczd' },
    { of: 2 ** 53 - 1, merged: 'a1bxcyzd2' },
  ])('always returns $merged for the seed $of', ({ of, merged }) => {
    expect(interleave(of, [Array.from('abcd'), Array.from('xyz'), Array.from('12')]).join('')).toBe(merged);
  });

  it.each([
    { streams: [], merged: [] },
    { streams: [[], []], merged: [] },
    { streams: [['a', 'b']], merged: ['a', 'b'] },
  ])('merges $streams', ({ streams: lists, merged }) => {
    expect(interleave<string>(1, lists)).toStrictEqual(merged);
  });

  it.each([
    { streams: 'ab', message: 'The list of streams is "ab", but must be an array' },
    { streams: [[], null], message: 'The stream at index 1 is null, but must be an array' },
  ])('throws: $message', ({ streams: wrong, message }) => {
    expect(() => interleave(1, wrong as never)).toThrow(new TypeError(message));
  });
});
