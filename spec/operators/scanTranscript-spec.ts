import fc from 'fast-check';
import {
  animationFrameScheduler,
  asapScheduler,
  asyncScheduler,
  from,
  map,
  mergeMap,
  Observable,
  of,
  type OperatorFunction,
  queueScheduler,
  Subject,
  take,
  VirtualTimeScheduler,
} from 'rxjs';
import { afterEach, describe, expect, expectTypeOf, it, vi } from 'vitest';

import {
  type Cell,
  type Commit,
  commitLines,
  type DeltaEvent,
  scanTranscript,
  type ScanTranscriptOptions,
  type Transcript,
} from '../../src/index.js';
import { byStream, deltaEvent } from '../support/arbitraries.js';
import { collect } from '../support/collect.js';
import { close, commitList, drop, line, open, revise, streamOf, tail } from '../support/commits.js';
import { delta, end } from '../support/events.js';
import { marbles } from '../support/marbles.js';
import { sharedCases } from '../support/shared.js';

const a = streamOf('a', [2]);
const b = streamOf('b', [1]);

/** Formats a transcript, for example `a one|two|(tail) open, b () end`. */
function show(transcript: Transcript): string {
  return transcript
    .map(
      ({ stream, lines, tail: rest, status }) =>
        `${stream.id} ${[...lines, `(${rest})`].join('|')} ${status}`,
    )
    .join(', ');
}

function toText(): OperatorFunction<Transcript, string> {
  return map(show);
}

/** The commits of the marbles. */
const values = {
  o: open(a),
  p: open(b),
  x: line(a, 0, 'x'),
  y: line(b, 0, 'y'),
  z: line(a, 1, 'z'),
  t: tail(a, 1, 't'),
  r: revise(a, 0),
  c: close(a, 1),
  d: drop,
};

