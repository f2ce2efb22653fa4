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
}

const floods: readonly Flood[] = [
  { name: 'streams that never end', event: (number) => delta(`call ${number}`, '{"a":["x') },
  {
    name: 'values in one stream',
    event: (number) => delta('call', number === 0 ? '[' : `{"name ${number}":"text ${number}"},`),
  },
  { name: 'pieces of one string', event: (number) => delta('call', number === 0 ? '"' : 'some text') },
];

describe('the heap of splitJSON', { timeout: 120_000 }, () => {
  it.each(floods)('stays as it is after a million $name', ({ event }) => {
    const source = new Subject<DeltaEvent>();
    let count = 0;
    const subscription = source.pipe(splitJSON()).subscribe(() => count++);
    const send = (from: number, to: number) => {
      for (let number = from; number < to; number++) {
        source.next(event(number));
      }
    };
    send(0, 200_000);
    const before = heapUsed();
    send(200_000, 1_000_000);
    expect(heapUsed() - before).toBeLessThan(2 * megabyte);
    expect(count).toBeGreaterThan(1_000_000);
    subscription.unsubscribe();
  });
});

describe('the heap of scanJSON', { timeout: 120_000 }, () => {
  it('stays as it is after 200,000 streams that never end', () => {
    const source = new Subject<DeltaEvent>();
    let count = 0;
    const subscription = source.pipe(scanJSON({ partial: true })).subscribe(() => count++);
    const send = (from: number, to: number) => {
      for (let number = from; number < to; number++) {
        source.next(delta(`call ${number}`, '{"a":["x'));
      }
    };
    send(0, 50_000);
    const before = heapUsed();
    send(50_000, 200_000);
    expect(heapUsed() - before).toBeLessThan(2 * megabyte);
    expect(count).toBeGreaterThan(400_000);
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
