import { type Observable, type OperatorFunction, pipe, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';

import {
  commitLines,
  type DeltaEvent,
  groupStreams,
  orderStreams,
  paceLines,
  resequence,
  scanTranscript,
} from '../../src/index.js';
import { delta, end } from '../support/events.js';
import { composed } from '../support/forms.js';
import { heapUsed } from '../support/heapUsed.js';
import { FaultyScheduler } from '../faults/faultyScheduler.js';

const megabyte = 2 ** 20;

interface Row {
  readonly name: string;
  readonly connect: (scheduler: FaultyScheduler) => OperatorFunction<DeltaEvent, unknown>;
}

const rows: readonly Row[] = [
  { name: 'commitLines', connect: (scheduler) => commitLines({ scheduler }) },
  { name: 'groupStreams and scanLines', connect: (scheduler) => composed({ scheduler }) },
  {
    name: 'all operators in a row',
    connect: (scheduler) =>
      pipe(
        // A scope for each stream, with one number.
        resequence<DeltaEvent>({
          scheduler,
          seq: ({ type }) => (type === 'end' ? 0 : undefined),
          scope: ({ id }) => id,
        }),
        commitLines({ scheduler }),
        orderStreams(),
        paceLines({ scheduler, maxQueued: 1000 }),
        scanTranscript({ scheduler, every: 1000, maxCells: 100 }),
      ),
  },
];

/** Opens and closes streams one after another, each with a few lines. */
function openAndClose(source: Subject<DeltaEvent>, from: number, to: number): void {
  for (let number = from; number < to; number++) {
    const id = `stream ${number}`;
    source.next(delta(id, `some text of ${number}\nand a`));
    source.next(delta(id, ' tail'));
    source.next(end(id));
  }
}

describe('a million streams that are opened and closed one after another', { timeout: 120_000 }, () => {
  it.each(rows)('do not grow the heap after the first ten thousand, with $name', ({ connect }) => {
    const scheduler = new FaultyScheduler();
    const source = new Subject<DeltaEvent>();
    let emitted = 0;
    const subscription = source.pipe(connect(scheduler)).subscribe(() => emitted++);
    openAndClose(source, 0, 10_000);
    scheduler.advance(60_000);
    const [before, emittedBefore] = [heapUsed(), emitted];
    for (let number = 10_000; number < 1_000_000; number += 90_000) {
      openAndClose(source, number, number + 90_000);
      scheduler.advance(60_000);
    }
    expect(Math.abs(heapUsed() - before)).toBeLessThan(5 * megabyte);
    expect(emitted).toBeGreaterThan(emittedBefore);
    expect(scheduler.pending).toBe(0);
    subscription.unsubscribe();
  });
});

/** A copy with memory of its own: engines share the memory of equal strings and of repeated parts. */
function flat(text: string): string {
  return JSON.parse(JSON.stringify(text)) as string;
}

function sendMegabytes(source: Subject<DeltaEvent>): void {
  for (let number = 0; number < 100; number++) {
    source.next(delta(String(number), flat(`${number} text `.repeat(megabyte / 8))));
  }
}

describe('a hundred megabytes of buffered text', { timeout: 60_000 }, () => {
  const buffering: readonly Row[] = [
    { name: 'commitLines', connect: () => commitLines({ maxLineLength: Infinity }) },
    { name: 'groupStreams and scanLines', connect: () => composed({ maxLineLength: Infinity }) },
    { name: 'orderStreams', connect: () => pipe(commitLines(), orderStreams()) },
    { name: 'paceLines', connect: (scheduler) => pipe(commitLines(), paceLines({ scheduler })) },
    { name: 'scanTranscript', connect: () => pipe(commitLines(), scanTranscript()) },
    {
      name: 'resequence',
      connect: () => resequence<DeltaEvent>({ seq: ({ id }) => Number(id) + 1, maxReorder: Infinity }),
    },
  ];

  it.each(buffering)('is released when $name is unsubscribed', ({ connect }) => {
    const source = new Subject<DeltaEvent>();
    const output: Observable<unknown> = source.pipe(connect(new FaultyScheduler()));
    const before = heapUsed();
    const subscription = output.subscribe();
    sendMegabytes(source);
    expect(heapUsed() - before).toBeGreaterThan(50 * megabyte);
    subscription.unsubscribe();
    expect(heapUsed() - before).toBeLessThan(megabyte);
    expect(source.observed).toBe(false);
  });

  it('is released when the streams close, even if one of them was evicted', () => {
    const source = new Subject<DeltaEvent>();
    const before = heapUsed();
    const subscription = source.pipe(groupStreams({ maxStreams: 99 })).subscribe();
    sendMegabytes(source);
    expect(heapUsed() - before).toBeGreaterThan(50 * megabyte);
    for (let number = 0; number < 100; number++) {
      source.next(end(String(number)));
    }
    expect(heapUsed() - before).toBeLessThan(megabyte);
    subscription.unsubscribe();
  });
});
