import fc from 'fast-check';
import {
  animationFrameScheduler,
  asapScheduler,
  asyncScheduler,
  concatWith,
  defer,
  from,
  Observable,
  queueScheduler,
  retry,
  type SchedulerLike,
  Subject,
  take,
  throwError,
  VirtualTimeScheduler,
} from 'rxjs';
import { afterEach, describe, expect, expectTypeOf, it, vi } from 'vitest';

import { resequence, type ResequenceOptions, type SequenceDrop, type SequenceGap } from '../../src/index.js';
import { repeat, shuffle } from '../../src/testing/index.js';
import { collect } from '../support/collect.js';
import { marbles } from '../support/marbles.js';

type Options = Partial<ResequenceOptions<string>>;

/** A value is its number; a value that is not an integer has none. */
const seq = (value: string) => (/^-?\d+$/.test(value) ? Number(value) : undefined);

const digits = (options: Options = {}) => resequence({ seq, ...options });

/** A value consists of its scope, which is a letter, and its number. */
const letters = (options: Options = {}) =>
  resequence<string>({ seq: (value) => Number(value.slice(1)), scope: (value) => value[0], ...options });

/** The formatted calls of onDrop and onGap. */
function log() {
  const calls: string[] = [];
  const onDrop = ({ value, reason }: SequenceDrop<string>) => calls.push(`${reason} ${value}`);
  const onGap = (gap: SequenceGap) => calls.push(`gap ${String(gap.from)} to ${String(gap.to)}`);
  return { calls, onDrop, onGap };
}

/** Subscribes with fake timers, so that vi.getTimerCount() counts the timers. */
function live(operator: ReturnType<typeof digits>) {
  vi.useFakeTimers();
  const source = new Subject<string>();
  const seen: string[] = [];
  const subscription = source.pipe(operator).subscribe({
    next: (value) => seen.push(value),
    error: (error: unknown) => seen.push(String(error)),
    complete: () => seen.push('complete'),
  });
  const push = (...values: readonly string[]) => values.forEach((value) => source.next(value));
  return { source, seen, subscription, push };
}

