import { median } from 'simple-statistics';

import { markdownTable } from './markdown.js';
import { isMet, type Result, showGoal, showValue } from './result.js';
import { confidenceInterval } from './statistics.js';

export function goalTable(results: readonly Result[]): string {
  return markdownTable(
    ['measure', 'case', 'measured', 'interval', 'goal', ''],
    results.map(({ title, label, unit, goal, values }) => {
      const [low, high] = confidenceInterval(values);
      return [
        title,
        label,
        showValue(median([...values]), unit),
        `${showValue(low, unit)} – ${showValue(high, unit)}`,
        showGoal(goal, unit),
        goal === undefined ? '' : isMet(goal, values) ? 'met' : '**not met**',
      ];
    }),
  );
}
