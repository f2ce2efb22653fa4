import { setImmediate } from 'node:timers/promises';

import { type Observable, Subject, type Subscription } from 'rxjs';
import { describe, expect, it } from 'vitest';

import type { Commit, DeltaEvent, StreamRef } from '../../src/index.js';
import { commitLines } from '../../src/index.js';
import { commitBlocks, scanBlocks } from '../../src/markdown/index.js';
import { close, line, open, tail } from '../support/commits.js';
import { delta, end } from '../support/events.js';
import { heapUsed } from '../support/heapUsed.js';

const megabyte = 2 ** 20;

const streamOf = (id: string): StreamRef => ({ kind: 'answer', id, generation: 0 });

/** The number of objects that stay reachable after several garbage collections. */
async function retained(references: readonly WeakRef<object>[]): Promise<number> {
  let count = references.length;
  for (let turn = 0; turn < 5 && count > 0; turn++) {
    // Objects used in a turn of the event loop may stay alive until its end.
    await setImmediate();
    heapUsed();
    count = references.filter((reference) => reference.deref() !== undefined).length;
  }
  return count;
}

/** Subscribes, and keeps weak references to the output. */
function watch(output: Observable<object>, references: WeakRef<object>[]): Subscription {
  return output.subscribe({
    next: (value) => references.push(new WeakRef(value)),
    error: () => undefined,
  });
}

/** Streams with a block that is open, blocks that are complete, and drafts. */
function emitStreams(source: Subject<Commit>, references: WeakRef<object>[]): void {
  for (const id of ['a', 'b']) {
    const stream = streamOf(id);
    references.push(new WeakRef(stream));
    source.next(open(stream));
    source.next(line(stream, 0, '# heading'));
    source.next(line(stream, 1, '- item'));
    source.next(tail(stream, 2, 'unfinished'));
  }
}

const operators: readonly {
  readonly name: string;
  readonly connect: (commits: Observable<Commit>) => Observable<object>;
}[] = [
  { name: 'commitBlocks', connect: (commits) => commits.pipe(commitBlocks()) },
  { name: 'commitBlocks with drafts', connect: (commits) => commits.pipe(commitBlocks({ draft: true })) },
  {
    name: 'scanBlocks',
    connect: (commits) => commits.pipe(commitBlocks({ draft: true }), scanBlocks()),
  },
  {
    name: 'scanBlocks with every',
    connect: (commits) => commits.pipe(commitBlocks({ draft: true }), scanBlocks({ every: 60_000 })),
  },
];

describe.each(operators)('$name', { timeout: 30_000 }, ({ connect }) => {
  it.each<{ title: string; finish: (source: Subject<Commit>, subscription: Subscription) => void }>([
    { title: 'unsubscribed', finish: (_, subscription) => subscription.unsubscribe() },
    { title: 'completed', finish: (source) => source.complete() },
    { title: 'failed', finish: (source) => source.error(new Error('of the source')) },
  ])(
    'retains nothing once it is $title, even if the source and the output are retained',
    async ({ finish }) => {
      const references: WeakRef<object>[] = [];
      const source = new Subject<Commit>();
      const output = connect(source);
      const subscription = watch(output, references);
      emitStreams(source, references);
      expect(await retained(references)).toBeGreaterThan(0);
      finish(source, subscription);
      expect(await retained(references)).toBe(0);
      expect([source.observed, subscription.closed]).toStrictEqual([false, true]);
      expect(output).toBeDefined();
    },
  );
});

describe('a closed stream', { timeout: 60_000 }, () => {
  it('is not retained by commitBlocks while others are open', async () => {
    const references: WeakRef<object>[] = [];
    const source = new Subject<Commit>();
    const subscription = source.pipe(commitBlocks({ draft: true })).subscribe();
    source.next(open(streamOf('other')));
    emitStreams(source, references);
    expect(await retained(references)).toBe(2);
    for (const id of ['a', 'b']) {
      source.next(close(streamOf(id), 3));
    }
    expect(await retained(references)).toBe(0);
    expect(source.observed).toBe(true);
    subscription.unsubscribe();
  });

  it('does not grow the heap of commitBlocks, even as one of 100,000', () => {
    const source = new Subject<DeltaEvent>();
    let blocks = 0;
    const subscription = source
      .pipe(commitLines({ idleTimeout: Infinity }), commitBlocks())
      .subscribe(({ type }) => (blocks += type === 'block' ? 1 : 0));
    const run = (from: number, to: number) => {
      for (let number = from; number < to; number++) {
        const id = `stream ${number}`;
        source.next(delta(id, `# some text of ${number}\n- a list\n`));
        source.next(end(id));
      }
    };
    // The first streams fill the memory of closed keys in commitLines.
    run(0, 20_000);
    const before = heapUsed();
    run(20_000, 100_000);
    expect(heapUsed() - before).toBeLessThan(2 * megabyte);
    expect(blocks).toBe(200_000);
    subscription.unsubscribe();
  });
});

describe('a stream that stays open', { timeout: 60_000 }, () => {
  const text = (number: number) => JSON.parse(JSON.stringify(`${number} ${'x'.repeat(1000)}`)) as string;

  it('retains no more than maxRetained of its complete blocks', () => {
    const heapAfter = (lines: number, maxRetained: number) => {
      const source = new Subject<Commit>();
      const stream = streamOf('a');
      const subscription = source.pipe(commitBlocks({ maxRetained })).subscribe();
      const before = heapUsed();
      for (let index = 0; index < lines; index++) {
        source.next(line(stream, index, `# ${text(index)}`));
      }
      const heap = heapUsed() - before;
      subscription.unsubscribe();
      return heap;
    };
    expect(heapAfter(10_000, 0)).toBeLessThan(0.5 * megabyte);
    expect(heapAfter(10_000, 1_000_000)).toBeLessThan(2 * megabyte);
    expect(heapAfter(10_000, Infinity)).toBeGreaterThan(9 * megabyte);
  });

  it.each([
    { title: 'a paragraph', first: 'text' },
    { title: 'a fence', first: '```' },
    { title: 'a list', first: '- item' },
  ])('retains little more than the text of $title that never ends', ({ first }) => {
    const source = new Subject<Commit>();
    const stream = streamOf('a');
    let blocks = 0;
    const subscription = source
      .pipe(commitBlocks())
      .subscribe(({ type }) => (blocks += type === 'block' ? 1 : 0));
    source.next(line(stream, 0, first));
    const before = heapUsed();
    for (let index = 1; index <= 10_000; index++) {
      source.next(line(stream, index, `  ${text(index)}`));
    }
    expect(heapUsed() - before).toBeLessThan(12 * megabyte);
    expect(blocks).toBe(0);
    subscription.unsubscribe();
  });
});
