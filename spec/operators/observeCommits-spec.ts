import fc from 'fast-check';
import {
  concat,
  defer,
  delay,
  EMPTY,
  from,
  NEVER,
  type Observable,
  type OperatorFunction,
  pipe,
  type SchedulerLike,
  Subject,
  take,
  throwError,
  VirtualTimeScheduler,
} from 'rxjs';
import { describe, expect, it, vi } from 'vitest';

import {
  type Commit,
  commitLines,
  type CommitLinesOptions,
  type CommitObserver,
  type CommitSummary,
  type DeltaEvent,
  observeCommits,
  orderStreams,
  paceLines,
  type StreamRef,
  type StreamSummary,
} from '../../src/index.js';
import { deltaEvent, keyOf, malformedEvent } from '../support/arbitraries.js';
import { close, commitList, line, open, streamOf } from '../support/commits.js';
import { delta, end, start } from '../support/events.js';
import { composed, forms } from '../support/forms.js';
import { marbles } from '../support/marbles.js';
import { inWords, show } from '../support/show.js';

type CommitOperator = OperatorFunction<DeltaEvent, Commit>;

const a = streamOf('a');

/** Writes down what it is told. */
class Recorder implements CommitObserver {
  readonly calls: string[] = [];
  readonly closed: StreamSummary[] = [];
  readonly finals: CommitSummary[] = [];
  summarize: () => CommitSummary = () => expect.fail('nobody has subscribed');

  readonly subscribe = (summarize: () => CommitSummary) => {
    this.calls.push('subscribe');
    this.summarize = summarize;
  };

  readonly close = (summary: StreamSummary) => {
    this.calls.push(`close ${summary.stream.id}`);
    this.closed.push(summary);
  };

  readonly finalize = (summary: CommitSummary) => {
    this.calls.push('finalize');
    this.finals.push(summary);
  };

  get final(): CommitSummary {
    return this.finals[0] ?? expect.fail('it is not final');
  }
}

/** A scheduler without timers, whose clock is set by hand and counts how often it is read. */
function clockwork() {
  const clock = { time: 0, readings: 0 };
  const scheduler: SchedulerLike = {
    now: () => {
      clock.readings++;
      return clock.time;
    },
    schedule: () => expect.fail('observeCommits sets no timer'),
  };
  return { clock, scheduler };
}

/** All that a subscriber gets. */
function outcomeOf(source: Observable<Commit>): readonly unknown[] {
  const seen: unknown[] = [];
  source.subscribe({
    next: (commit) => seen.push(commit),
    error: (error: unknown) => seen.push({ error }),
    complete: () => seen.push('complete'),
  });
  return seen;
}

