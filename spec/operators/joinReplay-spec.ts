import fc from 'fast-check';
import { concat, EMPTY, from, NEVER, Observable, of, Subject, take, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { joinReplay, type JoinReplayOptions, type ReplayGap, resequence } from '../../src/index.js';
import { collect } from '../support/collect.js';
import { marbles } from '../support/marbles.js';

/** Values are numbered by their digits; letters have no number. */
const seq = (value: string) => (/\d/.test(value) ? Number(value) : undefined);

describe('joinReplay', () => {
  // prettier-ignore
  it.each([
    { title: 'holds live values until the history completes, and drops repeats',
      live:     '  --3--4------5-|', history: ' -1-2--3|     ', expected: '-1-2--3(4)--5-|' },
    { title: 'emits live values at once after the history',
      live:     '  ------4--5---|', history: ' (123|)      ', expected: '(123)-4--5---|' },
    { title: 'drops repeats within the live source',
      live:     '  --1-1-2-1-|', history: ' |          ', expected: '--1---2---|' },
    { title: 'sorts the queued live values',
      live:     '  -5-4-------|', history: ' (123)--|    ', expected: '(123)--(45)|' },
    { title: 'emits values without a number, live ones after the history',
      live:     '  -a-3-b-----|', history: ' 1x-2--|   ', expected: '1x-2--(a3b)|' },
    { title: 'completes after the history when the live source completed first',
      live:     '  -2|        ', history: ' 1---1---| ', expected: '1-------(2|)' },
    { title: 'completes with an empty live source after the history',
      live:     '  |          ', history: ' 1-2|      ', expected: '1-2|' },
    { title: 'does not complete before the history',
      live:     '  -1-2-|     ', history: ' 0---       ', expected: '0-----------' },
    { title: 'fails at once with the live source',
      live:     '  -2-#       ', history: ' 1----2|    ', expected: '1--#' },
    { title: 'fails at once with the history',
      live:     '  -2-----    ', history: ' 1--#       ', expected: '1--#' },
  ])('$title', ({ live, history, expected }) => {
    marbles((m) => {
      const live$ = m.hot(live.trim());
      const output = live$.pipe(joinReplay(m.cold(history.trim()), { seq }));
      m.expect(output).toBeObservable(expected);
    })();
  });

  it(
    'subscribes to the live source first, and unsubscribes from both',
    marbles((m) => {
      const live = m.hot('    --1--2--');
      const history = m.cold('-0------');
      const subscribed = '    ^---!   ';
      m.expect(live.pipe(joinReplay(history, { seq })), subscribed).toBeObservable('-0--');
      m.expect(live).toHaveSubscriptions(subscribed);
      m.expect(history).toHaveSubscriptions(subscribed);
    }),
  );

  it('subscribes to the live source before the history', () => {
    const order: string[] = [];
    const live = new Observable<string>(() => void order.push('live'));
    const history = new Observable<string>(() => void order.push('history'));
    live.pipe(joinReplay(history, { seq })).subscribe().unsubscribe();
    expect(order).toStrictEqual(['live', 'history']);
  });

  it('loses nothing that the live source emits during the history', async () => {
    const live = new Subject<string>();
    const history = new Observable<string>((subscriber) => {
      live.next('3');
      subscriber.next('1');
      subscriber.next('2');
      live.next('4');
      subscriber.complete();
      live.complete();
    });
    expect(await collect(live.pipe(joinReplay(history, { seq })))).toStrictEqual(['1', '2', '3', '4']);
  });

  it('stops a synchronous history, and then the live source, with take', async () => {
    let produced = 0;
    const endless = new Observable<string>((subscriber) => {
      while (!subscriber.closed && produced < 1000) {
        subscriber.next(String(produced++));
      }
    });
    expect(await collect(NEVER.pipe(joinReplay(endless, { seq }), take(2)))).toStrictEqual(['0', '1']);
    expect(produced).toBe(2);
  });

  it.each([
    {
      title: 'between the history and the live source',
      history: ['1', '2'],
      live: ['5', '6'],
      gaps: [{ from: 3, to: 4 }],
    },
    { title: 'nowhere if the numbers continue', history: ['1', '2'], live: ['3', '4'], gaps: [] },
    { title: 'nowhere when the live source overlaps', history: ['1', '2'], live: ['1', '3'], gaps: [] },
    { title: 'nowhere without a history', history: [], live: ['7', '9'], gaps: [] },
    { title: 'nowhere within the live source', history: ['1'], live: ['2', '5'], gaps: [] },
  ])('reports a gap $title', async ({ history, live, gaps }) => {
    const reported: ReplayGap[] = [];
    await collect(from(live).pipe(joinReplay(history, { seq, onGap: (gap) => reported.push(gap) })));
    expect(reported).toStrictEqual(gaps);
  });

  it('emits the values after a gap without onGap', async () => {
    expect(await collect(from(['5']).pipe(joinReplay(['1'], { seq })))).toStrictEqual(['1', '5']);
  });

  it('reports no gap after unsubscribe', async () => {
    const reported: ReplayGap[] = [];
    const output = from(['a', '5']).pipe(joinReplay(['1'], { seq, onGap: (gap) => reported.push(gap) }));
    expect(await collect(output.pipe(take(2)))).toStrictEqual(['1', 'a']);
    expect(reported).toStrictEqual([]);
  });

  it('fails when more than maxBuffered live values are queued', async () => {
    const live = concat(of('1', '2', '3'), NEVER);
    const output = live.pipe(joinReplay(NEVER, { seq, maxBuffered: 2 }));
    await expect(collect(output)).rejects.toThrow(
      'More than 2 live values waited for the end of the history',
    );
    await expect(collect(output)).rejects.toMatchObject({ name: 'BufferOverflowError' });
  });

  it('does not count a live value that the history has emitted', async () => {
    const live = new Subject<string>();
    const history = new Observable<string>((subscriber) => {
      subscriber.next('9');
      ['7', '8', '9', '10'].forEach((value) => live.next(value));
      subscriber.complete();
      live.complete();
    });
    const output = live.pipe(joinReplay(history, { seq, maxBuffered: 1 }));
    expect(await collect(output)).toStrictEqual(['9', '10']);
  });

  it('emits live values that overtake each other in order, after resequence', async () => {
    const live = of('3', '5', '4', '6').pipe(resequence({ seq, start: 'first' }));
    expect(await collect(live.pipe(joinReplay(['1', '2'], { seq })))).toStrictEqual([
      '1',
      '2',
      '3',
      '4',
      '5',
      '6',
    ]);
  });

  it('fails with an exception of seq or onGap', async () => {
    const boom = () => {
      throw new Error('boom');
    };
    await expect(collect(of('1').pipe(joinReplay([], { seq: boom })))).rejects.toThrow('boom');
    await expect(collect(of('5').pipe(joinReplay(['1'], { seq, onGap: boom })))).rejects.toThrow('boom');
  });

  it('handles a re-entrant value after the queued ones', () => {
    const live = new Subject<string>();
    const history = new Observable<string>((subscriber) => {
      live.next('2');
      live.next('3');
      subscriber.next('1');
      subscriber.complete();
    });
    const seen: string[] = [];
    live.pipe(joinReplay(history, { seq })).subscribe((value) => {
      seen.push(value);
      if (value === '2') {
        live.next('4');
      }
    });
    expect(seen).toStrictEqual(['1', '2', '3', '4']);
  });

  it('has separate state for each subscription', async () => {
    const output = of('2', '3').pipe(joinReplay(['1', '2'], { seq }));
    expect(await collect(output)).toStrictEqual(['1', '2', '3']);
    expect(await collect(output)).toStrictEqual(['1', '2', '3']);
  });

  it('emits each number once and in order, wherever history and live source are cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(30), fc.nat(30), fc.nat(30), async (length, end, begin) => {
        const all = Array.from({ length }, (_, i) => i);
        const history = all.slice(0, end);
        const live = all.slice(Math.min(begin, end));
        const output = from(live).pipe(joinReplay(history, { seq: (value) => value }));
        expect(await collect(output)).toStrictEqual(all);
      }),
    );
  });

  it.each([
    { options: { seq: undefined }, message: 'The option seq is undefined, but must be a function' },
    {
      options: { seq, maxBuffered: -1 },
      message: 'The option maxBuffered is -1, but must be a whole number from 0, or Infinity',
    },
    { options: { seq, onGap: 1 }, message: 'The option onGap is 1, but must be a function' },
  ])('rejects $options when it is created', ({ options, message }) => {
    expect(() => joinReplay(EMPTY, options as unknown as JoinReplayOptions<string>)).toThrow(message);
  });

  it('fails with an error of the live source during the history', async () => {
    const failing = throwError(() => new Error('live'));
    await expect(collect(failing.pipe(joinReplay(NEVER, { seq: () => 1 })))).rejects.toThrow('live');
  });
});
