import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ChunkedQueue } from '../../../src/core/collections/chunkedQueue.js';

describe('ChunkedQueue', () => {
  it('is empty at first', () => {
    const queue = new ChunkedQueue<string>();
    expect(queue.size).toBe(0);
    expect(queue.shift()).toBeUndefined();
    expect(queue.at(0)).toBeUndefined();
    expect([queue.first, queue.end]).toStrictEqual([0, 0]);
  });

  it('returns what an array would, with fixed indices', () => {
    // Steps of hundreds, so that values cross the ends of chunks.
    const step = fc.record({ pushes: fc.nat({ max: 1500 }), shifts: fc.nat({ max: 1500 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
        const queue = new ChunkedQueue<number>();
        const pushed: number[] = [];
        let first = 0;
        for (const { pushes, shifts } of steps) {
          for (let index = 0; index < pushes; index++) {
            queue.push(pushed.length * 7);
            pushed.push(pushed.length * 7);
          }
          const shifted = Array.from({ length: shifts }, () => queue.shift());
          const expected = pushed.slice(first, first + shifts);
          expect(shifted.filter((value) => value !== undefined)).toStrictEqual(expected);
          first += expected.length;
          expect([queue.first, queue.end, queue.size]).toStrictEqual([
            first,
            pushed.length,
            pushed.length - first,
          ]);
          expect(queue.at(first - 1)).toBeUndefined();
          expect(queue.at(pushed.length)).toBeUndefined();
          const left = pushed.slice(first);
          expect(left.map((_, index) => queue.at(first + index))).toStrictEqual(left);
        }
      }),
      { numRuns: 50 },
    );
  });
});
