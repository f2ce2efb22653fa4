import { setImmediate } from 'node:timers/promises';

import { animationFrameScheduler, from, Subject, take } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';

import {
  type Commit,
  commitLines,
  type CommitLinesOptions,
  type DeltaEvent,
  paceLines,
  scanTranscript,
} from '../../src/index.js';
import { collect } from '../support/collect.js';
import { line, open, streamOf } from '../support/commits.js';
import { delta, end, failure, start } from '../support/events.js';
import { forms } from '../support/forms.js';
import { heapUsed } from '../support/heapUsed.js';
import { show } from '../support/show.js';
import { FaultyScheduler } from './faultyScheduler.js';

// Regressions: the faults that a review of the operators found, with related cases.
async function shown(source: readonly DeltaEvent[], options?: CommitLinesOptions): Promise<string[]> {
  const commits = await collect(from(source).pipe(commitLines(options)));
  return commits.map(show);
}

describe('a blocked event loop', () => {
  /** Blocks each turn, and returns the time at which the stream was closed. */
  function closedAt(options: CommitLinesOptions): number {
    const scheduler = new FaultyScheduler();
    const source = new Subject<DeltaEvent>();
    let closed = Infinity;
    source.pipe(commitLines({ ...options, scheduler })).subscribe((commit) => {
      closed = commit.type === 'close' && commit.stream.id === 'a' ? scheduler.passed : closed;
    });
    source.next(delta('a', 'text\n'));
    for (let turn = 0; turn < 40; turn++) {
      scheduler.sleep([60, 110, 150, 90][turn % 4] ?? 0);
      source.next(delta('b', 'more '));
    }
    return closed;
  }

  it.each([
    { title: 'alone', options: { idleTimeout: 800 } },
    { title: 'with soft commits', options: { idleTimeout: 800, softCommit: { after: 50 } } },
  ])('closes an idle stream at most a quarter of idleTimeout and one turn late, $title', ({ options }) => {
    expect(closedAt(options)).toBeGreaterThanOrEqual(800);
    expect(closedAt(options)).toBeLessThanOrEqual(1000 + 150);
  });
});

describe('maxStreams', () => {
  it.each([
    { title: 'end', event: end('c', 'whole') },
    { title: 'error', event: failure('c', 'boom') },
  ])('evicts no stream for an $title of an unknown key', async ({ event }) => {
    const commits = await shown([delta('a', 'one'), delta('b', 'two'), event], { maxStreams: 2 });
    expect(commits.filter((commit) => commit.includes('evicted'))).toStrictEqual([]);
    expect(commits.filter((commit) => commit.startsWith('open'))).toStrictEqual([
      'open a',
      'open b',
      'open c',
    ]);
  });
});

describe('a later generation', () => {
  const order = [1, 2];

  it.each([
    { title: 'after an eviction', source: [{ ...delta('a', 'x'), order }, delta('b', 'x'), delta('a', 'y')] },
    { title: 'after an end and a start', source: [{ ...delta('a', 'x'), order }, end('a'), start('a')] },
  ])('inherits the order of the previous generation, $title', async ({ source }) => {
    const commits = await collect(from(source).pipe(commitLines({ maxStreams: 1 })));
    const opened = commits.filter((commit) => commit.type === 'open' && commit.stream.id === 'a');
    expect(opened).toMatchObject([
      { stream: { generation: 0, order } },
      { stream: { generation: 1, order } },
    ]);
  });

  it('has the order of its own first event', async () => {
    const source = [{ ...delta('a', 'x'), order }, end('a'), { ...start('a'), order: [3] }];
    const commits = await collect(from(source).pipe(commitLines()));
    expect(commits.at(-2)).toMatchObject({ type: 'open', stream: { generation: 1, order: [3] } });
  });
});

describe('scanTranscript without every', () => {
  it('copies no list of lines for a transcript that is not read', () => {
    const a = streamOf('a');
    const lines = Array.from({ length: 2_000 }, (_, i) => line(a, i, `${i}`));
    const slice = vi.spyOn(Array.prototype, 'slice');
    let latest;
    from([open(a), ...lines])
      .pipe(scanTranscript())
      .subscribe((transcript) => (latest = transcript));
    const longest = Math.max(0, ...slice.mock.results.map(({ value }) => (value as unknown[]).length));
    slice.mockRestore();
    expect(longest).toBeLessThanOrEqual(1);
    expect(latest).toMatchObject([{ lines: { length: 2_000 } }]);
  });

  it('emits cells whose lines are an own, enumerable array, which can be spread and serialized', async () => {
    const a = streamOf('a');
    const transcripts = await collect(
      from([open(a), line(a, 0, 'x'), line(a, 1, 'y')]).pipe(scanTranscript()),
    );
    const [, first] = transcripts;
    const cell = first?.[0] ?? expect.fail('no cell');
    expect(Object.keys(cell)).toStrictEqual(['stream', 'lines', 'tail', 'status']);
    expect(Array.isArray(cell.lines)).toBe(true);
    expect(cell.lines).toBe(cell.lines);
    expect({ ...cell }.lines).toStrictEqual(['x']);
    expect((JSON.parse(JSON.stringify(cell)) as typeof cell).lines).toStrictEqual(['x']);
    expect(structuredClone(cell).lines).toStrictEqual(['x']);
    expect(transcripts.at(-1)?.[0]?.lines).toStrictEqual(['x', 'y']);
  });

  it('keeps the lines of earlier cells when lines are withdrawn', async () => {
    const a = streamOf('a');
    const commits: Commit[] = [
      open(a),
      line(a, 0, 'x'),
      line(a, 1, 'wrong'),
      { type: 'revise', stream: a, index: 1 },
      line(a, 1, 'right'),
    ];
    const transcripts = await collect(from(commits).pipe(scanTranscript()));
    expect(transcripts.map(([cell]) => cell?.lines)).toStrictEqual([
      [],
      ['x'],
      ['x', 'wrong'],
      ['x'],
      ['x', 'right'],
    ]);
  });
});

