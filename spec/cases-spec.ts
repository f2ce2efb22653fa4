import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { collect } from './support/collect.js';
import { forms } from './support/forms.js';
import { isSharedThere, sharedCases } from './support/shared.js';

const cases = ['lines.json', 'life.json', 'reconcile.json'].flatMap((file) => sharedCases(file));

describe.each(forms)('the shared cases, by $form', ({ form, operator }) => {
  it(`are there, ${cases.length} of them, where there is their folder`, () => {
    expect(cases.length > 0).toBe(isSharedThere);
  });

  it.each(cases)('$title', async ({ options, events, commits }) => {
    const actual = await collect(from(events).pipe(operator(options)));
    const expected = form === 'commitLines' ? commits : commits.filter((commit) => commit.type !== 'drop');
    expect(actual).toStrictEqual(expected);
  });
});
