import {
  asapScheduler,
  concatMap,
  concatWith,
  delay,
  firstValueFrom,
  from,
  map,
  mergeMap,
  NEVER,
  Observable,
  observeOn,
  of,
  type OperatorFunction,
  Subject,
  switchMap,
  take,
  throwError,
} from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';

import {
  type DeltaEvent,
  type DeltaStream,
  type DropCommit,
  groupStreams,
  type StreamEvent,
} from '../../src/index.js';
import { deltaMarbles } from '../../src/testing/index.js';
import { collect } from '../support/collect.js';
import { delta, end, failure, start } from '../support/events.js';
import { heapUsed } from '../support/heapUsed.js';
import { marbles } from '../support/marbles.js';

/** Formats an event, for example `a delta x`. */
function show(event: StreamEvent): string {
  switch (event.type) {
    case 'start':
      return `${event.id} start`;
    case 'delta':
      return `${event.id} delta ${event.delta}`;
    case 'end':
      return `${event.id} ${event.reason}${event.text === undefined ? '' : ` ${event.text}`}`;
    case 'error':
      return `${event.id} error ${String(event.error)}`;
  }
}

const toText = (stream: DeltaStream) => stream.pipe(map(show));

const twoStreams: readonly DeltaEvent[] = [
  delta('a', '1'),
  delta('b', '1'),
  delta('a', '2'),
  end('a', '12'),
  delta('b', '2'),
  failure('b', 'boom'),
];
const eventsOfA = ['a delta 1', 'a delta 2', 'a end 12'];
const eventsOfB = ['b delta 1', 'b delta 2', 'b error boom'];

/** Collects the streams, so that the test can subscribe to them. */
function streamsOf(source: Observable<DeltaEvent>, options?: Parameters<typeof groupStreams>[0]) {
  const streams: DeltaStream[] = [];
  const subscription = source
    .pipe(groupStreams(options))
    .subscribe({ next: (stream) => streams.push(stream), error: () => undefined });
  return { streams, subscription };
}

/** Subscribes, and records all notifications. */
function listen(stream: DeltaStream | undefined) {
  const seen: unknown[] = [];
  const subscription = stream?.subscribe({
    next: (event) => seen.push(show(event)),
    error: (error: unknown) => seen.push(error),
    complete: () => seen.push('completed'),
  });
  return { seen, subscription };
}

