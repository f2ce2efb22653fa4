import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type Linked, LinkedList } from '../../../src/core/collections/linkedList.js';

interface Node extends Linked<Node> {
  readonly value: number;
}

function forwards(list: LinkedList<Node>): readonly number[] {
  const values: number[] = [];
  for (let node = list.first; node !== undefined; node = node.next) {
    values.push(node.value);
  }
  return values;
}

function backwards(list: LinkedList<Node>): readonly number[] {
  const values: number[] = [];
  for (let node = list.last; node !== undefined; node = node.previous) {
    values.push(node.value);
  }
  return values;
}

describe('LinkedList', () => {
  it('is empty at first', () => {
    expect(new LinkedList<Node>()).toMatchObject({ first: undefined, last: undefined, size: 0 });
  });

  it('holds what an array would hold, in both directions', () => {
    const step = fc.record({ remove: fc.boolean(), at: fc.nat({ max: 9 }) });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const list = new LinkedList<Node>();
        const array: Node[] = [];
        steps.forEach(({ remove, at }, value) => {
          const node = array[at];
          if (remove && node !== undefined) {
            list.remove(node);
            array.splice(at, 1);
            expect(node).toStrictEqual({ value: node.value, previous: undefined, next: undefined });
          } else {
            const added = { value, previous: undefined, next: undefined };
            list.append(added);
            array.push(added);
          }
          const values = array.map((each) => each.value);
          expect(forwards(list)).toStrictEqual(values);
          expect(backwards(list)).toStrictEqual([...values].reverse());
          expect(list.size).toBe(values.length);
        });
      }),
    );
  });

  it('is empty after clear', () => {
    const list = new LinkedList<Node>();
    list.append({ value: 1, previous: undefined, next: undefined });
    list.clear();
    expect(list).toStrictEqual(new LinkedList());
  });
});
