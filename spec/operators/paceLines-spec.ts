import fc from 'fast-check';
import {
  animationFrameScheduler,
  asapScheduler,
  asyncScheduler,
  buffer,
  debounceTime,
  from,
  map,
  mergeMap,
  Observable,
  of,
  queueScheduler,
  share,
  Subject,
  take,
  VirtualTimeScheduler,
} from 'rxjs';
import { afterEach, describe, expect, expectTypeOf, it, vi } from 'vitest';

import {
  adaptivePace,
  type Commit,
  commitLines,
  type DeltaEvent,
  fixedPace,
  paceLines,
  type PaceLinesOptions,
  type PacePolicy,
  type StreamRef,
} from '../../src/index.js';
import { byStream } from '../support/arbitraries.js';
import { close, commitList, drop, line, open, streamOf, tail } from '../support/commits.js';
import { delta } from '../support/events.js';
import { heapUsed } from '../support/heapUsed.js';
import { marbles } from '../support/marbles.js';
import { toText } from '../support/show.js';

const a = streamOf('a');
const b = streamOf('b');
const interval = 5;

/** Lines with a letter for a name, and some other commits. */
const values: Readonly<Record<string, Commit>> = {
  ...Object.fromEntries(Array.from('abcdefghijklm', (letter, index) => [letter, line(a, index, letter)])),
  y: line(b, 0, 'y'),
  z: line(b, 1, 'z'),
  O: open(b),
  C: close(b, 1),
  D: drop,
  T: tail(b, 0, 't'),
  U: tail(b, 0, 'tu'),
  V: tail(b, 1, 'v'),
};

const linesOf = (count: number): readonly Commit[] =>
  Array.from({ length: count }, (_, index) => line(a, index, String(index)));

interface Timed {
  readonly at: number;
  readonly commit: Commit;
}

/** The output of an operator for timed commits, with its times. */
function run(source: readonly Timed[], options: PaceLinesOptions = {}) {
  const scheduler = new VirtualTimeScheduler();
  const input = new Subject<Commit>();
  const released: Timed[] = [];
  let receivedLines = 0;
  let releasedLines = 0;
  let mostQueued = 0;
  let completedAt: number | undefined;
  input.pipe(paceLines({ scheduler, ...options })).subscribe({
    next: (commit) => {
      released.push({ at: scheduler.now(), commit });
      releasedLines += commit.type === 'line' ? 1 : 0;
    },
    complete: () => (completedAt = scheduler.now()),
  });
  for (const at of new Set(source.map((timed) => timed.at))) {
    scheduler.schedule(() => {
      for (const { commit } of source.filter((timed) => timed.at === at)) {
        receivedLines += commit.type === 'line' ? 1 : 0;
        input.next(commit);
        mostQueued = Math.max(mostQueued, receivedLines - releasedLines);
      }
    }, at);
  }
  scheduler.schedule(() => input.complete(), source.at(-1)?.at ?? 0);
  scheduler.flush();
  return { released, mostQueued, completedAt };
}

/** Some commits, each a number of milliseconds after the previous one. */
const timedCommits: fc.Arbitrary<readonly Timed[]> = fc
  .tuple(commitList, fc.array(fc.constantFrom(0, 0, 0, 0, 1, 7, 20, 50, 120), { minLength: 1 }))
  .map(([commits, gaps]) => {
    let at = 0;
    return commits.map((commit, i) => ({ at: (at += gaps[i % gaps.length] ?? 0), commit }));
  });

const somePolicy: fc.Arbitrary<PacePolicy> = fc.oneof(
  fc.constant(adaptivePace()),
  fc.integer({ min: 1, max: 4 }).map(fixedPace),
  fc.constant<PacePolicy>((_, now) => (now % 3 === 0 ? 0 : 1)),
);

const isNotTail = ({ commit }: Timed): boolean => commit.type !== 'tail';
const isLine = ({ commit }: Timed): boolean => commit.type === 'line';

