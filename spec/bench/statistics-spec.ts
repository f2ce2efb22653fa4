import { describe, expect, it } from 'vitest';

import { confidenceInterval, probabilityOfChance, summarize } from '../../bench/statistics.js';

describe('the statistics of samples', () => {
  it('has the mean, the deviation and the quantiles', () => {
    const samples = Array.from({ length: 100 }, (_, number) => number + 1);
    const { standardDeviation, ...rest } = summarize(samples);
    expect(rest).toStrictEqual({ mean: 50.5, min: 1, p50: 50.5, p95: 95.05, p99: 99.01, max: 100 });
    expect(standardDeviation).toBeCloseTo(29.011, 3);
  });

  it('has no deviation of a single sample', () => {
    expect(summarize([2]).standardDeviation).toBe(0);
  });
});

describe('the confidence interval of ratios', () => {
  it('uses the t-distribution of Student, on a logarithmic scale', () => {
    // ln 2 · {-1, 0, 1}: standard error ln 2 / √3, and 4.3027 of them to each side with two degrees of freedom.
    const [low, high] = confidenceInterval([0.5, 1, 2]);
    const expected = Math.exp((4.3027 * Math.LN2) / Math.sqrt(3));
    expect(high).toBeCloseTo(expected, 2);
    expect(low * high).toBeCloseTo(1);
  });

  it('is narrower with more pairs', () => {
    const [low, high] = confidenceInterval([1.1, 1.2, 1.3]);
    const [lower, higher] = confidenceInterval([1.1, 1.2, 1.3, 1.1, 1.2, 1.3]);
    expect(higher - lower).toBeLessThan(high - low);
  });

  it('is the value itself if all are the same', () => {
    expect(confidenceInterval([3, 3, 3])).toStrictEqual([3, 3]);
  });
});

describe('the probability of a difference by chance', () => {
  it.each([
    { before: [1, 1.1, 0.9], after: [2, 2.2, 1.8], below: 0.01 },
    { before: [1, 1.1, 0.9], after: [0.5, 0.55, 0.45], below: 0.01 },
    { before: [1, 1, 1], after: [2, 2.2, 1.8], below: 0.05 },
    { before: [1, 1, 1], after: [1.0001, 1.0001, 1.0001], below: 0.01 },
  ])('from $before to $after is small', ({ before, after, below }) => {
    expect(probabilityOfChance(before, after)).toBeLessThan(below);
  });

  it.each([
    { before: [1, 1.1, 0.9], after: [1.05, 1.15, 0.95] },
    { before: [1, 1, 1], after: [1, 1, 1] },
  ])('from $before to $after is not', ({ before, after }) => {
    expect(probabilityOfChance(before, after)).toBeGreaterThan(0.3);
  });
});
