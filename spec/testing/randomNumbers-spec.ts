import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { RandomNumbers } from '../../src/testing/randomNumbers.js';

const fractions = (seed: number, purpose = '', count = 4) => {
  const random = new RandomNumbers(seed, purpose);
  return Array.from({ length: count }, () => random.fraction() * 2 ** 32);
};

const seed = fc.maxSafeInteger();

describe('random numbers', () => {
  // A stored seed must find the same numbers again; changing them would break that.
  // prettier-ignore
  it.each([
    { of: 0,           purpose: '',     numbers: [1684164658, 3653269916, 2939563536, 2141751570] },
    { of: 1,           purpose: '',     numbers: [4114278092, 2788919815, 2346554250, 2297666396] },
    { of: 1,           purpose: 'lose', numbers: [3510015301, 2005631914, 3931692673, 233889604] },
    { of: -1,          purpose: '',     numbers: [2957796267, 276537552, 2006453010, 28337419] },
    { of: 2 ** 53 - 1, purpose: '',     numbers: [1172241251, 2081229000, 246948332, 2226836926] },
  ])(
    'of the seed $of and the purpose "$purpose" never change',
    ({ of, purpose, numbers }) => {
      expect(fractions(of, purpose)).toStrictEqual(numbers);
    },
  );

  it('are from 0 to below 1', () => {
    fc.assert(
      fc.property(seed, fc.string(), (of, purpose) => {
        for (const fraction of fractions(of, purpose, 100)) {
          expect(fraction).toBeGreaterThanOrEqual(0);
          expect(fraction).toBeLessThan(2 ** 32);
        }
      }),
    );
  });

  it.each([
    { one: 1, other: 2 },
    { one: 1, other: -1 },
    { one: 1, other: 1 + 2 ** 32 },
    { one: 2 ** 31, other: -(2 ** 31) },
  ])('of the seeds $one and $other are different', ({ one, other }) => {
    expect(fractions(one)).not.toStrictEqual(fractions(other));
  });

  it('of one seed for two purposes are different', () => {
    expect(fractions(1, 'lose')).not.toStrictEqual(fractions(1, 'repeat'));
  });

  it('do not repeat for a long time', () => {
    expect(new Set(fractions(7, '', 10_000)).size).toBe(10_000);
  });

  it('below a limit are all whole numbers below it, equally often', () => {
    const random = new RandomNumbers(1, '');
    const counts = [0, 0, 0, 0, 0, 0, 0];
    for (let turn = 0; turn < 7_000; turn++) {
      const number = random.below(7);
      counts[number] = (counts[number] ?? NaN) + 1;
    }
    expect(counts).toHaveLength(7);
    for (const count of counts) {
      expect(count).toBeGreaterThan(850);
      expect(count).toBeLessThan(1150);
    }
  });

  it('are chosen in the requested number, without repeats', () => {
    fc.assert(
      fc.property(seed, fc.nat({ max: 30 }), fc.nat({ max: 20 }), (of, count, limit) => {
        const chosen = new RandomNumbers(of, '').choose(count, limit);
        expect(chosen.size).toBe(Math.min(count, limit));
        expect([...chosen].every((number) => number >= 0 && number < limit)).toBe(true);
      }),
    );
  });

  it('chooses each pair of five equally often', () => {
    const random = new RandomNumbers(1, '');
    const counts = new Map<string, number>();
    for (let turn = 0; turn < 10_000; turn++) {
      const pair = [...random.choose(2, 5)].join(' ');
      counts.set(pair, (counts.get(pair) ?? 0) + 1);
    }
    expect(counts.size).toBe(10);
    expect(Math.min(...counts.values())).toBeGreaterThan(850);
    expect(Math.max(...counts.values())).toBeLessThan(1150);
  });
});
