import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { DeltaEvent } from '../../src/index.js';
import { lose } from '../../src/testing/index.js';
import { deltaEvent } from '../support/arbitraries.js';

const seed = fc.maxSafeInteger();
const events = fc.array(deltaEvent, { maxLength: 30 });
const count = fc.oneof(fc.nat({ max: 10 }), fc.constant(Infinity));

const isDelta = (event: DeltaEvent) => event.type === 'delta';

describe('lose', () => {
  it('loses exactly the requested number of deltas, and nothing else', () => {
    fc.assert(
      fc.property(seed, events, count, (of, all, some) => {
        const left = lose(of, all, { count: some });
        const deltas = all.filter(isDelta).length;
        expect(left.filter(isDelta)).toHaveLength(Math.max(0, deltas - some));
        expect(left.filter((event) => !isDelta(event))).toStrictEqual(all.filter((event) => !isDelta(event)));
      }),
    );
  });

  it('keeps the order, and returns the same events', () => {
    fc.assert(
      fc.property(seed, events, count, (of, all, some) => {
        const places = lose(of, all, { count: some }).map((event) => all.indexOf(event));
        expect(places).toStrictEqual([...places].sort((one, other) => one - other));
        expect(places).not.toContain(-1);
      }),
    );
  });

  it('loses each delta for some seed', () => {
    const all = Array.from('abcd').map((id) => ({ type: 'delta', kind: 'answer', id, delta: '' }) as const);
    const left = Array.from({ length: 100 }, (_, of) =>
      lose(of, all)
        .map(({ id }) => id)
        .join(''),
    );
    expect([...new Set(left)].sort()).toStrictEqual(['abc', 'abd', 'acd', 'bcd']);
  });

  it('loses values of any type for which the option which returns true', () => {
    const which = (value: number) => value % 2 === 0;
    expect(lose(1, Object.freeze([1, 2, 3, 4, 5]), { which, count: Infinity })).toStrictEqual([1, 3, 5]);
  });

  it('loses no value that is not an event by default', () => {
    const values = [null, 'delta', { type: 'end' }] as never[];
    expect(lose(1, values)).toStrictEqual(values);
  });

  it.each([
    { of: 1, some: 1, left: 'abcefgh' },
    { of: 2, some: 3, left: 'defgh' },
    { of: 2, some: 0, left: 'abcdefgh' },
  ])('always leaves $left for the seed $of and the count $some', ({ of, some, left }) => {
    expect(lose(of, Array.from('abcdefgh'), { count: some, which: () => true }).join('')).toBe(left);
  });

  it.each([5, null])('throws a TypeError for the option which: %j', (which) => {
    expect(() => lose(1, [], { which: which as never })).toThrow(
      new TypeError(`The option which is ${String(which)}, but must be a function`),
    );
  });
});
