import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { OpenStream } from '../../../src/core/streams/openStream.js';
import type { LastFields } from '../../../src/core/streams/readEvent.js';
import { StreamTable, type StreamTableSink } from '../../../src/core/streams/streamTable.js';
import type { StreamRef } from '../../../src/index.js';
import { recordReads } from '../../support/recordReads.js';
import { malformedEvents } from './malformedEvents.js';

/** Writes down each call in words. The subscriber leaves with the call `last`. */
class Log implements StreamTableSink<string> {
  private readonly last: string | undefined;
  private entries: string[] = [];

  constructor(last?: string) {
    this.last = last;
  }

  get closed(): boolean {
    return this.entries.some((entry) => entry === this.last);
  }

  open(ref: StreamRef): LoggedStream {
    return new LoggedStream(ref, (entry) => this.entries.push(entry));
  }

  drop(reason: string): void {
    this.entries.push(`drop ${reason}`);
  }

  /** What happened since it was asked for the last time. */
  take(): readonly string[] {
    const taken = this.entries;
    this.entries = [];
    return taken;
  }
}

class LoggedStream extends OpenStream<string> {
  private readonly name: string;
  private readonly place: string;
  private readonly write: (entry: string) => void;

  constructor(ref: StreamRef, write: (entry: string) => void) {
    super(ref);
    const { id, generation, order } = ref;
    this.name = `${id}${String(generation)}`;
    this.place = order === undefined ? '' : JSON.stringify(order);
    this.write = write;
  }

  opened(): void {
    this.write(`open ${this.name}${this.place}`);
  }
  override start(): void {
    this.write(`start ${this.name}`);
  }
  delta(delta: string): void {
    this.write(`delta ${this.name} ${delta}`);
  }
  close(reason: string, last: LastFields): void {
    const rest = 'error' in last ? String(last.error) : last.text;
    this.write(`${reason} ${this.name}${rest === undefined ? '' : ` ${rest}`}`);
  }
  override dispose(): void {
    this.write(`dispose ${this.name}`);
  }
}

const limits = { maxStreams: 10, maxRemembered: 10 };

const start = (id: string) => ({ type: 'start', kind: 'k', id });
const delta = (id: string) => ({ type: 'delta', kind: 'k', id, delta: 'x' });
const end = (id: string) => ({ type: 'end', kind: 'k', id });
const error = (id: string) => ({ type: 'error', kind: 'k', id, error: 'boom' });

function run(events: readonly unknown[], someLimits: Partial<typeof limits> = {}) {
  const log = new Log();
  const table = new StreamTable({ ...limits, ...someLimits }, log);
  for (const event of events) {
    table.next(event);
  }
  return { table, log };
}

