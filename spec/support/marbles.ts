import { configure } from 'rxjs-marbles';
import { expect } from 'vitest';

export const { marbles } = configure({
  assertDeepEqual: (actual, expected) => {
    expect(actual).toStrictEqual(expected);
  },
  frameworkMatcher: true,
});
