import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Heap, type Positioned } from '../../../src/core/collections/heap.js';

interface Item extends Positioned {
  readonly value: number;
}

const byValue = (a: Item, b: Item) => a.value - b.value;

describe('Heap', () => {
  it('is empty at first', () => {
    const heap = new Heap(byValue);
    expect(heap.size).toBe(0);
    expect(heap.takeFirst()).toBeUndefined();
  });

  it('returns what a sorted array would, with removals in between', () => {
    const step = fc.record({
      action: fc.constantFrom('add', 'add', 'takeFirst', 'remove'),
      at: fc.nat({ max: 30 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const heap = new Heap(byValue);
        const items: Item[] = [];
        steps.forEach(({ action, at }, number) => {
          const some = items[at];
          if (action === 'add') {
            // Values are unlike each other, so that there is one right sequence.
            const item = { value: at * 100 + number, position: 0 };
            heap.add(item);
            items.push(item);
            items.sort(byValue);
          } else if (action === 'takeFirst') {
            expect(heap.takeFirst()).toBe(items.shift());
          } else if (some !== undefined) {
            heap.remove(some);
            items.splice(at, 1);
          }
          expect(heap.size).toBe(items.length);
        });
        for (const item of items) {
          expect(heap.takeFirst()).toBe(item);
        }
        expect(heap.size).toBe(0);
      }),
    );
  });
});
