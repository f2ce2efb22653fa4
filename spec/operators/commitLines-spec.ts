import fc from 'fast-check';
import {
  animationFrameScheduler,
  asapScheduler,
  asyncScheduler,
  concatWith,
  filter,
  from,
  NEVER,
  Observable,
  queueScheduler,
  Subject,
  take,
  throwError,
  toArray,
  VirtualTimeScheduler,
} from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { commitLines, type DeltaEvent } from '../../src/index.js';
import { deltaMarbles } from '../../src/testing/index.js';
import { collect } from '../support/collect.js';
import { delta, end, failure, start } from '../support/events.js';
import { forms } from '../support/forms.js';
import { marbles } from '../support/marbles.js';
import { toText } from '../support/show.js';

// Both forms must pass these tests. They report drops in different ways, so tests of drops are at the end.
describe.each(forms)('$form', ({ operator }) => {
  const commitsOf = (source: readonly DeltaEvent[]) => collect(from(source).pipe(operator(), toText()));

  describe('several answers at a time', () => {
    it(
      'separates two, even if the second begins first and ends last',
      marbles((m) => {
        const events = deltaMarbles('b-a-A---b-B---|', {
          a: { deltas: ['hello'], text: 'hello' },
          b: { deltas: ['world', ' response'], text: 'world response' },
        });
        const source = m.hot(...events);
        const subscribed = '         ^-------------!';
        const expected = '           a-b-(cd)--(ef)|';
        m.expect(source.pipe(operator(), toText())).toBeObservable(expected, {
          a: 'open b',
          b: 'open a',
          c: 'line a 0 hello',
          d: 'close a end 1',
          e: 'line b 0 world response',
          f: 'close b end 1',
        });
        m.expect(source).toHaveSubscriptions(subscribed);
      }),
    );

    it(
      'separates three that begin and end in different orders',
      marbles((m) => {
        const events = deltaMarbles('c-a-b-A---c-B---C---|', {
          a: ['first'],
          b: ['second'],
          c: ['third', ' response'],
        });
        const expected = '           a-b-c-(de)--(fg)(hi)|';
        m.expect(m.hot(...events).pipe(operator(), toText())).toBeObservable(expected, {
          a: 'open c',
          b: 'open a',
          c: 'open b',
          d: 'line a 0 first',
          e: 'close a end 1',
          f: 'line b 0 second',
          g: 'close b end 1',
          h: 'line c 0 third response',
          i: 'close c end 1',
        });
      }),
    );

    it('separates ten that were submitted in rapid succession', async () => {
      const ids = Array.from({ length: 10 }, (_, number) => String(number));
      const round = (text: string) => ids.map((id) => delta(id, `${text} ${id}`));
      const commits = await commitsOf([
        ...round('one'),
        ...round(' two\nthree'),
        ...ids.map((id) => end(id)),
      ]);
      expect(commits.filter((commit) => commit.startsWith('line'))).toStrictEqual([
        ...ids.map((id) => `line ${id} 0 one ${id} two$`),
        ...ids.map((id) => `line ${id} 1 three ${id}`),
      ]);
    });

    it(
      'emits the same commits for a session that is replayed in bulk as for the live one',
      marbles((m) => {
        const texts = { a: ['hel', 'lo\n'], b: ['wor', 'ld'] };
        const commits = [
          'open b',
          'open a',
          'line a 0 hello$',
          'close a end 1',
          'line b 0 world',
          'close b end 1',
        ];
        const live = m.cold(...deltaMarbles('      b-a-a-A-b-B-|  ', texts));
        const replayed = m.cold(...deltaMarbles('  (baaAbB|)      ', texts));
        const afterLive = '                        ------------(c|)';
        const afterReplay = '                      (c|)            ';
        m.expect(live.pipe(operator(), toText(), toArray())).toBeObservable(afterLive, { c: commits });
        m.expect(replayed.pipe(operator(), toText(), toArray())).toBeObservable(afterReplay, { c: commits });
      }),
    );

    it(
      'drops events after an end',
      marbles((m) => {
        const events = deltaMarbles('a-A---a-e-f-|', {
          a: ['hello', 'late'],
          e: end('a', 'late'),
          f: failure('a', 'late'),
        });
        const expected = '           a-(bc)------|';
        const commits = m.hot(...events).pipe(
          operator(),
          toText(),
          filter((commit) => commit !== 'drop late'),
        );
        m.expect(commits).toBeObservable(expected, {
          a: 'open a',
          b: 'line a 0 hello',
          c: 'close a end 1',
        });
      }),
    );

    it(
      'fails one without affecting the others',
      marbles((m) => {
        const events = deltaMarbles('a-b-A---B---|', { a: { deltas: ['one'], error: 'boom' }, b: ['two'] });
        const expected = '           a-b-(cd)(ef)|';
        m.expect(m.hot(...events).pipe(operator(), toText())).toBeObservable(expected, {
          a: 'open a',
          b: 'open b',
          c: 'line a 0 one',
          d: 'close a error 1',
          e: 'line b 0 two',
          f: 'close b end 1',
        });
      }),
    );
  });

  describe('time', () => {
    it(
      'closes a stream that never ends, while a busy one continues',
      marbles((m) => {
        const idleTimeout = m.time(' --------|');
        const source = m.hot('      a-b----c------c--------', {
          a: delta('a', 'tail'),
          b: delta('b', 'x'),
          c: delta('b', 'x\n'),
        });
        const unsubscribe = '       ----------------------!';
        const subscribed = '        ^---------------------!';
        const expected = '          a-b----c(de)--f-------';
        m.expect(source.pipe(operator({ idleTimeout }), toText()), unsubscribe).toBeObservable(expected, {
          a: 'open a',
          b: 'open b',
          c: 'line b 0 xx$',
          d: 'line a 0 tail',
          e: 'close a idle 1',
          f: 'line b 1 x$',
        });
        m.expect(source).toHaveSubscriptions(subscribed);
      }),
    );

    it(
      'opens the next generation for a later delta',
      marbles((m) => {
        const idleTimeout = m.time('--------|');
        const source = m.hot('      a 15ms        a 3ms |    ', { a: delta('a', 'x') });
        const subscribed = '        ^ 19ms              !    ';
        const expected = '          a 7ms (bc) 4ms d 3ms (ef|)';
        m.expect(source.pipe(operator({ idleTimeout }), toText())).toBeObservable(expected, {
          a: 'open a',
          b: 'line a 0 x',
          c: 'close a idle 1',
          d: 'open a/1',
          e: 'line a/1 0 x',
          f: 'close a/1 complete 1',
        });
        m.expect(source).toHaveSubscriptions(subscribed);
      }),
    );

    it('never closes an idle stream early, and at most a quarter late', () => {
      const time = fc.integer({ min: 0, max: 2000 });
      fc.assert(
        fc.property(
          fc.integer({ min: 4, max: 500 }),
          fc.array(time, { minLength: 1 }),
          (idleTimeout, times) => {
            const scheduler = new VirtualTimeScheduler();
            const source = new Subject<DeltaEvent>();
            let lastEvent = 0;
            let closed = 0;
            source.pipe(operator({ idleTimeout, scheduler })).subscribe((commit) => {
              if (commit.type === 'close') {
                closed++;
                expect(commit.reason).toBe('idle');
                expect(scheduler.now() - lastEvent).toBeGreaterThanOrEqual(idleTimeout);
                expect(scheduler.now() - lastEvent).toBeLessThanOrEqual(idleTimeout * 1.25);
              }
            });
            for (const dueTime of times) {
              scheduler.schedule(() => {
                lastEvent = dueTime;
                source.next(delta('a', 'x'));
              }, dueTime);
            }
            scheduler.flush();
            expect(closed).toBeGreaterThan(0);
          },
        ),
      );
    });

    it.each([
      { name: 'asyncScheduler', scheduler: asyncScheduler },
      { name: 'asapScheduler', scheduler: asapScheduler },
      { name: 'queueScheduler', scheduler: queueScheduler },
      { name: 'animationFrameScheduler', scheduler: animationFrameScheduler },
    ])('is measured on $name', ({ scheduler }) => {
      vi.useFakeTimers();
      const seen: string[] = [];
      const subscription = from([delta('a', 'x')])
        .pipe(concatWith(NEVER), operator({ idleTimeout: 1000, scheduler }), toText())
        .subscribe((commit) => seen.push(commit));
      vi.advanceTimersByTime(999);
      expect(seen).toStrictEqual(['open a']);
      vi.advanceTimersByTime(1);
      expect(seen).toStrictEqual(['open a', 'line a 0 x', 'close a idle 1']);
      subscription.unsubscribe();
    });

    it('does not depend on the wall clock', () => {
      vi.useFakeTimers();
      const hour = 3_600_000;
      const seen: string[] = [];
      const source = new Subject<DeltaEvent>();
      source.pipe(operator({ idleTimeout: 1000 }), toText()).subscribe((commit) => seen.push(commit));
      source.next(delta('a', 'x'));
      vi.advanceTimersByTime(500);
      vi.setSystemTime(Date.now() + hour);
      vi.advanceTimersByTime(499);
      expect(seen).toStrictEqual(['open a']);
      vi.setSystemTime(Date.now() - 2 * hour);
      vi.advanceTimersByTime(1);
      expect(seen).toStrictEqual(['open a', 'line a 0 x', 'close a idle 1']);
      source.complete();
    });

    describe('has no timer', () => {
      const open = () => {
        vi.useFakeTimers();
        const source = new Subject<DeltaEvent>();
        const subscription = source
          .pipe(operator({ idleTimeout: 1000 }))
          .subscribe({ error: () => undefined });
        return { source, subscription };
      };

      it('before a stream opens, one while streams are open, and none after they closed', () => {
        const { source } = open();
        expect(vi.getTimerCount()).toBe(0);
        source.next(delta('a', 'x'));
        source.next(delta('b', 'x'));
        expect(vi.getTimerCount()).toBe(1);
        source.next(end('a'));
        expect(vi.getTimerCount()).toBe(1);
        source.next(failure('b', 'boom'));
        expect(vi.getTimerCount()).toBe(0);
        source.next(delta('c', 'x'));
        expect(vi.getTimerCount()).toBe(1);
        vi.advanceTimersByTime(1000);
        expect(vi.getTimerCount()).toBe(0);
      });

      it.each([
        { title: 'completion', stop: (source: Subject<DeltaEvent>) => source.complete() },
        { title: 'an error', stop: (source: Subject<DeltaEvent>) => source.error(new Error('boom')) },
      ])('after $title', ({ stop }) => {
        const { source } = open();
        source.next(delta('a', 'x'));
        stop(source);
        expect(vi.getTimerCount()).toBe(0);
      });

      it('after unsubscription', () => {
        const { source, subscription } = open();
        source.next(delta('a', 'x'));
        subscription.unsubscribe();
        expect(vi.getTimerCount()).toBe(0);
        expect(source.observed).toBe(false);
      });

      it('after unsubscription inside the first commit', () => {
        vi.useFakeTimers();
        const source = new Subject<DeltaEvent>();
        source.pipe(operator({ idleTimeout: 1000 }), take(1)).subscribe();
        source.next(delta('a', 'x'));
        expect(vi.getTimerCount()).toBe(0);
        expect(source.observed).toBe(false);
      });

      it('during a synchronous source, since none could fire', () => {
        const scheduler = new VirtualTimeScheduler();
        const schedule = vi.spyOn(scheduler, 'schedule');
        from([delta('a', 'x'), delta('b', 'y'), end('a')])
          .pipe(operator({ idleTimeout: 1000, scheduler }))
          .subscribe();
        expect(schedule).not.toHaveBeenCalled();
      });

      it('when streams may be idle forever', () => {
        vi.useFakeTimers();
        const source = new Subject<DeltaEvent>();
        const subscription = source.pipe(operator({ idleTimeout: Infinity })).subscribe();
        source.next(delta('a', 'x'));
        expect(vi.getTimerCount()).toBe(0);
        subscription.unsubscribe();
        expect(source.observed).toBe(false);
      });
    });
  });

  describe('like every operator', () => {
    // prettier-ignore
    it.each([
      { title: 'completes with an empty source',       source: '|',       subscribed: '(^!)',   expected: '|' },
      { title: 'does nothing for a source that never emits', source: '-',       subscribed: '^',      expected: '-' },
      { title: 'passes an error on',                   source: '--#',     subscribed: '^-!',    expected: '--#' },
      { title: 'flushes at completion',                source: 'ab---|',  subscribed: '^----!', expected: 'op---(xdyc|)' },
      { title: 'flushes before it emits an error',     source: 'ab---#',  subscribed: '^----!', expected: 'op---(xeyf#)' },
    ])('$title', ({ source, subscribed, expected }) => {
      marbles((m) => {
        const source$ = m.hot(source, { a: delta('a', 'x'), b: delta('b', 'y') });
        const values = {
          o: 'open a',
          p: 'open b',
          x: 'line a 0 x',
          y: 'line b 0 y',
          d: 'close a complete 1',
          c: 'close b complete 1',
          e: 'close a error 1',
          f: 'close b error 1',
        };
        m.expect(source$.pipe(operator(), toText())).toBeObservable(expected, values);
        m.expect(source$).toHaveSubscriptions(subscribed);
      })();
    });

    it('has the error of the source in the close of each open stream', () => {
      const error = new Error('boom');
      const closes: unknown[] = [];
      from([delta('a', 'x'), delta('b', 'y')])
        .pipe(concatWith(throwError(() => error)), operator())
        .subscribe({
          next: (commit) => commit.type === 'close' && closes.push(commit.error),
          error: () => undefined,
        });
      expect(closes).toStrictEqual([error, error]);
    });

    it(
      'emits nothing after unsubscribe',
      marbles((m) => {
        const source = m.hot('  a-----b-c-|', { a: delta('a', 'x\n'), b: delta('a', 'y\n'), c: end('a') });
        const unsubscribe = '   -----!     ';
        const subscribed = '    ^----!     ';
        const expected = '      (ox)-      ';
        m.expect(source.pipe(operator(), toText()), unsubscribe).toBeObservable(expected, {
          o: 'open a',
          x: 'line a 0 x$',
        });
        m.expect(source).toHaveSubscriptions(subscribed);
      }),
    );

    it('stops a synchronous source after unsubscribe', () => {
      let produced = 0;
      const source = new Observable<DeltaEvent>((subscriber) => {
        while (!subscriber.closed && produced < 100) {
          produced++;
          subscriber.next(delta('a', 'x\n'));
        }
      });
      const seen: string[] = [];
      source.pipe(operator(), toText(), take(3)).subscribe((commit) => seen.push(commit));
      expect(seen).toStrictEqual(['open a', 'line a 0 x$', 'line a 1 x$']);
      expect(produced).toBe(2);
    });

    it('emits no further line of a delta after unsubscribe', () => {
      const seen: string[] = [];
      from([delta('a', '1\n2\n3\n')])
        .pipe(operator(), toText(), take(2))
        .subscribe((commit) => seen.push(commit));
      expect(seen).toStrictEqual(['open a', 'line a 0 1$']);
    });

    it('handles a re-entrant event after the commits of the previous event', () => {
      const source = new Subject<DeltaEvent>();
      const seen: string[] = [];
      source.pipe(operator(), toText()).subscribe((commit) => {
        seen.push(commit);
        if (commit === 'line a 0 1$') {
          source.next(delta('b', '3\n'));
          source.next(end('a'));
        }
      });
      source.next(delta('a', '1\n2\n'));
      expect(seen).toStrictEqual([
        'open a',
        'line a 0 1$',
        'line a 1 2$',
        'open b',
        'line b 0 3$',
        'close a end 2',
      ]);
    });

    it('handles an event that is pushed while idle streams close after all of them', () => {
      vi.useFakeTimers();
      const source = new Subject<DeltaEvent>();
      const seen: string[] = [];
      source.pipe(operator({ idleTimeout: 8 }), toText()).subscribe((commit) => {
        seen.push(commit);
        if (commit === 'close a idle 1') {
          source.next(delta('b', 'late'));
        }
      });
      source.next(delta('a', 'x'));
      source.next(delta('b', 'y'));
      vi.advanceTimersByTime(1);
      source.next(start('a'));
      source.next(start('b'));
      seen.length = 0;
      vi.advanceTimersByTime(9);
      expect(seen).toStrictEqual([
        'line a 0 x',
        'close a idle 1',
        'line b 0 y',
        'close b idle 1',
        'open b/1',
      ]);
      source.complete();
    });

    it('has separate state for each subscription', async () => {
      const output = from([delta('a', 'x'), delta('a', 'y\n')]).pipe(operator(), toText());
      const commits = ['open a', 'line a 0 xy$', 'close a complete 1'];
      expect(await collect(output)).toStrictEqual(commits);
      expect(await collect(output)).toStrictEqual(commits);
    });

    it('has separate state for concurrent subscriptions', () => {
      const source = new Subject<DeltaEvent>();
      const output = source.pipe(operator(), toText());
      const seen: string[] = [];
      output.subscribe((commit) => seen.push(`first ${commit}`));
      source.next(delta('a', 'x'));
      output.subscribe((commit) => seen.push(`second ${commit}`));
      source.next(delta('a', 'y\n'));
      expect(seen).toStrictEqual([
        'first open a',
        'first line a 0 xy$',
        'second open a',
        'second line a 0 y$',
      ]);
    });
  });
});

