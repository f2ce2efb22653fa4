import { median } from 'simple-statistics';

import { markdownTable } from './markdown.js';
import { isMet, type Result, showGoal, showValue } from './result.js';
import { confidenceInterval } from './statistics.js';

/** The cases with their goals. A column tells measures apart where there are several. */
export function goalTable(results: readonly Result[]): string {
  const hasTitles = new Set(results.map(({ title }) => title)).size > 1;
  return markdownTable(
    [...(hasTitles ? ['measure'] : []), 'case', 'measured', 'interval', 'goal', ''],
    results.map(({ title, label, unit, goal, values }) => {
      const [low, high] = confidenceInterval(values);
      return [
        ...(hasTitles ? [title] : []),
        label,
        showValue(median([...values]), unit),
        `${showValue(low, unit)} – ${showValue(high, unit)}`,
        showGoal(goal, unit),
        goal === undefined ? '' : isMet(goal, values) ? 'met' : '**not met**',
      ];
    }),
  );
}
