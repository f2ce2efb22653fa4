import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { CommitSink } from '../../../src/core/commitSink.js';
import {
  REMEMBERED_GAPS,
  ReorderBuffer,
  type ReorderLimits,
  type ReorderObserver,
  type SequenceGap,
} from '../../../src/core/sequence/reorderBuffer.js';

/** Writes down each call in words. */
class Log implements CommitSink<string>, ReorderObserver<string> {
  readonly closed = false;
  /** The value that the buffer accepts. */
  accepted = '';
  private entries: string[] = [];

  next(value: string): void {
    this.entries.push(value);
  }
  /** The buffer asks for the time when it holds a value. */
  readonly now = (): number => {
    this.entries.push(`hold ${this.accepted}`);
    return 0;
  };
  drop(value: string, reason: string): void {
    this.entries.push(`${reason} ${value}`);
  }
  gap({ scope, from, to }: SequenceGap): void {
    this.entries.push(`gap ${String(scope)}${String(from)} to ${String(to)}`);
  }
  /** What happened since it was asked for the last time. */
  take(): readonly string[] {
    const taken = this.entries;
    this.entries = [];
    return taken;
  }
}

const limits: ReorderLimits = { start: 0, maxReorder: 100, maxScopes: 100 };

function run(values: readonly string[], someLimits: Partial<ReorderLimits> = {}) {
  const log = new Log();
  const buffer = bufferOf(log, someLimits);
  accept(buffer, values, log);
  return { buffer, log };
}

function bufferOf(log: Log, someLimits: Partial<ReorderLimits> = {}): ReorderBuffer<string> {
  return new ReorderBuffer({ ...limits, ...someLimits }, log.now, log, log);
}

/** A value is its scope, which is a letter, and its number. */
function accept(buffer: ReorderBuffer<string>, values: readonly string[], log: Log): void {
  for (const value of values) {
    log.accepted = value;
    buffer.accept(value, Number(value.slice(1)), value[0]);
  }
}

/** What a buffer holds, counted in each place where it holds something. */
function sizes(buffer: ReorderBuffer<string>) {
  const scopes = [...buffer.scopes.values()];
  const held = scopes.map((scope) => scope.held.size);
  expect(scopes.map((scope) => scope.ranked.size)).toStrictEqual(held);
  expect(buffer.held.size).toBe(held.reduce((sum, size) => sum + size, 0));
  expect(buffer.leastRecent.size).toBe(scopes.length);
  return { scopes: scopes.length, mostHeld: Math.max(0, ...held), held: buffer.held.size };
}

