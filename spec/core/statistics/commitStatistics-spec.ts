import { describe, expect, it } from 'vitest';

import { CommitStatistics, type CommitSummary } from '../../../src/core/statistics/commitStatistics.js';
import type { CloseReason, Commit, DeltaEvent, StreamRef } from '../../../src/index.js';
import { close, drop, line, open, part, revise, streamOf, tail } from '../../support/commits.js';
import { delta, end, start } from '../../support/events.js';

const a = streamOf('a');
const b = streamOf('b');
const a1: StreamRef = { ...a, generation: 1 };

/** A clock that is set by hand, and counts how often it is read. */
class Clock {
  time = 0;
  readings = 0;

  readonly now = (): number => {
    this.readings++;
    return this.time;
  };
}

/** Measures commits, each a millisecond after the one before it. */
function measure(commits: readonly Commit[]): CommitSummary {
  const clock = new Clock();
  const statistics = new CommitStatistics(clock.now, false);
  for (const commit of commits) {
    clock.time++;
    statistics.add(commit);
  }
  return statistics.summary();
}

const nothing: CommitSummary = {
  streams: 0,
  openStreams: 0,
  mostOpenStreams: 0,
  closed: { end: 0, error: 0, idle: 0, evicted: 0, complete: 0, superseded: 0 },
  drops: { late: 0, malformed: 0, foreign: 0 },
  lines: 0,
  withdrawnLines: 0,
  characters: 0,
  timeToFirstLine: { count: 0, total: 0, max: 0 },
};

const durations = (...values: readonly number[]) => ({
  count: values.length,
  total: values.reduce((sum, value) => sum + value, 0),
  max: Math.max(0, ...values),
});

