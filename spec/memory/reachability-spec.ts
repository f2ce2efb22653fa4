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

/** Counts the objects that are still reachable. */
class Watched {
  private readonly references: WeakRef<object>[] = [];

  add<T extends object>(object: T): T {
    this.references.push(new WeakRef(object));
    return object;
  }

  /** The number of objects that are reachable now. */
  async reachable(): Promise<number> {
    // Objects used in a turn of the event loop may stay alive until its end.
    await setImmediate();
    heapUsed();
    return this.references.filter((reference) => reference.deref() !== undefined).length;
  }

  /** The number of objects that stay reachable after several garbage collections. */
  async retained(): Promise<number> {
    let count = await this.reachable();
    for (let turn = 0; turn < 5 && count > 0; turn++) {
      count = await this.reachable();
    }
    return count;
  }
}

/** Sends events for streams in all states: open with a tail, open with lines, closed; and late and malformed events. */
function sendEverything(send: (event: DeltaEvent) => void, watched: Watched): void {
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
    send(watched.add(event));
  });
}

const schedulers: readonly { readonly name: string; readonly scheduler: SchedulerLike }[] = [
  { name: 'asyncScheduler', scheduler: asyncScheduler },
  { name: 'a retained scheduler', scheduler: new FaultyScheduler() },
];

/** Subscribes without retaining the output, so that only the library can retain it. */
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
  { title: 'unsubscribed', end: (_, subscription) => subscription.unsubscribe() },
  { title: 'completed', end: (source) => source.complete() },
  { title: 'failed', end: (source) => source.error(new Error('of the source')) },
];

describe.each(pipelines)('$name', { timeout: 30_000 }, ({ name, connect }: Pipeline) => {
  describe.each(endings)('that is $title', ({ title, end: finish }) => {
    it.each(schedulers)(
      'retains nothing, even if the source, the output and $name are retained',
      async ({ scheduler }) => {
        const watched = new Watched();
        const source = new Subject<DeltaEvent>();
        const output = source.pipe(connect({ scheduler, softCommit: { after: 1000 }, tail: true }));
        const subscription = listen(output, watched);
        sendEverything((event) => source.next(event), watched);
        expect(await watched.reachable()).toBeGreaterThan(0);
        finish(source, subscription);
        if (scheduler instanceof FaultyScheduler) {
          scheduler.advance(60_000);
        } else if (title === 'completed' && name === 'paceLines') {
          // The remaining lines would be emitted in real time.
          subscription.unsubscribe();
        }
        expect(await watched.retained()).toBe(0);
        expect([source.observed, subscription.closed]).toStrictEqual([false, true]);
        expect(output).toBeInstanceOf(Observable);
      },
    );
  });

  it('retains nothing, even if the source retains its subscriber', async () => {
    const watched = new Watched();
    const subscribers: Subscriber<DeltaEvent>[] = [];
    const source = new Observable<DeltaEvent>((subscriber) => {
      subscribers.push(subscriber);
    });
    const subscription = listen(source.pipe(connect({ softCommit: { after: 1000 } })), watched);
    sendEverything((event) => subscribers[0]?.next(event), watched);
    expect(await watched.reachable()).toBeGreaterThan(0);
    subscription.unsubscribe();
    expect(await watched.retained()).toBe(0);
    expect(subscribers.map(({ closed }) => closed)).toStrictEqual([true]);
  });
});

describe('groupStreams', () => {
  it('retains no event for open streams that the application retains, subscribed or not', async () => {
    const watched = new Watched();
    const source = new Subject<DeltaEvent>();
    const streams: DeltaStream[] = [];
    const inner: Subscription[] = [];
    const outer = source.pipe(groupStreams()).subscribe((stream) => {
      if (stream.ref.id === 'a') {
        inner.push(stream.subscribe(watched.add(() => undefined)));
      }
      // The others end, and can be subscribed to at any time.
      if (['a', 'b'].includes(stream.ref.id)) {
        streams.push(stream);
      }
    });
    sendEverything((event) => source.next(event), watched);
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

  it.each(endings)('that is $title retains no value and no scope', async ({ end: finish }) => {
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
