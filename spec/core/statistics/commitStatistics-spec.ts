import { describe, expect, it } from 'vitest';

import { CommitStatistics, type CommitSummary } from '../../../src/core/statistics/commitStatistics.js';
import type { CloseReason, Commit, StreamRef } from '../../../src/index.js';
import { close, drop, line, open, part, revise, streamOf, tail } from '../../support/commits.js';

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
  const statistics = new CommitStatistics(clock.now);
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
  timeToFirstText: { count: 0, total: 0, max: 0 },
};

const durations = (...values: readonly number[]) => ({
  count: values.length,
  total: values.reduce((sum, value) => sum + value, 0),
  max: Math.max(0, ...values),
});

describe('CommitStatistics', () => {
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
      expected: { streams: 1, openStreams: 1, mostOpenStreams: 1, lines: 2, characters: 4, timeToFirstLine: durations(1), timeToFirstText: durations(1) } },
    { title: 'streams that are open at the same time, and one after them',
      commits: [open(a), open(b), close(a, 0), close(b, 0), open(a1)],
      expected: { streams: 3, openStreams: 1, mostOpenStreams: 2, closed: { ...nothing.closed, end: 2 } } },
    { title: 'parts of one line',
      commits: [open(a), part(a, 0, 'x'), part(a, 0, 'y'), line(a, 0, '')],
      expected: { streams: 1, openStreams: 1, mostOpenStreams: 1, lines: 1, characters: 3, timeToFirstLine: durations(1), timeToFirstText: durations(1) } },
    { title: 'tails, which are no lines',
      commits: [open(a), tail(a, 0, ''), tail(a, 0, 'x'), tail(a, 0, 'xy')],
      expected: { streams: 1, openStreams: 1, mostOpenStreams: 1, timeToFirstText: durations(2) } },
    { title: 'the time to the first text, which is a tail before the first line',
      commits: [open(a), tail(a, 0, 'x'), line(a, 0, 'xy')],
      expected: { streams: 1, openStreams: 1, mostOpenStreams: 1, lines: 1, characters: 3, timeToFirstLine: durations(2),
        timeToFirstText: durations(1) } },
    { title: 'lines that are withdrawn, and those in their place',
      commits: [open(a), line(a, 0, 'x'), line(a, 1, 'y'), part(a, 2, 'z'), revise(a, 1), line(a, 1, 'w'), close(a, 2)],
      expected: { streams: 1, mostOpenStreams: 1, closed: { ...nothing.closed, end: 1 }, lines: 2, withdrawnLines: 2,
        characters: 7, timeToFirstLine: durations(1), timeToFirstText: durations(1) } },
    { title: 'withdrawn lines that are not replaced yet',
      commits: [open(a), line(a, 0, 'x'), line(a, 1, 'y'), revise(a, 1)],
      expected: { streams: 1, openStreams: 1, mostOpenStreams: 1, lines: 1, withdrawnLines: 1, characters: 4, timeToFirstLine: durations(1), timeToFirstText: durations(1) } },
    { title: 'a revise that withdraws nothing',
      commits: [open(a), line(a, 0, 'x'), revise(a, 1)],
      expected: { streams: 1, openStreams: 1, mostOpenStreams: 1, lines: 1, characters: 2, timeToFirstLine: durations(1), timeToFirstText: durations(1) } },
    { title: 'drops',
      commits: [drop, { type: 'drop', reason: 'malformed', event: 5 }, drop],
      expected: { drops: { late: 2, malformed: 1, foreign: 0 } } },
    { title: 'the time to the first line of each stream',
      commits: [open(a), open(b), line(b, 0, 'x'), line(a, 0, 'x'), line(a, 1, 'x')],
      expected: { streams: 2, openStreams: 2, mostOpenStreams: 2, lines: 3, characters: 6, timeToFirstLine: durations(1, 3), timeToFirstText: durations(1, 3) } },
    { title: 'a stream whose open was not seen, without the time from there',
      commits: [line(a, 6, 'x'), close(a, 7)],
      expected: { streams: 1, mostOpenStreams: 1, closed: { ...nothing.closed, end: 1 }, lines: 7, characters: 2 } },
    { title: 'a stream whose open was not seen, but a tail, without the time from there',
      commits: [tail(a, 0, 'x'), tail(a, 0, 'xy'), line(a, 0, 'xyz')],
      expected: { streams: 1, openStreams: 1, mostOpenStreams: 1, lines: 1, characters: 4 } },
    { title: 'a stream whose open was not seen, but a revise, without the time from there',
      commits: [revise(a, 0), line(a, 0, 'x')],
      expected: { streams: 1, openStreams: 1, mostOpenStreams: 1, lines: 1, characters: 2 } },
    { title: 'a stream of which only the close was seen, with the lines that it tells of',
      commits: [close(a, 3)],
      expected: { streams: 1, mostOpenStreams: 1, closed: { ...nothing.closed, end: 1 }, lines: 3 } },
    { title: 'a stream that is opened twice, once',
      commits: [open(a), open({ ...a }), line({ ...a }, 0, 'x')],
      expected: { streams: 1, openStreams: 1, mostOpenStreams: 1, lines: 1, characters: 2, timeToFirstLine: durations(2), timeToFirstText: durations(2) } },
  ])('measures $title', ({ commits, expected }) => {
    expect(measure(commits)).toStrictEqual({ ...nothing, ...expected });
  });

  it('returns the summary of a stream at its close', () => {
    const statistics = new CommitStatistics(new Clock().now);
    const commits = [open(a), line(a, 0, 'x'), revise(a, 0), line(a, 0, 'y')];
    expect(commits.map((commit) => statistics.add(commit))).toStrictEqual(commits.map(() => undefined));
    expect(statistics.add(close(a, 1))).toStrictEqual({
      stream: a,
      reason: 'end',
      lines: 1,
      withdrawnLines: 1,
      characters: 4,
      timeToFirstLine: 0,
      timeToFirstText: 0,
    });
  });

  it('reads the clock for an open, and for the first text and line of a stream whose open was seen', () => {
    const clock = new Clock();
    const statistics = new CommitStatistics(clock.now);
    const readings = [
      open(a),
      tail(a, 0, 'x'),
      tail(a, 0, 'xy'),
      line(a, 0, 'xyz'),
      line(a, 1, ''),
      tail(b, 0, 'x'),
      close(b, 1),
      close(a1, 1),
    ].map((commit) => {
      statistics.add(commit);
      return clock.readings;
    });
    expect(readings).toStrictEqual([1, 2, 2, 3, 3, 3, 3, 3]);
  });

  it('never measures a negative time', () => {
    const clock = new Clock();
    const statistics = new CommitStatistics(clock.now);
    clock.time = 1000;
    statistics.add(open(a));
    clock.time = 5;
    statistics.add(line(a, 0, 'x'));
    expect(statistics.summary()).toMatchObject({
      timeToFirstLine: durations(0),
      timeToFirstText: durations(0),
    });
  });

  it.each<CloseReason>(['end', 'error', 'idle', 'evicted', 'complete'])(
    'counts closes by reason: %s',
    (reason) => {
      const { closed } = measure([open(a), { ...close(a, 0), reason }]);
      expect(closed).toStrictEqual({ ...nothing.closed, [reason]: 1 });
    },
  );

  it('returns summaries that do not change afterwards', () => {
    const statistics = new CommitStatistics(new Clock().now);
    const before = statistics.summary();
    [open(a), line(a, 0, 'x'), close(a, 1), drop].forEach((commit) => statistics.add(commit));
    expect(before).toStrictEqual(nothing);
    const after = statistics.summary();
    statistics.add(open(b));
    expect(after.streams).toBe(1);
  });

  it('keeps no stream once it is closed, and none at all once it is disposed', () => {
    const statistics = new CommitStatistics(new Clock().now);
    statistics.add(open(a));
    statistics.add(close(a, 0));
    const fresh = new CommitStatistics(new Clock().now);
    expect([...mapSizes(statistics)]).toStrictEqual([...mapSizes(fresh)]);
    statistics.add(open(b));
    statistics.dispose();
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
