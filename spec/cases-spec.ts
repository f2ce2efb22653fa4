import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { collect } from './support/collect.js';
import { forms } from './support/forms.js';
import { sharedCases } from './support/shared.js';

describe.each(forms)('$form', ({ form, operator }) => {
  it.each([...sharedCases('lines.json'), ...sharedCases('life.json'), ...sharedCases('reconcile.json')])(
    '$title',
    async ({ options, events, commits }) => {
      const actual = await collect(from(events).pipe(operator(options)));
      expect(actual).toStrictEqual(
        form === 'commitLines' ? commits : commits.filter((c) => c.type !== 'drop'),
      );
    },
  );
});