describe('scanTranscript', () => {
  it.each(sharedCases('transcript.json'))('$title', async ({ options, events, transcript }) => {
    const transcripts = await collect(from(events).pipe(commitLines(options), scanTranscript()));
    expect(transcripts.at(-1)).toStrictEqual(transcript);
  });

  it(
    'emits a transcript for each commit that changes it',
    marbles((m) => {
      const source = m.hot('  o-p-d-x-t-t-y-r-c-c-|', values);
      const subscribed = '    ^-------------------!';
      const expected = '      o-p---x-t---y-r-c-e-|';
      m.expect(source.pipe(scanTranscript(), toText())).toBeObservable(expected, {
        o: 'a () open',
        p: 'b () open, a () open',
        x: 'b () open, a x|() open',
        t: 'b () open, a x|(t) open',
        y: 'b y|() open, a x|(t) open',
        r: 'b y|() open, a () open',
        c: 'b y|() open, a () end',
        // A second close belongs to another stream with the same name.
        e: 'b y|() open, a () end, a () end',
      });
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );

  it(
    'separates two turns that end in the opposite order',
    marbles((m) => {
      const source = m.hot('  a-b-c----d----e----|', {
        a: { ...delta('2', 'second'), order: [2] },
        b: { ...delta('1', 'first'), order: [1] },
        c: delta('2', ' answer\n'),
        d: end('2'),
        e: end('1'),
      });
      const subscribed = '    ^------------------!';
      const expected = '      a-b-c----d----(ef)-|';
      m.expect(source.pipe(commitLines(), scanTranscript(), toText())).toBeObservable(expected, {
        a: '2 () open',
        b: '1 () open, 2 () open',
        c: '1 () open, 2 second answer|() open',
        d: '1 () open, 2 second answer|() end',
        e: '1 (first) open, 2 second answer|() end',
        f: '1 first|() end, 2 second answer|() end',
      });
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );

  it(
    'deletes the cells that were closed first, beyond maxCells',
    marbles((m) => {
      const source = m.hot('  o-x-c-p-y-|', values);
      const subscribed = '    ^---------!';
      const expected = '      o-x-c-p-y-|';
      m.expect(source.pipe(scanTranscript({ maxCells: 1 }), toText())).toBeObservable(expected, {
        o: 'a () open',
        x: 'a x|() open',
        c: 'a x|() end',
        p: 'b () open',
        y: 'b y|() open',
      });
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );

  it('accepts commits parsed from JSON, where each has its own stream object', async () => {
    const commits = [open(a), open(b), line(b, 0, 'y'), line(a, 0, 'x'), close(b, 1)];
    const copies = JSON.parse(JSON.stringify(commits)) as readonly Commit[];
    expect(await collect(from(copies).pipe(scanTranscript()))).toStrictEqual(
      await collect(from(commits).pipe(scanTranscript())),
    );
  });

  it('never changes an emitted transcript, and creates no new object for unchanged parts', () => {
    fc.assert(
      fc.property(fc.array(deltaEvent), (events) => {
        let before: Transcript = [];
        from(events)
          .pipe(commitLines({ maxLineLength: 3 }), scanTranscript())
          .subscribe((after) => {
            expect(after).not.toStrictEqual(before);
            const cellOf = new Map(before.map((cell) => [cell.stream, cell]));
            const others = after.filter((cell) => cell !== cellOf.get(cell.stream));
            // One commit, one stream.
            expect(others).toHaveLength(1);
            // Any later change would throw.
            for (const { lines } of others) {
              Object.freeze(lines);
            }
            others.forEach(Object.freeze);
            before = Object.freeze(after);
          });
      }),
    );
  });

  it('has the lines of all streams at the end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(deltaEvent), async (events) => {
        const commits = await collect(from(events).pipe(commitLines()));
        const transcripts = await collect(from(commits).pipe(scanTranscript()));
        const cells = new Map(transcripts.at(-1)?.map((cell) => [cell.stream, cell]));
        const streams = byStream(commits);
        expect(cells.size).toBe(streams.size);
        for (const [stream, itsCommits] of streams) {
          const closing = itsCommits.at(-1);
          const cell = cells.get(stream);
          expect(cell?.lines).toHaveLength(closing?.type === 'close' ? closing.lines : -1);
          expect(cell?.status).toBe(closing?.type === 'close' && closing.reason);
          expect(cell?.tail).toBe('');
        }
      }),
    );
  });

  describe('every', () => {
    it(
      'emits the first change at once, and later ones together',
      marbles((m) => {
        const every = m.time('  -----|');
        const source = m.hot('  -o-x-z-t----------p----y-|', values);
        const subscribed = '    ^------------------------!';
        const expected = '      -o----z----t------p----y-|';
        m.expect(source.pipe(scanTranscript({ every }), toText())).toBeObservable(expected, {
          o: 'a () open',
          z: 'a x|z|() open',
          t: 'a x|z|(t) open',
          p: 'b () open, a x|z|(t) open',
          y: 'b y|() open, a x|z|(t) open',
        });
        m.expect(source).toHaveSubscriptions(subscribed);
      }),
    );

    // prettier-ignore
    it.each([
      { title: 'emits pending changes at completion',   source: 'ox--|',      subscribed: '^---!',      expected: 'o---(x|)' },
      { title: 'emits pending changes before an error', source: 'ox--#',      subscribed: '^---!',      expected: 'o---(x#)' },
      { title: 'emits nothing twice at completion',     source: 'o--|',       subscribed: '^--!',       expected: 'o--|' },
      { title: 'emits nothing without a change',        source: 'oodood-d-|', subscribed: '^--------!', expected: 'o--------|' },
      { title: 'emits nothing for an undone change',    source: '(otr)----|', subscribed: '^--------!', expected: 'o--------|' },
      { title: 'does not wait after an undone change',  source: '(otr)-x--|', subscribed: '^--------!', expected: 'o-----x--|' },
    ])('$title', ({ source, subscribed, expected }) => {
      marbles((m) => {
        const every = m.time('-----|');
        const source$ = m.hot(source, values);
        m.expect(source$.pipe(scanTranscript({ every }), toText())).toBeObservable(expected, {
          o: 'a () open',
          x: 'a x|() open',
        });
        m.expect(source$).toHaveSubscriptions(subscribed);
      })();
    });

    it('emits one per turn of the scheduler with 0', () => {
      const scheduler = new VirtualTimeScheduler();
      const { source, seen } = watch({ every: 0, scheduler });
      [open(a), line(a, 0, 'x'), line(a, 1, 'y')].forEach((commit) => source.next(commit));
      expect(seen).toStrictEqual([]);
      scheduler.flush();
      expect(seen).toStrictEqual(['a x|y|() open']);
    });

    it(
      'emits only the first and the last with Infinity',
      marbles((m) => {
        const source = m.hot('  o-x-z 1m p-|', values);
        const subscribed = '    ^---- 1m --!';
        const expected = '      o---- 1m --(p|)';
        m.expect(source.pipe(scanTranscript({ every: Infinity }), toText())).toBeObservable(expected, {
          o: 'a () open',
          p: 'b () open, a x|z|() open',
        });
        m.expect(source).toHaveSubscriptions(subscribed);
      }),
    );

    it(
      'emits nothing after unsubscribe, not even a pending transcript',
      marbles((m) => {
        const every = m.time('  -----|');
        const source = m.hot('  o-x------|', values);
        const unsubscribe = '   ---!      ';
        const subscribed = '    ^--!      ';
        const expected = '      o---      ';
        const output = source.pipe(scanTranscript({ every }), toText());
        m.expect(output, unsubscribe).toBeObservable(expected, { o: 'a () open' });
        m.expect(source).toHaveSubscriptions(subscribed);
      }),
    );

    it('emits at most one in that time, none later, and always the last', () => {
      const time = fc.integer({ min: 0, max: 200 });
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 50 }), commitList, fc.array(time), (every, commits, times) => {
          const scheduler = new VirtualTimeScheduler();
          const source = new Subject<Commit>();
          const seen: { transcript: Transcript; at: number }[] = [];
          let expected: Transcript = [];
          source.pipe(scanTranscript()).subscribe((transcript) => (expected = transcript));
          source.pipe(scanTranscript({ every, scheduler })).subscribe((transcript) => {
            seen.push({ transcript, at: scheduler.now() });
          });
          commits.forEach((commit, i) => {
            scheduler.schedule(() => source.next(commit), times[i % times.length] ?? 0);
          });
          let lastChange = 0;
          source.subscribe(() => (lastChange = scheduler.now()));
          scheduler.flush();
          expect(seen.at(-1)?.transcript ?? []).toStrictEqual(expected);
          expect(seen.at(-1)?.at ?? 0).toBeLessThanOrEqual(lastChange + every);
          seen.slice(1).forEach(({ at }, i) => {
            expect(at - (seen[i]?.at ?? 0)).toBeGreaterThanOrEqual(every);
          });
        }),
      );
    });

    it.each([
      { name: 'asyncScheduler', scheduler: asyncScheduler },
      { name: 'asapScheduler', scheduler: asapScheduler },
      { name: 'queueScheduler', scheduler: queueScheduler },
      { name: 'animationFrameScheduler', scheduler: animationFrameScheduler },
    ])('is measured on $name', ({ scheduler }) => {
      vi.useFakeTimers();
      const { source, seen } = watch({ every: 100, scheduler });
      source.next(open(a));
      source.next(line(a, 0, 'x'));
      vi.advanceTimersByTime(99);
      expect(seen).toStrictEqual(['a () open']);
      vi.advanceTimersByTime(1);
      expect(seen).toStrictEqual(['a () open', 'a x|() open']);
      source.complete();
    });

    it.each([
      { title: 'forward', hours: 1 },
      { title: 'back', hours: -1 },
    ])('is never late when the wall clock is set $title', ({ hours }) => {
      vi.useFakeTimers();
      const { source, seen } = watch({ every: 100 });
      source.next(open(a));
      vi.setSystemTime(Date.now() + hours * 3_600_000);
      source.next(line(a, 0, 'x'));
      vi.advanceTimersByTime(100);
      expect(seen).toStrictEqual(['a () open', 'a x|() open']);
      source.complete();
    });

    it('rounds up to whole milliseconds, because timers truncate', () => {
      vi.useFakeTimers();
      const { source, seen } = watch({ every: 1.5 });
      source.next(open(a));
      source.next(open(b));
      vi.advanceTimersByTime(1);
      expect(seen).toHaveLength(1);
      vi.advanceTimersByTime(1);
      expect(seen).toHaveLength(2);
      source.complete();
    });

    it('has a timer only while a transcript is pending', () => {
      vi.useFakeTimers();
      const { source, seen } = watch({ every: 100 });
      expect(vi.getTimerCount()).toBe(0);
      source.next(open(a));
      expect(vi.getTimerCount()).toBe(0);
      source.next(drop);
      expect(vi.getTimerCount()).toBe(0);
      source.next(line(a, 0, 'x'));
      source.next(line(a, 1, 'y'));
      expect(vi.getTimerCount()).toBe(1);
      vi.advanceTimersByTime(100);
      expect(vi.getTimerCount()).toBe(0);
      expect(seen).toHaveLength(2);
      source.complete();
    });

    it('has no timer without it or with Infinity', () => {
      vi.useFakeTimers();
      const each = watch({});
      const never = watch({ every: Infinity });
      for (const { source } of [each, never]) {
        source.next(open(a));
        source.next(open(b));
      }
      expect(vi.getTimerCount()).toBe(0);
      expect([each.seen.length, never.seen.length]).toStrictEqual([2, 1]);
    });

    // prettier-ignore
    it.each([
      { title: 'completion',     stop: ({ source }: Watched) => source.complete() },
      { title: 'an error',       stop: ({ source }: Watched) => source.error(new Error('boom')) },
      { title: 'unsubscription', stop: ({ unsubscribe }: Watched) => unsubscribe() },
    ])('has no timer after $title', ({ stop }) => {
      vi.useFakeTimers();
      const watched = watch({ every: 100 });
      watched.source.next(open(a));
      watched.source.next(open(b));
      expect(vi.getTimerCount()).toBe(1);
      stop(watched);
      expect(vi.getTimerCount()).toBe(0);
      expect(watched.source.observed).toBe(false);
    });

    it('handles a commit that is pushed while the timer emits a transcript', () => {
      vi.useFakeTimers();
      const { source, seen } = watch({ every: 100 }, (words) => {
        if (words === 'a x|() open') {
          source.next(line(a, 1, 'y'));
        }
      });
      source.next(open(a));
      source.next(line(a, 0, 'x'));
      vi.advanceTimersByTime(100);
      expect(seen).toStrictEqual(['a () open', 'a x|() open']);
      vi.advanceTimersByTime(100);
      expect(seen).toStrictEqual(['a () open', 'a x|() open', 'a x|y|() open']);
      source.complete();
    });

    it('emits two transcripts for a burst, however long it is', () => {
      const lengths: number[] = [];
      from(Array.from({ length: 10_000 }, (_, i) => line(a, i, 'x')))
        .pipe(scanTranscript({ every: 50, scheduler: new VirtualTimeScheduler() }))
        .subscribe(([cell]) => lengths.push(cell?.lines.length ?? 0));
      expect(lengths).toStrictEqual([1, 10_000]);
    });
  });

  it('keeps the kinds of the commits', () => {
    const source = new Subject<DeltaEvent<'answer' | 'tool'>>();
    const output = source.pipe(commitLines(), scanTranscript());
    expectTypeOf(output).toEqualTypeOf<Observable<Transcript<'answer' | 'tool'>>>();
    expectTypeOf<Transcript>().toEqualTypeOf<readonly Cell[]>();
  });

  describe('like every operator', () => {
    // prettier-ignore
    it.each([
      { title: 'completes with an empty source, without a transcript', source: '|',    subscribed: '(^!)', expected: '|' },
      { title: 'does nothing for a source that never emits',           source: '-',    subscribed: '^',    expected: '-' },
      { title: 'passes an error on',                                   source: '--#',  subscribed: '^-!',  expected: '--#' },
      { title: 'passes an error on after a commit',                    source: 'o-#',  subscribed: '^-!',  expected: 'o-#' },
      { title: 'ignores drops',                                        source: 'dd-|', subscribed: '^--!', expected: '---|' },
    ])('$title', ({ source, subscribed, expected }) => {
      marbles((m) => {
        const source$ = m.hot(source, values);
        m.expect(source$.pipe(scanTranscript(), toText())).toBeObservable(expected, { o: 'a () open' });
        m.expect(source$).toHaveSubscriptions(subscribed);
      })();
    });

    it(
      'emits nothing after unsubscribe',
      marbles((m) => {
        const source = m.hot('  o--x--z-|', values);
        const unsubscribe = '   -----!   ';
        const subscribed = '    ^----!   ';
        const expected = '      o--x--   ';
        const output = source.pipe(
          mergeMap((commit) => of(commit)),
          scanTranscript(),
          toText(),
          mergeMap((words) => of(words)),
        );
        m.expect(output, unsubscribe).toBeObservable(expected, { o: 'a () open', x: 'a x|() open' });
        m.expect(source).toHaveSubscriptions(subscribed);
      }),
    );

    it.each([{ every: undefined }, { every: 1 }])(
      'stops a synchronous source after unsubscribe: %o',
      (options) => {
        vi.useFakeTimers();
        let produced = 0;
        const source = new Observable<Commit>((subscriber) => {
          while (!subscriber.closed && produced < 100) {
            subscriber.next(line(a, produced++, 'x'));
          }
        });
        source.pipe(scanTranscript(options), take(1)).subscribe();
        expect(produced).toBe(1);
        expect(vi.getTimerCount()).toBe(0);
      },
    );

    it('handles a re-entrant commit after the transcript being emitted', () => {
      const { source, seen } = watch({}, (words) => {
        if (words === 'a () open') {
          source.next(line(a, 0, 'x'));
          source.next(line(a, 1, 'y'));
        }
      });
      source.next(open(a));
      source.complete();
      expect(seen).toStrictEqual(['a () open', 'a x|() open', 'a x|y|() open']);
    });

    it('has separate state for each subscription', async () => {
      const output = from([open(a), line(a, 0, 'x')]).pipe(scanTranscript(), toText());
      const expected = ['a () open', 'a x|() open'];
      expect(await collect(output)).toStrictEqual(expected);
      expect(await collect(output)).toStrictEqual(expected);
    });

    it('has separate state for concurrent subscriptions', () => {
      const source = new Subject<Commit>();
      const output = source.pipe(scanTranscript(), toText());
      const seen: string[] = [];
      output.subscribe((words) => seen.push(`first ${words}`));
      source.next(open(a));
      output.subscribe((words) => seen.push(`second ${words}`));
      source.next(open(b));
      expect(seen).toStrictEqual(['first a () open', 'first b () open, a () open', 'second b () open']);
    });
  });

  describe('options', () => {
    it.each([
      { every: 0.5 },
      { every: 2_147_483_647 },
      { every: Infinity },
      { maxCells: 0 },
      { maxCells: Infinity },
      { scheduler: queueScheduler },
      { every: undefined, maxCells: undefined, scheduler: undefined },
      {},
      undefined,
    ])('accepts %o', (options?: ScanTranscriptOptions) => {
      expect(() => scanTranscript(options)).not.toThrow();
    });

    // prettier-ignore
    it.each([
      { options: null,                error: TypeError,  message: 'The options are null, but must be an object' },
      { options: 50,                  error: TypeError,  message: 'The options are 50, but must be an object' },
      { options: { every: -1 },       error: RangeError, message: 'The option every is -1, but must be milliseconds, from 0 to 2147483647, or Infinity' },
      { options: { every: NaN },      error: RangeError, message: 'The option every is NaN, but must be milliseconds, from 0 to 2147483647, or Infinity' },
      { options: { every: 2 ** 31 },  error: RangeError, message: 'The option every is 2147483648, but must be milliseconds, from 0 to 2147483647, or Infinity' },
      { options: { every: '50' },     error: TypeError,  message: 'The option every is "50", but must be milliseconds, from 0 to 2147483647, or Infinity' },
      { options: { every: null },     error: TypeError,  message: 'The option every is null, but must be milliseconds, from 0 to 2147483647, or Infinity' },
      { options: { maxCells: -1 },    error: RangeError, message: 'The option maxCells is -1, but must be a whole number from 0, or Infinity' },
      { options: { maxCells: 1.5 },   error: RangeError, message: 'The option maxCells is 1.5, but must be a whole number from 0, or Infinity' },
      { options: { maxCells: [] },    error: TypeError,  message: 'The option maxCells is an array, but must be a whole number from 0, or Infinity' },
      { options: { scheduler: {} },   error: TypeError,  message: 'The option scheduler is an object, but must be a scheduler with the methods now and schedule' },
    ])('rejects $options when it is created', ({ options, error, message }) => {
      const create = scanTranscript as (options: unknown) => unknown;
      expect(() => create(options)).toThrow(new error(message));
    });
  });
});

interface Watched {
  readonly source: Subject<Commit>;
  readonly seen: readonly string[];
  readonly unsubscribe: () => void;
}

/** A source into which the test pushes, and its formatted transcripts. */
function watch(options: ScanTranscriptOptions, onNext?: (words: string) => void): Watched {
  const source = new Subject<Commit>();
  const seen: string[] = [];
  const subscription = source.pipe(scanTranscript(options), toText()).subscribe({
    next: (words) => {
      seen.push(words);
      onNext?.(words);
    },
    error: () => undefined,
  });
  return { source, seen, unsubscribe: () => subscription.unsubscribe() };
}

afterEach(() => {
  vi.useRealTimers();
});
