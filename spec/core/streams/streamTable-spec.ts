import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  type StreamReceiver,
  StreamTable,
  TICKS_PER_IDLE_TIMEOUT,
} from '../../../src/core/streams/streamTable.js';

/** Writes down each call in words; the state of a stream is its name. */
class Log implements StreamReceiver<string, string> {
  private entries: string[] = [];

  open({ id, generation, order }: { id: string; generation: number; order?: readonly number[] }): string {
    this.entries.push(`open ${id}${String(generation)}${order === undefined ? '' : JSON.stringify(order)}`);
    return `${id}${String(generation)}`;
  }
  start(name: string): void {
    this.entries.push(`start ${name}`);
  }
  delta(name: string, delta: string): void {
    this.entries.push(`delta ${name} ${delta}`);
  }
  end(name: string, reason: string, text: string | undefined): void {
    this.entries.push(`${reason} ${name}${text === undefined ? '' : ` ${text}`}`);
  }
  error(name: string, error: unknown): void {
    this.entries.push(`error ${name} ${String(error)}`);
  }
  drop(reason: string): void {
    this.entries.push(`drop ${reason}`);
  }
  abandon(name: string): void {
    this.entries.push(`abandon ${name}`);
  }
  /** What happened since it was asked for the last time. */
  take(): readonly string[] {
    const taken = this.entries;
    this.entries = [];
    return taken;
  }
}

const limits = { maxStreams: 10, maxRemembered: 10, idleTicks: TICKS_PER_IDLE_TIMEOUT };

const start = (id: string) => ({ type: 'start', kind: 'k', id });
const delta = (id: string) => ({ type: 'delta', kind: 'k', id, delta: 'x' });
const end = (id: string) => ({ type: 'end', kind: 'k', id });
const error = (id: string) => ({ type: 'error', kind: 'k', id, error: 'boom' });

function run(events: readonly unknown[], someLimits: Partial<typeof limits> = {}) {
  const table = new StreamTable<string, string>({ ...limits, ...someLimits });
  const log = new Log();
  for (const event of events) {
    table.handle(event, log);
  }
  return { table, log };
}

function idle(table: StreamTable<string, string>, log: Log): void {
  table.startTicks();
  for (let tick = 0; tick < TICKS_PER_IDLE_TIMEOUT; tick++) {
    table.tick(log);
  }
}

