import { describe, expect, it } from 'vitest';

import {
  type AppendRequest,
  type Claim,
  type CommitLog,
  memoryLog,
  type MemoryLogOptions,
  type ReadRequest,
  type StoredEntry,
} from '../../src/log/index.js';
import { checkCommitLog } from '../../src/testing/index.js';
import { VirtualClock } from '../model/virtualClock.js';
import { close, line, streamOf } from '../support/commits.js';

/** The memory log answers synchronously, so that these specs need no promises. */
function now<T>(value: T | PromiseLike<T>): T {
  expect(value).not.toHaveProperty('then');
  return value as T;
}

let tokens = 0;

function claim(log: CommitLog, id: string, lease = 1000): Claim {
  const request = { stream: streamOf(id), token: String(tokens++), lease, existing: 'restart' } as const;
  const [first] = now(log.claim([request]));
  if (first === undefined) {
    throw new Error('no claim');
  }
  return first;
}

function append(log: CommitLog, { stream, token }: Claim, number: number, commit: AppendRequest['commit']) {
  return now(log.append([{ stream, token, number, lines: number, commit }]))[0];
}

function addLines(log: CommitLog, writer: Claim, from: number, to: number): void {
  for (let number = from; number < to; number++) {
    append(log, writer, number, line(writer.stream, number - 1, String(number)));
  }
}

function read(log: CommitLog, request: ReadRequest = {}): readonly StoredEntry[] {
  return now(now(log.read(request)).next(1000));
}

const numbers = (entries: readonly StoredEntry[]) => entries.map(({ number }) => number);

