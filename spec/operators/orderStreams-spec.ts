import fc from 'fast-check';
import { concatWith, from, mergeMap, Observable, of, Subject, take, throwError } from 'rxjs';
import { describe, expect, expectTypeOf, it, vi } from 'vitest';

import {
  type Commit,
  commitLines,
  type DeltaEvent,
  orderStreams,
  type OrderStreamsOptions,
} from '../../src/index.js';
import { deltaMarbles } from '../../src/testing/index.js';
import { byStream, deltaEvent } from '../support/arbitraries.js';
import { collect } from '../support/collect.js';
import { close, drop, line, open, revise, streamOf, tail } from '../support/commits.js';
import { delta, end } from '../support/events.js';
import { heapUsed } from '../support/heapUsed.js';
import { marbles } from '../support/marbles.js';
import { sharedCases } from '../support/shared.js';
import { toText } from '../support/show.js';

const a = streamOf('a', [1]);
const b = streamOf('b', [2]);
const c = streamOf('c', [3]);

describe('orderStreams', () => {
  it.each(sharedCases('order.json'))('$title', async ({ options, orderStreams: order, events, commits }) => {
    const actual = await collect(from(events).pipe(commitLines(options), orderStreams(order)));
    expect(actual).toStrictEqual(commits);
  });

  describe('sequential', () => {
    it(
      'separates two turns that end in the opposite order',
      marbles((m) => {
        const events = deltaMarbles('a-b-b----B----A-------|', {
          a: { deltas: ['first'], order: [1] },
          b: { deltas: ['second', ' answer\n'], order: [2] },
        });
        const source = m.hot(...events);
        const subscribed = '         ^---------------------!';
        const expected = '           o-------------(xcpyd)-|';
        m.expect(source.pipe(commitLines(), orderStreams(), toText())).toBeObservable(expected, {
          o: 'open a',
          x: 'line a 0 first',
          c: 'close a end 1',
          p: 'open b',
          y: 'line b 0 second answer$',
          d: 'close b end 1',
        });
        m.expect(source).toHaveSubscriptions(subscribed);
      }),
    );

    it(
      'continues with the next stream, whose commits are then emitted at once',
      marbles((m) => {
        const values = {
          o: open(a),
          p: open(b),
          x: line(a, 0, 'x'),
          y: line(b, 0, 'y'),
          z: line(b, 1, 'z'),
          c: close(a, 1),
        };
        const source = m.hot('  o-p-y-x-c-----z-|', values);
        const subscribed = '    ^---------------!';
        const expected = '      o-----x-(cpy)-z-|';
        m.expect(source.pipe(orderStreams())).toBeObservable(expected, values);
        m.expect(source).toHaveSubscriptions(subscribed);
      }),
    );

    it(
      'waits for an abandoned stream until it is idle',
      marbles((m) => {
        const source = m.hot('     a-b-c 17ms          |', {
          a: delta('a', 'x\n'),
          b: delta('b', 'y\n'),
          c: end('b'),
        });
        const subscribed = '       ^---- 17ms          !';
        const expected = '         (ox) 6ms (cpyd) 6ms |';
        const output = source.pipe(commitLines({ idleTimeout: 10 }), orderStreams(), toText());
        m.expect(output).toBeObservable(expected, {
          o: 'open a',
          x: 'line a 0 x$',
          c: 'close a idle 1',
          p: 'open b',
          y: 'line b 0 y$',
          d: 'close b end 1',
        });
        m.expect(source).toHaveSubscriptions(subscribed);
      }),
    );
  });

  describe('grouped', () => {
    it(
      'emits a stream that never ends at completion, without delaying the others',
      marbles((m) => {
        const values = { o: open(a), x: line(a, 0, 'x'), p: open(b), c: close(b, 0) };
        const source = m.hot('  o-p-x-c-----|', values);
        const subscribed = '    ^-----------!';
        const expected = '      ------(pc)--(ox|)';
        const output = source.pipe(orderStreams({ strategy: 'grouped' }));
        m.expect(output).toBeObservable(expected, values);
        m.expect(source).toHaveSubscriptions(subscribed);
      }),
    );

    it(
      'emits streams without a close in the order of opening',
      marbles((m) => {
        const values = { o: open(c), p: open(a), q: open(b) };
        const source = m.hot('  o-p-q-|', values);
        const subscribed = '    ^-----!';
        const expected = '      ------(opq|)';
        const output = source.pipe(orderStreams({ strategy: 'grouped' }));
        m.expect(output).toBeObservable(expected, values);
        m.expect(source).toHaveSubscriptions(subscribed);
      }),
    );
  });

  it(
    'releases the oldest commit when more than maxBuffered would be queued',
    marbles((m) => {
      const values = {
        o: open(a),
        p: open(c),
        q: open(b),
        x: line(c, 0, 'x'),
        y: line(b, 0, 'y'),
        c: close(a, 0),
      };
      const source = m.hot('  o-p-q-x-y-c-----|', values);
      const subscribed = '    ^---------------!';
      const expected = '      o-----p-q-(cy)--(x|)';
      m.expect(source.pipe(orderStreams({ maxBuffered: 2 }))).toBeObservable(expected, values);
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );

  it('replaces a waiting tail by a later one, and queues a revise', async () => {
    const commits = [
      open(a),
      tail(b, 0, 'o'),
      tail(b, 0, 'on'),
      line(b, 0, 'one'),
      tail(b, 1, 't'),
      revise(b, 0),
      tail(b, 0, 'u'),
      close(a, 0),
    ];
    expect(await collect(from(commits).pipe(orderStreams(), toText()))).toStrictEqual([
      'open a',
      'close a end 0',
      'tail b 0 on',
      'line b 0 one$',
      'tail b 1 t',
      'revise b 0',
      'tail b 0 u',
    ]);
  });

  it('accepts commits parsed from JSON, where each has its own stream object', async () => {
    const commits = [open(a), open(b), line(b, 0, 'y'), line(a, 0, 'x'), close(b, 1), close(a, 1)];
    const copies = JSON.parse(JSON.stringify(commits)) as readonly Commit[];
    expect(await collect(from(copies).pipe(orderStreams()))).toStrictEqual(
      await collect(from(commits).pipe(orderStreams())),
    );
  });

  it('accepts streams without an open', async () => {
    const commits = [line(a, 5, 'x'), line(b, 0, 'y'), close(a, 6), line(b, 1, 'z')];
    expect(await collect(from(commits).pipe(orderStreams()))).toStrictEqual([
      line(a, 5, 'x'),
      close(a, 6),
      line(b, 0, 'y'),
      line(b, 1, 'z'),
    ]);
  });

  it('emits the same commit objects', async () => {
    const commits = [open(a), open(b), drop, line(b, 0, 'y'), close(a, 0)];
    const released = await collect(from(commits).pipe(orderStreams()));
    expect(new Set(released)).toStrictEqual(new Set(commits));
    expect(released.every((commit) => commits.includes(commit))).toBe(true);
  });

  it('changes no order within a stream of commitLines', async () => {
    const options = fc.record({
      strategy: fc.constantFrom('sequential', 'grouped'),
      maxBuffered: fc.oneof(fc.nat({ max: 5 }), fc.constant(Infinity)),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(deltaEvent), options, async (events, someOptions) => {
        const commits = await collect(from(events).pipe(commitLines()));
        const released = await collect(from(commits).pipe(orderStreams(someOptions)));
        expect(released).toHaveLength(commits.length);
        const [expected, actual] = [commits, released].map(byStream);
        for (const [stream, itsCommits] of expected ?? []) {
          expect(actual?.get(stream)).toStrictEqual(itsCommits);
        }
      }),
    );
  });

  it('retains no emitted commit', () => {
    const before = heapUsed();
    const source = new Subject<Commit>();
    const subscription = source.pipe(orderStreams({ maxBuffered: 10 })).subscribe();
    source.next(open(a));
    for (let i = 0; i < 20_000; i++) {
      const stream = streamOf(`stream ${String(i)}`);
      source.next(open(stream));
      source.next(line(stream, 0, `${String(i)} `.repeat(100)));
      source.next(close(stream, 1));
    }
    expect(heapUsed() - before).toBeLessThan(500_000);
    subscription.unsubscribe();
  });

  it('has no timer', () => {
    vi.useFakeTimers();
    const source = new Subject<Commit>();
    const subscription = source.pipe(orderStreams()).subscribe();
    source.next(open(a));
    source.next(open(b));
    expect(vi.getTimerCount()).toBe(0);
    subscription.unsubscribe();
    vi.useRealTimers();
  });

  it('keeps the kinds of the commits', () => {
    const source = new Subject<DeltaEvent<'answer' | 'tool'>>();
    const output = source.pipe(commitLines(), orderStreams());
    expectTypeOf(output).toEqualTypeOf<Observable<Commit<'answer' | 'tool'>>>();
  });

  describe('like every operator', () => {
    // prettier-ignore
    it.each([
      { title: 'completes with an empty source',                source: '|',        subscribed: '(^!)',    expected: '|' },
      { title: 'does nothing for a source that never emits',    source: '-',        subscribed: '^',       expected: '-' },
      { title: 'passes an error on',                            source: '--#',      subscribed: '^-!',     expected: '--#' },
      { title: 'emits waiting commits at completion, by order', source: 'oqpyx--|', subscribed: '^------!', expected: 'o---x--(pyq|)' },
      { title: 'emits waiting commits before an error, by order', source: 'oqpyx--#', subscribed: '^------!', expected: 'o---x--(pyq#)' },
      { title: 'emits drops while others wait',                 source: 'opd--|',   subscribed: '^----!',  expected: 'o-d--(p|)' },
    ])('$title', ({ source, subscribed, expected }) => {
      marbles((m) => {
        const values = { o: open(a), p: open(b), q: open(c), x: line(a, 0, 'x'), y: line(b, 0, 'y'), d: drop };
        const source$ = m.hot(source, values);
        m.expect(source$.pipe(orderStreams())).toBeObservable(expected, values);
        m.expect(source$).toHaveSubscriptions(subscribed);
      })();
    });

    it(
      'emits nothing after unsubscribe',
      marbles((m) => {
        const values = { o: open(a), p: open(b), c: close(a, 0) };
        const source = m.hot('  o--p--c-|', values);
        const unsubscribe = '   -----!   ';
        const subscribed = '    ^----!   ';
        const expected = '      o-----   ';
        const output = source.pipe(
          mergeMap((commit) => of(commit)),
          orderStreams(),
          mergeMap((commit) => of(commit)),
        );
        m.expect(output, unsubscribe).toBeObservable(expected, values);
        m.expect(source).toHaveSubscriptions(subscribed);
      }),
    );

    it('stops a synchronous source after unsubscribe', () => {
      let produced = 0;
      const source = new Observable<Commit>((subscriber) => {
        while (!subscriber.closed && produced < 100) {
          subscriber.next(line(a, produced++, 'x'));
        }
      });
      const seen: Commit[] = [];
      source.pipe(orderStreams(), take(3)).subscribe((commit) => seen.push(commit));
      expect(seen).toHaveLength(3);
      expect(produced).toBe(3);
    });

    it('emits no waiting commit after unsubscribe', () => {
      const seen: Commit[] = [];
      from([open(a), open(b), line(b, 0, 'y'), close(b, 1), close(a, 0)])
        .pipe(orderStreams(), take(3))
        .subscribe((commit) => seen.push(commit));
      expect(seen).toStrictEqual([open(a), close(a, 0), open(b)]);
    });

    it('handles a re-entrant commit after those being emitted', () => {
      const source = new Subject<Commit>();
      const seen: Commit[] = [];
      source.pipe(orderStreams()).subscribe((commit) => {
        seen.push(commit);
        if (commit.type === 'close' && commit.stream === a) {
          source.next(line(b, 1, 'pushed'));
          source.next(close(b, 2));
        }
      });
      [open(a), open(c), open(b), line(b, 0, 'y'), close(a, 0)].forEach((commit) => source.next(commit));
      expect(seen).toStrictEqual([
        open(a),
        close(a, 0),
        open(b),
        line(b, 0, 'y'),
        line(b, 1, 'pushed'),
        close(b, 2),
        open(c),
      ]);
    });

    it('has separate state for each subscription', async () => {
      const output = from([open(a), open(b), line(a, 0, 'x')]).pipe(orderStreams());
      const expected = [open(a), line(a, 0, 'x'), open(b)];
      expect(await collect(output)).toStrictEqual(expected);
      expect(await collect(output)).toStrictEqual(expected);
    });

    it('has separate state for concurrent subscriptions', () => {
      const source = new Subject<Commit>();
      const output = source.pipe(orderStreams(), toText());
      const seen: string[] = [];
      output.subscribe((commit) => seen.push(`first ${commit}`));
      source.next(open(a));
      output.subscribe((commit) => seen.push(`second ${commit}`));
      source.next(open(b));
      source.next(close(a, 0));
      expect(seen).toStrictEqual(['first open a', 'second open b', 'first close a end 0', 'first open b']);
    });

    it('emits an error after all waiting commits', () => {
      const seen: unknown[] = [];
      const error = new Error('boom');
      from([open(a), open(b)])
        .pipe(concatWith(throwError(() => error)), orderStreams())
        .subscribe({ next: (commit) => seen.push(commit), error: (failed: unknown) => seen.push(failed) });
      expect(seen).toStrictEqual([open(a), open(b), error]);
    });
  });

  describe('options', () => {
    it.each([
      { strategy: 'sequential' },
      { strategy: 'grouped' },
      { maxBuffered: 0 },
      { maxBuffered: Infinity },
      { strategy: undefined, maxBuffered: undefined },
      {},
      undefined,
    ] as const)('accepts %o', (options?: OrderStreamsOptions) => {
      expect(() => orderStreams(options)).not.toThrow();
    });

    // prettier-ignore
    it.each([
      { options: null,                    error: TypeError,  message: 'The options are null, but must be an object' },
      { options: 'grouped',               error: TypeError,  message: 'The options are "grouped", but must be an object' },
      { options: { strategy: 'arrival' }, error: RangeError, message: 'The option strategy is "arrival", but must be one of sequential, grouped' },
      { options: { strategy: null },      error: TypeError,  message: 'The option strategy is null, but must be one of sequential, grouped' },
      { options: { maxBuffered: -1 },     error: RangeError, message: 'The option maxBuffered is -1, but must be a whole number from 0, or Infinity' },
      { options: { maxBuffered: 1.5 },    error: RangeError, message: 'The option maxBuffered is 1.5' },
      { options: { maxBuffered: NaN },    error: RangeError, message: 'The option maxBuffered is NaN' },
      { options: { maxBuffered: '9' },    error: TypeError,  message: 'The option maxBuffered is "9"' },
    ])('rejects $options when it is created', ({ options, error, message }) => {
      const create = orderStreams as (options: unknown) => unknown;
      expect(() => create(options)).toThrow(error);
      expect(() => create(options)).toThrow(message);
    });
  });
});