describe('StreamTable', () => {
  describe('the life of a stream', () => {
    // prettier-ignore
    const rows = [
      { before: 'unknown', event: start('a'), calls: ['open a0', 'start a0'] },
      { before: 'unknown', event: delta('a'), calls: ['open a0', 'delta a0 x'] },
      { before: 'unknown', event: end('a'),   calls: ['open a0', 'end a0'] },
      { before: 'unknown', event: error('a'), calls: ['open a0', 'error a0 boom'] },
      { before: 'open',    event: start('a'), calls: ['start a0'] },
      { before: 'open',    event: delta('a'), calls: ['delta a0 x'] },
      { before: 'open',    event: end('a'),   calls: ['end a0'] },
      { before: 'open',    event: error('a'), calls: ['error a0 boom'] },
      { before: 'ended',   event: start('a'), calls: ['open a1', 'start a1'] },
      { before: 'ended',   event: delta('a'), calls: ['drop late'] },
      { before: 'ended',   event: end('a'),   calls: ['drop late'] },
      { before: 'ended',   event: error('a'), calls: ['drop late'] },
      { before: 'failed',  event: start('a'), calls: ['open a1', 'start a1'] },
      { before: 'failed',  event: delta('a'), calls: ['drop late'] },
      { before: 'failed',  event: end('a'),   calls: ['drop late'] },
      { before: 'failed',  event: error('a'), calls: ['drop late'] },
      { before: 'evicted', event: start('a'), calls: ['evicted b0', 'open a1', 'start a1'] },
      { before: 'evicted', event: delta('a'), calls: ['evicted b0', 'open a1', 'delta a1 x'] },
      { before: 'evicted', event: end('a'),   calls: ['drop late'] },
      { before: 'evicted', event: error('a'), calls: ['drop late'] },
      { before: 'idle',    event: start('a'), calls: ['open a1', 'start a1'] },
      { before: 'idle',    event: delta('a'), calls: ['open a1', 'delta a1 x'] },
      { before: 'idle',    event: end('a'),   calls: ['drop late'] },
      { before: 'idle',    event: error('a'), calls: ['drop late'] },
    ];
    const histories: Record<string, readonly unknown[]> = {
      unknown: [],
      open: [delta('a')],
      ended: [delta('a'), end('a')],
      failed: [delta('a'), error('a')],
      evicted: [delta('a'), delta('b')],
      idle: [delta('a')],
    };

    it.each(rows)('$event.type of a stream that is $before: $calls', ({ before, event, calls }) => {
      const { table, log } = run(histories[before] ?? [], { maxStreams: before === 'evicted' ? 1 : 10 });
      if (before === 'idle') {
        idle(table, log);
      }
      log.take();
      table.handle(event, log);
      expect(log.take()).toStrictEqual(calls);
    });
  });

  it('counts generations on', () => {
    const { log } = run([end('a'), start('a'), end('a'), start('a')]);
    expect(log.take().filter((call) => call.startsWith('open'))).toStrictEqual([
      'open a0',
      'open a1',
      'open a2',
    ]);
  });

  it('keeps kinds apart that share an id', () => {
    const { log } = run([
      { type: 'end', kind: 'k', id: 'a' },
      { type: 'delta', kind: 'other', id: 'a', delta: 'x' },
      { type: 'delta', kind: 'k', id: 'a', delta: 'x' },
    ]);
    expect(log.take()).toStrictEqual(['open a0', 'end a0', 'open a0', 'delta a0 x', 'drop late']);
  });

  it('takes the order from the event that opens, and from no other', () => {
    const { log } = run([
      { ...start('a'), order: [1, 2] },
      { ...delta('a'), order: [3] },
    ]);
    expect(log.take()).toStrictEqual(['open a0[1,2]', 'start a0', 'delta a0 x']);
  });

  it('reports what is not an event and goes on', () => {
    const { log } = run([delta('a'), null, delta('a')]);
    expect(log.take()).toStrictEqual(['open a0', 'delta a0 x', 'drop malformed', 'delta a0 x']);
  });

  describe('eviction', () => {
    it('takes the stream that was quiet the longest, before the new one opens', () => {
      const { log } = run([delta('a'), delta('b'), delta('a'), delta('c')], { maxStreams: 2 });
      expect(log.take().slice(-3)).toStrictEqual(['evicted b0', 'open c0', 'delta c0 x']);
    });

    it('takes a start for a sign of life', () => {
      const { log } = run([delta('a'), delta('b'), start('a'), delta('c')], { maxStreams: 2 });
      expect(log.take()).toContain('evicted b0');
    });

    it('passes over a stream that was quiet at the last eviction, but not since', () => {
      const { log } = run([delta('a'), delta('b'), delta('c'), delta('b'), delta('d')], { maxStreams: 2 });
      expect(log.take().slice(-3)).toStrictEqual(['evicted c0', 'open d0', 'delta d0 x']);
    });

    it.each([{ maxRemembered: 10 }, { maxRemembered: 0 }])(
      'closes no stream again that was idle meanwhile ($maxRemembered remembered)',
      ({ maxRemembered }) => {
        const other = { ...delta('b'), kind: 'other' };
        const { table, log } = run([delta('a'), other, delta('c')], { maxStreams: 2, maxRemembered });
        idle(table, log);
        expect(log.take().slice(-2)).toStrictEqual(['idle b0', 'idle c0']);
        for (const id of ['d', 'e', 'f']) {
          table.handle(delta(id), log);
        }
        expect(log.take().slice(-3)).toStrictEqual(['evicted d0', 'open f0', 'delta f0 x']);
      },
    );

    it('takes the quietest for every sequence of events', () => {
      const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
      const event = fc.oneof({ weight: 5, arbitrary: id.map(delta) }, { weight: 1, arbitrary: id.map(end) });
      fc.assert(
        fc.property(
          fc.array(event, { maxLength: 60, size: 'max' }),
          fc.integer({ min: 1, max: 4 }),
          (events, maxStreams) => {
            const { log } = run(events, { maxStreams });
            // The plainest way to know who is the quietest: a list in the order of the last event.
            const quiet: string[] = [];
            for (const call of log.take()) {
              const [what, name = ''] = call.split(' ');
              if (what === 'evicted') {
                expect(name).toBe(quiet[0]);
              }
              if (quiet.includes(name)) {
                quiet.splice(quiet.indexOf(name), 1);
              }
              if (what === 'open' || what === 'delta') {
                quiet.push(name);
              }
              expect(quiet.length).toBeLessThanOrEqual(maxStreams);
            }
          },
        ),
      );
    });
  });

  describe('memory of closed keys', () => {
    it('forgets the key that was closed first', () => {
      const { log } = run([end('a'), end('b'), end('c'), delta('b'), delta('a')], { maxRemembered: 2 });
      expect(log.take().slice(-3)).toStrictEqual(['drop late', 'open a0', 'delta a0 x']);
    });

    it('counts a key from its latest closing', () => {
      const { log } = run([end('a'), end('b'), start('a'), end('a'), end('c'), delta('a')], {
        maxRemembered: 2,
      });
      expect(log.take().at(-1)).toBe('drop late');
    });

    it('does not count an open stream among the closed ones', () => {
      const { log } = run([end('a'), end('b'), start('a'), end('c'), delta('b')], { maxRemembered: 2 });
      expect(log.take().at(-1)).toBe('drop late');
    });

    it('may be switched off', () => {
      const { table, log } = run([end('a'), delta('a')], { maxRemembered: 0 });
      expect(log.take().slice(-2)).toStrictEqual(['open a0', 'delta a0 x']);
      expect(table.remembered.size).toBe(0);
    });

    it('lets go of a kind with its last key', () => {
      const { table } = run(
        Array.from({ length: 100 }, (_, number) => ({ type: 'end', kind: String(number), id: 'a' })),
        { maxRemembered: 3 },
      );
      expect([...table.keys.kinds.keys()]).toStrictEqual(['97', '98', '99']);
    });

    it('opens a stream of a kind that it had let go of', () => {
      const other = { type: 'end', kind: 'other', id: 'a' };
      const { log } = run([end('a'), other, delta('a'), delta('a')], { maxRemembered: 1 });
      expect(log.take().slice(-3)).toStrictEqual(['open a0', 'delta a0 x', 'delta a0 x']);
    });
  });

  describe('idleness', () => {
    const times = (count: number, action: () => void) => {
      for (let time = 0; time < count; time++) {
        action();
      }
    };

    it('closes a stream after as many ticks as make up the time-out', () => {
      const { table, log } = run([delta('a')]);
      log.take();
      table.startTicks();
      times(TICKS_PER_IDLE_TIMEOUT - 1, () => table.tick(log));
      expect(log.take()).toStrictEqual([]);
      table.tick(log);
      expect(log.take()).toStrictEqual(['idle a0']);
    });

    it('counts from the last event', () => {
      const { table, log } = run([delta('a')]);
      table.startTicks();
      times(TICKS_PER_IDLE_TIMEOUT, () => {
        table.tick(log);
        table.handle(start('a'), log);
      });
      log.take();
      times(TICKS_PER_IDLE_TIMEOUT, () => table.tick(log));
      expect(log.take()).toStrictEqual([]);
      table.tick(log);
      expect(log.take()).toStrictEqual(['idle a0']);
    });

    it('leaves a busy stream alone', () => {
      const { table, log } = run([delta('a'), delta('b')]);
      log.take();
      table.startTicks();
      times(TICKS_PER_IDLE_TIMEOUT, () => {
        table.handle(delta('b'), log);
        log.take();
        table.tick(log);
      });
      expect(log.take()).toStrictEqual(['idle a0']);
    });

    it('closes several in the order of opening', () => {
      const { table, log } = run([delta('a'), delta('b'), delta('c'), delta('a')]);
      log.take();
      idle(table, log);
      expect(log.take()).toStrictEqual(['idle a0', 'idle b0', 'idle c0']);
      expect(table.open.size).toBe(0);
    });

    it('keeps the marks of one time-out and no more', () => {
      const { table, log } = run([]);
      table.startTicks();
      times(1000, () => table.tick(log));
      expect(table.ticks).toHaveLength(TICKS_PER_IDLE_TIMEOUT);
    });
  });

  it('completes all open streams in the order of opening', () => {
    const { table, log } = run([delta('b'), delta('a'), end('b'), delta('c'), start('b')]);
    log.take();
    table.complete(log);
    expect(log.take()).toStrictEqual(['complete a0', 'complete c0', 'complete b1']);
  });

  it('fails all open streams in the order of opening', () => {
    const { table, log } = run([delta('b'), delta('a')]);
    log.take();
    table.fail('boom', log);
    expect(log.take()).toStrictEqual(['error b0 boom', 'error a0 boom']);
  });

  it.each(['complete', 'fail', 'release'] as const)('holds nothing after %s', (how) => {
    const { table, log } = run([delta('a'), delta('b'), delta('c'), end('b')], { maxStreams: 2 });
    if (how === 'fail') {
      table.fail('boom', log);
    } else {
      table[how](log);
    }
    expect(table).toMatchObject({
      open: { size: 0 },
      remembered: { size: 0 },
      keys: { kinds: new Map() },
      quietest: [],
    });
  });

  it('says which streams were abandoned', () => {
    const { table, log } = run([delta('a'), delta('b'), end('a')]);
    log.take();
    table.release(log);
    expect(log.take()).toStrictEqual(['abandon b0']);
  });
});
