import { concatWith, from, mergeMap, NEVER, Observable, of, Subject, take, throwError } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';

import {
  type CloseReason,
  type Commit,
  type DeltaEvent,
  scanLines,
  type StreamEvent,
  type StreamRef,
} from '../../src/index.js';
import { collect } from '../support/collect.js';
import { delta, end, failure, start } from '../support/events.js';
import { marbles } from '../support/marbles.js';
import { toText } from '../support/show.js';

const ref: StreamRef = { kind: 'answer', id: 'a', generation: 3, order: [1, 2] };

describe('scanLines', () => {
  it(
    'turns the events of one stream into its commits',
    marbles((m) => {
      const source = m.hot('  s--a-b---c---|', {
        s: start('a'),
        a: delta('a', 'one\nt'),
        b: delta('a', 'wo\nthree'),
        c: end('a'),
      });
      const subscribed = '    ^------------!';
      const expected = '      o--1-2---(3c)|';
      m.expect(source.pipe(scanLines(ref), toText())).toBeObservable(expected, {
        o: 'open a/3',
        1: 'line a/3 0 one$',
        2: 'line a/3 1 two$',
        3: 'line a/3 2 three',
        c: 'close a/3 end 3',
      });
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );

  it('has the same stream object in all commits', async () => {
    const commits = await collect(from([delta('a', 'x\n'), end('a')]).pipe(scanLines(ref)));
    expect(commits).toHaveLength(3);
    for (const commit of commits) {
      expect(commit.type !== 'drop' && commit.stream).toBe(ref);
    }
  });

  it.each<CloseReason>(['end', 'error', 'idle', 'evicted', 'complete', 'superseded'])(
    'closes with the reason %s of an end',
    async (reason) => {
      const last: StreamEvent = { type: 'end', kind: 'answer', id: 'a', reason };
      const commits = await collect(of(last).pipe(scanLines(ref), toText()));
      expect(commits).toStrictEqual(['open a/3', `close a/3 ${reason} 0`]);
    },
  );

  it.each(['stop_sequence', 'toString', '__proto__', ['idle'], 1, null])(
    'closes with the reason end if a producer sends the reason %j',
    async (reason) => {
      const last = { ...end('a'), reason };
      const commits = await collect(of(last).pipe(scanLines(ref), toText()));
      expect(commits).toStrictEqual(['open a/3', 'close a/3 end 0']);
    },
  );

  it('uses the full text if there were no deltas', async () => {
    const commits = await collect(of(end('a', 'x\ny')).pipe(scanLines(ref), toText()));
    expect(commits).toStrictEqual(['open a/3', 'line a/3 0 x$', 'line a/3 1 y', 'close a/3 end 2']);
  });

  it('has the error of a stream that failed', async () => {
    const error = new Error('boom');
    const commits = await collect(of(failure('a', error)).pipe(scanLines(ref)));
    expect(commits.at(-1)).toStrictEqual({ type: 'close', stream: ref, reason: 'error', lines: 0, error });
  });

  it.each([
    { title: 'an end', last: end('a') },
    { title: 'an error', last: failure('a', 'boom') },
  ])('drops all events after $title as late', async ({ last }) => {
    const late = [start('a'), delta('a', 'x'), end('a'), failure('a', 'x')];
    const commits = await collect(from([last, ...late]).pipe(scanLines(ref)));
    expect(commits.slice(2)).toStrictEqual(late.map((event) => ({ type: 'drop', reason: 'late', event })));
  });

  it('drops values that are not events, and continues', async () => {
    const events = [delta('a', 'x'), { type: 'delta' }, delta('a', 'y')] as DeltaEvent[];
    const commits = await collect(from(events).pipe(scanLines(ref), toText()));
    expect(commits).toStrictEqual(['open a/3', 'drop malformed', 'line a/3 0 xy', 'close a/3 complete 1']);
  });

  it.each([
    { title: 'another id', event: delta('b', 'other') },
    { title: 'another kind', event: { ...delta('a', 'other'), kind: 'reasoning' } },
    { title: 'another id, after the end', event: end('b'), before: [end('a')] },
  ])('drops an event of $title as foreign', async ({ event, before = [] }) => {
    const source = [delta('a', 'one'), ...before, event];
    const commits: readonly Commit[] = await collect(from(source).pipe(scanLines(ref)));
    expect(commits.filter(({ type }) => type === 'drop')).toStrictEqual([
      { type: 'drop', reason: 'foreign', event },
    ]);
    expect(commits.filter(({ type }) => type === 'line')).toMatchObject([{ text: 'one' }]);
  });

  it('does not open a stream for a malformed event', async () => {
    const commits = await collect(of(null as unknown as DeltaEvent).pipe(scanLines(ref), toText()));
    expect(commits).toStrictEqual(['drop malformed']);
  });

  it('has no timer, because it does not close idle streams', () => {
    vi.useFakeTimers();
    const subscription = of(delta('a', 'x'))
      .pipe(concatWith(NEVER), scanLines(ref, { idleTimeout: 10 }))
      .subscribe();
    expect(vi.getTimerCount()).toBe(0);
    subscription.unsubscribe();
  });

  describe('like every operator', () => {
    // prettier-ignore
    it.each([
      { title: 'completes with an empty source',       source: '|',     subscribed: '(^!)',   expected: '|' },
      { title: 'does nothing for a source that never emits', source: '-',     subscribed: '^',      expected: '-' },
      { title: 'passes an error on',                   source: '--#',   subscribed: '^-!',    expected: '--#' },
      { title: 'flushes at completion',                source: 'a---|', subscribed: '^---!',  expected: 'o---(xc|)' },
      { title: 'flushes before it emits an error',     source: 'a---#', subscribed: '^---!',  expected: 'o---(xe#)' },
      { title: 'closes once',                          source: 'z---|', subscribed: '^---!',  expected: '(oz)|' },
    ])('$title', ({ source, subscribed, expected }) => {
      marbles((m) => {
        const source$ = m.hot(source, { a: delta('a', 'x'), z: end('a') });
        m.expect(source$.pipe(scanLines(ref), toText())).toBeObservable(expected, {
          o: 'open a/3',
          x: 'line a/3 0 x',
          c: 'close a/3 complete 1',
          e: 'close a/3 error 1',
          z: 'close a/3 end 0',
        });
        m.expect(source$).toHaveSubscriptions(subscribed);
      })();
    });

    it('has the error of the source in the close', () => {
      const error = new Error('boom');
      const commits: Commit[] = [];
      of(delta('a', 'x'))
        .pipe(concatWith(throwError(() => error)), scanLines(ref))
        .subscribe({ next: (commit) => commits.push(commit), error: () => undefined });
      expect(commits.at(-1)).toMatchObject({ reason: 'error', error });
    });

    it(
      'emits nothing after unsubscribe',
      marbles((m) => {
        const source = m.hot('  a-----b-|', { a: delta('a', 'x\n'), b: delta('a', 'y\n') });
        const unsubscribe = '   -----!   ';
        const subscribed = '    ^----!   ';
        const expected = '      (ox)-    ';
        const output = source.pipe(
          mergeMap((event) => of(event)),
          scanLines(ref),
          toText(),
          mergeMap((commit) => of(commit)),
        );
        m.expect(output, unsubscribe).toBeObservable(expected, { o: 'open a/3', x: 'line a/3 0 x$' });
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
      source.pipe(scanLines(ref), toText(), take(3)).subscribe((commit) => seen.push(commit));
      expect(seen).toStrictEqual(['open a/3', 'line a/3 0 x$', 'line a/3 1 x$']);
      expect(produced).toBe(2);
    });

    it('handles a re-entrant event after the commits of the previous event', () => {
      const source = new Subject<DeltaEvent>();
      const seen: string[] = [];
      source.pipe(scanLines(ref), toText()).subscribe((commit) => {
        seen.push(commit);
        if (commit === 'open a/3') {
          source.next(delta('a', '3\n'));
        }
      });
      source.next(delta('a', '1\n2\n'));
      expect(seen).toStrictEqual(['open a/3', 'line a/3 0 1$', 'line a/3 1 2$', 'line a/3 2 3$']);
    });

    it('has separate state for each subscription', async () => {
      const output = of(delta('a', 'x')).pipe(scanLines(ref), toText());
      const commits = ['open a/3', 'line a/3 0 x', 'close a/3 complete 1'];
      expect(await collect(output)).toStrictEqual(commits);
      expect(await collect(output)).toStrictEqual(commits);
    });
  });
});

afterEach(() => {
  vi.useRealTimers();
});
