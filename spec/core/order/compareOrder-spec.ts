import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { compareOpening, compareOrder, comparePlaces } from '../../../src/core/order/compareOrder.js';
import { streamOf } from '../../support/commits.js';

const order = fc.option(fc.array(fc.integer({ min: -2, max: 2 }), { maxLength: 3 }), { nil: undefined });

describe('compareOrder', () => {
  // prettier-ignore
  it.each([
    { title: 'the lower number',                   lower: [1],       higher: [2] },
    { title: 'numbers by value and not by digits', lower: [9],       higher: [10] },
    { title: 'negative numbers',                   lower: [-1],      higher: [0] },
    { title: 'fractions',                          lower: [0.1],     higher: [0.2] },
    { title: 'the first element that differs',     lower: [1, 9, 9], higher: [2, 0, 0] },
    { title: 'a later element that differs',       lower: [1, 2, 3], higher: [1, 2, 4] },
    { title: 'a prefix',                           lower: [1],       higher: [1, -5] },
    { title: 'nothing at all before any number',   lower: [],        higher: [-1] },
    { title: 'any order before none',              lower: [9, 9],    higher: undefined },
    { title: 'even an empty order before none',    lower: [],        higher: undefined },
  ])('sorts $title first', ({ lower, higher }) => {
    expect(compareOrder(lower, higher)).toBeLessThan(0);
    expect(compareOrder(higher, lower)).toBeGreaterThan(0);
  });

  it('is antisymmetric and transitive', () => {
    fc.assert(
      fc.property(order, order, order, (a, b, c) => {
        expect(Math.sign(compareOrder(a, b)) + Math.sign(compareOrder(b, a))).toBe(0);
        expect(compareOrder(a, a)).toBe(0);
        const [first, second, third] = [a, b, c].sort(compareOrder);
        expect(compareOrder(first, second)).toBeLessThanOrEqual(0);
        expect(compareOrder(second, third)).toBeLessThanOrEqual(0);
        expect(compareOrder(first, third)).toBeLessThanOrEqual(0);
      }),
    );
  });
});

describe('comparePlaces', () => {
  // prettier-ignore
  it.each([
    { title: 'by order',                         a: { order: [1],     opening: 5 }, b: { order: [2],     opening: 0 } },
    { title: 'by opening if the order is equal', a: { order: [1],     opening: 0 }, b: { order: [1],     opening: 1 } },
    { title: 'by opening without an order',      a: { order: undefined, opening: 0 }, b: { order: undefined, opening: 1 } },
  ])('sorts $title', ({ a, b }) => {
    const [first, second] = [a, b].map(({ order: place, opening }) => ({ stream: streamOf('a', place), opening }));
    expect(first && second && comparePlaces(first, second)).toBeLessThan(0);
    expect(first && second && comparePlaces(second, first)).toBeGreaterThan(0);
  });
});

describe('compareOpening', () => {
  it('ignores the order', () => {
    const first = { stream: streamOf('a', [2]), opening: 0 };
    const second = { stream: streamOf('b', [1]), opening: 1 };
    expect(compareOpening(first, second)).toBeLessThan(0);
  });
});