describe('observeCommits', () => {
  describe('of commits', () => {
    const values = { o: open(a), x: line(a, 0, 'x'), c: close(a, 1) };

    // prettier-ignore
    it.each([
      { title: 'commits and completion', source: '-o-x-c-|', unsubscribe: '',     subscribed: '^------!', expected: '-o-x-c-|', final: 1 },
      { title: 'an error',               source: '-o-#',     unsubscribe: '',     subscribed: '^--!',     expected: '-o-#',     final: 1 },
      { title: 'unsubscription',         source: '-o-x-c-|', unsubscribe: '----!', subscribed: '^---!',    expected: '-o-x',     final: 1 },
      { title: 'an empty source',        source: '|',        unsubscribe: '',     subscribed: '(^!)',     expected: '|',        final: 1 },
      { title: 'a source without end',   source: '-o',       unsubscribe: '',     subscribed: '^',        expected: '-o',       final: 0 },
    ])('passes $title on, and is final once', ({ source, unsubscribe, subscribed, expected, final }) => {
      const recorder = new Recorder();
      let finals = -1;
      marbles((m) => {
        const source$ = m.cold<Commit>(source, values);
        const output = source$.pipe(observeCommits(recorder));
        m.expect(output, unsubscribe === '' ? undefined : unsubscribe).toBeObservable(expected, values);
        m.expect(source$).toHaveSubscriptions(subscribed);
        m.flush();
        finals = recorder.finals.length;
      })();
      expect(finals).toBe(final);
    });

    it('passes the same commits', () => {
      const commits = Object.values(values);
      const seen = outcomeOf(from(commits).pipe(observeCommits({})));
      commits.forEach((commit, index) => expect(seen[index]).toBe(commit));
    });

    it('does not say what only events can tell', () => {
      const recorder = new Recorder();
      from(Object.values(values)).pipe(observeCommits(recorder)).subscribe();
      const [closed] = recorder.closed;
      for (const name of ['deltas', 'longestTail', 'timeToCommit']) {
        expect(closed).not.toHaveProperty(name);
        expect(recorder.final).not.toHaveProperty(name);
      }
      expect(closed).toMatchObject({ lines: 1, characters: 2 });
    });

    it(
      'measures the time to the first line with the clock of the test',
      marbles((m) => {
        const recorder = new Recorder();
        const source = m.cold('  -o--x--c-|', values);
        const subscribed = '     ^--------!';
        const expected = '       -o--x--c-|';
        m.expect(source.pipe(observeCommits(recorder))).toBeObservable(expected, values);
        m.expect(source).toHaveSubscriptions(subscribed);
        m.flush();
        expect(recorder.closed[0]?.timeToFirstLine).toBe(3);
      }),
    );

    it('reads the clock for an open and for the first line, and for no other commit', () => {
      const { clock, scheduler } = clockwork();
      const lines = Array.from({ length: 50 }, (_, index) => line(a, index, 'x'));
      from([open(a), ...lines, close(a, 50)])
        .pipe(observeCommits({}, { scheduler }))
        .subscribe();
      expect(clock.readings).toBe(2);
    });

    it('passes any commits as they are', () => {
      fc.assert(
        fc.property(commitList, (commits) => {
          expect(outcomeOf(from(commits).pipe(observeCommits({})))).toStrictEqual([...commits, 'complete']);
        }),
      );
    });
  });

  describe('of events and commits', () => {
    it(
      'measures deltas, tails and the times of lines',
      marbles((m) => {
        const recorder = new Recorder();
        const source = m.hot('  s-a----b--c---d----|', {
          s: start('a'),
          a: delta('a', 'on'),
          b: delta('a', 'e\ntwo'),
          c: delta('a', ' and more'),
          d: end('a'),
        });
        const subscribed = '    ^------------------!';
        const expected = '      o------x------(yc)-|';
        const output = source.pipe(observeCommits(recorder, commitLines()), inWords());
        m.expect(output).toBeObservable(expected, {
          o: 'open a',
          x: 'line a 0 one$',
          y: 'line a 1 two and more',
          c: 'close a end 2',
        });
        m.expect(source).toHaveSubscriptions(subscribed);
        m.flush();
        expect(recorder.closed).toStrictEqual([
          {
            stream: { kind: 'answer', id: 'a', generation: 0 },
            reason: 'end',
            lines: 2,
            withdrawnLines: 0,
            characters: 16,
            timeToFirstLine: 7,
            deltas: 3,
            longestTail: 12,
            timeToCommit: { count: 2, total: 12, max: 7 },
          },
        ]);
      }),
    );

    it(
      'closes streams by itself no later than the operator does',
      marbles((m) => {
        const recorder = new Recorder();
        const source = m.hot('  a 99ms -', { a: delta('a', 'x') });
        const subscribed = '    ^ 100ms -';
        const expected = '      o 9ms (xc)';
        const output = source.pipe(observeCommits(recorder, commitLines({ idleTimeout: 10 })), inWords());
        m.expect(output).toBeObservable(expected, { o: 'open a', x: 'line a 0 x', c: 'close a idle 1' });
        m.expect(source).toHaveSubscriptions(subscribed);
        m.flush();
        expect(recorder.closed).toMatchObject([{ reason: 'idle', timeToCommit: { max: 10 } }]);
      }),
    );

    it(
      'measures what an operator holds back',
      marbles((m) => {
        const recorder = new Recorder();
        const source = m.hot('  a---b-----|', { a: delta('a', 'x\n'), b: end('a') });
        const subscribed = '    ^---------!';
        const expected = '      ---(ox)c--|';
        const delayed = pipe(commitLines<DeltaEvent<'answer'>>(), delay<Commit<'answer'>>(3));
        const output = source.pipe(observeCommits(recorder, delayed), inWords());
        m.expect(output).toBeObservable(expected, {
          o: 'open a',
          x: 'line a 0 x$',
          c: 'close a end 1',
        });
        m.expect(source).toHaveSubscriptions(subscribed);
        m.flush();
        expect(recorder.closed).toMatchObject([
          { deltas: 1, timeToFirstLine: 3, timeToCommit: { count: 1, total: 3, max: 3 } },
        ]);
      }),
    );

    it('reads the clock only for events that open a stream or begin a line, and for lines', () => {
      const { clock, scheduler } = clockwork();
      const source = new Subject<DeltaEvent>();
      source.pipe(observeCommits({}, commitLines({ tail: true }), { scheduler })).subscribe();
      const readings = (event: DeltaEvent) => {
        clock.readings = 0;
        source.next(event);
        return clock.readings;
      };
      const late = delta('a', 'late');
      const words = [delta('a', 'one'), ...Array.from({ length: 50 }, () => delta('a', ' word'))];
      const counts = [start('a'), ...words, delta('a', '\n'), delta('a', 'x\ny'), end('a'), late].map(
        readings,
      );
      expect(counts).toStrictEqual([1, 1, ...words.slice(1).map(() => 0), 1, 2, 1, 0]);
    });

    it('stops a synchronous source as soon as nobody wants more', () => {
      let produced = 0;
      const source = defer(() =>
        from(
          (function* () {
            for (;;) {
              produced++;
              yield delta('a', `${produced}\n`);
            }
          })(),
        ),
      );
      const recorder = new Recorder();
      const seen: string[] = [];
      source
        .pipe(observeCommits(recorder, commitLines()), take(3), inWords())
        .subscribe((commit) => seen.push(commit));
      expect(seen).toStrictEqual(['open a', 'line a 0 1$', 'line a 1 2$']);
      expect(produced).toBe(2);
      expect(recorder.calls).toStrictEqual(['subscribe', 'finalize']);
      expect(recorder.final).toMatchObject({ deltas: 2, lines: 2, openStreams: 1 });
    });

    it('handles events that a subscriber or the observer pushes into the source one after another', () => {
      const source = new Subject<DeltaEvent>();
      const closed: StreamSummary[] = [];
      const observer: CommitObserver = {
        close: (summary) => {
          closed.push(summary);
          if (summary.stream.id === 'a') {
            source.next(delta('b', 'of the observer\n'));
          }
        },
      };
      const seen: string[] = [];
      source.pipe(observeCommits(observer, commitLines())).subscribe((commit) => {
        if (commit.type === 'line' && commit.text === 'x') {
          source.next(delta('a', 'of the subscriber'));
          source.next(end('a'));
        }
        seen.push(show(commit));
      });
      source.next(delta('a', 'x\ny'));
      source.next(end('b'));
      expect(seen).toStrictEqual([
        'open a',
        'line a 0 x$',
        'line a 1 yof the subscriber',
        'close a end 2',
        'open b',
        'line b 0 of the observer$',
        'close b end 1',
      ]);
      expect(closed).toMatchObject([
        { deltas: 2, longestTail: 18 },
        { deltas: 1, longestTail: 0 },
      ]);
    });

    it('reads each property of an event once more than the operator does', () => {
      const readings = (operator: CommitOperator) => {
        const read = { type: 0, kind: 0, id: 0, delta: 0, order: 0 };
        const event: DeltaEvent = new Proxy(delta('a', 'x'), {
          get: (target, name) => {
            read[name as keyof typeof read]++;
            return Reflect.get(target, name) as unknown;
          },
        });
        from([event]).pipe(operator).subscribe();
        return read;
      };
      expect(readings(commitLines())).toStrictEqual({ type: 1, kind: 1, id: 1, delta: 1, order: 1 });
      expect(readings(observeCommits({}, commitLines()))).toStrictEqual({
        type: 2,
        kind: 2,
        id: 2,
        delta: 2,
        order: 2,
      });
    });

    it('takes frozen events, and lets those through that nobody can read', () => {
      const unreadable = new Proxy(delta('a', 'x'), { get: () => expect.fail('unreadable') });
      const events = [Object.freeze(delta('a', 'x')), unreadable, delta('__proto__', 'y')];
      const recorder = new Recorder();
      const seen: Commit[] = [];
      from(events)
        .pipe(observeCommits(recorder, commitLines()))
        .subscribe((commit) => seen.push(commit));
      expect(seen.map(show)).toStrictEqual([
        'open a',
        'drop malformed',
        'open __proto__',
        'line a 0 x',
        'close a complete 1',
        'line __proto__ 0 y',
        'close __proto__ complete 1',
      ]);
      const drop = seen[1];
      expect(drop?.type === 'drop' && drop.event === unreadable).toBe(true);
      expect(recorder.closed.map(({ stream, deltas }) => [stream.id, deltas])).toStrictEqual([
        ['a', 1],
        ['__proto__', 1],
      ]);
    });
  });

  describe('the observer', () => {
    it('is told when measuring starts, of each stream, and of the end, each before it is passed on', () => {
      const recorder = new Recorder();
      const source = defer(() => {
        recorder.calls.push('source');
        return from([delta('a', 'x'), end('a')]);
      });
      source.pipe(observeCommits(recorder, commitLines()), inWords()).subscribe({
        next: (commit) => recorder.calls.push(commit),
        complete: () => recorder.calls.push('complete'),
      });
      expect(recorder.calls).toStrictEqual([
        'subscribe',
        'source',
        'open a',
        'line a 0 x',
        'close a',
        'close a end 1',
        'finalize',
        'complete',
      ]);
    });

    it('asks for a summary whenever it wants to, also afterwards', () => {
      const recorder = new Recorder();
      const source = new Subject<DeltaEvent>();
      const subscription = source.pipe(observeCommits(recorder, commitLines())).subscribe();
      expect(recorder.summarize()).toMatchObject({ streams: 0, deltas: 0 });
      source.next(delta('a', 'x\ny'));
      source.next(delta('b', 'x'));
      expect(recorder.summarize()).toMatchObject({ streams: 2, openStreams: 2, deltas: 2, lines: 1 });
      subscription.unsubscribe();
      expect(recorder.summarize()).toBe(recorder.final);
      expect(recorder.final).toMatchObject({ streams: 2, openStreams: 2, deltas: 2, lines: 1 });
    });

    it('is told of the streams that an error closes, and then of the end', () => {
      const recorder = new Recorder();
      const failing = concat(
        from([delta('a', 'x')]),
        throwError(() => new Error('boom')),
      );
      failing.pipe(observeCommits(recorder, commitLines())).subscribe({
        error: (error: unknown) => recorder.calls.push(String(error)),
      });
      expect(recorder.calls).toStrictEqual(['subscribe', 'close a', 'finalize', 'Error: boom']);
      expect(recorder.final.closed).toMatchObject({ error: 1, complete: 0 });
    });

    it('has a measurement of its own for each subscription', () => {
      const recorder = new Recorder();
      const source = new Subject<DeltaEvent>();
      const output = source.pipe(observeCommits(recorder, commitLines()));
      output.subscribe();
      source.next(delta('a', 'x'));
      output.subscribe();
      source.next(delta('a', 'y'));
      source.complete();
      expect(recorder.finals.map(({ streams, deltas }) => ({ streams, deltas }))).toStrictEqual([
        { streams: 1, deltas: 2 },
        { streams: 1, deltas: 1 },
      ]);
    });

    it('need not want to know anything', () => {
      const seen = outcomeOf(from([delta('a', 'x')]).pipe(observeCommits({}, commitLines())));
      expect(seen).toHaveLength(4);
    });

    it('is called as its own method', () => {
      class Counter {
        private closes = 0;

        close() {
          this.closes++;
        }

        get count() {
          return this.closes;
        }
      }
      const counter = new Counter();
      from([delta('a', 'x')])
        .pipe(observeCommits(counter, commitLines()))
        .subscribe();
      expect(counter.count).toBe(1);
    });

    const throwing = () => {
      throw new Error('thrown');
    };
    const failed = { error: new Error('thrown') };

    // prettier-ignore
    it.each<{ name: string; observer: CommitObserver; expected: readonly unknown[] }>([
      { name: 'subscribe', observer: { subscribe: throwing }, expected: [failed] },
      { name: 'close',     observer: { close: throwing },     expected: ['open a', 'line a 0 x$', failed] },
      { name: 'finalize',  observer: { finalize: throwing },  expected: ['open a', 'line a 0 x$', 'close a complete 1', failed] },
    ])('makes the output fail when it throws in $name', ({ observer, expected }) => {
      for (const operator of [
        observeCommits(observer, commitLines()),
        pipe(commitLines(), observeCommits(observer)),
      ]) {
        const seen = outcomeOf(from([delta('a', 'x\n')]).pipe(operator));
        expect(seen.map((each) => (isCommit(each) ? show(each) : each))).toStrictEqual(expected);
      }
    });

    it('is still told of the end when it throws in close, and unsubscribes from the source', () => {
      const finalize = vi.fn();
      const source = new Subject<DeltaEvent>();
      const output = source.pipe(observeCommits({ close: throwing, finalize }, commitLines()));
      output.subscribe({ error: () => undefined });
      source.next(delta('a', 'x'));
      source.next(end('a'));
      expect(finalize).toHaveBeenCalledOnce();
      expect(source.observed).toBe(false);
    });

    it('throws out of unsubscribe as any teardown does', () => {
      const subscription = NEVER.pipe(observeCommits({ finalize: throwing }, commitLines())).subscribe();
      expect(() => subscription.unsubscribe()).toThrow('thrown');
    });
  });

  describe('what it is given', () => {
    // prettier-ignore
    it.each<{ parameters: readonly unknown[]; message: string }>([
      { parameters: [],                         message: 'The observer is undefined, but has to be an object' },
      { parameters: [null],                     message: 'The observer is null, but has to be an object' },
      { parameters: [() => undefined],          message: 'The observer is a function, but has to be an object' },
      { parameters: [{ subscribe: 5 }],         message: "The observer's subscribe is 5, but has to be a function" },
      { parameters: [{ close: 'x' }],           message: 'The observer\'s close is "x", but has to be a function' },
      { parameters: [{ finalize: null }],       message: "The observer's finalize is null, but has to be a function" },
      { parameters: [{}, null],                 message: 'The options are null, but have to be an object' },
      { parameters: [{}, 5],                    message: 'The options are 5, but have to be an object' },
      { parameters: [{}, { scheduler: {} }],    message: 'The option scheduler is an object, but has to be a scheduler' },
      { parameters: [{}, commitLines(), 5],        message: 'The options are 5, but have to be an object' },
      { parameters: [{}, commitLines(), { scheduler: 5 }], message: 'The option scheduler is 5, but has to be a scheduler' },
    ])('has to be right: $message', ({ parameters, message }) => {
      const create = () => Reflect.apply(observeCommits, undefined, parameters) as unknown;
      expect(create).toThrow(TypeError);
      expect(create).toThrow(message);
    });
  });
});

