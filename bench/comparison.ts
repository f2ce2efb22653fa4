import { median } from 'simple-statistics';

import { markdownTable } from './markdown.js';
import type { Version } from './measure.js';
import { nameOf, type Result, showValue } from './result.js';
import { probabilityOfChance } from './statistics.js';

/** What was measured once, kept in order to compare with it. All values are ratios within one run, or sizes. */
export interface Baseline {
  readonly version: Version;
  /** By the names of the cases. */
  readonly values: Readonly<Record<string, readonly number[]>>;
}

/** How a case compares with the baseline. */
export interface Comparison {
  readonly name: string;
  readonly unit: Result['unit'];
  readonly before: number | undefined;
  readonly after: number | undefined;
  /** How much more it costs now: 0.2 is a fifth more. */
  readonly change: number | undefined;
  /** How probable such a difference is by chance. */
  readonly probability: number | undefined;
}

const ALLOWED_CHANGE = 0.2;
const SIGNIFICANCE = 0.05;

export function baselineOf(results: readonly Result[], version: Version): Baseline {
  return {
    version,
    values: Object.fromEntries(results.map((result) => [nameOf(result), result.values])),
  };
}

/** Compares all cases of both sides; a case that only one of them has is there with what is known of it. */
export function compare(baseline: Baseline, results: readonly Result[]): readonly Comparison[] {
  const measured = new Set(results.map(nameOf));
  const missing = Object.keys(baseline.values).filter((name) => !measured.has(name));
  return [
    ...results.map((result) => compareResult(baseline.values[nameOf(result)], result)),
    ...missing.map((name): Comparison => ({
      name,
      unit: '×',
      before: median([...(baseline.values[name] ?? [])]),
      after: undefined,
      change: undefined,
      probability: undefined,
    })),
  ];
}

function compareResult(values: readonly number[] | undefined, result: Result): Comparison {
  const after = median([...result.values]);
  const common = { name: nameOf(result), unit: result.unit, after };
  if (values === undefined) {
    return { ...common, before: undefined, change: undefined, probability: undefined };
  }
  const before = median([...values]);
  // Where others are the dividend, a lower ratio means that ours got slower.
  const isLowerWorse = result.goal !== undefined && 'atLeast' in result.goal;
  return {
    ...common,
    before,
    change: (isLowerWorse ? before / after : after / before) - 1,
    probability: probabilityOfChance(values, result.values),
  };
}

/** Whether it costs more than a fifth more, and not by chance. */
export function isRegression({ change, probability }: Comparison): boolean {
  return (
    change !== undefined && probability !== undefined && change > ALLOWED_CHANGE && probability < SIGNIFICANCE
  );
}

export function comparisonTable(comparisons: readonly Comparison[]): string {
  return markdownTable(
    ['case', 'old', 'new', 'change of cost', 'significance', ''],
    comparisons.map((comparison) => [
      comparison.name,
      show(comparison.before, (value) => showValue(value, comparison.unit)),
      show(comparison.after, (value) => showValue(value, comparison.unit)),
      show(comparison.change, (change) => `${change < 0 ? '−' : '+'}${Math.abs(change * 100).toFixed(1)} %`),
      show(comparison.probability, (probability) =>
        probability < 0.001 ? 'p < 0.001' : `p = ${probability.toFixed(3)}`,
      ),
      verdict(comparison),
    ]),
  );
}

function verdict(comparison: Comparison): string {
  if (comparison.after === undefined) {
    return 'missing';
  }
  if (comparison.before === undefined) {
    return 'new';
  }
  return isRegression(comparison) ? '**slower**' : '';
}

function show(value: number | undefined, format: (value: number) => string): string {
  return value === undefined ? '' : format(value);
}
