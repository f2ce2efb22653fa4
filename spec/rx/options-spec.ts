import { describe, expect, it } from 'vitest';

import { commitLines, groupStreams, scanLines } from '../../src/index.js';

const ref = { kind: 'answer', id: 'a', generation: 0 };

const operators = [
  { operator: 'commitLines', create: commitLines as (options?: unknown) => unknown },
  { operator: 'groupStreams', create: groupStreams as (options?: unknown) => unknown },
  { operator: 'scanLines', create: scanLines.bind(undefined, ref) as (options?: unknown) => unknown },
];

describe.each(operators)('$operator', ({ create }) => {
  it.each([
    { idleTimeout: Infinity },
    { idleTimeout: 0.5 },
    { idleTimeout: 2_147_483_647 },
    { maxStreams: 1 },
    { maxStreams: Infinity },
    { maxRemembered: 0 },
    { maxRemembered: Infinity },
    { maxLineLength: 2 },
    { maxLineLength: Infinity },
    { reconcile: 'revise' },
    { reconcile: 'keep' },
    { reconcile: 'off' },
    { maxRetained: 0 },
    { tail: true },
    { softCommit: {} },
    { softCommit: { chars: 160, after: 400 } },
    { maxRetained: Infinity },
    { idleTimeout: undefined, maxStreams: undefined, scheduler: undefined },
    {},
    undefined,
  ])('accepts %o', (options) => {
    expect(() => create(options)).not.toThrow();
  });

  // prettier-ignore
  it.each([
    { options: null,                         error: TypeError,  message: 'The options are null, but must be an object' },
    { options: 300,                          error: TypeError,  message: 'The options are 300, but must be an object' },
    { options: { idleTimeout: '5' },         error: TypeError,  message: 'The option idleTimeout is "5", but must be milliseconds, more than 0 and at most 2147483647, or Infinity' },
    { options: { idleTimeout: null },        error: TypeError,  message: 'The option idleTimeout is null, but must be milliseconds, more than 0 and at most 2147483647, or Infinity' },
    { options: { idleTimeout: 0 },           error: RangeError, message: 'The option idleTimeout is 0, but must be milliseconds, more than 0 and at most 2147483647, or Infinity' },
    { options: { idleTimeout: -1 },          error: RangeError, message: 'The option idleTimeout is -1, but must be milliseconds, more than 0 and at most 2147483647, or Infinity' },
    { options: { idleTimeout: NaN },         error: RangeError, message: 'The option idleTimeout is NaN, but must be milliseconds, more than 0 and at most 2147483647, or Infinity' },
    { options: { idleTimeout: 2 ** 31 },     error: RangeError, message: 'The option idleTimeout is 2147483648, but must be milliseconds, more than 0 and at most 2147483647, or Infinity' },
    { options: { maxStreams: [] },           error: TypeError,  message: 'The option maxStreams is an array, but must be a whole number from 1, or Infinity' },
    { options: { maxStreams: 0 },            error: RangeError, message: 'The option maxStreams is 0, but must be a whole number from 1, or Infinity' },
    { options: { maxStreams: 1.5 },          error: RangeError, message: 'The option maxStreams is 1.5, but must be a whole number from 1, or Infinity' },
    { options: { maxStreams: NaN },          error: RangeError, message: 'The option maxStreams is NaN, but must be a whole number from 1, or Infinity' },
    { options: { maxRemembered: 5n },        error: TypeError,  message: 'The option maxRemembered is 5n, but must be a whole number from 0, or Infinity' },
    { options: { maxRemembered: -1 },        error: RangeError, message: 'The option maxRemembered is -1, but must be a whole number from 0, or Infinity' },
    { options: { maxLineLength: () => 2 },   error: TypeError,  message: 'The option maxLineLength is a function, but must be a whole number from 2, or Infinity' },
    { options: { maxLineLength: 1 },         error: RangeError, message: 'The option maxLineLength is 1, but must be a whole number from 2, or Infinity' },
    { options: { maxLineLength: -Infinity }, error: RangeError, message: 'The option maxLineLength is -Infinity, but must be a whole number from 2, or Infinity' },
    { options: { reconcile: 'maybe' },       error: RangeError, message: 'The option reconcile is "maybe", but must be one of revise, keep, off' },
    { options: { reconcile: true },          error: TypeError,  message: 'The option reconcile is true, but must be one of revise, keep, off' },
    { options: { maxRetained: -1 },          error: RangeError, message: 'The option maxRetained is -1, but must be a whole number from 0, or Infinity' },
    { options: { maxRetained: '1' },         error: TypeError,  message: 'The option maxRetained is "1", but must be a whole number from 0, or Infinity' },
    { options: { tail: 1 },                  error: TypeError,  message: 'The option tail is 1, but must be true or false' },
    { options: { softCommit: null },         error: TypeError,  message: 'The option softCommit is null, but must be an object with chars, after or both' },
    { options: { softCommit: 160 },          error: TypeError,  message: 'The option softCommit is 160, but must be an object with chars, after or both' },
    { options: { softCommit: { chars: 0 } }, error: RangeError, message: 'The option softCommit.chars is 0, but must be a whole number from 1, or Infinity' },
    { options: { softCommit: { after: 0 } }, error: RangeError, message: 'The option softCommit.after is 0, but must be milliseconds, more than 0 and at most 2147483647, or Infinity' },
    { options: { softCommit: { after: '' } }, error: TypeError, message: 'The option softCommit.after is "", but must be milliseconds, more than 0 and at most 2147483647, or Infinity' },
    { options: { scheduler: null },          error: TypeError,  message: 'The option scheduler is null, but must be a scheduler with the methods now and schedule' },
    { options: { scheduler: { now: Date.now } },  error: TypeError,  message: 'The option scheduler is an object, but must be a scheduler with the methods now and schedule' },
    { options: { scheduler: { now: Date.now, schedule: 1 } }, error: TypeError, message: 'The option scheduler is an object, but must be a scheduler with the methods now and schedule' },
    { options: { scheduler: { now: 1, schedule: () => undefined } }, error: TypeError, message: 'The option scheduler is an object, but must be a scheduler with the methods now and schedule' },
  ])('refuses $options when it is created', ({ options, error, message }) => {
    expect(() => create(options)).toThrow(new error(message));
  });
});

describe('groupStreams', () => {
  // prettier-ignore
  it.each([
    { options: { maxBuffered: -1 },   error: RangeError, message: 'The option maxBuffered is -1, but must be a whole number from 0, or Infinity' },
    { options: { maxBuffered: true }, error: TypeError,  message: 'The option maxBuffered is true, but must be a whole number from 0, or Infinity' },
    { options: { onDrop: 'log' },     error: TypeError,  message: 'The option onDrop is "log", but must be a function' },
  ])('refuses $options when it is created', ({ options, error, message }) => {
    const create = groupStreams as (options: unknown) => unknown;
    expect(() => create(options)).toThrow(new error(message));
  });
});
