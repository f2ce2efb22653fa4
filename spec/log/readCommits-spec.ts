import { from, map, Subject, take } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { orderStreams, scanTranscript, type Commit, type StreamRef } from '../../src/index.js';
import {
  appendCommits,
  type CommitLog,
  type LogEntry,
  type LogWatcher,
  memoryLog,
  readCommits,
  type ReadCommitsOptions,
} from '../../src/log/index.js';
import { VirtualClock } from '../model/virtualClock.js';
import { collect } from '../support/collect.js';
import { close, line, open, streamOf, tail } from '../support/commits.js';
import { laterLog, Later, lost } from '../support/laterLog.js';
import { marbles } from '../support/marbles.js';
import { show } from '../support/show.js';
import { entriesToText, showEntry } from '../support/showAppended.js';

const a = streamOf('a');
const b = streamOf('b');

/** Appends each commit that is pushed into it. */
function writerOf(log: CommitLog): Subject<Commit> {
  const source = new Subject<Commit>();
  source.pipe(appendCommits(log)).subscribe();
  return source;
}

function fill(log: CommitLog, count: number): Subject<Commit> {
  const writer = writerOf(log);
  writer.next(open(a));
  for (let index = 1; index < count; index++) {
    writer.next(line(a, index - 1, String(index)));
  }
  return writer;
}

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

/** The output so far; the array grows. */
function follow(log: CommitLog, options: ReadCommitsOptions = {}): string[] {
  const output: string[] = [];
  readCommits(log, options)
    .pipe(entriesToText())
    .subscribe((text) => output.push(text));
  return output;
}

const texts = (entries: readonly LogEntry[]) => entries.map(showEntry);