describe('groupStreams', () => {
  it(
    'emits each stream when it opens',
    marbles((m) => {
      const source = m.hot('  a-b-a-c-|', { a: start('a'), b: { ...start('b'), order: [1] }, c: end('a') });
      const subscribed = '    ^-------!';
      const expected = '      a-b-----|';
      m.expect(
        source.pipe(
          groupStreams(),
          map((stream) => stream.ref),
        ),
      ).toBeObservable(expected, {
        a: { kind: 'answer', id: 'a', generation: 0 },
        b: { kind: 'answer', id: 'b', generation: 0, order: [1] },
      });
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );

  it(
    'emits the events of each stream as they arrive, and completes it after the last',
    marbles((m) => {
      const events = deltaMarbles('a-b-a-A---b-B---|', {
        a: { deltas: ['1', '2'], text: '12' },
        b: { deltas: ['1', '2'], error: 'boom' },
      });
      const source = m.hot(...events);
      const subscribed = '         ^---------------!';
      const expected = '           a-b-c-(dx)e-(fy)|';
      const output = source.pipe(
        groupStreams(),
        mergeMap((stream) => toText(stream).pipe(concatWith(of(`${stream.ref.id} completed`)))),
      );
      m.expect(output).toBeObservable(expected, {
        a: 'a delta 1',
        b: 'b delta 1',
        c: 'a delta 2',
        d: 'a end 12',
        x: 'a completed',
        e: 'b delta 2',
        f: 'b error boom',
        y: 'b completed',
      });
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );

  it('emits the same event objects, except for ends', async () => {
    const events = [start('a'), delta('a', 'x'), end('a', 'x')];
    const output = await collect(
      from(events).pipe(
        groupStreams(),
        mergeMap((stream) => stream),
      ),
    );
    expect(output[0]).toBe(events[0]);
    expect(output[1]).toBe(events[1]);
    expect(output[2]).toStrictEqual({ type: 'end', kind: 'answer', id: 'a', text: 'x', reason: 'end' });
  });

  it('ends a stream without a full text if its producer sent none', async () => {
    const output = await collect(
      from([end('a')]).pipe(
        groupStreams(),
        mergeMap((stream) => stream),
      ),
    );
    expect(output).toStrictEqual([{ type: 'end', kind: 'answer', id: 'a', reason: 'end' }]);
  });

  it('ends a stream with the finish reason of its producer', async () => {
    const event = { ...end('a'), finishReason: 'length' };
    const output = await collect(
      of(event).pipe(
        groupStreams(),
        mergeMap((stream) => stream),
      ),
    );
    expect(output).toStrictEqual([{ ...event, reason: 'end' }]);
  });

  it('ignores the reason of a producer', async () => {
    const event = { ...end('a'), reason: 'idle' } as DeltaEvent;
    const output = await collect(of(event).pipe(groupStreams(), mergeMap(toText)));
    expect(output).toStrictEqual(['a end']);
  });

  it('ends each stream with the reason complete, evicted or idle', () => {
    vi.useFakeTimers();
    const source = new Subject<DeltaEvent>();
    const seen: string[] = [];
    source
      .pipe(groupStreams({ maxStreams: 2, idleTimeout: 8 }), mergeMap(toText))
      .subscribe((event) => seen.push(event));
    source.next(delta('a', 'x'));
    source.next(delta('b', 'x'));
    source.next(delta('c', 'x'));
    vi.advanceTimersByTime(7);
    source.next(delta('c', 'x'));
    vi.advanceTimersByTime(5);
    source.complete();
    expect(seen.filter((event) => !event.includes('delta'))).toStrictEqual([
      'a evicted',
      'b idle',
      'c complete',
    ]);
  });

  it('emits an error event in each open stream before the error of the source', () => {
    const seen: unknown[] = [];
    from(twoStreams.slice(0, 2))
      .pipe(concatWith(throwError(() => new Error('boom'))), groupStreams(), mergeMap(toText))
      .subscribe({ next: (event) => seen.push(event), error: (error: unknown) => seen.push(error) });
    expect(seen).toStrictEqual([
      'a delta 1',
      'b delta 1',
      'a error Error: boom',
      'b error Error: boom',
      new Error('boom'),
    ]);
  });

  describe('loses nothing', () => {
    type Flattening = OperatorFunction<DeltaStream, string>;
    const inTurn = [...eventsOfA, ...eventsOfB];
    const inParallel = ['a delta 1', 'b delta 1', 'a delta 2', 'a end 12', 'b delta 2', 'b error boom'];

    it.each<{ title: string; flattening: Flattening; expected: readonly string[] }>([
      { title: 'mergeMap', flattening: mergeMap(toText), expected: inParallel },
      { title: 'mergeMap(…, 1)', flattening: mergeMap(toText, 1), expected: inTurn },
      { title: 'mergeMap(…, 2)', flattening: mergeMap(toText, 2), expected: inParallel },
      { title: 'concatMap', flattening: concatMap(toText), expected: inTurn },
      {
        title: 'delay(0)',
        flattening: (streams) => streams.pipe(delay(0), mergeMap(toText)),
        expected: inTurn,
      },
      {
        title: 'observeOn(asapScheduler)',
        flattening: (streams) => streams.pipe(observeOn(asapScheduler), mergeMap(toText)),
        expected: inTurn,
      },
    ])('with $title', async ({ flattening, expected }) => {
      expect(await collect(from(twoStreams).pipe(groupStreams(), flattening))).toStrictEqual(expected);
    });

    it('with concatMap and thousands of queued complete streams', async () => {
      const ids = Array.from({ length: 5000 }, (_, index) => `stream ${index}`);
      const events = [delta('first', 'x'), ...ids.flatMap((id) => [delta(id, 'y'), end(id)]), end('first')];
      const output = await collect(from(events).pipe(groupStreams(), concatMap(toText)));
      expect(output).toStrictEqual([
        'first delta x',
        'first end',
        ...ids.flatMap((id) => [`${id} delta y`, `${id} end`]),
      ]);
    });

    it('after a stream whose teardown throws', () => {
      const streams: DeltaStream[] = [];
      from(['a', 'b'].flatMap((id) => [delta(id, '1'), end(id)]))
        .pipe(groupStreams())
        .subscribe((stream) => streams.push(stream));
      const seen: string[] = [];
      const [a, b] = streams;
      new Observable<StreamEvent>((subscriber) => {
        subscriber.add(() => {
          throw new Error('teardown');
        });
        a?.subscribe(subscriber);
      }).subscribe((event) => seen.push(show(event)));
      b?.subscribe((event) => seen.push(show(event)));
      expect(seen).toStrictEqual(['a delta 1', 'a end', 'b delta 1', 'b end']);
    });

    it('with mergeMap(…, 2) and a third stream that must wait', async () => {
      const events = [delta('a', 'x'), delta('b', 'x'), delta('c', 'x'), delta('c', 'y'), end('a'), end('c')];
      const output = await collect(from(events).pipe(groupStreams(), mergeMap(toText, 2)));
      expect(output).toStrictEqual([
        'a delta x',
        'b delta x',
        'a end',
        'c delta x',
        'c delta y',
        'c end',
        'b complete',
      ]);
    });

    it(
      'with a later subscriber',
      marbles((m) => {
        const source = m.hot('  a-b-------c-----|', { a: delta('a', 'x'), b: delta('a', 'y'), c: end('a') });
        const expected = '      -----(ab)-c-----|';
        const output = source.pipe(groupStreams(), delay(5), mergeMap(toText));
        m.expect(output).toBeObservable(expected, { a: 'a delta x', b: 'a delta y', c: 'a end' });
      }),
    );

    it('with events that arrive while the subscriber catches up', () => {
      const source = new Subject<DeltaEvent>();
      const { streams } = streamsOf(source);
      source.next(delta('a', '1'));
      source.next(delta('a', '2'));
      const seen: string[] = [];
      streams[0]?.subscribe((event) => {
        seen.push(show(event));
        if (seen.length === 1) {
          source.next(delta('a', '3'));
          source.next(end('a'));
        }
      });
      expect(seen).toStrictEqual(['a delta 1', 'a delta 2', 'a delta 3', 'a end']);
    });
  });

  describe('a stream', () => {
    it('buffers at most maxBuffered events', () => {
      const source = new Subject<DeltaEvent>();
      const { streams } = streamsOf(source, { maxBuffered: 2 });
      source.next(delta('a', '1'));
      source.next(delta('a', '2'));
      const { seen } = listen(streams[0]);
      source.next(delta('a', '3'));
      source.next(end('a'));
      expect(seen).toStrictEqual(['a delta 1', 'a delta 2', 'a delta 3', 'a end', 'completed']);
    });

    it('fails a later subscription after a buffer overflow', () => {
      const source = new Subject<DeltaEvent>();
      const { streams } = streamsOf(source, { maxBuffered: 2 });
      source.next(delta('a', '1'));
      source.next(delta('a', '2'));
      source.next(end('a'));
      const { seen } = listen(streams[0]);
      expect(seen).toMatchObject([
        {
          name: 'BufferOverflowError',
          message:
            'The stream answer a had more than 2 events before it was subscribed to; raise maxBuffered, or subscribe earlier',
          stream: { kind: 'answer', id: 'a', generation: 0 },
        },
      ]);
      expect(listen(streams[0]).seen).toStrictEqual(seen);
    });

    it('does not affect other streams when its buffer overflows', () => {
      const source = new Subject<DeltaEvent>();
      const { streams } = streamsOf(source, { maxBuffered: 1 });
      source.next(delta('a', '1'));
      source.next(delta('b', '1'));
      source.next(delta('a', '2'));
      expect(listen(streams[1]).seen).toStrictEqual(['b delta 1']);
    });

    it('can have no buffer', () => {
      const source = new Subject<DeltaEvent>();
      const seen: string[] = [];
      source.pipe(groupStreams({ maxBuffered: 0 }), mergeMap(toText)).subscribe((event) => seen.push(event));
      source.next(delta('a', '1'));
      expect(seen).toStrictEqual(['a delta 1']);
    });

    it('accepts one subscriber', () => {
      const source = new Subject<DeltaEvent>();
      const { streams } = streamsOf(source);
      source.next(delta('a', '1'));
      const first = listen(streams[0]);
      const second = listen(streams[0]);
      source.next(delta('a', '2'));
      expect(first.seen).toStrictEqual(['a delta 1', 'a delta 2']);
      expect(second.seen).toStrictEqual([
        new Error('The stream answer a was subscribed to before; it can be subscribed to once'),
      ]);
    });

    it('has no bound for the events that its subscriber causes while it receives the first ones', () => {
      const source = new Subject<DeltaEvent>();
      const { streams } = streamsOf(source, { maxBuffered: 1 });
      source.next(delta('a', '1'));
      const seen: string[] = [];
      streams[0]?.pipe(map(show)).subscribe((text) => {
        seen.push(text);
        if (seen.length === 1) {
          source.next(delta('a', '2'));
          source.next(delta('a', '3'));
        }
      });
      expect(seen).toStrictEqual(['a delta 1', 'a delta 2', 'a delta 3']);
    });

    it('emits nothing after unsubscribe, and is not reopened before its end', () => {
      const source = new Subject<DeltaEvent>();
      const { streams } = streamsOf(source);
      source.next(delta('a', '1'));
      const { seen, subscription } = listen(streams[0]);
      subscription?.unsubscribe();
      source.next(delta('a', '2'));
      source.next(end('a'));
      source.next(start('a'));
      expect(seen).toStrictEqual(['a delta 1']);
      expect(streams.map((stream) => stream.ref.generation)).toStrictEqual([0, 1]);
    });

    it('stops catching up after unsubscribe', () => {
      const source = new Subject<DeltaEvent>();
      const { streams } = streamsOf(source);
      twoStreams.forEach((event) => source.next(event));
      const seen: string[] = [];
      streams[0]?.pipe(take(1)).subscribe((event) => seen.push(show(event)));
      expect(seen).toStrictEqual(['a delta 1']);
    });

    it('emits its buffer after its source has completed', () => {
      const { streams } = streamsOf(from(twoStreams));
      expect(listen(streams[0]).seen).toStrictEqual([...eventsOfA, 'completed']);
      expect(listen(streams[1]).seen).toStrictEqual([...eventsOfB, 'completed']);
    });
  });

  describe('the source', () => {
    it('stays subscribed for subscribed streams after the output is unsubscribed', () => {
      const source = new Subject<DeltaEvent>();
      const seen: string[] = [];
      source.pipe(groupStreams(), take(1), mergeMap(toText)).subscribe((event) => seen.push(event));
      twoStreams.slice(0, 3).forEach((event) => source.next(event));
      expect(source.observed).toBe(true);
      source.next(end('a'));
      expect(seen).toStrictEqual(['a delta 1', 'a delta 2', 'a end']);
      expect(source.observed).toBe(false);
    });

    it('leaves other streams without a buffer after the output is unsubscribed', () => {
      const source = new Subject<DeltaEvent>();
      const subscription = source.pipe(groupStreams(), take(1), mergeMap(toText)).subscribe();
      source.next(delta('a', 'one'));
      const before = heapUsed();
      for (let i = 0; i < 20_000; i++) {
        source.next(delta(`other ${i % 20}`, 'x'.repeat(100) + String(i)));
      }
      expect(heapUsed() - before).toBeLessThan(1_000_000);
      expect(source.observed).toBe(true);
      subscription.unsubscribe();
    });

    it('is unsubscribed with the last subscriber, and leaves no timer', () => {
      vi.useFakeTimers();
      const source = new Subject<DeltaEvent>();
      const { streams, subscription } = streamsOf(source);
      source.next(delta('a', '1'));
      source.next(delta('b', '1'));
      const a = listen(streams[0]);
      expect(vi.getTimerCount()).toBe(1);
      subscription.unsubscribe();
      expect(source.observed).toBe(true);
      a.subscription?.unsubscribe();
      expect(source.observed).toBe(false);
      expect(vi.getTimerCount()).toBe(0);
      expect(a.seen).toStrictEqual(['a delta 1']);
    });

    it('fails a subscription after the source was unsubscribed', () => {
      const source = new Subject<DeltaEvent>();
      const { streams, subscription } = streamsOf(source);
      source.next(delta('a', '1'));
      subscription.unsubscribe();
      expect(listen(streams[0]).seen).toStrictEqual([
        new Error('The stream answer a was not subscribed to before its source was unsubscribed'),
      ]);
    });

    it('fails a subscription a tick after firstValueFrom', async () => {
      const source = new Subject<DeltaEvent>();
      const first = firstValueFrom(source.pipe(groupStreams()), { defaultValue: undefined });
      source.next(delta('a', '1'));
      expect(listen(await first).seen).toStrictEqual([
        new Error('The stream answer a was not subscribed to before its source was unsubscribed'),
      ]);
    });

    it('does not fail a subscription after firstValueFrom if the first event was the last of its stream', async () => {
      const stream = await firstValueFrom(from([end('a', '1')]).pipe(groupStreams()), {
        defaultValue: undefined,
      });
      expect(listen(stream).seen).toStrictEqual(['a end 1', 'completed']);
    });

    it('fails later subscriptions in the same way, even after the source was unsubscribed', () => {
      const source = new Subject<DeltaEvent>();
      const { streams, subscription } = streamsOf(source, { maxBuffered: 1 });
      const events = [delta('a', '1'), delta('a', '2'), delta('b', '1')];
      events.forEach((event) => source.next(event));
      listen(streams[1]).subscription?.unsubscribe();
      subscription.unsubscribe();
      expect(listen(streams[0]).seen).toMatchObject([{ name: 'BufferOverflowError' }]);
      expect(listen(streams[1]).seen).toStrictEqual([
        new Error('The stream answer b was subscribed to before; it can be subscribed to once'),
      ]);
    });

    it('is unsubscribed with the whole pipeline', () => {
      vi.useFakeTimers();
      const source = new Subject<DeltaEvent>();
      const subscription = source.pipe(groupStreams(), mergeMap(toText)).subscribe();
      source.next(delta('a', '1'));
      subscription.unsubscribe();
      expect(source.observed).toBe(false);
      expect(vi.getTimerCount()).toBe(0);
    });
  });

  describe('onDrop', () => {
    it('is called with late and malformed events', () => {
      const onDrop = vi.fn<(drop: DropCommit) => void>();
      const late = delta('a', 'late');
      from([end('a'), late, null as unknown as DeltaEvent])
        .pipe(groupStreams({ onDrop }))
        .subscribe();
      expect(onDrop.mock.calls).toStrictEqual([
        [{ type: 'drop', reason: 'late', event: late }],
        [{ type: 'drop', reason: 'malformed', event: null }],
      ]);
    });

    it('is optional', async () => {
      const events = [end('a'), delta('a', 'late'), { type: 'delta' } as DeltaEvent];
      const output = await collect(from(events).pipe(groupStreams(), mergeMap(toText)));
      expect(output).toStrictEqual(['a end']);
    });

    it('fails the streams and the output when it throws', () => {
      const seen: unknown[] = [];
      const source = new Subject<DeltaEvent>();
      const onDrop = () => {
        throw new Error('no drops please');
      };
      source
        .pipe(groupStreams({ onDrop }), mergeMap(toText))
        .subscribe({ next: (event) => seen.push(event), error: (error: unknown) => seen.push(error) });
      source.next(delta('a', 'x'));
      source.next(null as unknown as DeltaEvent);
      expect(seen).toStrictEqual([
        'a delta x',
        'a error Error: no drops please',
        new Error('no drops please'),
      ]);
      expect(source.observed).toBe(false);
    });
  });

  describe('like every operator', () => {
    // prettier-ignore
    it.each([
      { title: 'completes with an empty source',       source: '|',     subscribed: '(^!)',  expected: '|' },
      { title: 'does nothing for a source that never emits', source: '-',     subscribed: '^',     expected: '-' },
      { title: 'passes an error on',                   source: '--#',   subscribed: '^-!',   expected: '--#' },
      { title: 'ends streams at completion',           source: 'a---|', subscribed: '^---!', expected: 'a---(c|)' },
    ])('$title', ({ source, subscribed, expected }) => {
      marbles((m) => {
        const source$ = m.hot(source, { a: delta('a', 'x') });
        m.expect(source$.pipe(groupStreams(), mergeMap(toText))).toBeObservable(expected, {
          a: 'a delta x',
          c: 'a complete',
        });
        m.expect(source$).toHaveSubscriptions(subscribed);
      })();
    });

    it(
      'emits nothing after unsubscribe',
      marbles((m) => {
        const source = m.hot('  a--a--a-|', { a: delta('a', 'x') });
        const unsubscribe = '   -----!   ';
        const subscribed = '    ^----!   ';
        const expected = '      a--a-    ';
        const output = source.pipe(
          mergeMap((event) => of(event)),
          groupStreams(),
          mergeMap(toText),
          mergeMap((event) => of(event)),
        );
        m.expect(output, unsubscribe).toBeObservable(expected, { a: 'a delta x' });
        m.expect(source).toHaveSubscriptions(subscribed);
      }),
    );

    it('stops a synchronous source after unsubscribe', () => {
      let produced = 0;
      const source = new Observable<DeltaEvent>((subscriber) => {
        while (!subscriber.closed && produced < 100) {
          produced++;
          subscriber.next(delta(String(produced), 'x'));
        }
      });
      const seen: string[] = [];
      source.pipe(groupStreams(), mergeMap(toText), take(3)).subscribe((event) => seen.push(event));
      expect(seen).toStrictEqual(['1 delta x', '2 delta x', '3 delta x']);
      expect(produced).toBe(3);
    });

    it('handles a re-entrant event after the previous event', () => {
      const source = new Subject<DeltaEvent>();
      const seen: string[] = [];
      source.pipe(groupStreams(), mergeMap(toText)).subscribe((event) => {
        seen.push(event);
        if (event === 'a delta 1') {
          source.next(delta('b', '1'));
          source.next(end('a'));
          source.complete();
          seen.push('returned');
        }
      });
      source.next(delta('a', '1'));
      expect(seen).toStrictEqual(['a delta 1', 'returned', 'b delta 1', 'a end', 'b complete']);
    });

    it('has separate state for each subscription', async () => {
      const output = from(twoStreams).pipe(groupStreams(), concatMap(toText));
      expect(await collect(output)).toStrictEqual([...eventsOfA, ...eventsOfB]);
      expect(await collect(output)).toStrictEqual([...eventsOfA, ...eventsOfB]);
    });

    it('serves "only the latest" with switchMap', async () => {
      const events = [delta('a', '1'), delta('b', '1'), delta('a', '2'), delta('b', '2'), end('b'), end('a')];
      const output = await collect(from(events).pipe(groupStreams(), switchMap(toText)));
      expect(output).toStrictEqual(['a delta 1', 'b delta 1', 'b delta 2', 'b end']);
    });

    it(
      'uses the given scheduler',
      marbles((m) => {
        const idleTimeout = m.time('--------|');
        const source = m.hot('      a------------', { a: delta('a', 'x') });
        const unsubscribe = '       ------------!';
        const expected = '          a-------i----';
        const output = source.pipe(
          groupStreams({ idleTimeout, scheduler: m.scheduler }),
          concatWith(NEVER),
          mergeMap(toText),
        );
        m.expect(output, unsubscribe).toBeObservable(expected, { a: 'a delta x', i: 'a idle' });
      }),
    );
  });
});

afterEach(() => {
  vi.useRealTimers();
});
