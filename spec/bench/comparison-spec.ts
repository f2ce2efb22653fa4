import { describe, expect, it } from 'vitest';

import { baselineOf, compare, comparisonTable, isRegression } from '../../bench/comparison.js';
import type { Goal } from '../../bench/measure.js';
import type { Result } from '../../bench/result.js';

const resultOf = (values: readonly number[], goal: Goal = { atMost: 1.2 }): Result => ({
  measure: 'commitLines',
  title: '`commitLines()` ÷ bare loop',
  label: '8 streams',
  unit: '×',
  goal,
  values,
  rounds: [],
});

/** Five ratios around `center` that deviate by at most this fraction of it. */
const around = (center: number, deviation: number) =>
  [-1, 0.4, 1, -0.6, 0.2].map((part) => center * (1 + part * deviation));

const compareValues = (before: readonly number[], after: readonly number[], goal?: Goal) => {
  const [comparison] = compare(baselineOf([resultOf(before, goal)], 'short'), [resultOf(after, goal)]);
  if (comparison === undefined) {
    throw new Error('Nothing was compared');
  }
  return comparison;
};

describe('the comparison with a baseline', () => {
  it.each([
    { name: 'a slowdown of 30 %', after: around(1.3, 0.05), expected: true },
    { name: 'a slowdown of 30 % with 10 % of noise', after: around(1.3, 0.1), expected: true },
    { name: 'a slowdown of 15 %', after: around(1.15, 0.01), expected: false },
    { name: 'no change', after: around(1, 0.05), expected: false },
    { name: '10 % of noise', after: [1.1, 0.9, 1.08, 0.95, 1.1], expected: false },
    {
      name: 'a change of the median that noise explains',
      after: [1.3, 0.7, 1.9, 0.8, 1.25],
      expected: false,
    },
    { name: 'a speed-up', after: around(0.6, 0.05), expected: false },
  ])('$name fails: $expected', ({ after, expected }) => {
    expect(isRegression(compareValues(around(1, 0.05), after))).toBe(expected);
  });

  it('treats a lower ratio as a slowdown if the goal is a minimum', () => {
    const goal = { atLeast: 12 };
    expect(isRegression(compareValues(around(15, 0.05), around(11, 0.05), goal))).toBe(true);
    expect(isRegression(compareValues(around(15, 0.05), around(25, 0.05), goal))).toBe(false);
  });

  it('finds that a size without noise has grown', () => {
    expect(isRegression(compareValues([3, 3, 3], [3.7, 3.7, 3.7]))).toBe(true);
    expect(isRegression(compareValues([3, 3, 3], [3, 3, 3]))).toBe(false);
  });

  it('has the relative increase of the cost', () => {
    expect(compareValues([2, 2, 2], [3, 3, 3]).change).toBeCloseTo(0.5);
    expect(compareValues([30, 30, 30], [20, 20, 20], { atLeast: 25 }).change).toBeCloseTo(0.5);
  });

  it('reports cases that are only in the baseline, or only in the new results', () => {
    const old = { ...resultOf([1, 1, 1]), label: 'old' };
    const fresh = { ...resultOf([2, 2, 2]), label: 'fresh' };
    const comparisons = compare(baselineOf([old], 'short'), [fresh]);
    expect(comparisons).toMatchObject([
      { name: 'commitLines: fresh', before: undefined, after: 2 },
      { name: 'commitLines: old', before: 1, after: undefined },
    ]);
    expect(comparisons.some(isRegression)).toBe(false);
    expect(comparisonTable(comparisons)).toMatch(/fresh .*\| new .*\n.*old .*\| missing/);
  });

  it('is shown as a Markdown table', () => {
    const table = comparisonTable([compareValues(around(1, 0.05), around(1.3, 0.05))]);
    expect(table.split('\n').map((row) => row.replaceAll(/ +/g, ' '))).toStrictEqual([
      '| case | old | new | change of cost | significance | |',
      expect.stringMatching(/^(\| -+ ){6}\|$/),
      '| commitLines: 8 streams | 1.01 | 1.31 | +30.0 % | p < 0.001 | **slower** |',
    ]);
  });
});
