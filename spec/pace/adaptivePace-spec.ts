import { describe, expect, it } from 'vitest';

import { adaptivePace, type PacePolicy } from '../../src/index.js';

/** Lets it catch up at 0 and says how many lines leave. */
const catchUp = (policy: PacePolicy, lines: number, oldestAge = 0): number => policy({ lines, oldestAge }, 0);

describe('adaptivePace', () => {
  it('may be called as it is', () => {
    const policy = adaptivePace();
    expect([7, 8, 3].map((lines, i) => policy({ lines, oldestAge: 0 }, i * 50))).toStrictEqual([1, 2, 2]);
  });

  it('has a fresh copy without a past', () => {
    const policy = adaptivePace({ minLines: 3 });
    expect(catchUp(policy, 8)).toBe(3);
    const fresh = policy.fresh?.();
    expect(fresh?.({ lines: 7, oldestAge: 0 }, 50)).toBe(1);
    expect(policy({ lines: 7, oldestAge: 0 }, 50)).toBe(3);
    expect(fresh?.({ lines: 8, oldestAge: 0 }, 100)).toBe(3);
  });

  it('learns of the time without lines', () => {
    const policy = adaptivePace();
    catchUp(policy, 8);
    policy.resume?.(0, 250);
    expect(policy({ lines: 7, oldestAge: 0 }, 250)).toBe(1);
  });

  // prettier-ignore
  it.each([
    { options: { smoothLines: 3 },                      lines: 7,   oldestAge: 0,   before: 1,  after: 3 },
    { options: { enterLines: 5 },                       lines: 5,   oldestAge: 0,   before: 1,  after: 2 },
    { options: { enterAge: 60 },                        lines: 1,   oldestAge: 60,  before: 1,  after: 2 },
    { options: { severeLines: 50 },                     lines: 50,  oldestAge: 0,   before: 3,  after: 4 },
    { options: { severeLines: 65 },                     lines: 64,  oldestAge: 0,   before: 4,  after: 3 },
    { options: { severeAge: 200 },                      lines: 50,  oldestAge: 200, before: 3,  after: 4 },
    { options: { drainTicks: 6 },                       lines: 60,  oldestAge: 0,   before: 3,  after: 10 },
    { options: { severeDrainTicks: 8 },                 lines: 64,  oldestAge: 0,   before: 4,  after: 8 },
    { options: { minLines: 5 },                         lines: 8,   oldestAge: 0,   before: 2,  after: 5 },
    { options: { maxLines: 10 },                        lines: 600, oldestAge: 0,   before: 24, after: 10 },
    { options: { maxLines: 1 },                         lines: 600, oldestAge: 0,   before: 24, after: 1 },
    { options: { minLines: 30 },                        lines: 8,   oldestAge: 0,   before: 2,  after: 30 },
    { options: { minLines: 5, maxLines: 10 },           lines: 8,   oldestAge: 0,   before: 2,  after: 5 },
    { options: { maxLines: Infinity, drainTicks: 1, severeDrainTicks: 1 }, lines: 600, oldestAge: 0, before: 24, after: 600 },
  ])('lets out $after lines instead of $before with $options', ({ options, lines, oldestAge, before, after }) => {
    expect(catchUp(adaptivePace(), lines, oldestAge)).toBe(before);
    expect(catchUp(adaptivePace(options), lines, oldestAge)).toBe(after);
  });

  // prettier-ignore
  it.each([
    { options: { exitLines: 4 },     calm: { lines: 4, oldestAge: 0 },  times: [100, 350],       before: [2, 2],    after: [2, 1] },
    { options: { exitAge: 80 },      calm: { lines: 1, oldestAge: 80 }, times: [100, 350],       before: [2, 2],    after: [2, 1] },
    { options: { exitAfter: 100 },   calm: { lines: 1, oldestAge: 0 },  times: [100, 200],       before: [2, 2],    after: [2, 1] },
    { options: { exitAfter: 0 },     calm: { lines: 1, oldestAge: 0 },  times: [100],            before: [2],       after: [1] },
  ])('stops catching up earlier with $options', ({ options, calm, times, before, after }) => {
    for (const { policy, expected } of [
      { policy: adaptivePace(), expected: before },
      { policy: adaptivePace(options), expected: after },
    ]) {
      catchUp(policy, 8);
      expect(times.map((now) => policy(calm, now))).toStrictEqual(expected);
    }
  });

  it('catches up again earlier with reenterAfter', () => {
    for (const { options, expected } of [
      { options: {}, expected: 1 },
      { options: { reenterAfter: 50 }, expected: 2 },
      { options: { reenterAfter: 0 }, expected: 2 },
    ]) {
      const policy = adaptivePace(options);
      catchUp(policy, 8);
      policy({ lines: 1, oldestAge: 0 }, 50);
      policy({ lines: 1, oldestAge: 0 }, 300);
      expect(policy({ lines: 8, oldestAge: 0 }, 350)).toBe(expected);
    }
  });

  describe('options', () => {
    const create = adaptivePace as (options?: unknown) => unknown;
    const counts = ['smoothLines', 'enterLines', 'severeLines', 'drainTicks', 'severeDrainTicks'];
    const limits = ['minLines', 'maxLines'];
    const others = ['enterAge', 'severeAge', 'exitLines', 'exitAge', 'exitAfter', 'reenterAfter'];

    it.each([
      undefined,
      {},
      { enterLines: undefined, minLines: undefined, maxLines: undefined },
      { minLines: 5, maxLines: 5 },
      ...[...counts, ...limits, ...others].flatMap((name) => [{ [name]: 1 }, { [name]: Infinity }]),
      ...others.map((name) => ({ [name]: 0 })),
    ])('takes %o', (options) => {
      expect(() => create(options)).not.toThrow();
    });

    // prettier-ignore
    it.each([
      { options: null, error: TypeError, message: 'The options are null, but must be an object' },
      { options: 8,    error: TypeError, message: 'The options are 8, but must be an object' },
      { options: { minLines: 5, maxLines: 4 }, error: RangeError, message: 'The option maxLines is 4, but must be a whole number from minLines, which is 5' },
      ...[...counts, ...limits].map((name) => ({ options: { [name]: 0 }, error: RangeError, message: `The option ${name} is 0, but must be a whole number from 1, or Infinity` })),
      ...others.map((name) => ({ options: { [name]: -1 }, error: RangeError, message: `The option ${name} is -1, but must be a whole number from 0, or Infinity` })),
      ...[...counts, ...limits, ...others].flatMap((name) => [
        { options: { [name]: NaN },  error: RangeError, message: `The option ${name} is NaN` },
        { options: { [name]: 1.5 },  error: RangeError, message: `The option ${name} is 1.5` },
        { options: { [name]: '9' },  error: TypeError,  message: `The option ${name} is "9"` },
        { options: { [name]: null }, error: TypeError,  message: `The option ${name} is null` },
      ]),
    ])('refuses $options when it is created', ({ options, error, message }) => {
      expect(() => create(options)).toThrow(error);
      expect(() => create(options)).toThrow(message);
    });
  });
});
