import {
  concat,
  EMPTY,
  from,
  NEVER,
  Observable,
  of,
  Subject,
  take,
  throwError,
  VirtualTimeScheduler,
} from 'rxjs';
import { describe, expect, it } from 'vitest';

import type { Commit, StreamRef } from '../../src/index.js';
import {
  type Appended,
  appendCommits,
  type AppendCommitsOptions,
  type AppendResult,
  type CommitLog,
  type LiveTail,
  memoryLog,
  readCommits,
} from '../../src/log/index.js';
import { VirtualClock } from '../model/virtualClock.js';
import { collect } from '../support/collect.js';
import { close, drop, line, open, part, revise, streamOf, tail } from '../support/commits.js';
import { type Call, type Fate, laterLog, Later, lost } from '../support/laterLog.js';
import { marbles } from '../support/marbles.js';
import { show } from '../support/show.js';
import { appendedToText, showAppended } from '../support/showAppended.js';

const a = streamOf('a');
const b = streamOf('b');

const commits = {
  a: open(a),
  b: open(b),
  1: line(a, 0, 'one'),
  2: line(a, 1, 'two'),
  3: line(b, 0, 'three'),
  t: tail(a, 0, 'on'),
  A: close(a, 2),
  B: close(b, 1),
  d: drop,
};

const words = {
  a: 'open a',
  b: 'open b',
  1: 'line a 0 one$',
  2: 'line a 1 two$',
  3: 'line b 0 three$',
  t: '(tail a 0 on)',
  A: 'close a end 2',
  B: 'close b end 1',
  d: '(drop late)',
};

/** The commits that the log has stored. */
async function stored(log: CommitLog): Promise<readonly string[]> {
  return (await collect(readCommits(log, { live: false }))).map(({ commit }) => show(commit));
}

/** The output for a source that completes, on a log that answers synchronously. */
async function outputOf(
  log: CommitLog,
  source: readonly Commit[],
  options: AppendCommitsOptions = {},
): Promise<readonly string[]> {
  return collect(from(source).pipe(appendCommits(log, options), appendedToText()));
}