describe('resequence', () => {
  it(
    'restores the order, drops repeats and skips missing numbers',
    marbles((m) => {
      const { calls, ...callbacks } = log();
      const gapTimeout = m.time('------|                 ');
      const source = m.hot('     -0-2-1---3-3-5-------6-|');
      const subscribed = '       ^----------------------!';
      const expected = '         -0---(12)3---------5-6-|';
      m.expect(source.pipe(digits({ gapTimeout, ...callbacks }))).toBeObservable(expected);
      m.expect(source).toHaveSubscriptions(subscribed);
      m.flush();
      expect(calls).toStrictEqual(['repeat 3', 'gap 4 to 4']);
    }),
  );

  describe('order', () => {
    // prettier-ignore
    it.each([
      { title: 'passes on values in order',                  source: '0-1-2-|',      expected: '0-1-2-|' },
      { title: 'holds a value until the previous one',       source: '0-2-1---|',    expected: '0---(12)|' },
      { title: 'holds several values in any order',          source: '3-1-2-0-----|', expected: '------(0123)|' },
      { title: 'stops at the next missing number',           source: '1-3-0---2---|', expected: '----(01)(23)|' },
      { title: 'drops a repeat of an emitted value',         source: '0-0-1-0-|',    expected: '0---1---|' },
      { title: 'drops a repeat of a held value',             source: '1-1-0---|',    expected: '----(01)|' },
      { title: 'emits a value without a number at once',     source: 'x-1-y-0---|',  expected: 'x---y-(01)|' },
      { title: 'completes with an empty source',             source: '|',            expected: '|' },
      { title: 'does nothing for a source that never emits', source: '-',            expected: '-' },
      { title: 'passes an error on',                         source: '0-#',          expected: '0-#' },
      { title: 'emits the held values at completion',        source: '0-2-5-4--|',   expected: '0--------(245|)' },
      { title: 'emits the held values before an error',      source: '0-2-5-4--#',   expected: '0--------(245#)' },
    ])('$title', ({ source, expected }) => {
      marbles((m) => {
        const source$ = m.hot(source);
        const end = source.length - 1;
        const subscribed = source === '-' ? '^' : end === 0 ? '(^!)' : `^${'-'.repeat(end - 1)}!`;
        m.expect(source$.pipe(digits())).toBeObservable(expected);
        m.expect(source$).toHaveSubscriptions(subscribed);
      })();
    });

    it('reports each gap when it emits the held values', () => {
      const { calls, ...callbacks } = log();
      from(['0', '2', '9', '5', '4']).pipe(digits(callbacks)).subscribe();
      expect(calls).toStrictEqual(['gap 1 to 1', 'gap 3 to 3', 'gap 6 to 8']);
    });

    it('passes the same value object to onDrop', () => {
      const [first, second] = [{ n: 0 }, { n: 0 }];
      const drops: SequenceDrop<{ n: number }>[] = [];
      const output = from([first, second]).pipe(
        resequence({ seq: ({ n }) => n, onDrop: (drop) => drops.push(drop) }),
      );
      expectTypeOf(output).toEqualTypeOf<Observable<{ n: number }>>();
      output.subscribe();
      expect(drops).toStrictEqual([{ value: { n: 0 }, reason: 'repeat' }]);
      expect(drops[0]?.value).toBe(second);
    });

    it.each([NaN, Infinity, -Infinity, 0.5, 2 ** 53, '0', 0n, null, {}])(
      'emits a value at once if its number is %o',
      (number: unknown) => {
        const { calls, ...callbacks } = log();
        const seen: string[] = [];
        const numberOf = (value: string) => (value === 'x' ? number : Number(value)) as number;
        from(['1', 'x', '0', 'x'])
          .pipe(resequence({ seq: numberOf, ...callbacks }))
          .subscribe((value) => seen.push(value));
        expect(seen).toStrictEqual(['x', '0', '1', 'x']);
        expect(calls).toStrictEqual([]);
      },
    );

    it('calls seq once, and scope only for a value with a number', () => {
      const calls: string[] = [];
      const options: ResequenceOptions<string> = {
        seq(value) {
          calls.push(`number ${value}`);
          return seq(value);
        },
        scope: (value) => calls.push(`scope ${value}`) * 0,
      };
      from(['0', 'x', '2', '1']).pipe(resequence(options)).subscribe();
      // prettier-ignore
      expect(calls).toStrictEqual([
        'number 0', 'scope 0', 'number x', 'number 2', 'scope 2', 'number 1', 'scope 1',
      ]);
    });

    it('begins with the option start', async () => {
      const { calls, onDrop } = log();
      expect(await collect(from(['6', '4', '5']).pipe(digits({ start: 5, onDrop })))).toStrictEqual([
        '5',
        '6',
      ]);
      expect(calls).toStrictEqual(['late 4']);
    });

    it("begins with the first number seen with start: 'first'", async () => {
      const { calls, ...callbacks } = log();
      const output = from(['57', '59', '58', '56']).pipe(digits({ start: 'first', ...callbacks }));
      expect(await collect(output)).toStrictEqual(['57', '58', '59']);
      expect(calls).toStrictEqual(['late 56']);
    });
  });

  describe('gaps', () => {
    it(
      'waits for a missing number for exactly gapTimeout',
      marbles((m) => {
        const { calls, ...callbacks } = log();
        const gapTimeout = m.time('  -----|         ');
        const source = m.hot('     0-2---------3--|');
        const subscribed = '       ^--------------!';
        const expected = '         0------2----3--|';
        m.expect(source.pipe(digits({ gapTimeout, ...callbacks }))).toBeObservable(expected);
        m.expect(source).toHaveSubscriptions(subscribed);
        m.flush();
        expect(calls).toStrictEqual(['gap 1 to 1']);
      }),
    );

    it(
      'waits for 200 ms by default',
      marbles((m) => {
        const source = m.hot('     1 300ms       |');
        const expected = '         200ms 1 100ms |';
        m.expect(source.pipe(digits())).toBeObservable(expected);
      }),
    );

    it(
      'emits a number that arrives a millisecond before',
      marbles((m) => {
        const { calls, ...callbacks } = log();
        const gapTimeout = m.time('-----|           ');
        const source = m.hot('     1---0-----------|');
        const expected = '         ----(01)--------|';
        m.expect(source.pipe(digits({ gapTimeout, ...callbacks }))).toBeObservable(expected);
        m.flush();
        expect(calls).toStrictEqual([]);
      }),
    );

    it(
      'drops a number that arrives a millisecond later',
      marbles((m) => {
        const { calls, ...callbacks } = log();
        const gapTimeout = m.time('-----|     ');
        const source = m.hot('     1-----0---|');
        const expected = '         -----1----|';
        m.expect(source.pipe(digits({ gapTimeout, ...callbacks }))).toBeObservable(expected);
        m.flush();
        expect(calls).toStrictEqual(['gap 0 to 0', 'late 0']);
      }),
    );

    it(
      'delays no value longer, whichever numbers are missing before it',
      marbles((m) => {
        const { calls, ...callbacks } = log();
        const gapTimeout = m.time('------|              ');
        const source = m.hot('     5--2-8--------------|');
        const expected = '         ------(25)-8--------|';
        m.expect(source.pipe(digits({ gapTimeout, ...callbacks }))).toBeObservable(expected);
        m.flush();
        expect(calls).toStrictEqual(['gap 0 to 1', 'gap 3 to 4', 'gap 6 to 7']);
      }),
    );

    it(
      'measures the next gap from the oldest value held after it',
      marbles((m) => {
        const gapTimeout = m.time('------|         ');
        const source = m.hot('     1--3-0---------|');
        const expected = '         -----(01)3-----|';
        m.expect(source.pipe(digits({ gapTimeout }))).toBeObservable(expected);
      }),
    );

    it(
      'skips a number as soon as maxReorder values are held',
      marbles((m) => {
        const { calls, ...callbacks } = log();
        const source = m.hot('     1-2-3--0---4-|');
        const expected = '         ----(123)--4-|';
        m.expect(source.pipe(digits({ maxReorder: 3, ...callbacks }))).toBeObservable(expected);
        m.flush();
        expect(calls).toStrictEqual(['gap 0 to 0', 'late 0']);
      }),
    );

    it(
      'skips only the first of several gaps',
      marbles((m) => {
        const { calls, ...callbacks } = log();
        const source = m.hot('     1-3-5-2-----4---|');
        const expected = '         ----1-(23)--(45)|';
        m.expect(source.pipe(digits({ maxReorder: 3, ...callbacks }))).toBeObservable(expected);
        m.flush();
        expect(calls).toStrictEqual(['gap 0 to 0']);
      }),
    );

    it(
      'waits forever with Infinity',
      marbles((m) => {
        const source = m.hot('     1 60m 0---|');
        const expected = '         - 60m (01)|';
        m.expect(source.pipe(digits({ gapTimeout: Infinity }))).toBeObservable(expected);
      }),
    );

    it('can be unsubscribed while it waits forever', () => {
      const source = new Subject<string>();
      const subscription = source.pipe(digits({ gapTimeout: Infinity })).subscribe();
      source.next('1');
      subscription.unsubscribe();
      expect(source.observed).toBe(false);
    });

    it('reports a jump of billions as one gap', () => {
      const { seen, push } = live(digits({ onGap: (gap) => gaps.push(gap) }));
      const gaps: SequenceGap[] = [];
      push('0', '5000000000', '9007199254740991');
      vi.advanceTimersByTime(200);
      expect(seen).toStrictEqual(['0', '5000000000', '9007199254740991']);
      expect(gaps).toStrictEqual([
        { scope: undefined, from: 1, to: 4_999_999_999 },
        { scope: undefined, from: 5_000_000_001, to: 9_007_199_254_740_990 },
      ]);
    });
  });

  describe('scopes', () => {
    it(
      'do not wait for each other',
      marbles((m) => {
        const values = { a: 'a0', b: 'a1', x: 'b0', y: 'b1' };
        const source = m.hot('  a-y-b-x---|', values);
        const subscribed = '    ^---------!';
        const expected = '      a---b-(xy)|';
        m.expect(source.pipe(letters())).toBeObservable(expected, values);
        m.expect(source).toHaveSubscriptions(subscribed);
      }),
    );

    it(
      'share one timer, which is due for each of them',
      marbles((m) => {
        const gapTimeout = m.time('-----|       ');
        const values = { b: 'a1', y: 'b1' };
        const source = m.hot('     b--y--------|', values);
        const expected = '         -----b--y---|';
        m.expect(source.pipe(letters({ gapTimeout }))).toBeObservable(expected, values);
      }),
    );

    it('are reported in their gaps', () => {
      const gaps: SequenceGap[] = [];
      from(['a1', 'b2'])
        .pipe(letters({ onGap: (gap) => gaps.push(gap) }))
        .subscribe();
      expect(gaps).toStrictEqual([
        { scope: 'a', from: 0, to: 0 },
        { scope: 'b', from: 0, to: 1 },
      ]);
    });

    it('emit their held values beyond maxScopes, and begin again', () => {
      const { calls, ...callbacks } = log();
      const { seen, push } = live(letters({ maxScopes: 2, ...callbacks }));
      push('a0', 'a2', 'b0');
      expect(seen).toStrictEqual(['a0', 'b0']);
      push('c0');
      expect(seen).toStrictEqual(['a0', 'b0', 'a2', 'c0']);
      expect(calls).toStrictEqual(['gap 1 to 1']);
      expect(vi.getTimerCount()).toBe(0);
      push('a0', 'c0');
      expect(seen).toStrictEqual(['a0', 'b0', 'a2', 'c0', 'a0']);
      expect(calls).toStrictEqual(['gap 1 to 1', 'repeat c0']);
    });

    it('let numbers start again', async () => {
      interface ResponseEvent {
        readonly type: string;
        readonly number: number;
        readonly response?: string;
      }
      const created = (response: string): ResponseEvent => ({ type: 'created', number: 0, response });
      const delta = (number: number): ResponseEvent => ({ type: 'delta', number });
      const source = [created('1'), delta(2), delta(1), created('2'), delta(1), created('2'), delta(1)];
      const output = defer(() => {
        let response: string | undefined;
        return from(source).pipe(
          resequence({
            seq: (event) => event.number,
            scope(event) {
              response = event.type === 'created' ? event.response : response;
              return response;
            },
          }),
        );
      });
      const expected = [created('1'), delta(1), delta(2), created('2'), delta(1)];
      expect(await collect(output)).toStrictEqual(expected);
      expect(await collect(output)).toStrictEqual(expected);
    });
  });

  it('drops values that a connection repeats after a reconnect', async () => {
    let connections = 0;
    const broken = throwError(() => new Error('broken'));
    const connect = defer(() =>
      ++connections === 1 ? from(['0', '1', '3']).pipe(concatWith(broken)) : from(['1', '2', '3', '4']),
    );
    const { calls, onDrop } = log();
    const output = connect.pipe(retry(1), digits({ onDrop }));
    expect(await collect(output)).toStrictEqual(['0', '1', '2', '3', '4']);
    expect(calls).toStrictEqual(['repeat 1', 'repeat 3']);
  });

  describe('time', () => {
    it.each([
      { name: 'asyncScheduler', scheduler: asyncScheduler },
      { name: 'asapScheduler', scheduler: asapScheduler },
      { name: 'queueScheduler', scheduler: queueScheduler },
      { name: 'animationFrameScheduler', scheduler: animationFrameScheduler },
    ])('is measured on $name', ({ scheduler }) => {
      const { seen, push } = live(digits({ scheduler }));
      push('1');
      vi.advanceTimersByTime(100);
      push('3');
      vi.advanceTimersByTime(99);
      expect(seen).toStrictEqual([]);
      vi.advanceTimersByTime(1);
      expect(seen).toStrictEqual(['1']);
      vi.advanceTimersByTime(99);
      expect(seen).toStrictEqual(['1']);
      vi.advanceTimersByTime(1);
      expect(seen).toStrictEqual(['1', '3']);
      expect(vi.getTimerCount()).toBe(0);
    });

    it(
      'uses the scheduler of the test',
      marbles((m) => {
        const gapTimeout = m.time('-----|    ');
        const source = m.hot('     1--3------|');
        const expected = '         -----1--3-|';
        m.expect(source.pipe(digits({ gapTimeout, scheduler: m.scheduler }))).toBeObservable(expected);
      }),
    );

    it('rounds up to whole milliseconds', () => {
      const { seen, push } = live(digits({ gapTimeout: 2.5 }));
      push('1');
      vi.advanceTimersByTime(2);
      expect(seen).toStrictEqual([]);
      vi.advanceTimersByTime(1);
      expect(seen).toStrictEqual(['1']);
    });

    const hour = 3_600_000;

    it.each([
      { setAt: 50, by: hour },
      { setAt: 50, by: -hour },
      { setAt: 150, by: hour },
      { setAt: 150, by: -hour },
      { setAt: 250, by: hour },
      { setAt: 250, by: -hour },
    ])(
      'waits no shorter, and at most twice as long, when the wall clock is set by $by ms after $setAt ms',
      ({ setAt, by }) => {
        const { seen, push } = live(digits());
        const passed: { after: number; value: string }[] = [];
        push('1');
        for (let after = 1; after <= 400; after++) {
          if (after === setAt) {
            vi.setSystemTime(Date.now() + by);
          }
          vi.advanceTimersByTime(1);
          if (after === 100) {
            push('3');
          }
          seen.splice(0).forEach((value) => passed.push({ after, value }));
        }
        expect(passed.map(({ value }) => value)).toStrictEqual(['1', '3']);
        expect(passed[0]?.after).toBe(200);
        expect(passed[1]?.after).toBeGreaterThanOrEqual(300);
        expect(passed[1]?.after).toBeLessThanOrEqual(400);
        expect(vi.getTimerCount()).toBe(0);
      },
    );

    it('waits no shorter, and at most twice as long, whenever the wall clock is set', () => {
      const time = fc.nat({ max: 1000 });
      fc.assert(
        fc.property(
          fc.array(time, { minLength: 1 }),
          time,
          fc.constantFrom(hour, -hour),
          fc.integer({ min: 1, max: 300 }),
          (times, setAt, by, gapTimeout) => {
            const virtual = new VirtualTimeScheduler();
            let offset = 0;
            const scheduler: SchedulerLike = {
              now: () => virtual.now() + offset,
              schedule: virtual.schedule.bind(virtual),
            };
            const source = new Subject<{ readonly arrival: number }>();
            let seen = 0;
            // Each value has its own scope, whose first number is missing.
            source
              .pipe(resequence({ seq: () => 1, scope: (value) => value, gapTimeout, scheduler }))
              .subscribe(({ arrival }) => {
                seen++;
                expect(virtual.now() - arrival).toBeGreaterThanOrEqual(gapTimeout);
                expect(virtual.now() - arrival).toBeLessThanOrEqual(2 * gapTimeout);
              });
            virtual.schedule(() => (offset = by), setAt);
            times.forEach((arrival) => virtual.schedule(() => source.next({ arrival }), arrival));
            virtual.flush();
            expect(seen).toBe(times.length);
          },
        ),
      );
    });

    it('treats a suspended process like a clock that was set, so that missing values can still arrive', () => {
      const { seen, push } = live(digits());
      push('1');
      vi.advanceTimersByTime(100);
      push('3');
      vi.setSystemTime(Date.now() + 60_000);
      vi.advanceTimersByTime(100);
      expect(seen).toStrictEqual(['1']);
      push('2');
      expect(seen).toStrictEqual(['1', '2', '3']);
    });

    it('compensates for a timer that is a little late', () => {
      const { seen, push } = live(digits());
      push('1');
      vi.advanceTimersByTime(100);
      push('3');
      vi.setSystemTime(Date.now() + 30);
      vi.advanceTimersByTime(100);
      expect(seen).toStrictEqual(['1']);
      vi.advanceTimersByTime(69);
      expect(seen).toStrictEqual(['1']);
      vi.advanceTimersByTime(1);
      expect(seen).toStrictEqual(['1', '3']);
    });

    it('trusts a timer that seems to be early, because clocks are rounded', () => {
      const { seen, push } = live(digits());
      push('1');
      vi.setSystemTime(Date.now() - 1);
      vi.advanceTimersByTime(199);
      expect(seen).toStrictEqual([]);
      vi.advanceTimersByTime(1);
      expect(seen).toStrictEqual(['1']);
    });

    it('ignores a timer that was disarmed while its callback was queued', () => {
      vi.useFakeTimers();
      const source = new Subject<string>();
      const seen: string[] = [];
      const subscription = source.pipe(digits()).subscribe((value) => {
        seen.push(value);
        if (value === 'x') {
          source.next('0');
          source.next('3');
          vi.advanceTimersByTime(200);
        }
      });
      source.next('1');
      source.next('x');
      expect(seen).toStrictEqual(['x', '0', '1']);
      expect(vi.getTimerCount()).toBe(1);
      vi.advanceTimersByTime(199);
      expect(seen).toStrictEqual(['x', '0', '1']);
      vi.advanceTimersByTime(1);
      expect(seen).toStrictEqual(['x', '0', '1', '3']);
      subscription.unsubscribe();
    });

    describe('has no timer', () => {
      it('unless a value is held', () => {
        const { push } = live(letters());
        expect(vi.getTimerCount()).toBe(0);
        push('a0');
        expect(vi.getTimerCount()).toBe(0);
        push('a2');
        expect(vi.getTimerCount()).toBe(1);
        push('b1', 'a5');
        expect(vi.getTimerCount()).toBe(1);
        push('a1');
        expect(vi.getTimerCount()).toBe(1);
        push('b0');
        expect(vi.getTimerCount()).toBe(1);
        push('a3', 'a4');
        expect(vi.getTimerCount()).toBe(0);
        push('a7');
        expect(vi.getTimerCount()).toBe(1);
        vi.advanceTimersByTime(200);
        expect(vi.getTimerCount()).toBe(0);
      });

      it('when it waits forever, or never', () => {
        live(digits({ gapTimeout: Infinity })).push('1');
        expect(vi.getTimerCount()).toBe(0);
        live(digits({ maxReorder: 0 })).push('1', '3');
        expect(vi.getTimerCount()).toBe(0);
      });

      it.each([
        { title: 'completion', stop: (source: Subject<string>) => source.complete(), last: 'complete' },
        {
          title: 'an error',
          stop: (source: Subject<string>) => source.error(new Error('boom')),
          last: 'Error: boom',
        },
      ])('after $title', ({ stop, last }) => {
        const { source, seen, push } = live(digits());
        push('1');
        stop(source);
        expect(vi.getTimerCount()).toBe(0);
        expect(seen).toStrictEqual(['1', last]);
      });

      it('after unsubscription', () => {
        const { calls, ...callbacks } = log();
        const { source, seen, subscription, push } = live(digits(callbacks));
        push('1');
        subscription.unsubscribe();
        expect(vi.getTimerCount()).toBe(0);
        expect(source.observed).toBe(false);
        push('0');
        vi.advanceTimersByTime(1000);
        expect(seen).toStrictEqual([]);
        expect(calls).toStrictEqual([]);
      });
    });
  });

  describe('like every operator', () => {
    it(
      'emits nothing after unsubscribe',
      marbles((m) => {
        const source = m.hot('  0-2---1-|');
        const unsubscribe = '   ---!     ';
        const subscribed = '    ^--!     ';
        const expected = '      0---     ';
        m.expect(source.pipe(digits()), unsubscribe).toBeObservable(expected);
        m.expect(source).toHaveSubscriptions(subscribed);
      }),
    );

    it('stops a synchronous source after unsubscribe', () => {
      let produced = 0;
      const source = new Observable<number>((subscriber) => {
        while (!subscriber.closed && produced < 100) {
          subscriber.next(produced++);
        }
      });
      const seen: number[] = [];
      source.pipe(resequence({ seq: (value) => value }), take(3)).subscribe((value) => seen.push(value));
      expect(seen).toStrictEqual([0, 1, 2]);
      expect(produced).toBe(3);
    });

    it.each([
      { title: 'a value that fills a gap', values: ['a1', 'a2', 'a0'] },
      { title: 'completion', values: ['a1', 'a3', 'complete'] },
      { title: 'a time-out', values: ['a1', 'a3', 'wait'] },
      { title: 'a full scope', values: ['a1', 'a2', 'a3', 'a4'] },
      { title: 'a scope beyond maxScopes', values: ['a1', 'a3', 'b1'] },
      { title: 'a scope beyond maxScopes, whose value is dropped', values: ['a1', 'a3', 'b-1'] },
    ])('emits and calls nothing after unsubscribe, at $title', ({ values }) => {
      vi.useFakeTimers();
      const { calls, ...callbacks } = log();
      const source = new Subject<string>();
      const seen: string[] = [];
      source
        .pipe(letters({ maxReorder: 4, maxScopes: 1, ...callbacks }), take(1))
        .subscribe((value) => seen.push(value));
      for (const value of values) {
        if (value === 'complete') {
          source.complete();
        } else if (value === 'wait') {
          vi.advanceTimersByTime(200);
        } else {
          source.next(value);
        }
      }
      expect(seen).toHaveLength(1);
      expect(calls.length).toBeLessThanOrEqual(1);
      expect(vi.getTimerCount()).toBe(0);
      expect(source.observed).toBe(false);
    });

    it('calls nothing after unsubscribe in a callback', () => {
      const calls: string[] = [];
      const { source, seen, subscription, push } = live(
        digits({
          onGap: ({ to }) => {
            calls.push(`gap to ${String(to)}`);
            subscription.unsubscribe();
          },
        }),
      );
      push('1', '3');
      source.complete();
      expect(calls).toStrictEqual(['gap to 0']);
      expect(seen).toStrictEqual([]);
      expect(vi.getTimerCount()).toBe(0);
    });

    it('handles a re-entrant value after all values that the previous one released', () => {
      const source = new Subject<string>();
      const seen: string[] = [];
      source.pipe(digits()).subscribe((value) => {
        seen.push(value);
        if (value === '0') {
          ['x', '4', '3'].forEach((another) => source.next(another));
        }
      });
      ['1', '2', '0'].forEach((value) => source.next(value));
      expect(seen).toStrictEqual(['0', '1', '2', 'x', '3', '4']);
    });

    it('handles a value that is pushed during a time-out after all values of the time-out', () => {
      vi.useFakeTimers();
      const source = new Subject<string>();
      const seen: string[] = [];
      source.pipe(digits()).subscribe((value) => {
        seen.push(value);
        if (value === '1') {
          source.next('x');
          source.next('3');
        }
      });
      ['1', '2', '5'].forEach((value) => source.next(value));
      vi.advanceTimersByTime(200);
      expect(seen).toStrictEqual(['1', '2', '5', 'x']);
      source.complete();
    });

    it('has separate state for each subscription', async () => {
      const output = from(['1', '0', '0', '3']).pipe(digits());
      expect(await collect(output)).toStrictEqual(['0', '1', '3']);
      expect(await collect(output)).toStrictEqual(['0', '1', '3']);
    });

    it('has separate state for concurrent subscriptions', () => {
      const source = new Subject<string>();
      const output = source.pipe(digits());
      const seen: string[] = [];
      output.subscribe((value) => seen.push(`first ${value}`));
      source.next('0');
      output.subscribe((value) => seen.push(`second ${value}`));
      ['1', '0'].forEach((value) => source.next(value));
      expect(seen).toStrictEqual(['first 0', 'first 1', 'second 0', 'second 1']);
    });

    describe('emits the held values before the error', () => {
      const boom = () => {
        throw new Error('boom');
      };
      const boomAt = (bad: string, result: number) => (value: string) => (value === bad ? boom() : result);

      // prettier-ignore
      it.each([
        { callback: 'seq',    options: { seq: (value: string) => (value === 'x' ? boom() : seq(value)) }, last: 'x' },
        { callback: 'scope',  options: { scope: boomAt('9', 0) },                                         last: '9' },
        { callback: 'onDrop', options: { onDrop: boom },                                                  last: '0' },
      ])('of $callback', ({ options, last }) => {
        const { source, seen, push } = live(digits(options));
        push('0', '5', '2', last);
        expect(seen).toStrictEqual(['0', '2', '5', 'Error: boom']);
        expect(source.observed).toBe(false);
        expect(vi.getTimerCount()).toBe(0);
      });

      it.each([
        { title: 'at completion', stop: (source: Subject<string>) => source.complete() },
        { title: 'at a time-out', stop: () => vi.advanceTimersByTime(200) },
        { title: 'when maxReorder values are held', stop: (source: Subject<string>) => source.next('7') },
      ])('of onGap, $title', ({ stop }) => {
        const { source, seen, push } = live(digits({ onGap: boom, maxReorder: 3 }));
        push('0', '5', '2');
        stop(source);
        expect(seen.filter((value) => value !== '7')).toStrictEqual(['0', '2', '5', 'Error: boom']);
        expect(source.observed).toBe(false);
        expect(vi.getTimerCount()).toBe(0);
      });

      it('of the source, instead of a later one of onGap', () => {
        const { source, seen, push } = live(digits({ onGap: boom }));
        push('0', '5', '2');
        source.error(new Error('broken'));
        expect(seen).toStrictEqual(['0', '2', '5', 'Error: broken']);
      });
    });
  });

  describe('laws', () => {
    it('a thousand values, shuffled within the window and repeated, are emitted sorted and once', () => {
      const sorted = Array.from({ length: 1000 }, (_, number) => number);
      fc.assert(
        fc.property(fc.maxSafeInteger(), fc.nat({ max: 1000 }), (seed, copies) => {
          const shuffled = shuffle(seed, sorted, { distance: 99 });
          const seen: number[] = [];
          let repeats = 0;
          from(repeat(seed, shuffled, { count: copies, distance: Infinity }))
            .pipe(
              resequence({
                seq: (value) => value,
                onDrop: ({ reason }) => (reason === 'repeat' ? repeats++ : expect(reason).toBe('repeat')),
                onGap: (gap) => expect(gap).toBeUndefined(),
              }),
            )
            .subscribe((value) => seen.push(value));
          expect(seen).toStrictEqual(sorted);
          expect(repeats).toBe(copies);
        }),
      );
    });

    interface Arrival {
      readonly at: number;
      readonly scope: string;
      readonly number: number;
    }

    const arrival: fc.Arbitrary<Arrival> = fc.record({
      at: fc.nat({ max: 300 }),
      scope: fc.constantFrom('a', 'b', 'c'),
      number: fc.integer({ min: -2, max: 30 }),
    });
    const arrivals = fc
      .array(arrival, { maxLength: 60, size: 'max' })
      .map((list) => [...list].sort((a, b) => a.at - b.at));
    const options = fc.record({
      start: fc.integer({ min: -2, max: 2 }),
      maxReorder: fc.nat({ max: 8 }),
      gapTimeout: fc.integer({ min: 1, max: 100 }),
    });

    /** The outputs and calls of an operator for timed values. */
    function run(source: readonly Arrival[], someOptions: Partial<ResequenceOptions<Arrival>>) {
      const scheduler = new VirtualTimeScheduler();
      const input = new Subject<Arrival>();
      const released: { at: number; value: Arrival }[] = [];
      const drops: SequenceDrop<Arrival>[] = [];
      const gaps: SequenceGap[] = [];
      input
        .pipe(
          resequence({
            seq: (value) => value.number,
            scope: (value) => value.scope,
            onDrop: (drop) => drops.push(drop),
            onGap: (gap) => gaps.push(gap),
            scheduler,
            ...someOptions,
          }),
        )
        .subscribe((value) => released.push({ at: scheduler.now(), value }));
      source.forEach((value) => scheduler.schedule(() => input.next(value), value.at));
      scheduler.schedule(() => input.complete(), 301);
      scheduler.flush();
      return { released, drops, gaps };
    }

    it('every value is emitted or dropped, once, and at its expiry at the latest', () => {
      fc.assert(
        fc.property(arrivals, options, (source, someOptions) => {
          const { released, drops } = run(source, someOptions);
          const values = [...released, ...drops].map(({ value }) => value);
          expect(values).toHaveLength(source.length);
          expect(new Set(values)).toStrictEqual(new Set(source));
          for (const { at, value } of released) {
            expect(at - value.at).toBeLessThanOrEqual(someOptions.gapTimeout);
          }
        }),
      );
    });

    it('numbers increase in each scope, and each is emitted, or missing in exactly one gap', () => {
      fc.assert(
        fc.property(arrivals, options, (source, someOptions) => {
          const { released, gaps } = run(source, someOptions);
          for (const scope of ['a', 'b', 'c']) {
            const numbers = released
              .filter(({ value }) => value.scope === scope)
              .map(({ value }) => value.number);
            expect(numbers).toStrictEqual([...new Set(numbers)].sort((a, b) => a - b));
            const missing = gaps
              .filter((gap) => gap.scope === scope)
              .flatMap((gap) =>
                Array.from({ length: gap.to - gap.from + 1 }, (_, index) => gap.from + index),
              );
            const all = [...numbers, ...missing].sort((a, b) => a - b);
            expect(all).toStrictEqual(all.map((_, index) => someOptions.start + index));
            expect(all.at(-1)).toBe(numbers.at(-1));
          }
        }),
      );
    });

    it('a dropped value is a repeat if its number was emitted, and late otherwise', () => {
      fc.assert(
        fc.property(arrivals, options, (source, someOptions) => {
          const { released, drops } = run(source, someOptions);
          const emitted = new Set(released.map(({ value }) => `${value.scope}${String(value.number)}`));
          for (const { value, reason } of drops) {
            const isEmitted = emitted.has(`${value.scope}${String(value.number)}`);
            expect(reason).toBe(isEmitted ? 'repeat' : 'late');
          }
        }),
      );
    });

    it('a repeat has a number that was emitted, even if its scope was evicted', () => {
      fc.assert(
        fc.property(arrivals, options, fc.constantFrom(1, 2), (source, someOptions, maxScopes) => {
          const { released, drops } = run(source, { ...someOptions, maxScopes });
          const emitted = new Set(released.map(({ value }) => `${value.scope}${String(value.number)}`));
          const repeats = drops.filter(({ reason }) => reason === 'repeat');
          expect(
            repeats.filter(({ value }) => !emitted.has(`${value.scope}${String(value.number)}`)),
          ).toEqual([]);
        }),
      );
    });

    it('a scope emits the same among others as alone, at the same times', () => {
      fc.assert(
        fc.property(arrivals, options, (source, someOptions) => {
          const together = run(source, someOptions);
          for (const scope of ['a', 'b', 'c']) {
            const alone = run(
              source.filter((value) => value.scope === scope),
              someOptions,
            );
            expect(alone).toStrictEqual({
              released: together.released.filter(({ value }) => value.scope === scope),
              drops: together.drops.filter(({ value }) => value.scope === scope),
              gaps: together.gaps.filter((gap) => gap.scope === scope),
            });
          }
        }),
      );
    });

    it('a value waits only for missing numbers, until it expires or too many values are held', () => {
      fc.assert(
        fc.property(arrivals, options, (source, someOptions) => {
          const only = source.filter((value) => value.scope === 'a');
          expect(run(only, someOptions).released).toStrictEqual(model(only, someOptions));
        }),
      );
    });

    /** A plain model of one scope, which checks all values in each millisecond. */
    function model(
      source: readonly Arrival[],
      bounds: { readonly start: number; readonly maxReorder: number; readonly gapTimeout: number },
    ) {
      const released: { at: number; value: Arrival }[] = [];
      let expected = bounds.start;
      let held: Arrival[] = [];
      const release = (at: number) => {
        for (let value = held[0]; value?.number === expected; value = held[0]) {
          released.push({ at, value });
          expected++;
          held = held.slice(1);
        }
      };
      const skip = (at: number) => {
        expected = held[0]?.number ?? expected;
        release(at);
      };
      for (let now = 0; now <= 301; now++) {
        for (const value of source.filter(({ at }) => at === now)) {
          if (value.number >= expected && !held.some(({ number }) => number === value.number)) {
            held = [...held, value].sort((a, b) => a.number - b.number);
            release(now);
            if (held.includes(value) && held.length >= bounds.maxReorder) {
              skip(now);
            }
          }
        }
        while (held.some(({ at }) => now === 301 || now - at >= bounds.gapTimeout)) {
          skip(now);
        }
      }
      return released;
    }
  });

  describe('options', () => {
    const create = resequence as (options?: unknown) => unknown;

    it.each([
      {},
      { scope: undefined, start: undefined, maxReorder: undefined, gapTimeout: undefined },
      { maxScopes: undefined, onDrop: undefined, onGap: undefined, scheduler: undefined },
      { start: -5 },
      { start: Number.MAX_SAFE_INTEGER },
      { maxReorder: 0 },
      { maxReorder: Infinity },
      { gapTimeout: 0.5 },
      { gapTimeout: 2_147_483_647 },
      { gapTimeout: Infinity },
      { maxScopes: 1 },
      { maxScopes: Infinity },
    ])('may be %o', (options) => {
      expect(() => create({ seq, ...options })).not.toThrow();
    });

    // prettier-ignore
    it.each([
      { options: undefined,                   error: TypeError,  message: 'The options are undefined, but must be an object' },
      { options: seq,                         error: TypeError,  message: 'The options are a function, but must be an object' },
      { options: {},                          error: TypeError,  message: 'The option seq is undefined, but must be a function' },
      { options: { seq: 'n' },                error: TypeError,  message: 'The option seq is "n", but must be a function' },
      { options: { seq, scope: 'id' },        error: TypeError,  message: 'The option scope is "id", but must be a function' },
      { options: { seq, start: '1' },         error: TypeError,  message: 'The option start is "1", but must be a safe integer, or \'first\'' },
      { options: { seq, start: 0.5 },         error: RangeError, message: 'The option start is 0.5, but must be a safe integer, or \'first\'' },
      { options: { seq, start: NaN },         error: RangeError, message: 'The option start is NaN, but must be a safe integer, or \'first\'' },
      { options: { seq, start: 2 ** 53 },     error: RangeError, message: 'The option start is 9007199254740992, but must be a safe integer, or \'first\'' },
      { options: { seq, maxReorder: -1 },     error: RangeError, message: 'The option maxReorder is -1, but must be a whole number from 0, or Infinity' },
      { options: { seq, maxReorder: null },   error: TypeError,  message: 'The option maxReorder is null, but must be a whole number from 0, or Infinity' },
      { options: { seq, gapTimeout: 0 },      error: RangeError, message: 'The option gapTimeout is 0, but must be milliseconds, more than 0 and at most 2147483647, or Infinity' },
      { options: { seq, gapTimeout: '1s' },   error: TypeError,  message: 'The option gapTimeout is "1s", but must be milliseconds, more than 0 and at most 2147483647, or Infinity' },
      { options: { seq, maxScopes: 0 },       error: RangeError, message: 'The option maxScopes is 0, but must be a whole number from 1, or Infinity' },
      { options: { seq, onDrop: {} },         error: TypeError,  message: 'The option onDrop is an object, but must be a function' },
      { options: { seq, onGap: true },        error: TypeError,  message: 'The option onGap is true, but must be a function' },
      { options: { seq, scheduler: {} },      error: TypeError,  message: 'The option scheduler is an object, but must be a scheduler with the methods now and schedule' },
    ])('rejects $options', ({ options, error, message }) => {
      expect(() => create(options)).toThrow(new error(message));
    });
  });
});

afterEach(() => {
  vi.useRealTimers();
});