function idle(table: StreamTable<string>): void {
  table.closeIdle(table.events);
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
        idle(table);
      }
      log.take();
      table.next(event);
      expect(log.take()).toStrictEqual(calls);
    });
  });

  it('counts generations', () => {
    const { log } = run([end('a'), start('a'), end('a'), start('a')]);
    expect(log.take().filter((call) => call.startsWith('open'))).toStrictEqual([
      'open a0',
      'open a1',
      'open a2',
    ]);
  });

  it('separates kinds that share an id', () => {
    const { log } = run([
      { type: 'end', kind: 'k', id: 'a' },
      { type: 'delta', kind: 'other', id: 'a', delta: 'x' },
      { type: 'delta', kind: 'k', id: 'a', delta: 'x' },
    ]);
    expect(log.take()).toStrictEqual(['open a0', 'end a0', 'open a0', 'delta a0 x', 'drop late']);
  });

  it('takes the order only from the opening event', () => {
    const { log } = run([
      { ...start('a'), order: [1, 2] },
      { ...delta('a'), order: [3] },
    ]);
    expect(log.take()).toStrictEqual(['open a0[1,2]', 'start a0', 'delta a0 x']);
  });

  it('uses the order of the previous generation if the opening event has none', () => {
    const { log } = run([
      { ...start('a'), order: [1] },
      end('a'),
      start('a'),
      end('a'),
      { ...start('a'), order: [2] },
    ]);
    expect(log.take().filter((call) => call.startsWith('open'))).toStrictEqual([
      'open a0[1]',
      'open a1[1]',
      'open a2[2]',
    ]);
  });

  it.each([
    { title: 'a delta of an open stream', event: delta('a'), calls: 0 },
    { title: 'a delta whose order is undefined', event: { ...delta('a'), order: undefined }, calls: 0 },
    { title: 'a delta whose order is null', event: { ...delta('a'), order: null }, calls: 0 },
    { title: 'a delta that opens a stream', event: delta('b'), calls: 1 },
    { title: 'a start', event: start('b'), calls: 1 },
    { title: 'an end', event: end('a'), calls: 1 },
  ])('calls `changed` $calls times for $title', ({ event, calls }) => {
    class CountingTable extends StreamTable<string> {
      calls = 0;
      protected override changed(): void {
        this.calls++;
      }
    }
    const table = new CountingTable(limits, new Log());
    table.next(delta('a'));
    table.calls = 0;
    table.next(event);
    expect(table.calls).toBe(calls);
  });

  it.each([end('c'), error('c')])(
    'evicts no stream for an event that opens only to close: $type',
    (event) => {
      const { table, log } = run([delta('a'), delta('b'), event], { maxStreams: 2 });
      expect(log.take().join()).not.toContain('evicted');
      expect(table.openCount).toBe(2);
    },
  );

  it('reports malformed events and continues', () => {
    const { log } = run([delta('a'), null, delta('a')]);
    expect(log.take()).toStrictEqual(['open a0', 'delta a0 x', 'drop malformed', 'delta a0 x']);
  });

  describe.each([
    { stream: 'an open stream', before: [{ ...start('a'), kind: 'answer' }] },
    { stream: 'an unknown stream', before: [] },
  ])('for $stream', ({ before }) => {
    it.each(malformedEvents)('drops $title as malformed', ({ event }) => {
      const { table, log } = run(before);
      log.take();
      table.next(event);
      expect(log.take()).toStrictEqual(['drop malformed']);
      expect(table.openCount).toBe(before.length);
    });
  });

  it.each([
    { event: { ...delta('a'), order: [1] }, properties: ['type', 'kind', 'id', 'order', 'delta'] },
    { event: end('a'), properties: ['type', 'kind', 'id', 'order', 'text', 'finishReason', 'reason'] },
    { event: error('a'), properties: ['type', 'kind', 'id', 'order', 'error'] },
  ])('reads each property of $event.type once, so that its value cannot change', ({ event, properties }) => {
    const { proxy, read } = recordReads(event);
    const { log } = run([proxy]);
    expect(log.take()[0]).toMatch(/^open/);
    expect(read).toStrictEqual(properties);
  });

  describe('eviction', () => {
    it('takes the least recent stream, before the new one opens', () => {
      const { log } = run([delta('a'), delta('b'), delta('a'), delta('c')], { maxStreams: 2 });
      expect(log.take().slice(-3)).toStrictEqual(['evicted b0', 'open c0', 'delta c0 x']);
    });

    it('counts a start as an event', () => {
      const { log } = run([delta('a'), delta('b'), start('a'), delta('c')], { maxStreams: 2 });
      expect(log.take()).toContain('evicted b0');
    });

    it('skips a stream with an event since the last eviction', () => {
      const { log } = run([delta('a'), delta('b'), delta('c'), delta('b'), delta('d')], { maxStreams: 2 });
      expect(log.take().slice(-3)).toStrictEqual(['evicted c0', 'open d0', 'delta d0 x']);
    });

    it.each([{ maxRemembered: 10 }, { maxRemembered: 0 }])(
      'does not close a stream again that closed as idle ($maxRemembered remembered)',
      ({ maxRemembered }) => {
        const other = { ...delta('b'), kind: 'other' };
        const { table, log } = run([delta('a'), other, delta('c')], { maxStreams: 2, maxRemembered });
        idle(table);
        expect(log.take().slice(-2)).toStrictEqual(['idle b0', 'idle c0']);
        for (const id of ['d', 'e', 'f']) {
          table.next(delta(id));
        }
        expect(log.take().slice(-3)).toStrictEqual(['evicted d0', 'open f0', 'delta f0 x']);
      },
    );

    it('takes the least recent stream for every sequence of events', () => {
      const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
      const event = fc.oneof({ weight: 5, arbitrary: id.map(delta) }, { weight: 1, arbitrary: id.map(end) });
      fc.assert(
        fc.property(
          fc.array(event, { maxLength: 60, size: 'max' }),
          fc.integer({ min: 1, max: 4 }),
          (events, maxStreams) => {
            const { log } = run(events, { maxStreams });
            // The plainest LRU: a list in the order of the last event.
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
              // An end that opens its own stream is the one that may stand beside them.
              expect(quiet.length).toBeLessThanOrEqual(maxStreams + 1);
            }
          },
        ),
      );
    });
  });

  describe('a subscriber that unsubscribes', () => {
    it('receives no more idle streams', () => {
      const log = new Log('idle a0');
      const table = new StreamTable(limits, log);
      for (const id of ['a', 'b']) {
        table.next(delta(id));
      }
      idle(table);
      expect(log.take().slice(-1)).toStrictEqual(['idle a0']);
    });

    it('receives no more streams that complete', () => {
      const log = new Log('complete a0');
      const table = new StreamTable(limits, log);
      for (const id of ['a', 'b']) {
        table.next(delta(id));
      }
      table.closeAll('complete');
      expect(log.take().slice(-1)).toStrictEqual(['complete a0']);
    });

    it('receives no new stream during an eviction', () => {
      const log = new Log('evicted a0');
      const table = new StreamTable({ ...limits, maxStreams: 1 }, log);
      table.next(delta('a'));
      table.next(delta('b'));
      expect(log.take()).toStrictEqual(['open a0', 'delta a0 x', 'evicted a0']);
      table.dispose();
      expect(log.take()).toStrictEqual(['dispose b0']);
    });
  });

  describe('memory of closed keys', () => {
    it('deletes the key that was closed first', () => {
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
      expect(table.keys.remembered).toBe(0);
    });

    it('deletes a kind with its last key', () => {
      const { table } = run(
        Array.from({ length: 100 }, (_, number) => ({ type: 'end', kind: String(number), id: 'a' })),
        { maxRemembered: 3 },
      );
      expect([...table.keys.kinds.keys()]).toStrictEqual(['97', '98', '99']);
    });

    it('opens a stream of a kind that was deleted', () => {
      const other = { type: 'end', kind: 'other', id: 'a' };
      const { log } = run([end('a'), other, delta('a'), delta('a')], { maxRemembered: 1 });
      expect(log.take().slice(-3)).toStrictEqual(['open a0', 'delta a0 x', 'delta a0 x']);
    });
  });

  describe('idleness', () => {
    it('closes the streams whose last event is not after a given one', () => {
      const { table, log } = run([delta('a'), delta('b'), delta('c'), start('a')]);
      log.take();
      table.closeIdle(2);
      expect(log.take()).toStrictEqual(['idle b0']);
    });

    it('closes several in the order of opening', () => {
      const { table, log } = run([delta('a'), delta('b'), delta('c'), delta('a')]);
      log.take();
      idle(table);
      expect(log.take()).toStrictEqual(['idle a0', 'idle b0', 'idle c0']);
      expect(table.openCount).toBe(0);
    });

    it('counts no dropped event', () => {
      const { table } = run([delta('a'), null, end('a'), delta('a')]);
      expect(table.events).toBe(2);
    });
  });

  it('completes all open streams in the order of opening', () => {
    const { table, log } = run([delta('b'), delta('a'), end('b'), delta('c'), start('b')]);
    log.take();
    table.closeAll('complete');
    expect(log.take()).toStrictEqual(['complete a0', 'complete c0', 'complete b1']);
  });

  it('fails all open streams in the order of opening', () => {
    const { table, log } = run([delta('b'), delta('a')]);
    log.take();
    table.closeAll('error', { error: 'boom' });
    expect(log.take()).toStrictEqual(['error b0 boom', 'error a0 boom']);
  });

  it.each([
    {
      how: 'all streams are closed',
      end: (table: StreamTable<string>) => table.closeAll('error', { error: '' }),
    },
    { how: 'it is disposed', end: (table: StreamTable<string>) => table.dispose() },
  ])('holds nothing after $how', ({ end: endTable }) => {
    const { table } = run([delta('a'), delta('b'), delta('c'), end('b')], { maxStreams: 2 });
    endTable(table);
    expect(table).toMatchObject({ openCount: 0, leastRecent: [], keys: { kinds: new Map(), closed: [] } });
  });

  it('disposes the open streams', () => {
    const { table, log } = run([delta('a'), delta('b'), end('a')]);
    log.take();
    table.dispose();
    expect(log.take()).toStrictEqual(['dispose b0']);
  });
});
