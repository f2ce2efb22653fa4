import { describe, expect, it } from 'vitest';

import { fixedPace } from '../../src/index.js';

describe('fixedPace', () => {
  // prettier-ignore
  it.each([
    { policy: fixedPace(),         expected: 1 },
    { policy: fixedPace(undefined), expected: 1 },
    { policy: fixedPace(3),        expected: 3 },
    { policy: fixedPace(Infinity), expected: Infinity },
  ])('says $expected, however many lines wait', ({ policy, expected }) => {
    expect(policy({ lines: 1, oldestAge: 0 }, 0)).toBe(expected);
    expect(policy({ lines: 10_000, oldestAge: 9999 }, 50)).toBe(expected);
  });

  // prettier-ignore
  it.each([
    { lines: 0,    error: RangeError, message: 'The option lines is 0, but must be a whole number from 1, or Infinity' },
    { lines: 1.5,  error: RangeError, message: 'The option lines is 1.5' },
    { lines: NaN,  error: RangeError, message: 'The option lines is NaN' },
    { lines: '2',  error: TypeError,  message: 'The option lines is "2"' },
    { lines: null, error: TypeError,  message: 'The option lines is null' },
  ])('refuses $lines', ({ lines, error, message }) => {
    const create = fixedPace as (lines: unknown) => unknown;
    expect(() => create(lines)).toThrow(error);
    expect(() => create(lines)).toThrow(message);
  });
});
