import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';

import type { DeltaEvent } from '../../src/index.js';
import { scanJSON, splitJSON } from '../../src/json/index.js';
import { heapUsed } from '../support/heapUsed.js';

const megabyte = 2 ** 20;

const delta = (id: string, text: string): DeltaEvent => ({ type: 'delta', kind: 'tool', id, delta: text });

interface Flood {
  readonly name: string;
  /** Called with ever higher numbers. */
  readonly event: (number: number) => DeltaEvent;
  /** How many events fill the bounds, and how many follow. */
  readonly first: number;
  readonly more: number;
}

const floods: readonly Flood[] = [
  {
    name: 'streams that never end',
    event: (number) => delta(`call ${number}`, '{"a":["x'),
    first: 25_000,
    more: 50_000,
  },
  {
    name: 'values in one stream',
    event: (number) => delta('call', number === 0 ? '[' : `{"name ${number}":"text ${number}"},`),
    first: 100_000,
    more: 200_000,
  },
  {
    name: 'pieces of one string',
    event: (number) => delta('call', number === 0 ? '"' : 'some text'),
    first: 200_000,
    more: 800_000,
  },
];

describe('the heap of splitJSON', { timeout: 120_000 }, () => {
  it.each(floods)('stays as it is after $first $name, however many more come', ({ event, first, more }) => {
    const source = new Subject<DeltaEvent>();
    let count = 0;
    const subscription = source.pipe(splitJSON()).subscribe(() => count++);
    const send = (from: number, to: number) => {
      for (let number = from; number < to; number++) {
        source.next(event(number));
      }
    };
    send(0, first);
    const before = heapUsed();
    send(first, first + more);
    expect(heapUsed() - before).toBeLessThan(2 * megabyte);
    expect(count).toBeGreaterThanOrEqual(first + more);
    subscription.unsubscribe();
  });
});

describe('the heap of scanJSON', { timeout: 120_000 }, () => {
  it('stays as it is after 25,000 streams that never end, however many more come', () => {
    const source = new Subject<DeltaEvent>();
    let count = 0;
    const subscription = source.pipe(scanJSON({ partial: true })).subscribe(() => count++);
    const send = (from: number, to: number) => {
      for (let number = from; number < to; number++) {
        source.next(delta(`call ${number}`, '{"a":["x'));
      }
    };
    send(0, 25_000);
    const before = heapUsed();
    send(25_000, 75_000);
    expect(heapUsed() - before).toBeLessThan(2 * megabyte);
    expect(count).toBeGreaterThan(150_000);
    subscription.unsubscribe();
  });

  it('has little more than the text of a string that arrives in a million pieces', () => {
    const source = new Subject<DeltaEvent>();
    let length = 0;
    const subscription = source.pipe(scanJSON({ partial: true })).subscribe((commit) => {
      length = commit.type === 'partial' ? (commit.value as string).length : length;
    });
    const before = heapUsed();
    source.next(delta('call', '"'));
    for (let number = 0; number < 1_000_000; number++) {
      source.next(delta('call', 'xy'));
    }
    // The value, and what is retained of the text.
    expect(heapUsed() - before).toBeLessThan(6 * megabyte);
    expect(length).toBe(2_000_000);
    subscription.unsubscribe();
  });
});