describe('ReorderBuffer', () => {
  describe('order', () => {
    // prettier-ignore
    it.each([
      { values: ['a0', 'a1', 'a2'],       calls: ['a0', 'a1', 'a2'] },
      { values: ['a1', 'a0', 'a2'],       calls: ['hold a1', 'a0', 'a1', 'a2'] },
      { values: ['a3', 'a1', 'a2', 'a0'], calls: ['hold a3', 'hold a1', 'hold a2', 'a0', 'a1', 'a2', 'a3'] },
      { values: ['a1', 'a3', 'a0', 'a2'], calls: ['hold a1', 'hold a3', 'a0', 'a1', 'a2', 'a3'] },
      { values: ['a0', 'a0'],             calls: ['a0', 'repeat a0'] },
      { values: ['a1', 'a1', 'a0', 'a1'], calls: ['hold a1', 'repeat a1', 'a0', 'a1', 'repeat a1'] },
      { values: ['a-1', 'a0'],            calls: ['late a-1', 'a0'] },
      { values: ['a0', 'b1', 'a1', 'b0'], calls: ['a0', 'hold b1', 'a1', 'b0', 'b1'] },
    ])('of $values', ({ values, calls }) => {
      expect(run(values).log.take()).toStrictEqual(calls);
    });

    it('begins with the first number, which may be negative', () => {
      const { log } = run(['a-3', 'a-1', 'a-2', 'a-4'], { start: -3 });
      expect(log.take()).toStrictEqual(['a-3', 'hold a-1', 'a-2', 'a-1', 'late a-4']);
    });

    it('continues after the highest safe integer', () => {
      const highest = Number.MAX_SAFE_INTEGER;
      const { log } = run([`a${String(highest)}`, `a${String(highest)}`], { start: highest });
      expect(log.take()).toStrictEqual([`a${String(highest)}`, `repeat a${String(highest)}`]);
    });
  });

  describe('gaps', () => {
    it('skips the first when enough values are held, and holds the values that wait for the next', () => {
      const { buffer, log } = run(['a2', 'a5'], { maxReorder: 3 });
      expect(log.take()).toStrictEqual(['hold a2', 'hold a5']);
      accept(buffer, ['a3'], log);
      expect(log.take()).toStrictEqual(['hold a3', 'gap a0 to 1', 'a2', 'a3']);
      accept(buffer, ['a0', 'a1', 'a2', 'a4'], log);
      expect(log.take()).toStrictEqual(['late a0', 'late a1', 'repeat a2', 'a4', 'a5']);
    });

    it.each([0, 1])('holds nothing when maxReorder is %i', (maxReorder) => {
      const { log } = run(['a1', 'a0', 'a5'], { maxReorder });
      expect(log.take()).toStrictEqual([
        'hold a1',
        'gap a0 to 0',
        'a1',
        'late a0',
        'hold a5',
        'gap a2 to 4',
        'a5',
      ]);
    });

    it('skips all before the expired value, and none after it', () => {
      const { buffer, log } = run(['a5', 'a2', 'b1', 'a8']);
      log.take();
      buffer.expireOldest();
      expect(log.take()).toStrictEqual(['gap a0 to 1', 'a2', 'gap a3 to 4', 'a5']);
      buffer.expireOldest();
      expect(log.take()).toStrictEqual(['gap b0 to 0', 'b1']);
      buffer.expireOldest();
      expect(log.take()).toStrictEqual(['gap a6 to 7', 'a8']);
      buffer.expireOldest();
      expect(log.take()).toStrictEqual([]);
    });

    it('emits all at a flush, the scope with the oldest value first', () => {
      const { buffer, log } = run(['b4', 'a1', 'b2', 'b6']);
      log.take();
      buffer.flush();
      expect(log.take()).toStrictEqual([
        ...['gap b0 to 1', 'b2', 'gap b3 to 3', 'b4'],
        ...['gap a0 to 0', 'a1'],
        ...['gap b5 to 5', 'b6'],
      ]);
      expect(sizes(buffer)).toMatchObject({ held: 0 });
    });

    it('handles the whole range of numbers in one step', () => {
      const { buffer, log } = run(['a5', 'a5000000000', `a${String(Number.MAX_SAFE_INTEGER)}`]);
      log.take();
      buffer.flush();
      expect(log.take()).toStrictEqual([
        ...['gap a0 to 4', 'a5', 'gap a6 to 4999999999', 'a5000000000'],
        ...['gap a5000000001 to 9007199254740990', 'a9007199254740991'],
      ]);
    });

    it('remembers the latest, and treats values of older ones as repeats', () => {
      const odd = Array.from({ length: REMEMBERED_GAPS + 1 }, (_, index) => `a${String(2 * index + 1)}`);
      const { buffer, log } = run(odd, { maxReorder: 0 });
      log.take();
      accept(buffer, ['a0', 'a2', 'a200', 'a201', 'a-1'], log);
      expect(log.take()).toStrictEqual(['repeat a0', 'late a2', 'late a200', 'repeat a201', 'late a-1']);
      expect(buffer.scopes.get('a')?.gaps).toHaveLength(REMEMBERED_GAPS);
    });

    it('continues where it was when a sink throws', () => {
      const log = new (class extends Log {
        isBroken = true;
        override gap(gap: SequenceGap): void {
          if (this.isBroken) {
            this.isBroken = false;
            throw new Error('boom');
          }
          super.gap(gap);
        }
      })();
      const buffer = bufferOf(log);
      accept(buffer, ['a2', 'a5'], log);
      log.take();
      expect(() => {
        buffer.flush();
      }).toThrow('boom');
      buffer.flush();
      expect(log.take()).toStrictEqual(['a2', 'gap a3 to 4', 'a5']);
    });
  });

  describe('scopes', () => {
    it('continue after they return, also when another one is evicted for them', () => {
      const { log } = run(['a0', 'a1', 'b0', 'a2', 'a3'], { maxScopes: 1 });
      expect(log.take()).toStrictEqual(['a0', 'a1', 'b0', 'a2', 'a3']);
    });

    it('begin again after the buffer was cleared', () => {
      const { buffer, log } = run(['a0', 'b0', 'c0', 'd0'], { maxScopes: 1 });
      log.take();
      buffer.clear();
      accept(buffer, ['e2'], log);
      buffer.flush();
      expect(log.take()).toStrictEqual(['hold e2', 'gap e0 to 1', 'e2']);
    });

    it('evicts the least recent one, after its held values', () => {
      const { buffer, log } = run(['a0', 'b0', 'a2', 'b2', 'a1', 'b4'], { maxScopes: 2 });
      log.take();
      accept(buffer, ['a3', 'c0'], log);
      expect(log.take()).toStrictEqual(['a3', 'gap b1 to 1', 'b2', 'gap b3 to 3', 'b4', 'c0']);
      expect([...buffer.scopes.keys()]).toStrictEqual(['a', 'c']);
      accept(buffer, ['b0'], log);
      expect(log.take()).toStrictEqual(['b0']);
      expect([...buffer.scopes.keys()]).toStrictEqual(['c', 'b']);
    });

    it('skips the first gap of a scope silently if an evicted one may have been forgotten', () => {
      const { buffer, log } = run(['a0', 'b0', 'c0'], { maxScopes: 1 });
      expect([...buffer.evicted]).toStrictEqual(['b']);
      log.take();
      accept(buffer, ['a2', 'a5'], log);
      buffer.flush();
      expect(log.take()).toStrictEqual(['hold a2', 'hold a5', 'a2', 'gap a3 to 4', 'a5']);
    });

    it('drops a number of a gap that it skipped silently as late', () => {
      const { buffer, log } = run(['a0', 'b0', 'c0'], { maxScopes: 1 });
      log.take();
      accept(buffer, ['d3'], log);
      buffer.flush();
      accept(buffer, ['d1', 'd3'], log);
      expect(log.take()).toStrictEqual(['hold d3', 'd3', 'late d1', 'repeat d3']);
    });

    it('reports the first gap of a scope if all evicted ones are remembered', () => {
      const { buffer, log } = run(['a0', 'b0'], { maxScopes: 1 });
      log.take();
      accept(buffer, ['c2'], log);
      buffer.flush();
      expect(log.take()).toStrictEqual(['hold c2', 'gap c0 to 1', 'c2']);
    });

    it('counts a repeat as recent use', () => {
      const { buffer } = run(['a0', 'b0', 'a0', 'c0'], { maxScopes: 2 });
      expect([...buffer.scopes.keys()]).toStrictEqual(['a', 'c']);
    });

    it('compares them like a Map', () => {
      const log = new Log();
      const buffer = bufferOf(log);
      const keys = [NaN, NaN, 0, -0, '0', undefined, null, {}, {}];
      keys.forEach((key, index) => buffer.accept(String(index), 0, key));
      expect(log.take()).toStrictEqual(['0', 'repeat 1', '2', 'repeat 3', '4', '5', '6', '7', '8']);
    });
  });

  it('holds nothing after it was cleared', () => {
    const { buffer } = run(['a2', 'b3']);
    buffer.clear();
    expect(sizes(buffer)).toStrictEqual({ scopes: 0, mostHeld: 0, held: 0 });
  });

  it.each(['a2', 'gap a0 to 1'])('stops when it is cleared at "%s"', (moment) => {
    for (const step of ['flush', 'evict', 'fill']) {
      const log = new (class extends Log {
        override next(value: string): void {
          super.next(value);
          this.check(value);
        }
        override gap(gap: SequenceGap): void {
          super.gap(gap);
          this.check(`gap a${String(gap.from)} to ${String(gap.to)}`);
        }
        private check(entry: string): void {
          if (entry === moment) {
            buffer.clear();
          }
        }
      })();
      const buffer = bufferOf(log, { maxScopes: 1 });
      accept(buffer, ['a2', 'a3', 'a5'], log);
      log.take();
      if (step === 'flush') {
        buffer.flush();
        expect(log.take().at(-1)).toBe(moment);
      } else if (step === 'evict') {
        accept(buffer, ['b0'], log);
        expect(log.take().slice(-2)).toStrictEqual([moment, 'b0']);
        expect(sizes(buffer)).toStrictEqual({ scopes: 1, mostHeld: 0, held: 0 });
      } else if (moment === 'a2') {
        accept(buffer, ['a0', 'a1'], log);
        expect(log.take()).toStrictEqual(['a0', 'a1', 'a2']);
      }
    }
  });

  it('never holds more than its bound', () => {
    const value = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.integer({ min: -3, max: 40 }));
    const someLimits = fc.record({
      start: fc.integer({ min: -3, max: 3 }),
      maxReorder: fc.nat({ max: 9 }),
      maxScopes: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(fc.array(value, { maxLength: 200, size: 'max' }), someLimits, (values, bounds) => {
        const { buffer, log } = run([], bounds);
        for (const [scope, number] of values) {
          accept(buffer, [`${scope}${String(number)}`], log);
          const { scopes, mostHeld } = sizes(buffer);
          expect(scopes).toBeLessThanOrEqual(bounds.maxScopes);
          expect(mostHeld).toBeLessThanOrEqual(Math.max(0, bounds.maxReorder - 1));
        }
        buffer.flush();
        expect(sizes(buffer).held).toBe(0);
      }),
    );
  });

  it('compares each held value only with few others', () => {
    const count = 20_000;
    const { buffer, log } = run([], { maxReorder: Infinity });
    let reads = 0;
    // Even numbers from the highest down, which is the worst order for anything that keeps a sorted array.
    for (let index = count; index > 0; index--) {
      buffer.accept(String(index), 2 * index, 'a');
    }
    for (let held = buffer.held.first; held !== undefined; held = held.next) {
      const { number } = held;
      Object.defineProperty(held, 'number', {
        get: () => {
          reads++;
          return number;
        },
      });
    }
    log.take();
    buffer.flush();
    expect(log.take()).toHaveLength(2 * count);
    expect(reads).toBeLessThan(count * (4 * Math.log2(count) + 10));
  });
});