function revokedProxy(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** Gives the calls of each method the planned fates in order, and the last fate to all further calls. */
function fates(plan: Partial<Record<Call, readonly Fate[]>>): (call: Call) => Fate {
  const counts = new Map<Call, number>();
  return (call) => {
    const list = plan[call] ?? [{}];
    const count = counts.get(call) ?? 0;
    counts.set(call, count + 1);
    return list[Math.min(count, list.length - 1)] ?? {};
  };
}

describe('appendCommits', () => {
  // prettier-ignore
  it.each([
    { title: 'emits a commit synchronously when the log stores it synchronously',
      source: '  -a-1--(2A)-b-|', delay: 0, expected: '-a-1--(2A)-b-|', subscribed: '^------------!' },
    { title: 'emits a commit only after the log has stored it',
      source: '  -a----1----|  ', delay: 2, expected: '---a----1--|  ', subscribed: '^----------!' },
  ])('$title', ({ source, delay, expected, subscribed }) => {
    marbles((m) => {
      const log = memoryLog();
      const source$ = m.hot(source.trim(), commits);
      const onLog = delay === 0 ? log : laterLog(log, m.scheduler, () => ({ after: delay }));
      m.expect(source$.pipe(appendCommits(onLog), appendedToText())).toBeObservable(expected.trim(), words);
      m.expect(source$).toHaveSubscriptions(subscribed);
    })();
  });

  it(
    'stores queued commits in batches, one batch at a time',
    marbles((m) => {
      const calls: string[] = [];
      const log = laterLog(memoryLog(), m.scheduler, (call) => {
        calls.push(call);
        return { after: 4 };
      });
      const source = m.hot('  -ab12----A---|', commits);
      m.expect(source.pipe(appendCommits(log), appendedToText())).toBeObservable(
        '-----a---b---(12A|)',
        words,
      );
      m.flush();
      expect(calls).toStrictEqual(['claim', 'claim', 'append']);
    }),
  );

  it('claims consecutive opens in one call, unless they have the same key', async () => {
    const log = memoryLog();
    const sizes: number[] = [];
    const counted: CommitLog = {
      ...methodsOf(log),
      claim: (requests) => {
        sizes.push(requests.length);
        return log.claim(requests);
      },
    };
    const again = { ...a, generation: 1 };
    const later = new Later<CommitLog>();
    const output: string[] = [];
    of(open(a), open(b), open(again), line(again, 0, 'x'), open(streamOf('c')))
      .pipe(appendCommits(later), appendedToText())
      .subscribe((text) => output.push(text));
    later.resolve(counted);
    expect(sizes).toStrictEqual([2, 1, 1]);
    expect(output).toStrictEqual(['open a', 'open b', 'open a/1', 'line a/1 0 x$', 'open c']);
    expect(await stored(log)).toHaveLength(6);
  });

  it('stores 32 commits in the first batch, and at most 500 in any batch', () => {
    const log = memoryLog();
    const sizes: number[] = [];
    const counted: CommitLog = {
      ...methodsOf(log),
      append: (requests) => {
        sizes.push(requests.length);
        return log.append(requests);
      },
    };
    const later = new Later<CommitLog>();
    const lines = Array.from({ length: 1200 }, (_, index) => line(a, index, 'x'));
    from([open(a), ...lines])
      .pipe(appendCommits(later))
      .subscribe();
    later.resolve(counted);
    expect(sizes).toStrictEqual([32, 64, 128, 256, 500, 220]);
  });

  it.each([
    [10, [1, 32, 64, 128, 128, 128, 128, 128]],
    [100, [1, 32, 32, 32, 32, 32, 32, 32]],
    [1_000, [1, 32, 16, 8, 4, 4, 4, 4]],
  ])(
    'stores smaller batches when a commit takes %i ms, and does not treat a slow log as a failure',
    (delay, first) => {
      const scheduler = new VirtualTimeScheduler(undefined, Infinity);
      const log = memoryLog({ scheduler });
      const sizes: number[] = [];
      const slow: CommitLog = {
        ...methodsOf(log),
        append: (requests) => {
          sizes.push(requests.length);
          const answer = new Later<readonly AppendResult[]>();
          scheduler.schedule(() => {
            answer.resolve(log.append(requests) as readonly AppendResult[]);
          }, requests.length * delay);
          return answer;
        },
      };
      const lines = Array.from({ length: 1500 }, (_, index) => line(a, index, 'x'));
      let stored = 0;
      from([open(a), ...lines])
        .pipe(appendCommits(slow, { retryFor: 33_000, scheduler }))
        .subscribe(() => stored++);
      scheduler.flush();
      expect(stored).toBe(1501);
      expect(sizes.slice(0, 8)).toStrictEqual(first);
    },
  );

  it('ends a batch once it has a million code units', () => {
    const log = memoryLog();
    const sizes: number[] = [];
    const counted: CommitLog = {
      ...methodsOf(log),
      append: (requests) => {
        sizes.push(requests.length);
        return log.append(requests);
      },
    };
    const later = new Later<CommitLog>();
    const short = Array.from({ length: 32 + 64 + 128 + 256 }, (_, index) => line(a, index, 'x'));
    const long = ['x'.repeat(600_000), 'x'.repeat(600_000), 'x'.repeat(600_000), ''];
    from([open(a), ...short, ...long.map((text, index) => line(a, short.length + index, text))])
      .pipe(appendCommits(later))
      .subscribe();
    later.resolve(counted);
    expect(sizes).toStrictEqual([32, 64, 128, 256, 2, 2]);
  });

  it('completes when its source completes, even without a commit', async () => {
    expect(await collect(EMPTY.pipe(appendCommits(memoryLog())))).toStrictEqual([]);
    let ended = 0;
    NEVER.pipe(appendCommits(memoryLog()))
      .subscribe({ complete: () => ended++, error: () => ended++ })
      .unsubscribe();
    expect(ended).toBe(0);
  });

  it('fails when the source fails', async () => {
    const source = throwError(() => new Error('boom'));
    await expect(collect(source.pipe(appendCommits(memoryLog())))).rejects.toThrow('boom');
  });

  it(
    'stores queued commits before it emits the error of the source',
    marbles((m) => {
      const log = laterLog(memoryLog(), m.scheduler, () => ({ after: 3 }));
      const source = m.hot('-a1#', commits);
      m.expect(source.pipe(appendCommits(log), appendedToText())).toBeObservable('----a--(1#)', words);
      m.expect(source).toHaveSubscriptions('^--!');
    }),
  );

  it(
    'stores queued commits before it completes',
    marbles((m) => {
      const log = laterLog(memoryLog(), m.scheduler, () => ({ after: 3 }));
      const source = m.hot('-a1|', commits);
      m.expect(source.pipe(appendCommits(log), appendedToText())).toBeObservable('----a--(1|)', words);
    }),
  );

  it('stores nothing more and leaves no timer after unsubscribe', async () => {
    const clock = new VirtualClock();
    const { scheduler } = clock;
    const log = memoryLog({ scheduler });
    const source = new Subject<Commit>();
    const output: string[] = [];
    const later = laterLog(log, scheduler, () => ({ before: 5, after: 5 }));
    const subscription = source
      .pipe(appendCommits(later, { scheduler }), appendedToText())
      .subscribe((text) => output.push(text));
    source.next(open(a));
    clock.pass(10);
    source.next(line(a, 0, 'in flight'));
    source.next(line(a, 1, 'waits'));
    subscription.unsubscribe();
    expect(source.observed).toBe(false);
    clock.pass(1_000_000);
    expect(output).toStrictEqual(['open a']);
    expect(clock.timers).toBe(0);
    expect(await stored(log)).toStrictEqual(['open a', 'line a 0 in flight$']);
  });

  it('stops a synchronous source with take', async () => {
    let produced = 0;
    const endless = new Observable<Commit>((subscriber) => {
      subscriber.next(open(a));
      while (!subscriber.closed && produced < 1000) {
        subscriber.next(line(a, produced, String(produced++)));
      }
    });
    const log = memoryLog();
    await collect(endless.pipe(appendCommits(log), take(3)));
    expect(produced).toBe(2);
    expect(await stored(log)).toHaveLength(3);
  });

  it('handles a commit that a subscriber pushes into the source after the commit being emitted', async () => {
    const source = new Subject<Commit>();
    const log = memoryLog();
    const output: string[] = [];
    source.pipe(appendCommits(log)).subscribe((appended) => {
      output.push(showAppended(appended));
      if (output.length === 1) {
        source.next(line(a, 0, 'x'));
        source.next(close(a, 1));
        output.push('pushed');
      }
    });
    source.next(open(a));
    expect(output).toStrictEqual(['open a', 'pushed', 'line a 0 x$', 'close a end 1']);
    expect(await stored(log)).toStrictEqual(['open a', 'line a 0 x$', 'close a end 1']);
  });

  it('claims the next generation on a second subscription', async () => {
    const log = memoryLog();
    const source = of(open(a), line(a, 0, 'x')).pipe(appendCommits(log), appendedToText());
    expect(await collect(source)).toStrictEqual(['open a', 'line a 0 x$']);
    expect(await collect(source)).toStrictEqual(['open a/1', 'line a/1 0 x$']);
    expect(await stored(log)).toStrictEqual([
      'open a',
      'line a 0 x$',
      'close a superseded 1',
      'open a/1',
      'line a/1 0 x$',
    ]);
  });

  it('emits all commits of a stream with one stream object, which has the generation of the log', async () => {
    const log = memoryLog();
    await outputOf(log, [open(a)]);
    const output = await collect(
      of(open(a), line(a, 0, 'x'), tail(a, 1, 't'), close(a, 1)).pipe(appendCommits(log)),
    );
    const refs = new Set<StreamRef | undefined>(
      output.map((appended) =>
        appended.type === 'entry' && appended.commit.type !== 'drop' ? appended.commit.stream : undefined,
      ),
    );
    expect([...refs]).toStrictEqual([{ ...a, generation: 1 }]);
    const read = await collect(readCommits(log, { live: false }));
    expect(read.slice(2).map(({ commit }) => commit)).toStrictEqual(
      output.flatMap((each) => (each.type === 'entry' && each.position !== undefined ? [each.commit] : [])),
    );
    expect(read.slice(2).map(({ position }) => position)).toStrictEqual(
      output.flatMap((each) => (each.type === 'entry' && each.position !== undefined ? [each.position] : [])),
    );
  });

  it('recognizes a stream whose commits each have a stream object of their own', async () => {
    const log = memoryLog();
    const copies = [open(a), line(a, 0, 'x'), close(a, 1)].map((commit) => structuredClone(commit));
    expect(await outputOf(log, copies)).toStrictEqual(['open a', 'line a 0 x$', 'close a end 1']);
  });

  it('opens a stream that the source did not open', async () => {
    const log = memoryLog();
    expect(await outputOf(log, [line(a, 3, 'x'), close(a, 4)])).toStrictEqual([
      'open a',
      'line a 3 x$',
      'close a end 4',
    ]);
  });

  it('emits a drop at once and does not store it', async () => {
    const log = memoryLog();
    expect(await outputOf(log, [open(a), drop])).toStrictEqual(['open a', '(drop late)']);
    expect(await stored(log)).toStrictEqual(['open a']);
  });

  it('accepts a promise of a log', async () => {
    const log = memoryLog();
    const output = of(open(a), line(a, 0, 'x')).pipe(appendCommits(Promise.resolve(log)), appendedToText());
    expect(await collect(output)).toStrictEqual(['open a', 'line a 0 x$']);
    const none = Promise.reject<CommitLog>(new Error('no server'));
    await expect(collect(of(open(a)).pipe(appendCommits(none)))).rejects.toThrow('no server');
  });

  it('fails on a value that is not a commit', async () => {
    const source = of(open(a), null as unknown as Commit);
    await expect(collect(source.pipe(appendCommits(memoryLog())))).rejects.toThrow(TypeError);
  });

  describe('when another writer claims a stream', () => {
    it('emits fenced once, ignores the rest of that stream, and continues the others', async () => {
      const log = memoryLog();
      const [first, second] = [new Subject<Commit>(), new Subject<Commit>()];
      const outputs: string[][] = [[], []];
      [first, second].forEach((source, index) => {
        source.pipe(appendCommits(log), appendedToText()).subscribe((text) => outputs[index]?.push(text));
      });
      first.next(open(a));
      first.next(open(b));
      first.next(line(a, 0, '1'));
      second.next(open(a));
      first.next(line(a, 1, '2'));
      first.next(tail(a, 2, 't'));
      first.next(line(b, 0, '3'));
      first.next(close(a, 2));
      second.next(line(a, 0, '4'));
      const next = { ...a, generation: 1 };
      first.next(open(next));
      second.next(close(a, 1));
      first.next(close(next, 0));
      expect(outputs[0]).toStrictEqual([
        'open a',
        'open b',
        'line a 0 1$',
        'fenced a',
        'line b 0 3$',
        'open a/2',
        'close a/2 end 0',
      ]);
      expect(outputs[1]).toStrictEqual(['open a/1', 'line a/1 0 4$', 'fenced a/1']);
      expect(await stored(log)).toStrictEqual([
        'open a',
        'open b',
        'line a 0 1$',
        'close a superseded 1',
        'open a/1',
        'line b 0 3$',
        'line a/1 0 4$',
        'close a/1 superseded 1',
        'open a/2',
        'close a/2 end 0',
      ]);
    });

    it('emits fenced once for a batch with several commits of the stream', () => {
      const log = memoryLog();
      const later = new Later<CommitLog>();
      const output: string[] = [];
      of(open(a), line(a, 0, '1'), line(a, 1, '2'), close(a, 2))
        .pipe(appendCommits(later), appendedToText())
        .subscribe((text) => output.push(text));
      // Another writer claims the stream between the first and the second batch.
      const methods = methodsOf(log);
      later.resolve({
        ...methods,
        append: (requests) => {
          outputNow(log, [open(a)]);
          return log.append(requests);
        },
      });
      expect(output).toStrictEqual(['open a', 'fenced a']);
    });

    it('fences the first of two merged sources that open the same stream', async () => {
      const log = memoryLog();
      const other = { ...a };
      expect(await outputOf(log, [open(a), open(other), line(a, 0, '1'), line(other, 0, '2')])).toStrictEqual(
        ['open a', 'open a/1', 'fenced a', 'line a/1 0 2$'],
      );
    });
  });

  describe('with existing: continue', () => {
    const replay = [open(a), line(a, 0, '1'), part(a, 1, '2'), revise(a, 1), line(a, 1, '3')];

    it('emits entries of the log with their positions, without storing them again, and stores the rest', async () => {
      const log = memoryLog();
      const before = await collect(from(replay.slice(0, 4)).pipe(appendCommits(log)));
      const after = await collect(
        from([...replay, close(a, 2)]).pipe(appendCommits(log, { existing: 'continue' })),
      );
      expect(after.slice(0, 4)).toStrictEqual(before);
      expect(after.map(showAppended)).toStrictEqual([
        'open a',
        'line a 0 1$',
        'line a 1 2',
        'revise a 1',
        'line a 1 3$',
        'close a end 2',
      ]);
      expect(await stored(log)).toStrictEqual(after.map(showAppended));
    });

    it('reads many entries in pages', async () => {
      const log = memoryLog();
      const lines = Array.from({ length: 1600 }, (_, index) => line(a, index, 'x'));
      const before = await collect(from([open(a), ...lines.slice(0, 1500)]).pipe(appendCommits(log)));
      const after = await collect(
        from([open(a), ...lines]).pipe(appendCommits(log, { existing: 'continue' })),
      );
      expect(after.slice(0, 1501)).toStrictEqual(before);
      expect(await stored(log)).toHaveLength(1601);
    });

    it('fences the previous writer', async () => {
      const log = memoryLog();
      const source = new Subject<Commit>();
      const output: string[] = [];
      source.pipe(appendCommits(log), appendedToText()).subscribe((text) => output.push(text));
      source.next(open(a));
      await outputOf(log, [open(a), line(a, 0, '1')], { existing: 'continue' });
      source.next(line(a, 0, 'late'));
      expect(output).toStrictEqual(['open a', 'fenced a']);
      expect(await stored(log)).toStrictEqual(['open a', 'line a 0 1$']);
    });

    it.each([
      { title: 'has a different type', source: [open(a), line(a, 0, '1'), revise(a, 0), line(a, 0, 'x')] },
      { title: 'has a different index', source: [open(a), line(a, 0, '1'), part(a, 0, '2'), close(a, 0)] },
      { title: 'is an earlier close', source: [open(a), line(a, 0, '1'), close(a, 1)] },
    ])('fails only the stream whose commit $title', async ({ source }) => {
      const log = memoryLog();
      await outputOf(log, replay);
      const output = await outputOf(log, [...source, open(b), line(b, 0, 'y')], { existing: 'continue' });
      expect(output).toStrictEqual(['open a', 'line a 0 1$', 'close a error 2', 'open b', 'line b 0 y$']);
      const entries = await collect(readCommits(log, { live: false }));
      expect(entries.map(({ commit }) => show(commit))).toStrictEqual([
        ...replay.map(show),
        'close a error 2',
        'open b',
        'line b 0 y$',
      ]);
      expect(entries[5]?.commit).toMatchObject({
        error: { name: 'Error', message: 'Entry 2 of this stream in the log differs from the source' },
      });
    });

    it('continues without comparing entries that the log has removed', async () => {
      const log = memoryLog({ maxEntries: 3 });
      await outputOf(log, replay);
      const output = await collect(
        from([...replay, close(a, 2)]).pipe(appendCommits(log, { existing: 'continue' })),
      );
      const positions = output.map((each) => (each.type === 'entry' ? each.position : ''));
      expect(positions.map((position) => position !== undefined)).toStrictEqual([
        true,
        false,
        true,
        true,
        true,
        true,
      ]);
    });

    it('claims the next generation after a close', async () => {
      const log = memoryLog();
      await outputOf(log, [open(a), close(a, 0)]);
      expect(await outputOf(log, [open(a)], { existing: 'continue' })).toStrictEqual(['open a/1']);
    });
  });

  describe('tails', () => {
    function tailsOf(log: CommitLog): readonly LiveTail[] {
      const tails: LiveTail[] = [];
      void log.watch({
        appended: () => undefined,
        tail: (live) => tails.push(live),
        error: () => undefined,
      });
      return tails;
    }

    it('are published with the number of entries before them, but not stored', async () => {
      const log = memoryLog();
      await outputOf(log, [open(a)]);
      const tails = tailsOf(log);
      const output = await outputOf(log, [open(a), tail(a, 0, 'x'), line(a, 0, 'xy'), tail(a, 1, 'z')]);
      expect(output).toStrictEqual(['open a/1', '(tail a/1 0 x)', 'line a/1 0 xy$', '(tail a/1 1 z)']);
      const stream = { ...a, generation: 1 };
      expect(tails).toStrictEqual([
        { commit: tail(stream, 0, 'x'), number: 1 },
        { commit: tail(stream, 1, 'z'), number: 2 },
      ]);
      expect(await stored(log)).not.toContain('tail a/1 0 x');
    });

    it('are queued only as the latest of their stream, and not published when stale', () => {
      const log = memoryLog();
      const tails = tailsOf(log);
      const later = new Later<CommitLog>();
      const output: string[] = [];
      of(
        open(a),
        tail(a, 0, 'x'),
        open(b),
        tail(b, 0, 'p'),
        tail(a, 0, 'xy'),
        line(a, 0, 'xyz'),
        tail(a, 1, '1'),
        tail(a, 1, '2'),
      )
        .pipe(appendCommits(later), appendedToText())
        .subscribe((text) => output.push(text));
      later.resolve(log);
      expect(output).toStrictEqual([
        'open a',
        '(tail a 0 xy)',
        'open b',
        '(tail b 0 p)',
        'line a 0 xyz$',
        '(tail a 1 2)',
      ]);
      expect(tails.map(({ commit, number }) => [show(commit), number])).toStrictEqual([
        ['tail a 0 xy', 1],
        ['tail b 0 p', 1],
        ['tail a 1 2', 2],
      ]);
    });
  });

  describe('when the log fails', () => {
    it(
      'retries the call with growing delays',
      marbles((m) => {
        const at: number[] = [];
        const log = laterLog(memoryLog(), m.scheduler, (call) => {
          if (call === 'append') {
            at.push(m.scheduler.now());
          }
          return call === 'append' && at.length < 4 ? { fails: 'before' } : {};
        });
        const source = m.hot('-a 9ms 1', commits);
        // Until the subscription ends, the lease is renewed.
        m.expect(source.pipe(appendCommits(log), appendedToText()), '^ 400ms !').toBeObservable(
          '-a 359ms 1',
          words,
        );
        m.flush();
        expect(at).toStrictEqual([11, 61, 161, 361]);
      }),
    );

    it(
      'stores a commit once when the answer of the log was lost',
      marbles((m) => {
        const log = memoryLog();
        const later = laterLog(
          log,
          m.scheduler,
          fates({ claim: [{ fails: 'after' }, {}], append: [{ fails: 'after' }, { fails: 'after' }, {}] }),
        );
        const source = m.hot('-(a12)|', commits);
        m.expect(source.pipe(appendCommits(later), appendedToText())).toBeObservable(
          '- 50ms a 149ms (12|)',
          words,
        );
        m.flush();
        expect(readNow(log)).toStrictEqual(['open a', 'line a 0 one$', 'line a 1 two$']);
      }),
    );

    it(
      'fails with the error of the log after retryFor',
      marbles((m) => {
        const log = laterLog(memoryLog(), m.scheduler, () => ({ fails: 'before' }));
        const source = m.hot('a', commits);
        m.expect(source.pipe(appendCommits(log, { retryFor: 400 }))).toBeObservable(
          '400ms #',
          undefined,
          lost,
        );
        m.expect(source).toHaveSubscriptions('^ 399ms !');
      }),
    );

    it(
      'fails when the log does not answer within retryFor',
      marbles((m) => {
        const log = laterLog(memoryLog(), m.scheduler, () => ({ after: Infinity }));
        const output = m.hot('a', commits).pipe(appendCommits(log, { retryFor: 400 }));
        m.expect(output).toBeObservable(
          '400ms #',
          undefined,
          new Error('The log did not answer within 400 ms'),
        );
      }),
    );

    it('fails at once on an error that no retry can fix', async () => {
      const log: CommitLog = {
        ...methodsOf(memoryLog()),
        claim: () => {
          throw new RangeError('too long');
        },
      };
      await expect(collect(of(open(a)).pipe(appendCommits(log)))).rejects.toThrow(new RangeError('too long'));
    });

    it.each([
      { call: 'claim', message: 'The log returned fewer claims than requests' },
      { call: 'append', message: 'The log returned fewer results than requests' },
    ])('fails when the log returns too few results: $call', async ({ call, message }) => {
      const log: CommitLog = { ...methodsOf(memoryLog()), [call]: () => [] };
      await expect(collect(of(open(a), line(a, 0, 'x')).pipe(appendCommits(log)))).rejects.toThrow(message);
      const later: CommitLog = { ...methodsOf(memoryLog()), [call]: () => Promise.resolve([]) };
      await expect(collect(of(open(a), line(a, 0, 'x')).pipe(appendCommits(later)))).rejects.toThrow(message);
    });
  });

  it('looks up positions that the log does not return', async () => {
    const log = memoryLog();
    const withoutPositions: CommitLog = {
      ...methodsOf(log),
      append: async (requests) =>
        (await log.append(requests)).map((result) =>
          result.type === 'stored' ? { type: 'stored', position: undefined } : result,
        ),
    };
    const lines = Array.from({ length: 700 }, (_, index) => [
      line(a, index, 'x'),
      line(b, index, 'y'),
    ]).flat();
    const output = await collect(from([open(a), open(b), ...lines]).pipe(appendCommits(withoutPositions)));
    const read = await collect(readCommits(log, { live: false }));
    expect(output).toStrictEqual(read.map((entry) => ({ type: 'entry', ...entry })));
  });

  it('fails when more than maxBuffered commits are queued', () => {
    const later = new Later<CommitLog>();
    const source = new Subject<Commit>();
    let error: unknown = undefined;
    source.pipe(appendCommits(later, { maxBuffered: 3 })).subscribe({
      error: (value: unknown) => {
        error = value;
      },
    });
    source.next(open(a));
    source.next(line(a, 0, 'x'));
    source.next(tail(a, 1, 't'));
    source.next(drop);
    source.next(line(a, 1, 'x'));
    expect(error).toBeUndefined();
    source.next(line(a, 2, 'x'));
    expect(error).toMatchObject({
      name: 'BufferOverflowError',
      message: 'More than 3 commits waited to be stored; raise maxBuffered, or send fewer to one log',
    });
    expect(source.observed).toBe(false);
  });

  it('has an empty queue after batches of every kind', () => {
    const log = memoryLog();
    const source = new Subject<Commit>();
    let error: unknown = undefined;
    source.pipe(appendCommits(log, { maxBuffered: 1, existing: 'continue' })).subscribe({
      error: (value: unknown) => {
        error = value;
      },
    });
    for (let round = 0; round < 50; round++) {
      const stream = { ...a, generation: round };
      outputNow(log, [open(a), line(a, 0, 'x'), line(a, 1, 'y')]);
      for (const commit of [open(stream), line(stream, 0, 'x'), revise(stream, 0), close(stream, 0)]) {
        source.next(commit);
      }
      source.next(open(b));
      outputNow(log, [open(b)]);
      source.next(line(b, 0, 'x'));
      source.next(close(b, 0));
    }
    expect(error).toBeUndefined();
  });

  describe('leases', () => {
    it('are renewed after each third of the lease while a stream is open', () => {
      const clock = new VirtualClock();
      const { scheduler } = clock;
      const log = memoryLog({ scheduler });
      const renewals: [number, readonly string[]][] = [];
      const counted: CommitLog = {
        ...methodsOf(log),
        renew: (claims, lease) => {
          renewals.push([clock.now, claims.map(({ stream }) => stream.id)]);
          return log.renew(claims, lease);
        },
      };
      const source = new Subject<Commit>();
      source.pipe(appendCommits(counted, { lease: 300, scheduler })).subscribe();
      expect(clock.timers).toBe(0);
      source.next(open(a));
      clock.pass(150);
      source.next(open(b));
      clock.pass(100);
      source.next(close(a, 0));
      clock.pass(1000);
      expect(log.abandoned()).toStrictEqual([]);
      source.next(close(b, 0));
      expect(clock.timers).toBe(0);
      clock.pass(1000);
      expect(renewals.slice(0, 4)).toStrictEqual([
        [100, ['a']],
        [200, ['a', 'b']],
        [300, ['b']],
        [400, ['b']],
      ]);
      expect(renewals).toHaveLength(12);
    });

    it('are still renewed after a renewal has failed', () => {
      const clock = new VirtualClock();
      const { scheduler } = clock;
      const log = memoryLog({ scheduler });
      let calls = 0;
      const failing: CommitLog = {
        ...methodsOf(log),
        renew: (claims, lease) => {
          calls++;
          if (calls % 2 === 0) {
            throw lost;
          }
          return calls % 3 === 0 ? Promise.reject(lost) : log.renew(claims, lease);
        },
      };
      const source = concat(of(open(a)), NEVER).pipe(appendCommits(failing, { lease: 300, scheduler }));
      const subscription = source.subscribe();
      clock.pass(1250);
      expect(calls).toBe(12);
      subscription.unsubscribe();
      clock.pass(1000);
      expect(calls).toBe(12);
      expect(clock.timers).toBe(0);
      expect(log.abandoned()).toStrictEqual([a]);
    });

    it('are renewed by the clock of the given scheduler', () => {
      const [one, other] = [new VirtualClock(), new VirtualClock()];
      let renewals = 0;
      const log: CommitLog = {
        ...methodsOf(memoryLog()),
        renew: () => {
          renewals++;
        },
      };
      concat(of(open(a)), NEVER)
        .pipe(appendCommits(log, { scheduler: one.scheduler }))
        .subscribe();
      other.pass(100_000);
      expect(renewals).toBe(0);
      one.pass(10_000);
      expect(renewals).toBe(1);
    });

    it('that expired fence a writer that resumes', async () => {
      const clock = new VirtualClock();
      const log = memoryLog({ scheduler: clock.scheduler });
      // The writer is suspended: its own clock does not advance.
      const scheduler = new VirtualTimeScheduler();
      const source = new Subject<Commit>();
      const output: string[] = [];
      source.pipe(appendCommits(log, { scheduler }), appendedToText()).subscribe((text) => output.push(text));
      source.next(open(a));
      source.next(line(a, 0, 'x'));
      clock.pass(30_000);
      expect(log.abandoned()).toStrictEqual([a]);
      source.next(line(a, 1, 'y'));
      source.next(close(a, 2));
      expect(output).toStrictEqual(['open a', 'line a 0 x$', 'fenced a']);
      expect(await stored(log)).toStrictEqual(['open a', 'line a 0 x$', 'close a idle 1']);
    });
  });

  it('stores the error of a close as its name and message', async () => {
    const log = memoryLog();
    const failed: Commit = { ...close(a, 0), reason: 'error', error: new TypeError('broken') };
    await outputOf(log, [open(a), failed]);
    const [, entry] = await collect(readCommits(log, { live: false }));
    expect(entry?.commit).toStrictEqual({ ...failed, error: { name: 'TypeError', message: 'broken' } });
  });

  it.each<{ title: string; error: unknown; message: string }>([
    {
      title: 'has a getter that throws',
      error: Object.defineProperty({}, 'name', { get: () => expect.fail('is read') }),
      message: '',
    },
    { title: 'is a proxy that throws', error: revokedProxy(), message: '' },
    { title: 'is no object', error: Symbol('boom'), message: 'Symbol(boom)' },
  ])('stores an error that $title, and goes on with other streams', async ({ error, message }) => {
    const log = memoryLog();
    const failed: Commit = { ...close(a, 0), reason: 'error', error };
    expect(await outputOf(log, [open(a), open(b), failed, line(b, 0, 'x'), close(b, 1)])).toStrictEqual([
      'open a',
      'open b',
      'close a error 0',
      'line b 0 x$',
      'close b end 1',
    ]);
    const entries = await collect(readCommits(log, { live: false }));
    expect(entries.map(({ commit }) => commit)).toContainEqual({
      ...failed,
      error: { name: 'Error', message },
    });
  });

  const milliseconds = 'milliseconds, more than 0 and at most 2147483647';
  it.each<{ options: unknown; error: Error }>([
    { options: null, error: new TypeError('The options are null, but must be an object') },
    {
      options: { existing: 'resume' },
      error: new RangeError('The option existing is "resume", but must be one of restart, continue'),
    },
    {
      options: { lease: Infinity },
      error: new RangeError(`The option lease is Infinity, but must be ${milliseconds}`),
    },
    {
      options: { lease: 0 },
      error: new RangeError(`The option lease is 0, but must be ${milliseconds}`),
    },
    {
      options: { maxBuffered: 0 },
      error: new RangeError('The option maxBuffered is 0, but must be a whole number from 1, or Infinity'),
    },
    {
      options: { retryFor: '1' },
      error: new TypeError(`The option retryFor is "1", but must be ${milliseconds}, or Infinity`),
    },
    {
      options: { scheduler: {} },
      error: new TypeError(
        'The option scheduler is an object, but must be a scheduler with the methods now and schedule',
      ),
    },
  ])('refuses the options $options', ({ options, error }) => {
    expect(() => appendCommits(memoryLog(), options as AppendCommitsOptions)).toThrow(error);
  });

  it.each([undefined, null, 'redis://', {}])('refuses %o as a log', (log) => {
    expect(() => appendCommits(log as CommitLog)).toThrow(TypeError);
  });
});

/** The methods of a log, so that some can be replaced. */
function methodsOf(log: CommitLog): CommitLog {
  return {
    claim: (requests) => log.claim(requests),
    append: (requests) => log.append(requests),
    renew: (claims, lease) => log.renew(claims, lease),
    abandoned: () => log.abandoned(),
    entries: (stream) => log.entries(stream),
    read: (request) => log.read(request),
    publish: (live) => {
      log.publish(live);
    },
    watch: (watcher) => log.watch(watcher),
  };
}

/** The output that is emitted synchronously. */
function outputNow(log: CommitLog, source: readonly Commit[]): readonly Appended[] {
  const output: Appended[] = [];
  from(source)
    .pipe(appendCommits(log))
    .subscribe((appended) => output.push(appended));
  return output;
}

function readNow(log: CommitLog): readonly string[] {
  const texts: string[] = [];
  readCommits(log, { live: false }).subscribe(({ commit }) => texts.push(show(commit)));
  return texts;
}