describe('unneeded work and memory', () => {
  it.each(forms)('stops inside a delta of many lines after take, with $form', ({ operator }) => {
    const text = '\n'.repeat(100_000);
    const indexOf = vi.spyOn(String.prototype, 'indexOf');
    const seen: Commit[] = [];
    from([delta('a', text)])
      .pipe(operator(), take(3))
      .subscribe((commit) => seen.push(commit));
    const calls = indexOf.mock.calls.length;
    indexOf.mockRestore();
    expect(seen.map(({ type }) => type)).toStrictEqual(['open', 'line', 'line']);
    expect(calls).toBeLessThan(100);
  });

  it('retains no full text after the end of its stream', async () => {
    const source = new Subject<DeltaEvent>();
    const subscription = source.pipe(commitLines()).subscribe();
    const before = heapUsed();
    const endLong = () => {
      source.next(delta('a', 'x'));
      source.next(end('a', 'y'.repeat(10_000_000) + String(before)));
    };
    endLong();
    // Objects used in a turn of the event loop may stay alive until its end.
    await setImmediate();
    expect(heapUsed() - before).toBeLessThan(5_000_000);
    subscription.unsubscribe();
  });
});

describe('animationFrameScheduler', () => {
  it.each([
    {
      name: 'scanTranscript({ every: 0 })',
      operator: () => scanTranscript({ every: 0, scheduler: animationFrameScheduler }),
    },
    {
      name: 'paceLines({ interval: 0 })',
      operator: () => paceLines({ interval: 0, scheduler: animationFrameScheduler }),
    },
  ])('requests one frame for $name', ({ operator }) => {
    const frames: FrameRequestCallback[] = [];
    vi.stubGlobal('requestAnimationFrame', (callback: FrameRequestCallback) => frames.push(callback));
    vi.stubGlobal('cancelAnimationFrame', () => undefined);
    const a = streamOf('a');
    const source = new Subject<Commit>();
    const subscription = source.pipe<unknown>(operator()).subscribe();
    [open(a), line(a, 0, 'x'), line(a, 1, 'y')].forEach((commit) => source.next(commit));
    expect(frames).toHaveLength(1);
    subscription.unsubscribe();
    vi.unstubAllGlobals();
  });
});

describe('an empty field', () => {
  it.each([
    { title: 'order: null', event: { ...start('a'), order: null } },
    { title: 'text: null', event: { ...end('a'), text: null } },
  ])('is treated as absent: $title', async ({ event }) => {
    const commits = await collect(from([event as unknown as DeltaEvent]).pipe(commitLines()));
    expect(commits.map(({ type }) => type)).not.toContain('drop');
    expect(commits[0]).toStrictEqual({ type: 'open', stream: { kind: 'answer', id: 'a', generation: 0 } });
  });

  it.each(['revise', 'keep', 'off'] as const)(
    'is not treated as the full text, with reconcile: %s',
    async (reconcile) => {
      expect(await shown([delta('a', 'one\ntwo'), end('a', '')], { reconcile })).toStrictEqual([
        'open a',
        'line a 0 one$',
        'line a 1 two',
        'close a end 2',
      ]);
    },
  );
});

describe('the finish reason of a producer', () => {
  it.each(forms)('is in the close and in the cell, with $form', async ({ operator }) => {
    const source: DeltaEvent[] = [
      delta('a', 'one'),
      { ...end('a'), finishReason: 'length' },
      delta('b', 'two'),
      end('b'),
    ];
    const commits = await collect(from(source).pipe(operator()));
    const closes = commits.filter(({ type }) => type === 'close');
    expect(closes).toMatchObject([{ finishReason: 'length' }, {}]);
    expect(closes[1]).not.toHaveProperty('finishReason');
    const transcript = (await collect(from(commits).pipe(scanTranscript()))).at(-1);
    expect(transcript).toMatchObject([{ finishReason: 'length' }, {}]);
    expect(transcript?.[1]).not.toHaveProperty('finishReason');
  });
});
