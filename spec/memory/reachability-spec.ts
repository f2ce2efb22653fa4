import { setImmediate } from 'node:timers/promises';

import {
  asyncScheduler,
  Observable,
  type SchedulerLike,
  Subject,
  type Subscriber,
  type Subscription,
} from 'rxjs';
import { describe, expect, it } from 'vitest';

import { FaultyScheduler } from '../faults/faultyScheduler.js';
import { type Pipeline, pipelines } from '../faults/pipelines.js';
import { type DeltaEvent, type DeltaStream, groupStreams, resequence } from '../../src/index.js';
import { delta, end, failure, start } from '../support/events.js';
import { heapUsed } from '../support/heapUsed.js';

/** Objects that the memory is asked for later. */
class Watched {
  private readonly references: WeakRef<object>[] = [];

  add<T extends object>(object: T): T {
    this.references.push(new WeakRef(object));
    return object;
  }

  /** How many of the objects are reachable now. */
  async reachable(): Promise<number> {
    // What a turn of the event loop has touched lives until its end.
    await setImmediate();
    heapUsed();
    return this.references.filter((reference) => reference.deref() !== undefined).length;
  }

  /** How many of the objects stay reachable, however often the garbage is collected. */
  async retained(): Promise<number> {
    let count = await this.reachable();
    for (let turn = 0; turn < 5 && count > 0; turn++) {
      count = await this.reachable();
    }
    return count;
  }
}

/** Streams in all states: open with a tail, with lines, closed and remembered, late, and what is no event at all. */
function sayEverything(say: (event: DeltaEvent) => void, watched: Watched): void {
  const events = [
    { ...start('a'), order: watched.add([2]) },
    { ...delta('a', 'one\ntwo'), order: watched.add([3]) },
    { ...delta('b', 'x'.repeat(100)), order: watched.add([1]) },
    delta('b', '\n'),
    delta('c', 'text\n'),
    end('c', 'other text\n'),
    delta('c', 'late'),
    failure('d', watched.add(new Error('of the stream'))),
    { type: 'nonsense' } as unknown as DeltaEvent,
    delta('b', 'more\nof it'),
  ];
  events.forEach((event) => {
    say(watched.add(event));
  });
}

const schedulers: readonly { readonly name: string; readonly scheduler: SchedulerLike }[] = [
  { name: 'asyncScheduler', scheduler: asyncScheduler },
  { name: 'a scheduler that is kept', scheduler: new FaultyScheduler() },
];

/** Subscribes, so that nothing but the library can keep what comes out. */
function listen(output: Observable<object>, watched: Watched) {
  const observer = watched.add({
    next: (value: object) => {
      watched.add(value);
      if ('stream' in value) {
        watched.add(value.stream as object);
      }
    },
    error: () => undefined,
  });
  return output.subscribe(observer);
}

const endings: readonly {
  readonly title: string;
  readonly end: (source: Pick<Subject<unknown>, 'complete' | 'error'>, subscription: Subscription) => void;
}[] = [
  { title: 'unsubscribed from', end: (_, subscription) => subscription.unsubscribe() },
  { title: 'completed', end: (source) => source.complete() },
  { title: 'failed', end: (source) => source.error(new Error('of the source')) },
];

describe.each(pipelines)('$name', { timeout: 30_000 }, ({ name, connect }: Pipeline) => {
  describe.each(endings)('that is $title', ({ title, end: finish }) => {
    it.each(schedulers)(
      'keeps nothing, though the source, the output and $name are kept',
      async ({ scheduler }) => {
        const watched = new Watched();
        const source = new Subject<DeltaEvent>();
        const output = source.pipe(connect({ scheduler, softCommit: { after: 1000 }, tail: true }));
        const subscription = listen(output, watched);
        sayEverything((event) => source.next(event), watched);
        expect(await watched.reachable()).toBeGreaterThan(0);
        finish(source, subscription);
        if (scheduler instanceof FaultyScheduler) {
          scheduler.advance(60_000);
        } else if (title === 'completed' && name === 'paceLines') {
          // The rest of the lines would leave in real time.
          subscription.unsubscribe();
        }
        expect(await watched.retained()).toBe(0);
        expect([source.observed, subscription.closed]).toStrictEqual([false, true]);
        expect(output).toBeInstanceOf(Observable);
      },
    );
  });

  it('keeps nothing, though the source keeps its subscriber for ever', async () => {
    const watched = new Watched();
    const subscribers: Subscriber<DeltaEvent>[] = [];
    const source = new Observable<DeltaEvent>((subscriber) => {
      subscribers.push(subscriber);
    });
    const subscription = listen(source.pipe(connect({ softCommit: { after: 1000 } })), watched);
    sayEverything((event) => subscribers[0]?.next(event), watched);
    expect(await watched.reachable()).toBeGreaterThan(0);
    subscription.unsubscribe();
    expect(await watched.retained()).toBe(0);
    expect(subscribers.map(({ closed }) => closed)).toStrictEqual([true]);
  });
});

describe('groupStreams', () => {
  it('keeps no event for open streams that somebody keeps, whether they were subscribed to or not', async () => {
    const watched = new Watched();
    const source = new Subject<DeltaEvent>();
    const streams: DeltaStream[] = [];
    const inner: Subscription[] = [];
    const outer = source.pipe(groupStreams()).subscribe((stream) => {
      if (stream.ref.id === 'a') {
        inner.push(stream.subscribe(watched.add(() => undefined)));
      }
      // The others end, and can be subscribed to for ever.
      if (['a', 'b'].includes(stream.ref.id)) {
        streams.push(stream);
      }
    });
    sayEverything((event) => source.next(event), watched);
    expect(await watched.reachable()).toBeGreaterThan(0);
    outer.unsubscribe();
    inner.forEach((subscription) => subscription.unsubscribe());
    expect(await watched.retained()).toBe(0);
    expect(streams.map(({ ref }) => ref.id)).toStrictEqual(['a', 'b']);
  });
});

describe('resequence', () => {
  interface Numbered {
    readonly number: number;
    readonly scope: object;
  }

  it.each(endings)('that is $title keeps no value that it held, and no scope', async ({ end: finish }) => {
    const watched = new Watched();
    const source = new Subject<Numbered>();
    const options = { seq: ({ number }: Numbered) => number, scope: ({ scope }: Numbered) => scope };
    const subscription = source.pipe(resequence(options)).subscribe({ error: () => undefined });
    const scopes = [watched.add({}), watched.add({})];
    for (const number of [0, 2, 2, 5, 3]) {
      scopes.forEach((scope) => source.next(watched.add({ number, scope })));
    }
    scopes.length = 0;
    expect(await watched.reachable()).toBeGreaterThan(0);
    finish(source, subscription);
    expect(await watched.retained()).toBe(0);
    expect(source.observed).toBe(false);
  });
});