function isTextDelta(event: unknown): boolean {
  return typeof event === 'object' && event !== null && 'delta' in event;
}

function hasFullText(event: unknown): boolean {
  return typeof event === 'object' && event !== null && 'text' in event;
}

function isCommit(value: unknown): value is Commit {
  return typeof value === 'object' && value !== null && 'type' in value;
}

const events = fc.array(
  fc.oneof({ weight: 9, arbitrary: deltaEvent }, { weight: 1, arbitrary: malformedEvent }),
  { maxLength: 40 },
);

const options: fc.Arbitrary<CommitLinesOptions> = fc.record({
  maxStreams: fc.integer({ min: 1, max: 7 }),
  maxRemembered: fc.integer({ min: 0, max: 4 }),
  maxLineLength: fc.integer({ min: 2, max: 9 }),
  reconcile: fc.constantFrom('revise', 'keep', 'off'),
  tail: fc.boolean(),
  softCommit: fc.constantFrom(undefined, { chars: 3 }),
});

describe('the law of observing', () => {
  it.each(forms)('$form gives the same, in the same order, and ends the same', ({ operator }) => {
    fc.assert(
      fc.property(events, options, fc.boolean(), (source, someOptions, fails) => {
        const source$ = concat(from(source), fails ? throwError(() => new Error('boom')) : EMPTY);
        const expected = outcomeOf(source$.pipe(operator(someOptions)));
        expect(outcomeOf(source$.pipe(observeCommits({}, operator(someOptions))))).toStrictEqual(expected);
        expect(outcomeOf(source$.pipe(operator(someOptions), observeCommits({})))).toStrictEqual(expected);
      }),
    );
  });

  it('drops the very events that came in', () => {
    fc.assert(
      fc.property(events, (source) => {
        const dropped = (operator: CommitOperator) =>
          outcomeOf(from(source).pipe(operator)).flatMap((commit) =>
            isCommit(commit) && commit.type === 'drop' ? [commit.event] : [],
          );
        const expected = dropped(commitLines());
        const actual = dropped(observeCommits({}, commitLines()));
        expect(actual).toHaveLength(expected.length);
        actual.forEach((event, index) => expect(event).toBe(expected[index]));
      }),
    );
  });
});