describe('CommitStatistics of commits', () => {
  // prettier-ignore
  it.each<{ title: string; commits: readonly Commit[]; expected: Partial<CommitSummary> }>([
    { title: 'nothing',
      commits: [],
      expected: {} },
    { title: 'a stream without text',
      commits: [open(a), close(a, 0)],
      expected: { streams: 1, mostOpenStreams: 1, closed: { ...nothing.closed, end: 1 } } },
    { title: 'a stream that is open',
      commits: [open(a), line(a, 0, 'xy'), part(a, 1, 'z')],
      expected: { streams: 1, openStreams: 1, mostOpenStreams: 1, lines: 2, characters: 4, timeToFirstLine: durations(1) } },
    { title: 'streams that are open at the same time, and one after them',
      commits: [open(a), open(b), close(a, 0), close(b, 0), open(a1)],
      expected: { streams: 3, openStreams: 1, mostOpenStreams: 2, closed: { ...nothing.closed, end: 2 } } },
    { title: 'parts of one line',
      commits: [open(a), part(a, 0, 'x'), part(a, 0, 'y'), line(a, 0, '')],
      expected: { streams: 1, openStreams: 1, mostOpenStreams: 1, lines: 1, characters: 3, timeToFirstLine: durations(1) } },
    { title: 'tails, which are no lines',
      commits: [open(a), tail(a, 0, 'x'), tail(a, 0, 'xy')],
      expected: { streams: 1, openStreams: 1, mostOpenStreams: 1 } },
    { title: 'lines that are withdrawn, and those in their place',
      commits: [open(a), line(a, 0, 'x'), line(a, 1, 'y'), part(a, 2, 'z'), revise(a, 1), line(a, 1, 'w'), close(a, 2)],
      expected: { streams: 1, mostOpenStreams: 1, closed: { ...nothing.closed, end: 1 }, lines: 2, withdrawnLines: 2,
        characters: 7, timeToFirstLine: durations(1) } },
    { title: 'lines that are withdrawn, with nothing in their place yet',
      commits: [open(a), line(a, 0, 'x'), line(a, 1, 'y'), revise(a, 1)],
      expected: { streams: 1, openStreams: 1, mostOpenStreams: 1, lines: 1, withdrawnLines: 1, characters: 4, timeToFirstLine: durations(1) } },
    { title: 'a revise that withdraws nothing',
      commits: [open(a), line(a, 0, 'x'), revise(a, 1)],
      expected: { streams: 1, openStreams: 1, mostOpenStreams: 1, lines: 1, characters: 2, timeToFirstLine: durations(1) } },
    { title: 'drops',
      commits: [drop, { type: 'drop', reason: 'malformed', event: 5 }, drop],
      expected: { drops: { late: 2, malformed: 1, foreign: 0 } } },
    { title: 'the time to the first line of each stream',
      commits: [open(a), open(b), line(b, 0, 'x'), line(a, 0, 'x'), line(a, 1, 'x')],
      expected: { streams: 2, openStreams: 2, mostOpenStreams: 2, lines: 3, characters: 6, timeToFirstLine: durations(1, 3) } },
    { title: 'a stream whose open was not seen, without the time from there',
      commits: [line(a, 6, 'x'), close(a, 7)],
      expected: { streams: 1, mostOpenStreams: 1, closed: { ...nothing.closed, end: 1 }, lines: 7, characters: 2 } },
    { title: 'a stream that is opened twice, once',
      commits: [open(a), open({ ...a }), line({ ...a }, 0, 'x')],
      expected: { streams: 1, openStreams: 1, mostOpenStreams: 1, lines: 1, characters: 2, timeToFirstLine: durations(2) } },
  ])('measures $title', ({ commits, expected }) => {
    expect(measure(commits)).toStrictEqual({ ...nothing, ...expected });
  });

  it('tells of a stream at its close', () => {
    const statistics = new CommitStatistics(new Clock().now, false);
    const commits = [open(a), line(a, 0, 'x'), revise(a, 0), line(a, 0, 'y')];
    expect(commits.map((commit) => statistics.add(commit))).toStrictEqual(commits.map(() => undefined));
    expect(statistics.add(close(a, 1))).toStrictEqual({
      stream: a,
      reason: 'end',
      lines: 1,
      withdrawnLines: 1,
      characters: 4,
      timeToFirstLine: 0,
    });
  });

  it.each<CloseReason>(['end', 'error', 'idle', 'evicted', 'complete'])(
    'counts closes by reason: %s',
    (reason) => {
      const { closed } = measure([open(a), { ...close(a, 0), reason }]);
      expect(closed).toStrictEqual({ ...nothing.closed, [reason]: 1 });
    },
  );

  it('gives summaries that do not change afterwards', () => {
    const statistics = new CommitStatistics(new Clock().now, false);
    const before = statistics.summary();
    [open(a), line(a, 0, 'x'), close(a, 1), drop].forEach((commit) => statistics.add(commit));
    expect(before).toStrictEqual(nothing);
    const final = statistics.finish();
    statistics.add(open(b));
    expect(statistics.summary()).toBe(final);
    expect(final.streams).toBe(1);
  });

  it('keeps no stream once it is closed, and none at all once it is finished', () => {
    const statistics = new CommitStatistics(new Clock().now, false);
    statistics.add(open(a));
    statistics.add(close(a, 0));
    const fresh = new CommitStatistics(new Clock().now, false);
    expect([...mapSizes(statistics)]).toStrictEqual([...mapSizes(fresh)]);
    statistics.add(open(b));
    statistics.finish();
    expect([...mapSizes(statistics)]).toStrictEqual([...mapSizes(fresh)]);
  });
});

/** The sizes of all maps that an object holds. */
function* mapSizes(value: unknown): Generator<number> {
  if (value instanceof Map) {
    yield value.size;
  }
  if (typeof value === 'object' && value !== null) {
    for (const each of Object.values(value)) {
      yield* mapSizes(each);
    }
  }
}

/** An operator by hand: events go in, and commits come out when the spec says so. */
class Pipeline {
  readonly clock = new Clock();
  readonly statistics = new CommitStatistics<string>(this.clock.now, true);

  /** An event at a time, with what comes out while it is handled. */
  event(time: number, event: unknown, ...commits: readonly Commit[]): this {
    this.clock.time = time;
    this.statistics.beginEvent(event);
    this.commits(time, ...commits);
    this.statistics.endEvent();
    return this;
  }