describe('readCommits', () => {
  it(
    'emits the entries of the log, and then each entry that is appended',
    marbles((m) => {
      const log = memoryLog();
      const source = m.hot('a-1----2-A|', {
        a: open(a),
        1: line(a, 0, '1'),
        2: line(a, 1, '2'),
        A: close(a, 2),
      });
      m.expect(
        source.pipe(
          appendCommits(log),
          map(() => 'x'),
        ),
      ).toBeObservable('x-x----x-x|');
      m.expect(readCommits(log).pipe(entriesToText()), '---^------!').toBeObservable('---(a1)2-A', {
        a: 'open a',
        1: 'line a 0 1$',
        2: 'line a 1 2$',
        A: 'close a end 2',
      });
    }),
  );

  it('emits nothing for an empty log, and does not complete', () => {
    const log = memoryLog();
    let ended = 0;
    const subscription = readCommits(log).subscribe({
      next: () => ended++,
      complete: () => ended++,
      error: () => ended++,
    });
    expect(ended).toBe(0);
    subscription.unsubscribe();
    void fill(log, 3);
    expect(ended).toBe(0);
  });

  it('completes at the end of the log with live: false', async () => {
    const log = memoryLog();
    expect(await collect(readCommits(log, { live: false }))).toStrictEqual([]);
    void fill(log, 1203);
    const entries = await collect(readCommits(log, { live: false }));
    expect(entries).toHaveLength(1203);
    expect(texts(entries).slice(0, 3)).toStrictEqual(['open a', 'line a 0 1$', 'line a 1 2$']);
  });

  it('begins after any position', async () => {
    const log = memoryLog();
    const writer = fill(log, 10);
    const all = await collect(readCommits(log, { live: false }));
    const followers = all.map(({ position }) => follow(log, { after: position }));
    writer.next(close(a, 9));
    followers.forEach((output, index) => {
      expect(output).toStrictEqual([...texts(all.slice(index + 1)), 'close a end 9']);
    });
  });

  it('fails for a position that the log has removed, and for one that never existed', async () => {
    const log = memoryLog({ maxEntries: 5 });
    const writer = fill(log, 4);
    const [first] = await collect(readCommits(log, { live: false }));
    for (let index = 0; index < 10; index++) {
      writer.next(line(a, index + 3, 'x'));
    }
    await expect(collect(readCommits(log, { after: first?.position }))).rejects.toMatchObject({
      name: 'TruncatedError',
      position: first?.position,
    });
    await expect(collect(readCommits(log, { after: 'nowhere' }))).rejects.toThrow(RangeError);
    expect(await collect(readCommits(log, { live: false }))).toHaveLength(5);
  });

  it('stops with take, and reads no page that it does not need', () => {
    const log = memoryLog();
    void fill(log, 2000);
    const calls: string[] = [];
    let watchers = 0;
    const counted: CommitLog = {
      ...methodsOf(log),
      read: async (request) => {
        const reader = await log.read(request);
        return {
          next: (limit) => {
            calls.push('next');
            return reader.next(limit);
          },
          close: () => {
            calls.push('close');
            reader.close();
          },
        };
      },
      watch: (watcher) => {
        watchers++;
        const stop = log.watch(watcher) as () => void;
        return () => {
          watchers--;
          stop();
        };
      },
    };
    return collect(readCommits(counted).pipe(take(3))).then((entries) => {
      expect(entries).toHaveLength(3);
      expect(calls).toStrictEqual(['next', 'close']);
      expect(watchers).toBe(0);
    });
  });

  it('reads a page once it has emitted the previous one', () => {
    const log = memoryLog();
    void fill(log, 1200);
    const order: string[] = [];
    let count = 0;
    const counted: CommitLog = {
      ...methodsOf(log),
      read: (request) => {
        const reader = log.read(request) as Exclude<ReturnType<CommitLog['read']>, PromiseLike<unknown>>;
        return {
          next: (limit) => {
            order.push(`next ${String(count)}`);
            return reader.next(limit);
          },
          close: () => {
            reader.close();
          },
        };
      },
    };
    readCommits(counted, { live: false }).subscribe(() => count++);
    expect(order).toStrictEqual(['next 0', 'next 500', 'next 1000', 'next 1200']);
  });

  it('emits a commit that a subscriber appends after the entry being emitted', () => {
    const log = memoryLog();
    const writer = fill(log, 2);
    const output: string[] = [];
    readCommits(log).subscribe((entry) => {
      output.push(showEntry(entry));
      if (output.length === 1) {
        writer.next(line(a, 1, 'x'));
        output.push('appended');
      }
    });
    expect(output).toStrictEqual(['open a', 'appended', 'line a 0 1$', 'line a 1 x$']);
  });

  it('reads the log again on a second subscription', async () => {
    const log = memoryLog();
    void fill(log, 3);
    const source = readCommits(log, { live: false });
    expect(await collect(source)).toStrictEqual(await collect(source));
  });

  it('accepts a promise of a log, and fails when it rejects', async () => {
    const log = memoryLog();
    void fill(log, 3);
    expect(await collect(readCommits(Promise.resolve(log), { live: false }))).toHaveLength(3);
    const none = Promise.reject<CommitLog>(new Error('no server'));
    await expect(collect(readCommits(none))).rejects.toThrow('no server');
  });

  it('emits one object for each stream, even if each entry of the log has its own', async () => {
    const log = memoryLog();
    const writer = writerOf(log);
    const [first, second] = [streamOf('a', [1]), streamOf('b', [0])];
    [
      open(first),
      line(first, 0, 'x'),
      open(second),
      line(second, 0, 'y'),
      close(second, 1),
      close(first, 1),
    ].forEach((commit) => {
      writer.next(commit);
    });
    const copying: CommitLog = {
      ...methodsOf(log),
      read: async (request) => {
        const reader = await log.read(request);
        return {
          ...reader,
          next: async (limit) => structuredClone(await reader.next(limit)),
          close: () => undefined,
        };
      },
    };
    const entries = await collect(readCommits(copying, { live: false }));
    const refs = new Set<StreamRef | undefined>(
      entries.map(({ commit }) => (commit.type === 'drop' ? undefined : commit.stream)),
    );
    expect(refs.size).toBe(2);
    const ordered = await collect(from(entries.map(({ commit }) => commit)).pipe(orderStreams()));
    expect(ordered.map(show)).toStrictEqual([
      'open a',
      'line a 0 x$',
      'close a end 1',
      'open b',
      'line b 0 y$',
      'close b end 1',
    ]);
    const transcripts = await collect(from(ordered).pipe(scanTranscript()));
    expect(transcripts.at(-1)?.map(({ lines, status }) => [...lines, status])).toStrictEqual([
      ['y', 'end'],
      ['x', 'end'],
    ]);
  });

  describe('tails', () => {
    it('are emitted live, without a position, in their place', () => {
      const log = memoryLog();
      const writer = writerOf(log);
      writer.next(open(a));
      writer.next(tail(a, 0, 'early'));
      const output = follow(log);
      writer.next(tail(a, 0, 'x'));
      writer.next(line(a, 0, 'xy'));
      writer.next(tail(a, 1, 'z'));
      writer.next(close(a, 1));
      expect(output).toStrictEqual([
        'open a',
        '(tail a 0 x)',
        'line a 0 xy$',
        '(tail a 1 z)',
        'close a end 1',
      ]);
    });

    it('are emitted to a reader that began after all entries of their stream', async () => {
      const log = memoryLog();
      const writer = fill(log, 3);
      const all = await collect(readCommits(log, { live: false }));
      const output = follow(log, { after: all.at(-1)?.position });
      writer.next(tail(a, 2, 'x'));
      writer.next(tail(a, 2, 'xy'));
      writer.next(line(a, 2, 'xyz'));
      expect(output).toStrictEqual(['(tail a 2 x)', '(tail a 2 xy)', 'line a 2 xyz$']);
    });

    it('cost one call of entries for each stream', async () => {
      const log = memoryLog();
      let calls = 0;
      const counted: CommitLog = {
        ...methodsOf(log),
        entries: (stream) => {
          calls++;
          return log.entries(stream);
        },
      };
      const writer = fill(log, 3);
      const all = await collect(readCommits(log, { live: false }));
      const output = follow(counted, { after: all.at(-1)?.position });
      for (let index = 0; index < 5; index++) {
        writer.next(tail(a, 2, String(index)));
      }
      expect(output).toHaveLength(5);
      expect(calls).toBe(1);
      writer.next(open(b));
      writer.next(tail(b, 0, 'x'));
      expect(output.slice(5)).toStrictEqual(['open b', '(tail b 0 x)']);
      expect(calls).toBe(1);
    });

    it('are queued, the latest of each stream, until the reader catches up, and dropped when stale', () => {
      const clock = new VirtualClock();
      const { scheduler } = clock;
      const log = memoryLog({ scheduler });
      const output = follow(
        laterLog(log, scheduler, (call) => ({ after: call === 'watch' ? 0 : 10 })),
        { scheduler },
      );
      clock.pass(5);
      const writer = writerOf(log);
      writer.next(open(a));
      writer.next(tail(a, 0, 'stale'));
      writer.next(line(a, 0, '1'));
      writer.next(tail(a, 1, 'x'));
      writer.next(tail(a, 1, 'xy'));
      writer.next(open(b));
      writer.next(tail(b, 0, 'z'));
      writer.next(close(b, 0));
      clock.pass(200);
      expect(output).toStrictEqual([
        'open a',
        'line a 0 1$',
        '(tail a 1 xy)',
        'open b',
        '(tail b 0 z)',
        'close b end 0',
      ]);
    });

    it('are dropped when they are late', () => {
      const log = memoryLog();
      const writer = fill(log, 3);
      const output = follow(log);
      log.publish({ commit: tail(a, 1, 'x'), number: 2 });
      log.publish({ commit: tail(b, 0, 'never there'), number: 1 });
      writer.next(close(a, 2));
      log.publish({ commit: tail(a, 2, 'x'), number: 3 });
      expect(output).toStrictEqual(['open a', 'line a 0 1$', 'line a 1 2$', 'close a end 2']);
    });

    it('are queued until the entries before them have been read', async () => {
      const log = memoryLog();
      const writer = fill(log, 3);
      const all = await collect(readCommits(log, { live: false }));
      const output = follow(log, { after: all.at(-1)?.position });
      log.publish({ commit: tail(a, 3, 'x'), number: 4 });
      expect(output).toStrictEqual([]);
      writer.next(line(a, 2, '3'));
      expect(output).toStrictEqual(['line a 2 3$', '(tail a 3 x)']);
    });

    it('are not emitted with live: false', async () => {
      const log = memoryLog();
      const writer = writerOf(log);
      writer.next(open(a));
      writer.next(tail(a, 0, 'x'));
      expect(texts(await collect(readCommits(log, { live: false })))).toStrictEqual(['open a']);
    });
  });

  describe('when the log fails', () => {
    it(
      'retries with growing delays',
      marbles((m) => {
        const log = memoryLog();
        fill(log, 3).complete();
        const failures = ['watch', 'watch', 'read', 'next', 'next'];
        const later = laterLog(log, m.scheduler, (call) => {
          const fails = failures[0] === call;
          if (fails) {
            failures.shift();
          }
          return fails ? { fails: 'before' } : {};
        });
        // 50 and 100 for the watch, then 50, 100 and 200 for the page.
        m.expect(readCommits(later).pipe(entriesToText()), '^ 600ms !').toBeObservable('500ms (abc)', {
          a: 'open a',
          b: 'line a 0 1$',
          c: 'line a 1 2$',
        });
      }),
    );

    it('loses and repeats no entry when calls fail in the middle', () => {
      const clock = new VirtualClock();
      const { scheduler } = clock;
      const log = memoryLog({ scheduler });
      let calls = 0;
      const later = laterLog(log, scheduler, (call) =>
        (call === 'next' || call === 'read') && calls++ % 3 === 2 ? { fails: 'after' } : {},
      );
      const output = follow(later, { scheduler });
      const writer = writerOf(log);
      writer.next(open(a));
      for (let index = 0; index < 1500; index++) {
        writer.next(line(a, index, 'x'));
        if (index % 40 === 0) {
          clock.pass(30);
        }
      }
      clock.pass(5000);
      expect(output).toStrictEqual([
        'open a',
        ...Array.from({ length: 1500 }, (_, index) => `line a ${String(index)} x$`),
      ]);
    });

    it('fails with the error of the log after retryFor', () => {
      marbles((m) => {
        const log = laterLog(memoryLog(), m.scheduler, () => ({ fails: 'before' }));
        m.expect(readCommits(log, { retryFor: 300 })).toBeObservable('300ms #', undefined, lost);
      })();
    });

    it('watches again a second after a watch has failed', () => {
      const clock = new VirtualClock();
      const { scheduler } = clock;
      const log = memoryLog({ scheduler });
      const watchers: LogWatcher[] = [];
      const stopped: number[] = [];
      const watched: CommitLog = {
        ...methodsOf(log),
        watch: (watcher) => {
          const number = watchers.push(watcher);
          return () => void stopped.push(number);
        },
      };
      const output: string[] = [];
      const subscription = readCommits(watched, { scheduler })
        .pipe(entriesToText())
        .subscribe((text) => output.push(text));
      void fill(log, 2);
      expect(output).toStrictEqual([]);
      watchers[0]?.error(lost);
      expect(stopped).toStrictEqual([1]);
      clock.pass(999);
      expect(watchers).toHaveLength(1);
      clock.pass(1);
      expect(watchers).toHaveLength(2);
      expect(output).toStrictEqual(['open a', 'line a 0 1$']);
      watchers[0]?.appended();
      watchers[0]?.error(lost);
      subscription.unsubscribe();
      expect(stopped).toStrictEqual([1, 2]);
      clock.pass(10_000);
      expect(watchers).toHaveLength(2);
      expect(clock.timers).toBe(0);
    });

    it('ends a watch and closes a reader that arrive after unsubscribe', () => {
      const log = memoryLog();
      const closed: string[] = [];
      const watch = new Later<() => void>();
      const watched: CommitLog = { ...methodsOf(log), watch: () => watch };
      readCommits(watched).subscribe().unsubscribe();
      watch.resolve(() => void closed.push('watch'));
      const reader = new Later<{ next: () => never[]; close: () => void }>();
      const read: CommitLog = { ...methodsOf(log), read: () => reader };
      readCommits(read).subscribe().unsubscribe();
      reader.resolve({ next: () => [], close: () => void closed.push('reader') });
      expect(closed).toStrictEqual(['watch', 'reader']);
    });
  });

  it.each<{ options: unknown; error: Error }>([
    { options: 'x', error: new TypeError('The options are "x", but must be an object') },
    {
      options: { after: 5 },
      error: new TypeError('The option after is 5, but must be a position, which is a string'),
    },
    { options: { live: 1 }, error: new TypeError('The option live is 1, but must be true or false') },
    {
      options: { retryFor: -1 },
      error: new RangeError(
        'The option retryFor is -1, but must be milliseconds, more than 0 and at most 2147483647, or Infinity',
      ),
    },
  ])('refuses the options $options', ({ options, error }) => {
    expect(() => readCommits(memoryLog(), options as ReadCommitsOptions)).toThrow(error);
  });

  it('refuses what is not a log', () => {
    expect(() => readCommits(undefined as unknown as CommitLog)).toThrow(TypeError);
  });
});