/** What came out of an operator, each commit with the number of the event that it came out for. */
function numbered(source: readonly DeltaEvent[], operator: CommitOperator) {
  const subject = new Subject<DeltaEvent>();
  const seen: { number: number; commit: Commit }[] = [];
  let number = 0;
  subject.pipe(operator).subscribe((commit) => seen.push({ number, commit }));
  source.forEach((event, index) => {
    number = index;
    subject.next(event);
  });
  number = source.length;
  subject.complete();
  return seen;
}

/** A stream, in the eyes of somebody who looks at everything again. */
interface Recount {
  readonly openedAt: number;
  /** The number of the event that each code unit came with. */
  readonly numbers: number[];
  readonly lines: { readonly number: number; readonly text: string; readonly index: number }[];
}

/** Counts everything anew, from the events and from the commits of a pipeline that is not observed. */
function recount(source: readonly DeltaEvent[], someOptions: CommitLinesOptions) {
  const seen = numbered(source, commitLines(someOptions));
  const all: Recount[] = [];
  const current = new Map<string, Recount>();
  const streams = new Map<StreamRef, Recount>();
  source.forEach((event, number) => {
    const ofEvent = seen.filter((each) => each.number === number);
    if (ofEvent.some(({ commit }) => commit.type === 'drop')) {
      return;
    }
    for (const { commit } of ofEvent) {
      if (commit.type === 'open') {
        const opened: Recount = { openedAt: number, numbers: [], lines: [] };
        all.push(opened);
        current.set(keyOf(commit.stream), opened);
        streams.set(commit.stream, opened);
      }
    }
    const stream = current.get(keyOf(event)) ?? expect.fail('an event without a stream');
    if (event.type === 'delta') {
      stream.numbers.push(...event.delta.split('').map(() => number));
    }
  });
  for (const { number, commit } of seen) {
    if (commit.type === 'line') {
      const { index } = commit;
      streams.get(commit.stream)?.lines.push({ number, index, text: commit.text + commit.eol });
    }
  }
  return { seen, all };
}