describe('memoryLog', () => {
  it('passes checkCommitLog', { timeout: 60_000 }, async () => {
    await checkCommitLog(memoryLog);
  });

  it('keeps at most maxEntries entries, and removes the oldest', () => {
    const log = memoryLog({ maxEntries: 5 });
    const writer = claim(log, 'a');
    addLines(log, writer, 1, 5);
    const first = read(log);
    expect(numbers(first)).toStrictEqual([0, 1, 2, 3, 4]);
    addLines(log, writer, 5, 8);
    expect(numbers(read(log))).toStrictEqual([3, 4, 5, 6, 7]);
    expect(numbers(read(log, { stream: writer.stream }))).toStrictEqual([3, 4, 5, 6, 7]);
    // The entry after this position is still there.
    expect(numbers(read(log, { after: first[2]?.position }))).toStrictEqual([3, 4, 5, 6, 7]);
    const position = first[1]?.position;
    expect(() => log.read({ after: position })).toThrow(
      expect.objectContaining({ name: 'TruncatedError', position }),
    );
  });

  it('fails a reader whose next entries it has removed', () => {
    const log = memoryLog({ maxEntries: 3 });
    const writer = claim(log, 'a');
    const readers = [now(log.read({})), now(log.read({ stream: writer.stream }))];
    const fresh = now(log.read({}));
    const [position] = readers.map((reader) => now(reader.next(1))[0]?.position);
    addLines(log, writer, 1, 10);
    for (const reader of readers) {
      expect(() => reader.next(1)).toThrow(expect.objectContaining({ name: 'TruncatedError', position }));
    }
    expect(() => fresh.next(1)).toThrow('The log no longer has the entries that the reader has not read yet');
  });

  it('removes entries older than maxAge on the next call', () => {
    const clock = new VirtualClock();
    const log = memoryLog({ maxAge: 100, scheduler: clock.scheduler });
    const writer = claim(log, 'a');
    clock.pass(60);
    addLines(log, writer, 1, 3);
    expect(numbers(read(log))).toStrictEqual([0, 1, 2]);
    clock.pass(39);
    expect(numbers(read(log))).toStrictEqual([0, 1, 2]);
    clock.pass(1);
    expect(numbers(read(log))).toStrictEqual([1, 2]);
    clock.pass(60);
    expect(read(log)).toStrictEqual([]);
    expect(log.entries(writer.stream)).toBe(3);
    expect(clock.timers).toBe(0);
  });

  it('forgets a closed stream once it has removed all of its entries', () => {
    const log = memoryLog({ maxEntries: 4 });
    const writer = claim(log, 'a');
    append(log, writer, 1, close(writer.stream, 0));
    expect(claim(log, 'a').stream.generation).toBe(1);
    const other = claim(log, 'b');
    addLines(log, other, 1, 10);
    // Generation 1 is open, so it is not forgotten.
    expect(claim(log, 'a').stream.generation).toBe(2);
    expect(append(log, writer, 1, close(writer.stream, 0))).toStrictEqual({ type: 'fenced' });
    const third = claim(log, 'c');
    append(log, third, 1, close(third.stream, 0));
    addLines(log, other, 10, 15);
    expect(claim(log, 'c').stream.generation).toBe(0);
  });

  it('reports a repeat of a removed entry as stored, without a position', () => {
    const log = memoryLog({ maxEntries: 2 });
    const writer = claim(log, 'a');
    addLines(log, writer, 1, 5);
    expect(append(log, writer, 1, line(writer.stream, 0, '1'))).toStrictEqual({
      type: 'stored',
      position: undefined,
    });
    expect(append(log, writer, 4, line(writer.stream, 3, '4'))).toHaveProperty(
      'position',
      read(log).at(-1)?.position,
    );
  });

  it('refuses an entry whose number leaves a gap', () => {
    const log = memoryLog();
    const writer = claim(log, 'a');
    expect(() => append(log, writer, 2, line(writer.stream, 0, 'x'))).toThrow(
      new RangeError('Entry 2 cannot be appended to a stream with 1 entries'),
    );
  });

  it('refuses positions of another log and of future entries', () => {
    const [log, other] = [memoryLog(), memoryLog()];
    const { position } = claim(log, 'a');
    claim(other, 'a');
    expect(() => other.read({ after: position })).toThrow(RangeError);
    expect(() => log.read({ after: position.replace(/0$/, '1') })).toThrow(RangeError);
    expect(() => log.read({ after: position.replace(/0$/, '00') })).toThrow(RangeError);
    expect(read(log, { after: position })).toStrictEqual([]);
  });

  it('expires leases by the clock of its scheduler', () => {
    const clock = new VirtualClock();
    const log = memoryLog({ scheduler: clock.scheduler });
    const writer = claim(log, 'a', 100);
    clock.pass(99);
    expect(log.abandoned()).toStrictEqual([]);
    log.renew([writer], 50);
    clock.pass(49);
    expect(log.abandoned()).toStrictEqual([]);
    clock.pass(1);
    expect(log.abandoned()).toStrictEqual([writer.stream]);
    expect(log.abandoned()).toStrictEqual([]);
  });

  it('does not abandon streams when the wall clock is set back', () => {
    let time = 1_000_000;
    const { scheduler } = new VirtualClock();
    scheduler.now = () => time;
    const log = memoryLog({ scheduler });
    claim(log, 'a', 100);
    time -= 500_000;
    expect(log.abandoned()).toStrictEqual([]);
    time += 100;
    expect(log.abandoned()).toHaveLength(1);
  });

  it('reads one of several streams from any position', () => {
    const log = memoryLog();
    const [a, b] = [claim(log, 'a'), claim(log, 'b')];
    for (let number = 1; number < 50; number++) {
      addLines(log, a, number, number + 1);
      addLines(log, b, number, number + 1);
    }
    const all = read(log);
    for (const { position } of all) {
      const after = all.slice(all.findIndex((entry) => entry.position === position) + 1);
      const ofB = after.filter(({ commit }) => commit.stream.id === 'b');
      expect(read(log, { stream: b.stream, after: position })).toStrictEqual(ofB);
    }
  });

  it('notifies a watcher once for each call that appends, even for a call inside a watcher', () => {
    const log = memoryLog();
    const notified: string[] = [];
    const watcher = (name: string) => ({
      appended: () => void notified.push(name),
      tail: () => undefined,
      error: () => undefined,
    });
    const both = watcher('both');
    now(log.watch(both));
    const stop = now(log.watch(both));
    const writer = claim(log, 'a');
    expect(notified).toStrictEqual(['both', 'both']);
    stop();
    addLines(log, writer, 1, 2);
    expect(notified).toHaveLength(3);
    addLines(log, writer, 1, 2);
    expect(notified).toHaveLength(3);
    now(
      log.watch({
        ...watcher('last'),
        appended: () => {
          notified.push('last');
          if (notified.length < 8) {
            claim(log, String(notified.length));
          }
        },
      }),
    );
    claim(log, 'b');
    expect(notified.slice(3)).toStrictEqual(['both', 'last', 'both', 'last', 'both', 'last']);
  });

  it.each<{ options: unknown; error: Error }>([
    { options: null, error: new TypeError('The options are null, but must be an object') },
    {
      options: { maxEntries: 0 },
      error: new RangeError('The option maxEntries is 0, but must be a whole number from 1, or Infinity'),
    },
    {
      options: { maxAge: '1h' },
      error: new TypeError(
        'The option maxAge is "1h", but must be milliseconds, more than 0 and at most 2147483647, or Infinity',
      ),
    },
    {
      options: { scheduler: 1 },
      error: new TypeError(
        'The option scheduler is 1, but must be a scheduler with the methods now and schedule',
      ),
    },
  ])('refuses the options $options', ({ options, error }) => {
    expect(() => memoryLog(options as MemoryLogOptions)).toThrow(error);
  });
});