describe('paceLines', () => {
  it(
    'emits a line at once, and the others tick by tick',
    marbles((m) => {
      const source = m.hot('  -(abc)-------------d-e---|', values);
      const subscribed = '    ^------------------------!';
      const expected = '      -a----b----c-------d----e|';
      m.expect(source.pipe(paceLines({ interval }))).toBeObservable(expected, values);
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );

  it(
    'emits a line at once if none was emitted for exactly an interval',
    marbles((m) => {
      const source = m.hot('  a----b---c----|', values);
      const subscribed = '    ^-------------!';
      const expected = '      a----b----c---|';
      m.expect(source.pipe(paceLines({ interval }))).toBeObservable(expected, values);
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );

  it(
    'emits other commits with the line before them, or at once',
    marbles((m) => {
      const source = m.hot('  OaDbyCcD-------------|', values);
      const subscribed = '    ^--------------------!';
      const expected = '      OaD---b----(yC)-(cD)-|';
      m.expect(source.pipe(paceLines({ interval }))).toBeObservable(expected, values);
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );

  it(
    'continues tick by tick after the source has completed',
    marbles((m) => {
      const source = m.hot('  abyC|        ', values);
      const subscribed = '    ^---!        ';
      const expected = '      a----b----(yC|)';
      m.expect(source.pipe(paceLines({ interval }))).toBeObservable(expected, values);
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );

  it(
    'emits everything before an error',
    marbles((m) => {
      const source = m.hot('  abcOyCD-#', values);
      const subscribed = '    ^-------!';
      const expected = '      a----b--(cOyCD#)';
      m.expect(source.pipe(paceLines({ interval }))).toBeObservable(expected, values);
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );

  it(
    'emits the oldest line at once when more than maxQueued would wait',
    marbles((m) => {
      const source = m.hot('  a--bc-D-d-e------------|     ', values);
      const subscribed = '    ^----------------------!     ';
      const expected = '      a-------b-(cD)-d--------------(e|)';
      m.expect(source.pipe(paceLines({ interval: 15, maxQueued: 2 }))).toBeObservable(expected, values);
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );

  it('keeps the bound in a flood between ticks', () => {
    let seen = 0;
    const source = new Subject<Commit>();
    const subscription = source.pipe(paceLines()).subscribe(() => seen++);
    linesOf(25_000).forEach((commit) => source.next(commit));
    expect(seen).toBe(15_000);
    subscription.unsubscribe();
  });

  describe('tails', () => {
    it(
      'are emitted once per stream and tick, the latest',
      marbles((m) => {
        const source = m.hot('  TUT-U-----T-----V-|', values);
        const subscribed = '    ^-----------------!';
        const expected = '      T----U----T-----V-|';
        m.expect(source.pipe(paceLines({ interval }))).toBeObservable(expected, values);
        m.expect(source).toHaveSubscriptions(subscribed);
      }),
    );

    it(
      'wait for the lines of their stream, and are emitted with them',
      marbles((m) => {
        const source = m.hot('  abTUy-V------------|', values);
        const subscribed = '    ^------------------!';
        const expected = '      a----(bU)-(yV)-----|';
        m.expect(source.pipe(paceLines({ interval }))).toBeObservable(expected, values);
        m.expect(source).toHaveSubscriptions(subscribed);
      }),
    );

    it(
      'are not emitted after the line that they became',
      marbles((m) => {
        const source = m.hot('  TUy-----|', values);
        const subscribed = '    ^-------!';
        const expected = '      T-y-----|';
        m.expect(source.pipe(paceLines({ interval }))).toBeObservable(expected, values);
        m.expect(source).toHaveSubscriptions(subscribed);
      }),
    );

    it(
      'delay no line',
      marbles((m) => {
        const source = m.hot('  TU-a------|', values);
        const subscribed = '    ^---------!';
        const expected = '      T--a----U-|';
        m.expect(source.pipe(paceLines({ interval }))).toBeObservable(expected, values);
        m.expect(source).toHaveSubscriptions(subscribed);
      }),
    );

    it(
      'do not delay a line that is due when they arrive',
      marbles((m) => {
        const source = m.hot('  ab---T---|', values);
        const subscribed = '    ^--------!';
        const expected = '      a----(bT)|';
        m.expect(source.pipe(paceLines({ interval }))).toBeObservable(expected, values);
        m.expect(source).toHaveSubscriptions(subscribed);
      }),
    );

    it(
      'are emitted at the next tick, even if the tail that started the tick is gone',
      marbles((m) => {
        const tails = { ...values, Q: tail(a, 0, 'q'), R: tail(a, 0, 'qr') };
        const source = m.hot('  TQUCR----|', tails);
        const subscribed = '    ^--------!';
        const expected = '      TQ-C-R---|';
        m.expect(source.pipe(paceLines({ interval }))).toBeObservable(expected, tails);
        m.expect(source).toHaveSubscriptions(subscribed);
      }),
    );

    it(
      'are emitted at the next tick after completion',
      marbles((m) => {
        const source = m.hot('  TU|', values);
        const subscribed = '    ^-!';
        const expected = '      T----(U|)';
        m.expect(source.pipe(paceLines({ interval }))).toBeObservable(expected, values);
        m.expect(source).toHaveSubscriptions(subscribed);
      }),
    );
  });

  describe('with the adaptive pace', () => {
    it(
      'emits 7 waiting lines one by one',
      marbles((m) => {
        const source = m.hot('  (abcdefgh|)        ', values);
        const subscribed = '    (^!)               ';
        const expected = '      a----b----c----d----e----f----g----(h|)';
        m.expect(source.pipe(paceLines({ interval }))).toBeObservable(expected, values);
        m.expect(source).toHaveSubscriptions(subscribed);
      }),
    );

    it(
      'emits 8 waiting lines two by two',
      marbles((m) => {
        const source = m.hot('  (abcdefghi|)       ', values);
        const subscribed = '    (^!)               ';
        const expected = '      a----(bc)-(de)-(fg)-(hi|)';
        m.expect(source.pipe(paceLines({ interval }))).toBeObservable(expected, values);
        m.expect(source).toHaveSubscriptions(subscribed);
      }),
    );

    it.each([
      { oldestAge: 119, expected: 'a 118ms b 118ms (c|)' },
      { oldestAge: 120, expected: 'a 119ms (bc|)' },
    ])('releases one line or two at $oldestAge ms: $expected', ({ oldestAge, expected }) => {
      marbles((m) => {
        const source = m.hot('(abc|)', values);
        m.expect(source.pipe(paceLines({ interval: oldestAge }))).toBeObservable(expected, values);
        m.expect(source).toHaveSubscriptions('(^!)');
      })();
    });

    // prettier-ignore
    it.each([
      { waiting: 9,   interval: 50,  severeLines: 64,  expected: 2 },
      { waiting: 24,  interval: 50,  severeLines: 64,  expected: 2 },
      { waiting: 25,  interval: 50,  severeLines: 64,  expected: 2 },
      { waiting: 63,  interval: 50,  severeLines: 64,  expected: 3 },
      { waiting: 64,  interval: 50,  severeLines: 65,  expected: 3 },
      { waiting: 64,  interval: 50,  severeLines: 64,  expected: 4 },
      { waiting: 63,  interval: 299, severeLines: 64,  expected: 3 },
      { waiting: 63,  interval: 300, severeLines: 64,  expected: 4 },
      { waiting: 512, interval: 50,  severeLines: 999, expected: 22 },
      { waiting: 512, interval: 50,  severeLines: 64,  expected: 24 },
      { waiting: 600, interval: 50,  severeLines: 999, expected: 24 },
      { waiting: 600, interval: 50,  severeLines: 64,  expected: 24 },
    ])('releases $expected of $waiting lines in a tick of $interval ms, severe from $severeLines lines', (row) => {
      marbles((m) => {
        const policy = adaptivePace({ severeLines: row.severeLines });
        const source = m.hot('l', { l: linesOf(row.waiting + 1) });
        const lines = source.pipe(
          mergeMap((commits) => commits),
          paceLines({ interval: row.interval, policy }),
          share(),
        );
        const batches = lines.pipe(
          buffer(lines.pipe(debounceTime(1))),
          map(({ length }) => length),
        );
        const unsubscribe = `- ${row.interval}ms -!`;
        const expected = `   -f ${row.interval - 1}ms s`;
        m.expect(batches, unsubscribe).toBeObservable(expected, { f: 1, s: row.expected });
        m.expect(source).toHaveSubscriptions(`^ ${row.interval}ms -!`);
      })();
    });

    // From 0 until 200 it catches up with a burst. Pairs come every 50 ms from 240 on, just before the tick, so that two
    // lines are emitted in the ticks from 250 to 400. At 450, 250 ms after it became calm, only one does.
    const untilCalm = '(abcdefghi) 229ms (jk) 46ms (jk) 46ms (jk) 46ms (jk) 46ms (jk)';
    const untilExit =
      'a 49ms (bc) 46ms (de) 46ms (fg) 46ms (hi) 46ms (jk) 46ms (jk) 46ms (jk) 46ms (jk) 46ms j';

    it(
      'stops catching up after 250 ms',
      marbles((m) => {
        const source = m.hot(untilCalm, values);
        const expected = `    ${untilExit} 49ms k`;
        m.expect(source.pipe(paceLines())).toBeObservable(expected, values);
        m.expect(source).toHaveSubscriptions('^');
      }),
    );

    it(
      'does not stop catching up after 249 ms',
      marbles((m) => {
        const burst = '         (abcdefghi) 391ms';
        const source = m.hot(`  ${burst}                     (jk) 79ms (jk) 79ms (jk) 79ms (jk)`, values);
        const catching = '      a 82ms (bc) 79ms (de) 79ms (fg) 79ms (hi)';
        const expected = `      ${catching} 79ms             (jk) 79ms (jk) 79ms (jk) 79ms j 82ms k`;
        m.expect(source.pipe(paceLines({ interval: 83 }))).toBeObservable(expected, values);
        m.expect(source).toHaveSubscriptions('^');
      }),
    );

    it(
      'does not catch up again for 250 ms',
      marbles((m) => {
        const source = m.hot(`${untilCalm} 16ms (abcdefgh)`, values);
        const expected = `    ${untilExit} 49ms k 49ms a 49ms b 49ms c 49ms (de) 46ms (fg) 46ms h`;
        m.expect(source.pipe(paceLines())).toBeObservable(expected, values);
        m.expect(source).toHaveSubscriptions('^');
      }),
    );

    it(
      'catches up again at once if it is far behind',
      marbles((m) => {
        const policy = adaptivePace({ severeLines: 9 });
        const source = m.hot(`${untilCalm} 16ms (abcdefgh)`, values);
        const expected = `    ${untilExit} 49ms (ka) 46ms (bc) 46ms (de) 46ms (fg) 46ms h`;
        m.expect(source.pipe(paceLines({ policy }))).toBeObservable(expected, values);
        m.expect(source).toHaveSubscriptions('^');
      }),
    );

    it(
      'counts the time without lines as calm',
      marbles((m) => {
        const burst = '         (abcdefghi)';
        const source = m.hot(`  ${burst} 989ms                                  (jklm)`, values);
        const catching = '      a 49ms (bc) 46ms (de) 46ms (fg) 46ms (hi)';
        const expected = `      ${catching} 796ms                              j 49ms k 49ms l 49ms m`;
        m.expect(source.pipe(paceLines())).toBeObservable(expected, values);
        m.expect(source).toHaveSubscriptions('^');
      }),
    );

    it('is at most 16 ticks behind while up to 24 lines arrive per tick', () => {
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 24 }), (perTick) => {
          const source = linesOf(perTick * 100).map((commit, i) => ({
            at: Math.floor(i / perTick) * 50,
            commit,
          }));
          const meanwhile = run(source).released.filter(({ at }) => at < 100 * 50);
          const waits = meanwhile.map(({ at }, i) => at - (source[i]?.at ?? 0));
          expect(Math.max(...waits)).toBeLessThanOrEqual(16 * 50);
        }),
        { numRuns: 24 },
      );
    });

    it('releases n waiting lines after a flood within n / 24 + 40 ticks', () => {
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 9_000 }), fc.integer({ min: 0, max: 300 }), (count, lull) => {
          // The commits before put the policy into one mode or the other.
          const before = linesOf(60).map((commit) => ({ at: 0, commit }));
          const flood = linesOf(count).map((commit) => ({ at: 1400 + lull, commit }));
          const { released, completedAt = Infinity } = run([...before, ...flood]);
          expect(released).toHaveLength(60 + count);
          expect(completedAt - (1400 + lull)).toBeLessThanOrEqual((count / 24 + 40) * 50);
        }),
        { numRuns: 50 },
      );
    });
  });

  describe('laws', () => {
    it('only tails are dropped or change their order', () => {
      fc.assert(
        fc.property(timedCommits, somePolicy, fc.integer({ min: 0, max: 9 }), (source, policy, maxQueued) => {
          const { released } = run(source, { policy, maxQueued });
          const commits = (list: readonly Timed[]) => list.filter(isNotTail).map(({ commit }) => commit);
          expect(commits(released)).toStrictEqual(commits(source));
        }),
      );
    });

    it('the tails of a stream keep their order among its commits', () => {
      fc.assert(
        fc.property(timedCommits, somePolicy, fc.integer({ min: 0, max: 9 }), (source, policy, maxQueued) => {
          const streams = byStream(source.map(({ commit }) => commit));
          const { released } = run(source, { policy, maxQueued });
          for (const [stream, actual] of byStream(released.map(({ commit }) => commit))) {
            const rest = [...(streams.get(stream) ?? [])];
            for (const commit of actual) {
              expect(rest).toContain(commit);
              rest.splice(0, rest.indexOf(commit) + 1);
            }
          }
        }),
      );
    });

    it('the last tail of a stream is not dropped, whatever other streams emit', () => {
      fc.assert(
        fc.property(timedCommits, somePolicy, (source, policy) => {
          const { released } = run(source, { policy });
          for (const [, commits] of byStream(source.map(({ commit }) => commit))) {
            const last = commits.at(-1);
            expect(last?.type !== 'tail' || released.some(({ commit }) => commit === last)).toBe(true);
          }
        }),
      );
    });

    it('a stream has one tail per tick, so never two at once and never three in an interval', () => {
      fc.assert(
        fc.property(timedCommits, somePolicy, fc.integer({ min: 4, max: 9 }), (source, policy, maxQueued) => {
          // With more streams, the operator cannot remember which of them had a tail.
          fc.pre(byStream(source.map(({ commit }) => commit)).size <= maxQueued);
          const times = new Map<StreamRef, number[]>();
          for (const { at, commit } of run(source, { policy, maxQueued }).released) {
            if (commit.type === 'tail') {
              const ofStream = times.get(commit.stream) ?? [];
              times.set(commit.stream, [...ofStream, at]);
              expect(at).toBeGreaterThan(ofStream.at(-1) ?? -1);
              expect(at - (ofStream.at(-2) ?? -50)).toBeGreaterThanOrEqual(50);
            }
          }
        }),
      );
    });

    it('no more lines wait than maxQueued', () => {
      fc.assert(
        fc.property(timedCommits, somePolicy, fc.integer({ min: 0, max: 9 }), (source, policy, maxQueued) => {
          expect(run(source, { policy, maxQueued }).mostQueued).toBeLessThanOrEqual(maxQueued);
        }),
      );
    });

    it('a line waits for the lines before it, of any stream, and at most one tick more', () => {
      fc.assert(
        fc.property(timedCommits, fc.integer({ min: 1, max: 4 }), (source, count) => {
          const lines = source.filter(isLine);
          const released = run(source, { policy: fixedPace(count) }).released.filter(isLine);
          let before = -Infinity;
          released.forEach(({ at }, i) => {
            const receivedAt = lines[i]?.at ?? 0;
            expect(at).toBeGreaterThanOrEqual(receivedAt);
            expect(at).toBeLessThanOrEqual(Math.max(before, receivedAt) + 50);
            before = at;
          });
        }),
      );
    });

    it('each tick releases as many lines as the policy returns, an interval after the previous tick', () => {
      fc.assert(
        fc.property(timedCommits, fc.integer({ min: 1, max: 4 }), (source, count) => {
          const ticks = new Map<number, number>();
          for (const { at } of run(source, { policy: fixedPace(count) }).released.filter(isLine)) {
            ticks.set(at, (ticks.get(at) ?? 0) + 1);
          }
          expect(Math.max(0, ...ticks.values())).toBeLessThanOrEqual(count);
          const times = [...ticks.keys()];
          times.slice(1).forEach((at, i) => {
            expect(at - (times[i] ?? 0)).toBeGreaterThanOrEqual(50);
          });
        }),
      );
    });
  });

  it('delays the line of a slow stream only by the lines of a fast one that arrived before', () => {
    const fast = linesOf(100).map((commit, i) => ({ at: i * 10, commit }));
    const slow = [0, 1, 2].map((index) => ({ at: 305 + index * 300, commit: line(b, index, 'slow') }));
    const source = [...fast, ...slow].sort((one, other) => one.at - other.at);
    const { released } = run(source);
    expect(released.map(({ commit }) => commit)).toStrictEqual(source.map(({ commit }) => commit));
    for (const { commit } of slow) {
      const place = released.findIndex((timed) => timed.commit === commit);
      expect((released[place]?.at ?? 0) - (released[place - 1]?.at ?? 0)).toBeLessThanOrEqual(50);
    }
  });

  it('works with commits of commitLines, including tails', () => {
    const scheduler = new VirtualTimeScheduler();
    const seen: string[] = [];
    from([delta('1', 'one\ntw'), delta('1', 'o\nth'), delta('1', 'ree')])
      .pipe(commitLines({ tail: true, scheduler }), paceLines({ scheduler }), toText())
      .subscribe((words) => seen.push(`${scheduler.now()} ${words}`));
    scheduler.flush();
    expect(seen).toStrictEqual([
      '0 open 1',
      '0 line 1 0 one$',
      '0 tail 1 1 tw',
      '50 line 1 1 two$',
      '50 tail 1 2 three',
      '100 line 1 2 three',
      '100 close 1 complete 3',
    ]);
  });

  it('retains no emitted commit', () => {
    vi.useFakeTimers();
    const source = new Subject<Commit>();
    const subscription = source.pipe(paceLines({ maxQueued: 10 })).subscribe();
    const before = heapUsed();
    for (let i = 0; i < 20_000; i++) {
      const stream = streamOf(`stream ${i}`);
      source.next(open(stream));
      source.next(line(stream, 0, `${i} `.repeat(100)));
      source.next(tail(stream, 1, `${i} `.repeat(100)));
      source.next(close(stream, 1));
    }
    expect(heapUsed() - before).toBeLessThan(1_000_000);
    subscription.unsubscribe();
  });

  it('keeps the kinds of the commits', () => {
    const source = new Subject<DeltaEvent<'answer' | 'tool'>>();
    const output = source.pipe(commitLines(), paceLines());
    expectTypeOf(output).toEqualTypeOf<Observable<Commit<'answer' | 'tool'>>>();
  });

  describe('with time', () => {
    // prettier-ignore
    it.each([
      { title: 'asyncScheduler',          scheduler: asyncScheduler },
      { title: 'animationFrameScheduler', scheduler: animationFrameScheduler },
      { title: 'asapScheduler',           scheduler: asapScheduler },
      { title: 'queueScheduler',          scheduler: queueScheduler },
    ])('ticks in intervals with the $title', ({ scheduler }) => {
      vi.useFakeTimers();
      const { source, texts } = watch({ scheduler });
      'abc'.split('').forEach((letter) => source.next(values[letter] ?? drop));
      expect(texts).toStrictEqual(['a']);
      vi.advanceTimersByTime(49);
      expect(texts).toStrictEqual(['a']);
      vi.advanceTimersByTime(1);
      expect(texts).toStrictEqual(['a', 'b']);
      vi.advanceTimersByTime(50);
      expect(texts).toStrictEqual(['a', 'b', 'c']);
      expect(vi.getTimerCount()).toBe(0);
    });

    it('schedules one tick for any number of lines that arrive before it', () => {
      const scheduler = new VirtualTimeScheduler();
      const schedule = vi.spyOn(scheduler, 'schedule');
      const { source } = watch({ scheduler });
      linesOf(100).forEach((commit) => source.next(commit));
      expect(schedule).toHaveBeenCalledTimes(1);
    });

    it('has one tick per turn of the scheduler with an interval of 0', () => {
      const scheduler = new VirtualTimeScheduler();
      const { source, texts } = watch({ interval: 0, policy: fixedPace(1), scheduler });
      'abc'.split('').forEach((letter) => source.next(values[letter] ?? drop));
      expect(texts).toStrictEqual(['a']);
      scheduler.actions[0]?.execute(undefined, 0);
      scheduler.actions.shift();
      expect(texts).toStrictEqual(['a', 'b']);
      scheduler.flush();
      expect(texts).toStrictEqual(['a', 'b', 'c']);
      expect(scheduler.actions).toHaveLength(0);
    });

    it('has a timer only while commits wait', () => {
      vi.useFakeTimers();
      const { source } = watch({});
      const timers = (commit: Commit): number => {
        source.next(commit);
        return vi.getTimerCount();
      };
      expect(vi.getTimerCount()).toBe(0);
      expect([open(a), line(a, 0, 'x'), drop, tail(a, 1, 'y')].map(timers)).toStrictEqual([0, 0, 0, 0]);
      expect([tail(a, 1, 'yy'), line(a, 1, 'yyy'), close(a, 2)].map(timers)).toStrictEqual([1, 1, 1]);
      vi.advanceTimersByTime(50);
      expect(vi.getTimerCount()).toBe(0);
      expect([tail(b, 0, 'z'), tail(b, 0, 'zz'), close(b, 0)].map(timers)).toStrictEqual([0, 1, 0]);
    });

    // prettier-ignore
    it.each([
      { title: 'an error',       stop: ({ source }: Watched) => source.error(new Error('boom')), expected: ['a', 'b', 'c', 'Error: boom'] },
      { title: 'unsubscription', stop: ({ unsubscribe }: Watched) => unsubscribe(),              expected: ['a'] },
    ])('has no timer after $title, and emits nothing more', ({ stop, expected }) => {
      vi.useFakeTimers();
      const watched = watch({});
      'abc'.split('').forEach((letter) => watched.source.next(values[letter] ?? drop));
      expect(vi.getTimerCount()).toBe(1);
      stop(watched);
      expect(vi.getTimerCount()).toBe(0);
      vi.advanceTimersByTime(1000);
      expect(watched.texts).toStrictEqual(expected);
      expect(watched.source.observed).toBe(false);
    });

    it('has no timer once the rest is emitted after completion', () => {
      vi.useFakeTimers();
      const { source, texts } = watch({});
      'abc'.split('').forEach((letter) => source.next(values[letter] ?? drop));
      source.complete();
      expect(vi.getTimerCount()).toBe(1);
      vi.advanceTimersByTime(100);
      expect(texts).toStrictEqual(['a', 'b', 'c', 'complete']);
      expect(vi.getTimerCount()).toBe(0);
    });

    it.each([-3_600_000, 3_600_000])('ticks as usual when the wall clock is set by %i ms', (by) => {
      vi.useFakeTimers();
      const { source, texts } = watch({});
      'abc'.split('').forEach((letter) => source.next(values[letter] ?? drop));
      vi.setSystemTime(Date.now() + by);
      source.next(line(a, 3, 'd'));
      vi.advanceTimersByTime(150);
      expect(texts).toStrictEqual(['a', 'b', 'c', 'd']);
      vi.setSystemTime(Date.now() - by);
      source.next(line(a, 4, 'e'));
      vi.advanceTimersByTime(50);
      expect(texts).toStrictEqual(['a', 'b', 'c', 'd', 'e']);
    });

    it('never stops, whenever the wall clock is set', () => {
      const change = fc.record({
        after: fc.nat({ max: 120 }),
        by: fc.constantFrom(-3_600_000, 0, 3_600_000),
      });
      fc.assert(
        fc.property(fc.array(change, { maxLength: 30, size: 'max' }), (changes) => {
          vi.useFakeTimers();
          const { source, texts } = watch({});
          changes.forEach(({ after, by }, i) => {
            source.next(line(a, 2 * i, 'x'));
            source.next(line(a, 2 * i + 1, 'y'));
            vi.setSystemTime(Date.now() + by);
            vi.advanceTimersByTime(after);
          });
          // Enough time even if each tick releases only one line.
          vi.advanceTimersByTime(changes.length * 2 * 50);
          expect(texts).toHaveLength(changes.length * 2);
          expect(vi.getTimerCount()).toBe(0);
          vi.useRealTimers();
        }),
      );
    });

    it('ignores a timer that a line has armed again in the meantime', () => {
      vi.useFakeTimers();
      const source = new Subject<Commit>();
      const seen: Commit[] = [];
      source.pipe(paceLines()).subscribe((commit) => {
        seen.push(commit);
        if (commit.type === 'line') {
          vi.advanceTimersByTime(100);
        }
      });
      source.next(tail(b, 0, 't'));
      source.next(tail(b, 0, 'tu'));
      vi.advanceTimersByTime(20);
      source.next(line(a, 0, 'slow'));
      expect(seen).toStrictEqual([tail(b, 0, 't'), line(a, 0, 'slow')]);
      vi.advanceTimersByTime(50);
      expect(seen).toStrictEqual([tail(b, 0, 't'), line(a, 0, 'slow'), tail(b, 0, 'tu')]);
      expect(vi.getTimerCount()).toBe(0);
    });

    it('rounds up to whole milliseconds, because timers truncate', () => {
      vi.useFakeTimers();
      const { source, texts } = watch({ interval: 1.5 });
      source.next(line(a, 0, 'a'));
      source.next(line(a, 1, 'b'));
      vi.advanceTimersByTime(1);
      expect(texts).toStrictEqual(['a']);
      vi.advanceTimersByTime(1);
      expect(texts).toStrictEqual(['a', 'b']);
    });
  });

  describe('the policy', () => {
    it('holds lines back with 0, even after completion', () => {
      vi.useFakeTimers();
      let allowed = 0;
      const { source, texts } = watch({ policy: () => allowed });
      'abc'.split('').forEach((letter) => source.next(values[letter] ?? drop));
      source.complete();
      vi.advanceTimersByTime(10_000);
      expect(texts).toStrictEqual(['a']);
      allowed = Infinity;
      vi.advanceTimersByTime(50);
      expect(texts).toStrictEqual(['a', 'b', 'c', 'complete']);
    });

    it('that throws fails the output, after all waiting commits', () => {
      vi.useFakeTimers();
      const policy = () => {
        throw new Error('boom');
      };
      const { source, texts } = watch({ policy });
      'abc'.split('').forEach((letter) => source.next(values[letter] ?? drop));
      vi.advanceTimersByTime(50);
      expect(texts).toStrictEqual(['a', 'b', 'c', 'Error: boom']);
      expect(source.observed).toBe(false);
      expect(vi.getTimerCount()).toBe(0);
    });

    it('that returns NaN fails the output, after all waiting commits', () => {
      vi.useFakeTimers();
      const { source, texts } = watch({ policy: () => NaN });
      'ab'.split('').forEach((letter) => source.next(values[letter] ?? drop));
      vi.advanceTimersByTime(50);
      expect(texts).toStrictEqual([
        'a',
        'b',
        'TypeError: The policy returned NaN, but must return a number of lines',
      ]);
    });

    it.each([
      { title: 'by default', options: {} },
      { title: 'that was given', options: { policy: adaptivePace() } },
    ])('has separate state in each subscription, $title', ({ options }) => {
      vi.useFakeTimers();
      const output = from(linesOf(4)).pipe(paceLines(options));
      const behind = from(linesOf(9)).pipe(paceLines(options));
      const timesOf = (source: Observable<Commit>): readonly number[] => {
        const times: number[] = [];
        const before = Date.now();
        source.subscribe(() => times.push(Date.now() - before));
        vi.advanceTimersByTime(1000);
        return times;
      };
      expect(timesOf(output)).toStrictEqual([0, 50, 100, 150]);
      expect(timesOf(behind)).toStrictEqual([0, 50, 50, 100, 100, 150, 150, 200, 200]);
      expect(timesOf(output)).toStrictEqual([0, 50, 100, 150]);
    });

    it('has separate state in concurrent subscriptions to one operator', () => {
      vi.useFakeTimers();
      const operator = paceLines();
      const seen: string[] = [];
      from(linesOf(9)).pipe(operator).subscribe();
      from(linesOf(4))
        .pipe(operator)
        .subscribe(() => seen.push('line'));
      vi.advanceTimersByTime(50);
      expect(seen).toHaveLength(2);
      vi.advanceTimersByTime(50);
      expect(seen).toHaveLength(3);
      vi.advanceTimersByTime(1000);
    });
  });

  describe('like every operator', () => {
    // prettier-ignore
    it.each([
      { title: 'completes with an empty source',               source: '|',     subscribed: '(^!)',  expected: '|' },
      { title: 'does nothing for a source that never emits',   source: '-',     subscribed: '^',     expected: '-' },
      { title: 'passes an error on',                           source: '--#',   subscribed: '^-!',   expected: '--#' },
      { title: 'emits an error after all waiting commits',     source: 'abc-#', subscribed: '^---!', expected: 'a---(bc#)' },
      { title: 'completes at once when nothing waits',         source: 'ODa-|', subscribed: '^---!', expected: 'ODa-|' },
      { title: 'completes after all waiting commits',          source: 'ab|',   subscribed: '^-!',   expected: 'a----(b|)' },
    ])('$title', ({ source, subscribed, expected }) => {
      marbles((m) => {
        const source$ = m.hot(source, values);
        m.expect(source$.pipe(paceLines({ interval }))).toBeObservable(expected, values);
        m.expect(source$).toHaveSubscriptions(subscribed);
      })();
    });

    it(
      'emits nothing after unsubscribe',
      marbles((m) => {
        const source = m.hot('  abcd---------|', values);
        const unsubscribe = '   -------!      ';
        const subscribed = '    ^------!      ';
        const expected = '      a----b--      ';
        const output = source.pipe(
          mergeMap((commit) => of(commit)),
          paceLines({ interval }),
          mergeMap((commit) => of(commit)),
        );
        m.expect(output, unsubscribe).toBeObservable(expected, values);
        m.expect(source).toHaveSubscriptions(subscribed);
      }),
    );

    it('stops a synchronous source after unsubscribe', () => {
      vi.useFakeTimers();
      let produced = 0;
      const source = new Observable<Commit>((subscriber) => {
        while (!subscriber.closed && produced < 100) {
          subscriber.next(line(a, produced++, 'x'));
        }
      });
      const seen: Commit[] = [];
      source.pipe(paceLines({ maxQueued: 5 }), take(3)).subscribe((commit) => seen.push(commit));
      expect(seen).toHaveLength(3);
      expect(produced).toBe(8);
      expect(vi.getTimerCount()).toBe(0);
    });

    it('emits no more of a tick after unsubscribe', () => {
      vi.useFakeTimers();
      const seen: Commit[] = [];
      const source = new Subject<Commit>();
      source.pipe(paceLines({ policy: fixedPace(9) }), take(3)).subscribe((commit) => seen.push(commit));
      linesOf(9).forEach((commit) => source.next(commit));
      vi.advanceTimersByTime(50);
      expect(seen).toHaveLength(3);
      expect(source.observed).toBe(false);
      expect(vi.getTimerCount()).toBe(0);
    });

    it('handles a re-entrant commit after those being emitted', () => {
      vi.useFakeTimers();
      const { source, texts } = watch({ policy: fixedPace(2) }, (text) => {
        if (text === 'a' || text === 'b') {
          source.next(line(a, 9, `after ${text}`));
        }
      });
      'abc'.split('').forEach((letter) => source.next(values[letter] ?? drop));
      expect(texts).toStrictEqual(['a']);
      vi.advanceTimersByTime(50);
      expect(texts).toStrictEqual(['a', 'after a', 'b']);
      vi.advanceTimersByTime(50);
      expect(texts).toStrictEqual(['a', 'after a', 'b', 'c', 'after b']);
      expect(vi.getTimerCount()).toBe(0);
    });

    it('ignores a failed source while waiting commits are emitted', () => {
      vi.useFakeTimers();
      const { source, texts } = watch({}, (text) => {
        if (text === 'b') {
          source.next(line(a, 9, 'too late'));
        }
      });
      'abc'.split('').forEach((letter) => source.next(values[letter] ?? drop));
      source.error(new Error('boom'));
      expect(texts).toStrictEqual(['a', 'b', 'c', 'Error: boom']);
      expect(vi.getTimerCount()).toBe(0);
    });
  });

  describe('options', () => {
    const create = paceLines as (options?: unknown) => unknown;

    it.each([
      undefined,
      {},
      { interval: undefined, policy: undefined, maxQueued: undefined, scheduler: undefined },
      { interval: 0.5 },
      { interval: 2_147_483_647 },
      { policy: () => 1 },
      { policy: adaptivePace() },
      { maxQueued: 0 },
      { maxQueued: Infinity },
      { scheduler: queueScheduler },
    ])('accepts %o', (options) => {
      expect(() => create(options)).not.toThrow();
    });

    // prettier-ignore
    it.each([
      { options: null,                   error: TypeError,  message: 'The options are null, but must be an object' },
      { options: 50,                     error: TypeError,  message: 'The options are 50, but must be an object' },
      { options: { interval: -1 },       error: RangeError, message: 'The option interval is -1, but must be milliseconds, from 0 to 2147483647' },
      { options: { interval: NaN },      error: RangeError, message: 'The option interval is NaN, but must be milliseconds, from 0 to 2147483647' },
      { options: { interval: 2 ** 31 },  error: RangeError, message: 'The option interval is 2147483648, but must be milliseconds, from 0 to 2147483647' },
      { options: { interval: Infinity }, error: RangeError, message: 'The option interval is Infinity, but must be milliseconds, from 0 to 2147483647' },
      { options: { interval: '50' },     error: TypeError,  message: 'The option interval is "50", but must be milliseconds, from 0 to 2147483647' },
      { options: { interval: null },     error: TypeError,  message: 'The option interval is null, but must be milliseconds, from 0 to 2147483647' },
      { options: { policy: 2 },          error: TypeError,  message: 'The option policy is 2, but must be a function' },
      { options: { policy: null },       error: TypeError,  message: 'The option policy is null, but must be a function' },
      { options: { maxQueued: -1 },      error: RangeError, message: 'The option maxQueued is -1, but must be a whole number from 0, or Infinity' },
      { options: { maxQueued: 1.5 },     error: RangeError, message: 'The option maxQueued is 1.5, but must be a whole number from 0, or Infinity' },
      { options: { maxQueued: '9' },     error: TypeError,  message: 'The option maxQueued is "9", but must be a whole number from 0, or Infinity' },
      { options: { scheduler: {} },      error: TypeError,  message: 'The option scheduler is an object, but must be a scheduler with the methods now and schedule' },
    ])('rejects $options when it is created', ({ options, error, message }) => {
      expect(() => create(options)).toThrow(new error(message));
    });
  });
});

interface Watched {
  readonly source: Subject<Commit>;
  /** The texts of the emitted lines, and how the output ended. */
  readonly texts: readonly string[];
  readonly unsubscribe: () => void;
}

/** A source into which the test pushes. */
function watch(options: PaceLinesOptions, onNext?: (text: string) => void): Watched {
  const source = new Subject<Commit>();
  const texts: string[] = [];
  const subscription = source.pipe(paceLines(options)).subscribe({
    next: (commit) => {
      if (commit.type === 'line') {
        texts.push(commit.text);
        onNext?.(commit.text);
      }
    },
    error: (error: unknown) => texts.push(String(error)),
    complete: () => texts.push('complete'),
  });
  return { source, texts, unsubscribe: () => subscription.unsubscribe() };
}

afterEach(() => {
  vi.useRealTimers();
});
