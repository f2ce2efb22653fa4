import fc from 'fast-check';
import {
  concat,
  defer,
  EMPTY,
  from,
  NEVER,
  type Observable,
  type SchedulerLike,
  Subject,
  take,
  tap,
  throwError,
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
  type StreamSummary,
} from '../../src/index.js';
import { deltaEvent, malformedEvent } from '../support/arbitraries.js';
import { close, commitList, line, open, streamOf } from '../support/commits.js';
import { delta, end } from '../support/events.js';
import { marbles } from '../support/marbles.js';
import { toText, show } from '../support/show.js';

const a = streamOf('a');
const b = streamOf('b');

/** Records its calls. */
class Recorder implements CommitObserver {
  readonly calls: string[] = [];
  readonly closed: StreamSummary[] = [];
  readonly finals: CommitSummary[] = [];
  summarize: () => CommitSummary = () => expect.fail('there is no subscription');

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
    return this.finals[0] ?? expect.fail('it is not finalized');
  }
}

/** A scheduler without timers, whose clock is set by hand and counts how often it is read. */
function manualClock() {
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

/** All notifications that a subscriber receives. */
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
    ])('emits $title, and finalizes once', ({ source, unsubscribe, subscribed, expected, final }) => {
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
      const { clock, scheduler } = manualClock();
      const lines = Array.from({ length: 50 }, (_, index) => line(a, index, 'x'));
      from([open(a), ...lines, close(a, 50)])
        .pipe(observeCommits({}, { scheduler }))
        .subscribe();
      expect(clock.readings).toBe(2);
    });

    it('emits commits unchanged', () => {
      fc.assert(
        fc.property(commitList, (commits) => {
          expect(outcomeOf(from(commits).pipe(observeCommits({})))).toStrictEqual([...commits, 'complete']);
        }),
      );
    });
  });

  it('stops a synchronous source after unsubscribe', () => {
    const recorder = new Recorder();
    let taken = 0;
    const source = defer(() => from([open(a), line(a, 0, 'x'), close(a, 1)])).pipe(tap(() => taken++));
    source.pipe(observeCommits(recorder), take(1)).subscribe();
    expect(taken).toBe(1);
    expect(recorder.final).toMatchObject({ streams: 1, openStreams: 1 });
  });

  it('handles commits that the observer pushes into the source one after another', () => {
    const source = new Subject<Commit>();
    const observer: CommitObserver = {
      close: ({ stream }) => {
        if (stream === a) {
          source.next(open(b));
        }
      },
    };
    const seen: string[] = [];
    source.pipe(observeCommits(observer), toText()).subscribe((commit) => seen.push(commit));
    source.next(open(a));
    source.next(close(a, 0));
    expect(seen).toStrictEqual(['open a', 'close a end 0', 'open b']);
  });

  describe('the observer', () => {
    it('is called on subscription, for each stream and at the end, before the commit or the end is emitted', () => {
      const recorder = new Recorder();
      const source = defer(() => {
        recorder.calls.push('source');
        return from([delta('a', 'x'), end('a')]);
      });
      source.pipe(commitLines(), observeCommits(recorder), toText()).subscribe({
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

    it('can read the summary at any time, even afterwards', () => {
      const recorder = new Recorder();
      const source = new Subject<DeltaEvent>();
      const subscription = source.pipe(commitLines(), observeCommits(recorder)).subscribe();
      expect(recorder.summarize()).toMatchObject({ streams: 0 });
      source.next(delta('a', 'x\ny'));
      source.next(delta('b', 'x'));
      expect(recorder.summarize()).toMatchObject({ streams: 2, openStreams: 2, lines: 1 });
      subscription.unsubscribe();
      expect(recorder.summarize()).toStrictEqual(recorder.final);
      expect(recorder.final).toMatchObject({ streams: 2, openStreams: 2, lines: 1 });
    });

    it('is called for the streams that an error closes, and then at the end', () => {
      const recorder = new Recorder();
      const failing = concat(
        from([delta('a', 'x')]),
        throwError(() => new Error('boom')),
      );
      failing.pipe(commitLines(), observeCommits(recorder)).subscribe({
        error: (error: unknown) => recorder.calls.push(String(error)),
      });
      expect(recorder.calls).toStrictEqual(['subscribe', 'close a', 'finalize', 'Error: boom']);
      expect(recorder.final.closed).toMatchObject({ error: 1, complete: 0 });
    });

    it('has separate measurements for each subscription', () => {
      const recorder = new Recorder();
      const source = new Subject<DeltaEvent>();
      const output = source.pipe(commitLines(), observeCommits(recorder));
      output.subscribe();
      source.next(delta('a', 'x\n'));
      output.subscribe();
      source.next(delta('a', 'y\n'));
      source.complete();
      expect(recorder.finals.map(({ streams, lines }) => ({ streams, lines }))).toStrictEqual([
        { streams: 1, lines: 2 },
        { streams: 1, lines: 1 },
      ]);
    });

    it('needs no callback', () => {
      const seen = outcomeOf(from([delta('a', 'x')]).pipe(commitLines(), observeCommits({})));
      expect(seen).toHaveLength(4);
    });

    it('is called as a method of its object', () => {
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
        .pipe(commitLines(), observeCommits(counter))
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
    ])('fails the output when it throws in $name', ({ observer, expected }) => {
      const seen = outcomeOf(from([delta('a', 'x\n')]).pipe(commitLines(), observeCommits(observer)));
      expect(seen.map((each) => (isCommit(each) ? show(each) : each))).toStrictEqual(expected);
    });

    it('is still finalized when it throws in close, and unsubscribes from the source', () => {
      const finalize = vi.fn();
      const source = new Subject<DeltaEvent>();
      const output = source.pipe(commitLines(), observeCommits({ close: throwing, finalize }));
      output.subscribe({ error: () => undefined });
      source.next(delta('a', 'x'));
      source.next(end('a'));
      expect(finalize).toHaveBeenCalledOnce();
      expect(source.observed).toBe(false);
    });

    it('throws out of unsubscribe as any teardown does', () => {
      const subscription = NEVER.pipe(commitLines(), observeCommits({ finalize: throwing })).subscribe();
      expect(() => subscription.unsubscribe()).toThrow('thrown');
    });
  });

  describe('parameters', () => {
    // prettier-ignore
    it.each<{ parameters: readonly unknown[]; message: string }>([
      { parameters: [],                         message: 'The observer is undefined, but must be an object' },
      { parameters: [null],                     message: 'The observer is null, but must be an object' },
      { parameters: [() => undefined],          message: 'The observer is a function, but must be an object' },
      { parameters: [{ subscribe: 5 }],         message: "The observer's subscribe is 5, but must be a function" },
      { parameters: [{ close: 'x' }],           message: 'The observer\'s close is "x", but must be a function' },
      { parameters: [{ finalize: null }],       message: "The observer's finalize is null, but must be a function" },
      { parameters: [{}, null],                 message: 'The options are null, but must be an object' },
      { parameters: [{}, 5],                    message: 'The options are 5, but must be an object' },
      { parameters: [{}, { scheduler: {} }],    message: 'The option scheduler is an object, but must be a scheduler' },
    ])('rejects a wrong parameter: $message', ({ parameters, message }) => {
      const create = () => Reflect.apply(observeCommits, undefined, parameters) as unknown;
      expect(create).toThrow(TypeError);
      expect(create).toThrow(message);
    });
  });
});

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
  it('emits its input, in the same order, and ends in the same way', () => {
    fc.assert(
      fc.property(events, options, fc.boolean(), (source, someOptions, fails) => {
        const source$ = concat(from(source), fails ? throwError(() => new Error('boom')) : EMPTY);
        const commits = source$.pipe(commitLines(someOptions));
        expect(outcomeOf(commits.pipe(observeCommits({})))).toStrictEqual(outcomeOf(commits));
      }),
    );
  });

  it('measures the same as a recount of the commits', () => {
    fc.assert(
      fc.property(events, options, (source, someOptions) => {
        const recorder = new Recorder();
        const commits: Commit[] = [];
        from(source)
          .pipe(commitLines(someOptions), observeCommits(recorder))
          .subscribe((commit) => commits.push(commit));
        const of = <T extends Commit['type']>(type: T) =>
          commits.filter((commit): commit is Extract<Commit, { type: T }> => commit.type === type);
        const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
        expect(recorder.final).toMatchObject({
          streams: of('open').length,
          openStreams: 0,
          lines: sum(of('close').map(({ lines }) => lines)),
          characters: sum(of('line').map(({ text, eol }) => text.length + eol.length)),
          drops: {
            late: of('drop').filter(({ reason }) => reason === 'late').length,
            malformed: of('drop').filter(({ reason }) => reason === 'malformed').length,
          },
          timeToFirstLine: { count: new Set(of('line').map(({ stream }) => stream)).size },
        });
        expect(recorder.closed.map(({ stream, reason, lines }) => ({ stream, reason, lines }))).toStrictEqual(
          of('close').map(({ stream, reason, lines }) => ({ stream, reason, lines })),
        );
        expect(sum(recorder.closed.map(({ withdrawnLines }) => withdrawnLines))).toBe(
          recorder.final.withdrawnLines,
        );
      }),
    );
  });
});