describe('commitLines', () => {
  it(
    'reports late and malformed events among the commits',
    marbles((m) => {
      const malformed = { type: 'delta', kind: 'answer', id: 'a' } as DeltaEvent;
      const events = { a: end('a'), b: delta('a', 'late'), c: failure('a', 'late'), d: malformed };
      const source = m.hot<DeltaEvent>('  a---b-c-d-|', events);
      const expected = '      (oe)l-f-g-|';
      const stream = { kind: 'answer', id: 'a', generation: 0 } as const;
      m.expect(source.pipe(commitLines())).toBeObservable(expected, {
        o: { type: 'open', stream },
        e: { type: 'close', stream, reason: 'end', lines: 0 },
        l: { type: 'drop', reason: 'late', event: events.b },
        f: { type: 'drop', reason: 'late', event: events.c },
        g: { type: 'drop', reason: 'malformed', event: events.d },
      });
    }),
  );

  it('drops the same event object', () => {
    const event = delta('a', 'late');
    const drops: unknown[] = [];
    from([end('a'), event])
      .pipe(commitLines())
      .subscribe((commit) => commit.type === 'drop' && drops.push(commit.event));
    expect(drops[0]).toBe(event);
  });

  it('reopens with a start', async () => {
    const commits = from([end('a'), start('a'), end('a')]).pipe(commitLines(), toText());
    expect(await collect(commits)).toStrictEqual(['open a', 'close a end 0', 'open a/1', 'close a/1 end 0']);
  });
});

afterEach(() => {
  vi.useRealTimers();
});