function sumUp(durations: readonly number[]) {
  const total = durations.reduce((sum, duration) => sum + duration, 0);
  return { count: durations.length, total, max: Math.max(0, ...durations) };
}

/** The total of an observed pipeline, in which the number of the event is the time. */
function observed(source: readonly DeltaEvent[], operator: CommitOperator) {
  const { clock, scheduler } = clockwork();
  const recorder = new Recorder();
  const subject = new Subject<DeltaEvent>();
  subject.pipe(observeCommits(recorder, operator, { scheduler })).subscribe();
  source.forEach((event, index) => {
    clock.time = index;
    subject.next(event);
  });
  clock.time = source.length;
  subject.complete();
  return recorder;
}

describe('the law of the totals', () => {
  const count = (seen: readonly { commit: Commit }[], type: Commit['type']) =>
    seen.filter(({ commit }) => commit.type === type).length;

  it('they are what a plain recount of the events and the commits gives', () => {
    fc.assert(
      fc.property(events, options, (source, someOptions) => {
        const { seen, all } = recount(source, someOptions);
        const { final, closed } = observed(source, commitLines(someOptions));
        const drops = seen.flatMap(({ commit }) => (commit.type === 'drop' ? [commit] : []));
        const droppedDeltas = drops.filter(({ event }) => isTextDelta(event));
        const deltas = source.filter(isTextDelta);
        const texts = all.flatMap(({ lines }) => lines.map(({ text }) => text));
        expect(final).toMatchObject({
          streams: count(seen, 'open'),
          openStreams: 0,
          drops: {
            late: drops.filter(({ reason }) => reason === 'late').length,
            malformed: drops.filter(({ reason }) => reason === 'malformed').length,
          },
          characters: texts.join('').length,
          deltas: deltas.length - droppedDeltas.length,
          timeToFirstLine: sumUp(
            all.flatMap(({ openedAt, lines: [first] }) =>
              first === undefined ? [] : [first.number - openedAt],
            ),
          ),
        });
        expect(closed.map(({ stream, reason, lines }) => ({ stream, reason, lines }))).toStrictEqual(
          seen.flatMap(({ commit }) =>
            commit.type === 'close'
              ? [{ stream: commit.stream, reason: commit.reason, lines: commit.lines }]
              : [],
          ),
        );
        const sum = (of: (stream: StreamSummary) => number | undefined) =>
          closed.reduce((total, stream) => total + (of(stream) ?? 0), 0);
        expect(sum(({ deltas: ofStream }) => ofStream)).toBe(final.deltas);
        expect(sum(({ lines }) => lines)).toBe(final.lines);
        expect(sum(({ withdrawnLines }) => withdrawnLines)).toBe(final.withdrawnLines);
        expect(sum(({ timeToCommit }) => timeToCommit?.total)).toBe(final.timeToCommit?.total);
      }),
    );
  });

  it('the longest tail is the longest that the operator itself tells', () => {
    fc.assert(
      fc.property(events, options, (source, someOptions) => {
        const told = { ...someOptions, tail: true };
        const tails = numbered(source, commitLines(told)).flatMap(({ commit }) =>
          commit.type === 'tail' ? [commit.text.length] : [],
        );
        expect(observed(source, commitLines(told)).final.longestTail).toBe(Math.max(0, ...tails));
      }),
    );
  });

  it('the time of a line is from the event with its first character to the event that commits it', () => {
    fc.assert(
      fc.property(events, options, (source, someOptions) => {
        const kept: CommitLinesOptions = { ...someOptions, reconcile: 'off' };
        const deltasOnly = source.filter((event) => !hasFullText(event));
        const { all } = recount(deltasOnly, kept);
        const times = all.flatMap(({ lines, numbers }) => {
          let length = 0;
          return lines.flatMap(({ index, number, text }, position) => {
            const begunAt = numbers[length] ?? expect.fail('a line without text');
            length += text.length;
            return lines[position - 1]?.index === index ? [] : [number - begunAt];
          });
        });
        expect(observed(deltasOnly, commitLines(kept)).final.timeToCommit).toStrictEqual(sumUp(times));
      }),
    );
  });

  it('both forms of the operator give the same, but for drops', () => {
    fc.assert(
      fc.property(events, options, (source, someOptions) => {
        const expected = observed(source, commitLines(someOptions)).final;
        const actual = observed(source, composed(someOptions)).final;
        expect(actual).toStrictEqual({ ...expected, drops: { late: 0, malformed: 0, foreign: 0 } });
      }),
    );
  });

  /** A stream that its own end opens has no deltas; held back, it would be taken for the next one of its key. */
  function withoutBareEnds(source: readonly DeltaEvent[]): readonly DeltaEvent[] {
    const begun = new Set<string>();
    return source.filter(({ type, kind, id }) => {
      const key = JSON.stringify([kind, id]);
      if (type === 'start' || type === 'delta') {
        begun.add(key);
      }
      return begun.has(key);
    });
  }

  it.each(['sequential', 'grouped'] as const)(
    'deltas and lines are the same after orderStreams: %s',
    (strategy) => {
      fc.assert(
        fc.property(fc.array(deltaEvent, { maxLength: 40 }), options, (source, someOptions) => {
          // What comes for a key after its end is late, for as long as both sides remember it.
          const operator = commitLines({ ...someOptions, maxRemembered: 100 });
          const begun = withoutBareEnds(source);
          const { deltas, lines, characters } = observed(begun, operator).final;
          const ordered = observed(begun, pipe(operator, orderStreams({ strategy })));
          expect(ordered.final).toMatchObject({ deltas, lines, characters });
        }),
      );
    },
  );

  it('deltas are counted of lines that wait to be paced', () => {
    const recorder = new Recorder();
    const scheduler = new VirtualTimeScheduler();
    const paced = pipe(commitLines({ scheduler }), paceLines({ interval: 10, scheduler }));
    from([delta('a', 'x\ny\n'), delta('a', 'z\n'), delta('b', 'x'), end('a')])
      .pipe(observeCommits(recorder, paced, { scheduler }))
      .subscribe();
    scheduler.flush();
    expect(recorder.closed.map(({ stream, deltas }) => [stream.id, deltas])).toStrictEqual([
      ['a', 2],
      ['b', 1],
    ]);
    expect(recorder.final.timeToCommit).toStrictEqual({ count: 4, total: 60, max: 30 });
  });
});
