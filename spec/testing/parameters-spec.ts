import { describe, expect, it } from 'vitest';

import { interleave, lose, recut, repeat, shuffle } from '../../src/testing/index.js';

const all = { interleave, recut, shuffle, repeat, lose };
const functions = Object.entries(all).map(([name, make]) => ({
  name,
  make: make as (seed: unknown, values: unknown, options?: unknown) => unknown,
}));
const withOptions = functions.filter(({ name }) => name !== 'interleave' && name !== 'recut');

const allowedSeed = 'but must be a safe integer';
const allowedCount = 'but must be a whole number from 0, or Infinity';

describe.each(functions)('$name', ({ name, make }) => {
  it.each([
    { seed: undefined, message: `The seed is undefined, ${allowedSeed}` },
    { seed: null, message: `The seed is null, ${allowedSeed}` },
    { seed: '1', message: `The seed is "1", ${allowedSeed}` },
    { seed: 5n, message: `The seed is 5n, ${allowedSeed}` },
    { seed: Symbol('x'), message: `The seed is Symbol(x), ${allowedSeed}` },
    { seed: () => 1, message: `The seed is a function, ${allowedSeed}` },
  ])('throws a TypeError: $message', ({ seed, message }) => {
    expect(() => make(seed, [])).toThrow(new TypeError(message));
  });

  it.each([NaN, Infinity, 0.5, 2 ** 53])('throws a RangeError for the seed %d', (seed) => {
    expect(() => make(seed, [])).toThrow(new RangeError(`The seed is ${String(seed)}, ${allowedSeed}`));
  });

  it.each([0, -1, -0, 2 ** 53 - 1, -(2 ** 53) + 1])('accepts the seed %d', (seed) => {
    expect(make(seed, [])).toStrictEqual([]);
  });

  it.each([undefined, null, 'abc', new Set()])('throws a TypeError for %o instead of a list', (values) => {
    expect(() => make(1, values)).toThrow(TypeError);
    expect(() => make(1, values)).toThrow('but must be an array');
  });

  it('always returns the same list for a seed', () => {
    const values = Array.from({ length: 50 }, (_, index) => ({
      type: 'delta',
      kind: 'answer',
      id: String(index % 3),
      delta: `text ${String(index)}`,
    }));
    const list = name === 'interleave' ? [values, values] : values;
    expect(make(3, list)).toStrictEqual(make(3, list));
    expect(make(3, list)).not.toStrictEqual(make(4, list));
  });
});

describe.each(withOptions)('$name', ({ make }) => {
  it.each([null, 5])('throws a TypeError for the options %j', (options) => {
    expect(() => make(1, [], options)).toThrow(TypeError);
    expect(() => make(1, [], options)).toThrow('but must be an object');
  });
});

describe.each([
  { name: 'shuffle', option: 'distance' },
  { name: 'repeat', option: 'distance' },
  { name: 'repeat', option: 'count' },
  { name: 'lose', option: 'count' },
] as const)('the option $option of $name', ({ name, option }) => {
  const run = (value: unknown) => () =>
    (all[name] as (...parameters: unknown[]) => unknown)(1, [], { [option]: value });

  it.each([-1, 0.5, NaN, -Infinity])('is not %d', (value) => {
    expect(run(value)).toThrow(new RangeError(`The option ${option} is ${String(value)}, ${allowedCount}`));
  });

  it.each([
    { value: '1', words: '"1"' },
    { value: null, words: 'null' },
    { value: [], words: 'an array' },
  ])('is not $words', ({ value, words }) => {
    expect(run(value)).toThrow(new TypeError(`The option ${option} is ${words}, ${allowedCount}`));
  });

  it.each([0, 1, Infinity, undefined])('may be %s', (value) => {
    expect(run(value)()).toStrictEqual([]);
  });
});
