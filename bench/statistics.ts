import ttest2 from '@stdlib/stats-ttest2';
import { max, mean, min, quantile, sampleStandardDeviation } from 'simple-statistics';

/** What many samples come to. */
export interface Summary {
  readonly mean: number;
  readonly standardDeviation: number;
  readonly min: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export function summarize(samples: readonly number[]): Summary {
  const values = [...samples];
  const [p50 = NaN, p95 = NaN, p99 = NaN] = quantile(values, [0.5, 0.95, 0.99]);
  return {
    mean: mean(values),
    standardDeviation: values.length > 1 ? sampleStandardDeviation(values) : 0,
    min: min(values),
    p50,
    p95,
    p99,
    max: max(values),
  };
}

/**
 * The 95 % confidence interval of a ratio, from the ratios of independent pairs: Student's t on their logarithms, since
 * twice as much and half as much are equally far from 1.
 */
export function confidenceInterval(ratios: readonly number[]): readonly [number, number] {
  if (isConstant(ratios)) {
    return [ratios[0] ?? NaN, ratios[0] ?? NaN];
  }
  // Against samples without any variance, Welch's test of two samples is Student's test of one.
  const [low = NaN, high = NaN] = ttest2(ratios.map(Math.log), [0, 0]).ci;
  return [Math.exp(low), Math.exp(high)];
}

/** How probable it is to see two sets of ratios that differ so much when nothing has changed: Welch's t-test. */
export function probabilityOfChance(before: readonly number[], after: readonly number[]): number {
  if (isConstant(before) && isConstant(after)) {
    // The test divides by the variance. A size in bytes has none: any difference is one.
    return before[0] === after[0] ? 1 : 0;
  }
  return ttest2(before.map(Math.log), after.map(Math.log)).pValue;
}

function isConstant(values: readonly number[]): boolean {
  return values.every((value) => value === values[0]);
}