  commits(time: number, ...commits: readonly Commit[]): this {
    this.clock.time = time;
    commits.forEach((commit) => this.statistics.add(commit));
    return this;
  }

  get summary() {
    const { streams, deltas, longestTail, timeToFirstLine, timeToCommit } = this.statistics.summary();
    return { streams, deltas, longestTail, timeToFirstLine, timeToCommit };
  }
}

describe('CommitStatistics of events and commits', () => {
  it('measures deltas, tails, and the time of each line from its first character to its first commit', () => {
    const pipeline = new Pipeline()
      .event(10, start('a'), open(a))
      .event(20, delta('a', 'on'))
      .event(30, delta('a', 'e\ntw'), line(a, 0, 'one'))
      .event(70, delta('a', 'o, '), part(a, 1, 'two'))
      .event(75, delta('a', 'and more\n'), line(a, 1, ', and more'))
      .event(80, end('a'), close(a, 2));
    expect(pipeline.summary).toStrictEqual({
      streams: 1,
      deltas: 4,
      longestTail: 2,
      timeToFirstLine: durations(20),
      timeToCommit: durations(10, 40),
    });
  });

  it('tells of a stream at its close', () => {
    const { statistics } = new Pipeline().event(10, delta('a', 'x'), open(a)).commits(15, part(a, 0, 'x'));
    expect(statistics.add({ ...close(a, 1), reason: 'idle' })).toStrictEqual({
      stream: a,
      reason: 'idle',
      lines: 1,
      withdrawnLines: 0,
      characters: 1,
      timeToFirstLine: 5,
      deltas: 1,
      longestTail: 1,
      timeToCommit: durations(5),
    });
  });

  it('does not measure lines that only the full text of the producer has', () => {
    const pipeline = new Pipeline()
      .event(10, delta('a', 'x\ny'), open(a), line(a, 0, 'x'))
      .event(20, end('a', 'x\nyy\nz'), line(a, 1, 'yy'), part(a, 2, 'z'), close(a, 3));
    expect(pipeline.summary.timeToCommit).toStrictEqual(durations(0, 10));
  });

  it('does not measure lines in the place of those that were withdrawn', () => {
    const pipeline = new Pipeline()
      .event(10, delta('a', 'x\ny'), open(a), line(a, 0, 'x'))
      .event(20, end('a', 'z\ny'), revise(a, 0), line(a, 0, 'z'), part(a, 1, 'y'), close(a, 2));
    expect(pipeline.summary.timeToCommit).toStrictEqual(durations(0));
  });

  it('does not count what belongs to no stream', () => {
    const late = delta('a', 'late');
    const pipeline = new Pipeline()
      .event(1, delta('a', 'x'), open(a))
      .event(2, end('a'), part(a, 0, 'x'), close(a, 1))
      .event(3, late, { type: 'drop', reason: 'late', event: late })
      .event(4, null, { type: 'drop', reason: 'malformed', event: null })
      .event(5, start('a'), open(a1));
    expect(pipeline.summary.deltas).toBe(1);
  });

  it('nor what is left out without a word', () => {
    const pipeline = new Pipeline()
      .event(1, delta('a', 'x'), open(a))
      .event(2, end('a'), part(a, 0, 'x'), close(a, 1))
      .event(3, delta('a', 'late and long'))
      .event(4, delta('a', '\n'))
      .event(5, delta('a', 'y'), open(a1));
    expect(pipeline.summary).toMatchObject({ streams: 2, deltas: 2, longestTail: 1 });
  });

  it('takes what the reader does not take for malformed', () => {
    const pipeline = new Pipeline();
    const throwing = {
      get type(): never {
        throw new Error('boom');
      },
    };
    for (const event of [undefined, null, 5, 'delta', throwing, { type: 'delta', kind: 'answer', id: 'a' }]) {
      pipeline.event(1, event);
    }
    expect(pipeline.summary).toStrictEqual(new Pipeline().summary);
  });

  it('knows which events a commit comes of, also when it comes much later', () => {
    const pipeline = new Pipeline()
      .event(10, delta('a', 'one\nt'))
      .event(20, delta('a', 'wo\n'))
      .event(30, end('a'))
      .event(40, start('a'))
      .event(50, delta('a', 'three\n'))
      .event(60, delta('b', 'x'), open(b))
      .commits(70, open(a), line(a, 0, 'one'), line(a, 1, 'two'), close(a, 2))
      .commits(80, open(a1), line(a1, 0, 'three'), close(a1, 1));
    expect(pipeline.summary).toStrictEqual({
      streams: 3,
      deltas: 4,
      longestTail: 1,
      timeToFirstLine: durations(60, 40),
      timeToCommit: durations(60, 60, 30),
    });
  });

  it('knows it also when another event is dropped meanwhile', () => {
    const late = delta('b', 'late');
    const pipeline = new Pipeline()
      .event(10, late)
      .event(20, delta('a', 'x\n'), { type: 'drop', reason: 'late', event: late })
      .commits(30, open(a), line(a, 0, 'x'));
    expect(pipeline.summary).toMatchObject({ deltas: 1, timeToCommit: durations(10) });
  });

  it('does not take the stream of another kind for that of the event', () => {
    const reasoning: StreamRef = { ...a, kind: 'reasoning' };
    const pipeline = new Pipeline().event(10, delta('a', 'x'), open(reasoning)).commits(20, open(a));
    pipeline.statistics.add(close(reasoning, 0));
    expect(pipeline.statistics.add(close(a, 1))).toMatchObject({ stream: a, deltas: 1 });
  });

  it('goes on with a stream whose end was dropped, because the operator has closed it by itself', () => {
    const late = end('a');
    const pipeline = new Pipeline()
      .event(10, delta('a', 'x'))
      .event(20, late, { type: 'drop', reason: 'late', event: late })
      .event(30, delta('a', 'y'))
      .commits(40, open(a), { ...close(a, 1), reason: 'evicted' }, open(a1), close(a1, 1));
    expect(pipeline.summary.deltas).toBe(2);
  });

  it('measures a stream that no event is known of from its first commit', () => {
    const pipeline = new Pipeline().commits(5, line(a, 0, 'x')).commits(6, close(a, 1));
    expect(pipeline.summary).toMatchObject({ deltas: 0, timeToCommit: durations() });
  });

  it('reads the clock once for an event that opens a stream or begins a line, and once for a commit that is measured', () => {
    const { clock, statistics } = new Pipeline();
    const readings = (event: DeltaEvent, ...commits: readonly Commit[]) => {
      clock.readings = 0;
      statistics.beginEvent(event);
      commits.forEach((commit) => statistics.add(commit));
      statistics.endEvent();
      return clock.readings;
    };
    const late = delta('a', 'late');
    expect([
      readings(start('a'), open(a)),
      readings(delta('a', 'one'), tail(a, 0, 'one')),
      readings(delta('a', 'more'), tail(a, 0, 'onemore')),
      readings(delta('a', 'more'), part(a, 0, 'onemoremore')),
      readings(delta('a', 'more'), part(a, 0, 'more')),
      readings(delta('a', '\n'), line(a, 0, '')),
      readings(delta('a', 'x\ny\nz'), line(a, 1, 'x'), line(a, 2, 'y')),
      readings(delta('b', 'x\n'), open(b), line(b, 0, 'x')),
      readings(end('a', 'other'), revise(a, 0), line(a, 0, 'other'), close(a, 1)),
      readings(late, { type: 'drop', reason: 'late', event: late }),
    ]).toStrictEqual([1, 1, 0, 1, 0, 0, 3, 2, 0, 0]);
  });

  it('never tells a negative time', () => {
    const pipeline = new Pipeline()
      .event(1000, delta('a', 'x'), open(a))
      .event(5, delta('a', '\ny'), line(a, 0, 'x'))
      .event(2, delta('a', '\n'), line(a, 1, 'y'));
    expect(pipeline.summary).toMatchObject({ timeToFirstLine: durations(0), timeToCommit: durations(0, 0) });
  });
});
