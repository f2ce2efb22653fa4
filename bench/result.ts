import { median } from 'simple-statistics';

import { type Cell, type Goal, isRatio, type RatioCase, type SizeCase } from './measure.js';
import { confidenceInterval, summarize } from './statistics.js';

/** What was found out about a case. */
export interface Result {
  /** The name of the file of the measure. */
  readonly measure: string;
  readonly title: string;
  readonly label: string;
  readonly unit: '×' | SizeCase['unit'];
  readonly goal?: Goal;
  readonly limit?: string;
  readonly cell?: Cell;
  /** Of the median of all results of the measure. */
  readonly medianGoal?: Goal;
  /** One value from each pair of processes: the ratio, or the size. */
  readonly values: readonly number[];
  /** All rounds of the first contender, in units of the second one in the same pair; none where it is a size. */
  readonly rounds: readonly number[];
}

export function unitOf(benchmark: RatioCase | SizeCase): Result['unit'] {
  return isRatio(benchmark) ? '×' : benchmark.unit;
}

/** What identifies a case among all. */
export function nameOf({ measure, label }: Pick<Result, 'measure' | 'label'>): string {
  return `${measure}: ${label}`;
}

export function isMet(goal: Goal, values: readonly number[]): boolean {
  const value = median([...values]);
  return 'atMost' in goal ? value <= goal.atMost : value >= goal.atLeast;
}

export function showValue(value: number, unit: Result['unit']): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return unit === '×' ? value.toFixed(digits) : `${value.toFixed(digits)} ${unit}`;
}

export function showGoal(goal: Goal | undefined, unit: Result['unit']): string {
  if (goal === undefined) {
    return '';
  }
  const [sign, value] = 'atMost' in goal ? ['≤', goal.atMost] : ['≥', goal.atLeast];
  return unit === '×' ? `${sign} ${value}` : `${sign} ${value} ${unit}`;
}

/** What a result comes to, in one or two lines. */
export function describe({ label, unit, goal, values, rounds }: Result): string {
  const show = (value: number) => showValue(value, unit);
  const [low, high] = confidenceInterval(values).map(show);
  let text = `  ${label}: ${show(median([...values]))}, 95 % confidence ${low ?? ''} to ${high ?? ''}`;
  if (goal !== undefined) {
    text += `, goal ${showGoal(goal, unit)} ${isMet(goal, values) ? 'met' : 'NOT MET'}`;
  }
  if (rounds.length > 0) {
    const summary = Object.entries(summarize(rounds)).map(
      ([name, value]) => `${name} ${show(value as number)}`,
    );
    text += `\n    ${rounds.length} rounds: ${summary.join(', ')}`;
  }
  return text;
}
