import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { GrowingList, type ListView } from '../../../src/core/transcript/growingList.js';
import { arraysIn } from '../../support/held.js';

function listOf(length: number): GrowingList<number> {
  const list = new GrowingList<number>();
  for (let i = 0; i < length; i++) {
    list.push(i);
  }
  return list;
}

const numbers = (length: number) => Array.from({ length }, (_, i) => i);

describe('GrowingList', () => {
  it.each([0, 1, 4095, 4096, 4097, 8192, 10_000, 100_000])('has a view of %d items', (length) => {
    const list = listOf(length);
    expect(list).toHaveLength(length);
    expect(list.view().read()).toStrictEqual(numbers(length));
  });

  it.each([
    [5, 2],
    [5000, 10],
    [5000, 4095],
    [5000, 4096],
    [5000, 4097],
    [8192, 4096],
    [8192, 8192],
    [10_000, 0],
    [10_000, 5000],
  ])('continues a list of %d items that is truncated to %d', (before, after) => {
    const list = listOf(before);
    list.truncate(after);
    expect(list).toHaveLength(after);
    list.push(after);
    expect(list.view().read()).toStrictEqual(numbers(after + 1));
  });

  it('holds the items in arrays of at most 4096', () => {
    const lengths = arraysIn(listOf(10_000)).map(({ length }) => length);
    expect(Math.max(...lengths)).toBe(4096);
  });

  it('copies the items of a view once', () => {
    for (const length of [3, 5000]) {
      const view = listOf(length).view();
      expect(view.read()).toBe(view.read());
    }
  });

  it('holds only the copy in a view that was read', () => {
    const view = listOf(5000).view();
    view.read();
    expect(arraysIn(view).flat()).toStrictEqual(numbers(5000));
  });

  it('never changes a view, whenever it is read', () => {
    const step = fc.oneof(
      fc.record({ type: fc.constant('push' as const), count: fc.integer({ min: 1, max: 5000 }) }),
      fc.record({ type: fc.constant('truncate' as const), part: fc.double({ min: 0, max: 1, noNaN: true }) }),
      fc.record({ type: fc.constant('view' as const), isRead: fc.boolean() }),
    );
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const list = new GrowingList<number>();
        let expected: readonly number[] = [];
        let pushed = 0;
        const views: { readonly view: ListView<number>; readonly items: readonly number[] }[] = [];
        for (const each of steps) {
          if (each.type === 'push') {
            const added = Array.from({ length: each.count }, () => pushed++);
            added.forEach((item) => {
              list.push(item);
            });
            expected = [...expected, ...added];
          } else if (each.type === 'truncate') {
            const length = Math.floor(each.part * list.length);
            list.truncate(length);
            expected = expected.slice(0, length);
          } else {
            const view = list.view();
            views.push({ view, items: expected });
            if (each.isRead) {
              expect(view.read()).toStrictEqual(expected);
            }
          }
          expect(list).toHaveLength(expected.length);
        }
        for (const { view, items } of views) {
          expect(view.read()).toStrictEqual(items);
        }
      }),
      { numRuns: 50 },
    );
  });
});
