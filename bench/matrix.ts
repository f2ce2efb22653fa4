import { max, median } from 'simple-statistics';

import { markdownTable } from './markdown.js';
import type { Goal } from './measure.js';
import { isMet, type Result, showGoal, showValue } from './result.js';
import { confidenceInterval } from './statistics.js';

/** The measures that are shown as a matrix, each with a sentence about its median and its worst case. */
export function matrices(results: readonly Result[]): string {
  const titles = new Set(results.filter(({ cell }) => cell !== undefined).map(({ title }) => title));
  return [...titles].map((title) => matrix(results.filter((result) => result.title === title))).join('\n\n');
}

function matrix(results: readonly Result[]): string {
  const rows = [...new Set(results.map(({ cell }) => cell?.row ?? ''))];
  const columns = [...new Set(results.map(({ cell }) => cell?.column ?? ''))];
  const cells = rows.map((row) => [
    row,
    ...columns.map((column) => {
      const result = results.find(({ cell }) => cell?.row === row && cell.column === column);
      return result === undefined ? '' : showCell(result);
    }),
  ]);
  const title = results[0]?.title ?? '';
  return `${title}:\n\n${markdownTable(['', ...columns], cells)}\n\n${summaryOf(results)}`;
}

function showCell({ values, unit, goal }: Result): string {
  const show = (value: number) => showValue(value, unit);
  const [low, high] = confidenceInterval(values);
  const text = `${show(median([...values]))} (${show(low)} – ${show(high)})`;
  return goal === undefined || isMet(goal, values) ? text : `**${text}**`;
}

/** The median and the worst of ratios where less is better. */
export function summaryOf(results: readonly Result[]): string {
  const ratios = results.map(({ values }) => median([...values]));
  const middle = median(ratios);
  const worst = max(ratios);
  const label = results[ratios.indexOf(worst)]?.label ?? '';
  const { goal, medianGoal } = results[0] ?? {};
  return (
    `The median of the ${results.length} cells is ${showRatio(middle, medianGoal)}. ` +
    `The worst is ${showRatio(worst, goal)}: ${label}.`
  );
}

function showRatio(ratio: number, goal: Goal | undefined): string {
  const text = showValue(ratio, '×');
  return goal === undefined
    ? text
    : `${text} (goal ${showGoal(goal, '×')}, ${isMet(goal, [ratio]) ? 'met' : '**not met**'})`;
}
