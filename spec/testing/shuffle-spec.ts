import fc from 'fast-check';
import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { resequence, type SequenceDrop, type SequenceGap } from '../../src/index.js';
import { shuffle } from '../../src/testing/index.js';

const seed = fc.maxSafeInteger();
const distance = fc.nat({ max: 8 });
const numbers = fc.nat({ max: 40 }).map((length) => Array.from({ length }, (_, number) => number));

const inOrder = (values: readonly number[]) => [...values].sort((one, other) => one - other);

describe('shuffle', () => {
  it('returns each value once', () => {
    fc.assert(
      fc.property(seed, numbers, fc.oneof(distance, fc.constant(Infinity)), (of, values, far) => {
        expect(inOrder(shuffle(of, values, { distance: far }))).toStrictEqual(values);
      }),
    );
  });

  it('moves no value farther than the distance, and at most as many overtake it', () => {
    fc.assert(
      fc.property(seed, numbers, distance, (of, values, far) => {
        shuffle(of, values, { distance: far }).forEach((value, place, shuffled) => {
          expect(Math.abs(value - place)).toBeLessThanOrEqual(far);
          const overtaking = shuffled.slice(0, place).filter((other) => other > value);
          expect(overtaking.length).toBeLessThanOrEqual(far);
        });
      }),
    );
  });

  it('is undone by resequence if maxReorder is the distance plus 1', () => {
    fc.assert(
      fc.property(seed, numbers, distance, (of, values, far) => {
        const seen: number[] = [];
        const lost: (SequenceGap | SequenceDrop<number>)[] = [];
        from(shuffle(of, values, { distance: far }))
          .pipe(
            resequence({
              seq: (value) => value,
              maxReorder: far + 1,
              onGap: (gap) => lost.push(gap),
              onDrop: (drop) => lost.push(drop),
            }),
          )
          .subscribe((value) => seen.push(value));
        expect(seen).toStrictEqual(values);
        expect(lost).toStrictEqual([]);
      }),
    );
  });

  it('moves some values by the whole distance', () => {
    const values = Array.from({ length: 10 }, (_, number) => number);
    const moves = Array.from({ length: 1_000 }, (_, of) =>
      shuffle(of, values, { distance: 3 }).map((value, place) => value - place),
    ).flat();
    expect([...new Set(moves)].sort((one, other) => one - other)).toStrictEqual([-3, -2, -1, 0, 1, 2, 3]);
  });

  it('moves nothing with the distance 0', () => {
    expect(shuffle(1, Array.from('abcdef'), { distance: 0 })).toStrictEqual(Array.from('abcdef'));
  });

  it('can move any value to any place with the distance Infinity', () => {
    const orders = Array.from({ length: 1_000 }, (_, of) =>
      shuffle(of, Array.from('abcd'), { distance: Infinity }).join(''),
    );
    expect(new Set(orders).size).toBe(24);
  });

  it('moves by at most 10 by default', () => {
    const values = Array.from({ length: 1_000 }, (_, number) => number);
    const moves = shuffle(1, values).map((value, place) => Math.abs(value - place));
    expect(Math.max(...moves)).toBeLessThanOrEqual(10);
    expect(shuffle(1, values)).not.toStrictEqual(values);
  });

  it('does not change the list', () => {
    expect(shuffle(1, Object.freeze([1, 2, 3]))).toHaveLength(3);
  });

  it.each([
    { of: 1, options: {}, shuffled: 'dacgebfh' },
    { of: 1, options: { distance: 2 }, shuffled: 'adcbegfh' },
    { of: 2, options: { distance: 2 }, shuffled: 'abcedfgh' },
    { of: 2, options: { distance: Infinity }, shuffled: 'efgadbch' },
  ])('always returns $shuffled for the seed $of and $options', ({ of, options, shuffled }) => {
    expect(shuffle(of, Array.from('abcdefgh'), options).join('')).toBe(shuffled);
  });
});
