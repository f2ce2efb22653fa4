import fc from 'fast-check';
import { from, Subject } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { commitLines, type DeltaEvent } from '../../src/index.js';
import { byStream, deltaEvent, textOf } from '../support/arbitraries.js';
import { collect } from '../support/collect.js';
import { delta, end } from '../support/events.js';
import { composed, forms } from '../support/forms.js';
import { marbles } from '../support/marbles.js';
import { toText } from '../support/show.js';

describe.each(forms)('$form with softCommit', ({ operator }) => {
  it(
    'commits a part of a line that has waited since its first character',
    marbles((m) => {
      const after = m.time('  -----|');
      const source = m.hot('  a--b------c---|', {
        a: delta('a', 'one '),
        b: delta('a', 'two'),
        c: delta('a', '!\n'),
      });
      const subscribed = '    ^-------------!';
      const expected = '      o----p----r---(c|)';
      m.expect(source.pipe(operator({ softCommit: { after } }), toText())).toBeObservable(expected, {
        o: 'open a',
        p: 'line a 0 one tw',
        r: 'line a 0 o!$',
        c: 'close a complete 1',
      });
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );

  it(
    'delays each stream separately',
    marbles((m) => {
      const after = m.time('  -----|');
      const source = m.hot('  a-b---------', { a: delta('a', 'aaaa'), b: delta('b', 'bbbb') });
      const unsubscribe = '   -----------!';
      const expected = '      a-b--p-q----';
      m.expect(source.pipe(operator({ softCommit: { after } }), toText()), unsubscribe).toBeObservable(
        expected,
        {
          a: 'open a',
          b: 'open b',
          p: 'line a 0 aaa',
          q: 'line b 0 bbb',
        },
      );
    }),
  );

  it(
    'restarts with the first character of each line',
    marbles((m) => {
      const after = m.time('  -----|');
      const source = m.hot('  a--b---------', { a: delta('a', 'aaaa'), b: delta('a', '\nbbbb') });
      const unsubscribe = '   ------------!';
      const expected = '      o--l----p----';
      m.expect(source.pipe(operator({ softCommit: { after } }), toText()), unsubscribe).toBeObservable(
        expected,
        {
          o: 'open a',
          l: 'line a 0 aaaa$',
          p: 'line a 1 bbb',
        },
      );
    }),
  );

  it(
    'does not cut a line that ends in time',
    marbles((m) => {
      const after = m.time('  -----|');
      const source = m.hot('  a--b---------', { a: delta('a', 'aaaa'), b: delta('a', '\n') });
      const unsubscribe = '   ------------!';
      const expected = '      o--l---------';
      m.expect(source.pipe(operator({ softCommit: { after } }), toText()), unsubscribe).toBeObservable(
        expected,
        {
          o: 'open a',
          l: 'line a 0 aaaa$',
        },
      );
    }),
  );

  it(
    'delays the rest of the line again',
    marbles((m) => {
      const after = m.time('  -----|');
      const source = m.hot('  a-----b------', { a: delta('a', 'aaaa'), b: delta('a', 'bb') });
      const unsubscribe = '   ------------!';
      const expected = '      o----p----q--';
      m.expect(source.pipe(operator({ softCommit: { after } }), toText()), unsubscribe).toBeObservable(
        expected,
        {
          o: 'open a',
          p: 'line a 0 aaa',
          q: 'line a 0 ab',
        },
      );
    }),
  );

  it(
    'continues for the other streams when one closes',
    marbles((m) => {
      const after = m.time('  -----|');
      const source = m.hot('  a-bc---------', {
        a: delta('a', 'aaaa'),
        b: delta('b', 'bbbb'),
        c: end('a'),
      });
      const unsubscribe = '   ------------!';
      const expected = '      a-b(lc)p-----';
      m.expect(source.pipe(operator({ softCommit: { after } }), toText()), unsubscribe).toBeObservable(
        expected,
        {
          a: 'open a',
          b: 'open b',
          l: 'line a 0 aaaa',
          c: 'close a end 1',
          p: 'line b 0 bbb',
        },
      );
    }),
  );

  it(
    'restarts for a line that the limit cuts at once',
    marbles((m) => {
      const after = m.time('  -----|');
      const source = m.hot('  a--b---------', { a: delta('a', 'aaa'), b: delta('a', '\nbbbbbb') });
      const unsubscribe = '   ------------!';
      const expected = '      o--(lp)-q----';
      const options = { softCommit: { after }, maxLineLength: 4 };
      m.expect(source.pipe(operator(options), toText()), unsubscribe).toBeObservable(expected, {
        o: 'open a',
        l: 'line a 0 aaa$',
        p: 'line a 1 bbbb',
        q: 'line a 1 b',
      });
    }),
  );

  it(
    'does not restart for a CR beyond the limit',
    marbles((m) => {
      const after = m.time('  -----|');
      const source = m.hot('  a--b---------', { a: delta('a', 'aaaa'), b: delta('a', '\r') });
      const unsubscribe = '   ------------!';
      const expected = '      o----p-------';
      const options = { softCommit: { after }, maxLineLength: 4 };
      m.expect(source.pipe(operator(options), toText()), unsubscribe).toBeObservable(expected, {
        o: 'open a',
        p: 'line a 0 aaaa',
      });
    }),
  );

  it(
    'emits the remaining tail',
    marbles((m) => {
      const after = m.time('  -----|');
      const source = m.hot('  a------------', { a: delta('a', 'abcd') });
      const unsubscribe = '   ------------!';
      const expected = '      (ot)-(pu)----';
      const options = { softCommit: { after }, tail: true };
      m.expect(source.pipe(operator(options), toText()), unsubscribe).toBeObservable(expected, {
        o: 'open a',
        t: 'tail a 0 abcd',
        p: 'line a 0 abc',
        u: 'tail a 0 d',
      });
    }),
  );

  it(
    'applies both chars and after',
    marbles((m) => {
      const after = m.time('  -----|');
      const source = m.hot('  a--b---------', { a: delta('a', 'abcd'), b: delta('a', 'efgh') });
      const unsubscribe = '   ------------!';
      const expected = '      o--p---------';
      const options = { softCommit: { after, chars: 8 } };
      m.expect(source.pipe(operator(options), toText()), unsubscribe).toBeObservable(expected, {
        o: 'open a',
        p: 'line a 0 abcdefg',
      });
    }),
  );

  it(
    'still closes an idle stream, never early and at most a quarter late',
    marbles((m) => {
      const idleTimeout = m.time('80ms |');
      const after = m.time('      5ms |');
      const source = m.hot('  a 9ms b 200ms |', { a: delta('a', 'aa'), b: delta('a', 'bb') });
      const closes: number[] = [];
      source.pipe(operator({ idleTimeout, softCommit: { after } })).subscribe((commit) => {
        if (commit.type === 'close') {
          closes.push(m.scheduler.now() - 10);
        }
      });
      m.flush();
      expect(closes).toHaveLength(1);
      expect(closes[0]).toBeGreaterThanOrEqual(80);
      expect(closes[0]).toBeLessThanOrEqual(100);
    }),
  );

  it('has one timer for all streams besides the idle timer, and none once they are closed', () => {
    vi.useFakeTimers();
    const source = new Subject<DeltaEvent>();
    source.pipe(commitLines({ softCommit: { after: 400 } })).subscribe();
    for (const id of ['a', 'b', 'c']) {
      source.next(delta(id, 'x'));
      vi.advanceTimersByTime(100);
    }
    expect(vi.getTimerCount()).toBe(2);
    for (const id of ['a', 'b', 'c']) {
      source.next(end(id));
    }
    expect(vi.getTimerCount()).toBe(0);
  });

  it('has no timer while no line is unfinished', () => {
    vi.useFakeTimers();
    const source = new Subject<DeltaEvent>();
    source.pipe(operator({ softCommit: { after: 400 }, idleTimeout: Infinity })).subscribe();
    source.next(delta('a', 'x'));
    expect(vi.getTimerCount()).toBe(1);
    source.next(delta('a', '\n'));
    expect(vi.getTimerCount()).toBe(0);
  });

  it('has no timer while the tail cannot be cut', () => {
    vi.useFakeTimers();
    const source = new Subject<DeltaEvent>();
    const output: string[] = [];
    source
      .pipe(operator({ softCommit: { after: 400 }, idleTimeout: Infinity }), toText())
      .subscribe((text) => output.push(text));
    source.next(delta('a', 'xy'));
    vi.advanceTimersByTime(400);
    expect(output).toStrictEqual(['open a', 'line a 0 x']);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(400);
    expect(vi.getTimerCount()).toBe(0);
    source.next(delta('a', 'z'));
    vi.advanceTimersByTime(400);
    expect(output).toStrictEqual(['open a', 'line a 0 x', 'line a 0 y']);
  });

  it('has no timer after unsubscription', () => {
    vi.useFakeTimers();
    const source = new Subject<DeltaEvent>();
    const subscription = source.pipe(operator({ softCommit: { after: 400 } })).subscribe();
    source.next(delta('a', 'x'));
    subscription.unsubscribe();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('has no timer after unsubscribe during a soft commit', () => {
    vi.useFakeTimers();
    const source = new Subject<DeltaEvent>();
    const subscription = source.pipe(operator({ softCommit: { after: 400 } })).subscribe((commit) => {
      if (commit.type === 'line') {
        subscription.unsubscribe();
      }
    });
    source.next(delta('a', 'xx'));
    source.next(delta('b', 'xx'));
    vi.advanceTimersByTime(400);
    expect(subscription.closed).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([{ hours: 1 }, { hours: -1 }])(
    'is not delayed by a wall clock that is set by $hours h',
    ({ hours }) => {
      vi.useFakeTimers();
      const source = new Subject<DeltaEvent>();
      const seen: string[] = [];
      source
        .pipe(operator({ softCommit: { after: 400 } }), toText())
        .subscribe((commit) => seen.push(commit));
      source.next(delta('a', 'xx'));
      vi.advanceTimersByTime(200);
      vi.setSystemTime(Date.now() + hours * 3_600_000);
      source.next(delta('b', 'yy'));
      vi.advanceTimersByTime(800);
      expect([...seen].sort()).toStrictEqual(['line a 0 x', 'line b 0 y', 'open a', 'open b']);
      source.complete();
    },
  );

  it('closes no idle stream early when the wall clock is set forward between two ticks', () => {
    vi.useFakeTimers();
    const source = new Subject<DeltaEvent>();
    const seen: string[] = [];
    const options = { idleTimeout: 800, softCommit: { after: 5 } };
    source.pipe(operator(options), toText()).subscribe((commit) => seen.push(commit));
    source.next(delta('a', 'x\n'));
    vi.advanceTimersByTime(1);
    vi.setSystemTime(Date.now() + 90);
    source.next(delta('b', 'yy'));
    vi.advanceTimersByTime(798);
    expect(seen).not.toContain('close a idle 1');
    vi.advanceTimersByTime(201);
    expect(seen).toContain('close a idle 1');
    source.complete();
  });

  it('commits all tails that were waiting when the wall clock was set back', () => {
    vi.useFakeTimers();
    const source = new Subject<DeltaEvent>();
    const seen: string[] = [];
    source.pipe(operator({ softCommit: { after: 400 } }), toText()).subscribe((commit) => seen.push(commit));
    for (const id of ['a', 'b', 'c', 'd']) {
      source.next(delta(id, 'xx'));
      vi.advanceTimersByTime(10);
    }
    vi.setSystemTime(Date.now() - 3_600_000);
    vi.advanceTimersByTime(800);
    expect(seen.filter((commit) => commit.startsWith('line')).sort()).toStrictEqual([
      'line a 0 x',
      'line b 0 x',
      'line c 0 x',
      'line d 0 x',
    ]);
    source.complete();
  });

  it('commits a tail that began while the wall clock was ahead after an earlier one', () => {
    vi.useFakeTimers();
    const source = new Subject<DeltaEvent>();
    const seen: string[] = [];
    source.pipe(operator({ softCommit: { after: 400 } }), toText()).subscribe((commit) => seen.push(commit));
    source.next(delta('a', 'xx'));
    vi.advanceTimersByTime(100);
    vi.setSystemTime(Date.now() + 3_600_000);
    source.next(delta('b', 'yy'));
    vi.setSystemTime(Date.now() - 3_600_000);
    vi.advanceTimersByTime(900);
    expect(seen.filter((commit) => commit.startsWith('line')).sort()).toStrictEqual([
      'line a 0 x',
      'line b 0 y',
    ]);
    source.complete();
  });

  it('reads the clock once for a line, and not for each delta', () => {
    vi.useFakeTimers();
    const now = vi.spyOn(Date, 'now');
    const source = new Subject<DeltaEvent>();
    source.pipe(operator({ softCommit: { after: 400 }, idleTimeout: Infinity })).subscribe();
    source.next(delta('a', 'x'));
    const atFirst = now.mock.calls.length;
    for (let count = 0; count < 100; count++) {
      source.next(delta('a', 'x'));
    }
    expect(now.mock.calls.length).toBe(atFirst);
    source.next(delta('a', '\nx'));
    expect(now.mock.calls.length).toBe(atFirst + 1);
    now.mockRestore();
    source.complete();
  });
});

describe('the laws with tails and soft commits', () => {
  const events = fc.array(deltaEvent, { maxLength: 40, size: 'max' });
  const options = fc.record({
    tail: fc.boolean(),
    softCommit: fc.record({ chars: fc.integer({ min: 1, max: 12 }) }),
    maxLineLength: fc.integer({ min: 2, max: 9 }),
    maxStreams: fc.integer({ min: 1, max: 7 }),
    reconcile: fc.constantFrom('revise', 'keep', 'off'),
  });

  it('both forms emit the same commits', async () => {
    await fc.assert(
      fc.asyncProperty(events, options, async (source, someOptions) => {
        const expected = await collect(from(source).pipe(commitLines(someOptions)));
        const actual = await collect(from(source).pipe(composed(someOptions)));
        expect(actual).toStrictEqual(expected.filter((commit) => commit.type !== 'drop'));
      }),
    );
  });

  it('the lines join to the same text as without', async () => {
    await fc.assert(
      fc.asyncProperty(events, options, async (source, { maxStreams, reconcile, ...someOptions }) => {
        const plain = await collect(from(source).pipe(commitLines({ maxStreams, reconcile })));
        const cut = await collect(from(source).pipe(commitLines({ maxStreams, reconcile, ...someOptions })));
        const texts = [plain, cut].map((commits) => [...byStream(commits).values()].map(textOf));
        expect(texts[1]).toStrictEqual(texts[0]);
      }),
    );
  });
});

afterEach(() => {
  vi.useRealTimers();
});
