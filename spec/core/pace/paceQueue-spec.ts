import { describe, expect, it } from 'vitest';

import { type PacePolicy, PaceQueue, type WaitingLines } from '../../../src/core/pace/paceQueue.js';
import type { Commit } from '../../../src/index.js';
import { close, drop, line, open, part, revise, streamOf, tail } from '../../support/commits.js';
import { show } from '../../support/show.js';
import { sinkOf } from '../../support/sink.js';

const a = streamOf('a');
const b = streamOf('b');
const c = streamOf('c');

const oneLine: PacePolicy = () => 1;

/** A queue with an interval of 50, and what leaves it, in words. */
function paced({ policy = oneLine, maxQueued = 10_000 } = {}) {
  let left: string[] = [];
  const sink = sinkOf<Commit>((commit) => left.push(show(commit)));
  const queue = new PaceQueue(50, maxQueued, policy, sink);
  const taken = () => {
    const words = left;
    left = [];
    return words;
  };
  return {
    queue,
    add: (now: number, ...commits: readonly Commit[]) => {
      commits.forEach((commit) => queue.add(commit, now));
      return taken();
    },
    tick: (now: number) => {
      queue.tick(now);
      return taken();
    },
    flush: (now: number) => {
      queue.flush(now);
      return taken();
    },
  };
}

describe('PaceQueue', () => {
  it('releases a line at once if none was released for an interval', () => {
    const { queue, add, tick } = paced();
    expect(add(0, line(a, 0, 'x'))).toStrictEqual(['line a 0 x$']);
    expect(add(50, line(a, 1, 'y'))).toStrictEqual(['line a 1 y$']);
    expect(add(99, line(a, 2, 'z'))).toStrictEqual([]);
    expect(queue.timeToTick(99)).toBe(1);
    expect(tick(100)).toStrictEqual(['line a 2 z$']);
    expect(add(149, line(a, 3, 'w'))).toStrictEqual([]);
    expect(queue.timeToTick(149)).toBe(1);
  });

  it('releases other commits with the line before them', () => {
    const { add, tick } = paced();
    const commits = [open(a), line(a, 0, 'x'), open(b), line(b, 0, 'y'), close(b, 1), drop, revise(a, 0)];
    expect(add(0, ...commits, line(a, 0, 'z'), close(a, 1))).toStrictEqual([
      'open a',
      'line a 0 x$',
      'open b',
    ]);
    expect(tick(50)).toStrictEqual(['line b 0 y$', 'close b end 1', 'drop late', 'revise a 0']);
    expect(tick(100)).toStrictEqual(['line a 0 z$', 'close a end 1']);
  });

  it('queues nothing if no line waits', () => {
    const { queue, add } = paced();
    add(0, line(a, 0, 'x'));
    expect(add(10, close(a, 1), open(b), drop)).toStrictEqual(['close a end 1', 'open b', 'drop late']);
    expect(queue.isEmpty).toBe(true);
  });

  it('calls the policy with the waiting lines, and only while lines wait', () => {
    const asked: (WaitingLines & { now: number })[] = [];
    const { add, tick } = paced({ policy: (waiting, now) => asked.push({ ...waiting, now }) });
    add(0, line(a, 0, 'x'), tail(a, 1, 't'), tail(a, 1, 'te'));
    expect(tick(50)).toStrictEqual(['tail a 1 te']);
    expect(asked).toStrictEqual([]);
    add(60, line(a, 1, 'x'), tail(a, 2, 't'));
    add(70, tail(a, 2, 'te'), line(a, 2, 'y'), line(a, 3, 'z'), line(a, 4, 'w'));
    expect(tick(110)).toStrictEqual(['tail a 2 te', 'line a 2 y$']);
    expect(tick(160)).toStrictEqual(['line a 3 z$', 'line a 4 w$']);
    expect(asked).toStrictEqual([
      { lines: 3, oldestAge: 40, now: 110 },
      { lines: 2, oldestAge: 90, now: 160 },
    ]);
  });

  // prettier-ignore
  it.each([
    { says: 0,         left: 0 },
    { says: -1,        left: 0 },
    { says: -Infinity, left: 0 },
    { says: 0.04,      left: 1 },
    { says: 1.5,       left: 2 },
    { says: 3,         left: 3 },
    { says: 9,         left: 3 },
    { says: Infinity,  left: 3 },
  ])('releases $left of 3 lines when the policy returns $says', ({ says, left }) => {
    const { queue, add, tick } = paced({ policy: () => says });
    add(0, line(a, 0, 'x'), line(a, 1, 'x'), line(a, 2, 'x'), line(a, 3, 'x'));
    expect(tick(50)).toHaveLength(left);
    expect(queue.lines).toBe(3 - left);
  });

  it.each([NaN, undefined, '3', null])(
    'throws when the policy returns %o, and keeps waiting commits',
    (says) => {
      const { add, tick, flush } = paced({ policy: (() => says) as unknown as PacePolicy });
      add(0, line(a, 0, 'x'), line(a, 1, 'y'));
      expect(() => tick(50)).toThrow(
        new TypeError(`The policy returned ${String(says)}, but must return a number of lines`),
      );
      expect(flush(50)).toStrictEqual(['line a 1 y$']);
    },
  );

  it('informs the policy how long the queue was empty, before a line is added', () => {
    const told: unknown[] = [];
    const resume = (emptySince: number, now: number) => told.push([emptySince, now]);
    const { add, tick } = paced({ policy: Object.assign(() => 1, { resume }) });
    add(0, open(a), line(a, 0, 'x'));
    expect(told).toStrictEqual([]);
    add(30, line(a, 1, 'y'), line(a, 2, 'z'));
    expect(told).toStrictEqual([[0, 30]]);
    tick(50);
    tick(100);
    add(120, tail(a, 3, 't'), drop);
    add(400, line(a, 3, 'w'));
    expect(told).toStrictEqual([
      [0, 30],
      [100, 400],
    ]);
  });

  it('releases everything in order when it is flushed', () => {
    const { queue, add, flush } = paced();
    add(0, line(a, 0, 'x'), line(a, 1, 'y'), tail(a, 2, 't'), line(b, 0, 'z'), close(b, 1));
    expect(flush(10)).toStrictEqual(['line a 1 y$', 'tail a 2 t', 'line b 0 z$', 'close b end 1']);
    expect(queue.isEmpty).toBe(true);
    expect(queue.lines).toBe(0);
  });

  describe('maxQueued', () => {
    it('releases the oldest line at once, with the commits after it', () => {
      const { queue, add } = paced({ maxQueued: 2 });
      const lines = [0, 1, 2].map((index) => line(a, index, 'x'));
      expect(add(0, ...lines, open(b))).toStrictEqual(['line a 0 x$']);
      expect(add(0, line(b, 0, 'y'))).toStrictEqual(['line a 1 x$']);
      expect(add(0, line(b, 1, 'z'))).toStrictEqual(['line a 2 x$', 'open b']);
      expect(queue.lines).toBe(2);
    });

    it('limits other commits too, because a flood of them may come without a tick', () => {
      const { queue, add } = paced({ maxQueued: 2 });
      add(0, line(a, 0, 'x'), line(a, 1, 'y'));
      expect(add(0, drop, drop)).toStrictEqual([]);
      expect(add(30, drop)).toStrictEqual(['line a 1 y$', 'drop late', 'drop late', 'drop late']);
      expect(queue.isEmpty).toBe(true);
      expect(add(40, line(a, 2, 'z'))).toStrictEqual([]);
      expect(queue.timeToTick(40)).toBe(40);
    });

    it('limits the tails of many streams', () => {
      const { queue, add } = paced({ maxQueued: 2 });
      const streams = Array.from({ length: 100 }, (_, i) => streamOf(String(i)));
      for (const stream of streams) {
        add(0, tail(stream, 0, 't'), tail(stream, 0, 'te'));
        expect(queue.waiting.size).toBeLessThanOrEqual(2);
        expect(queue.streamsWithTailCount).toBeLessThanOrEqual(2);
      }
    });

    it('queues nothing when it is 0', () => {
      const { queue, add } = paced({ maxQueued: 0 });
      const commits = [open(a), line(a, 0, 'x'), line(a, 1, 'y'), tail(a, 2, 't'), tail(a, 2, 'te'), drop];
      expect(add(0, ...commits)).toStrictEqual(commits.map(show));
      expect(queue.isEmpty).toBe(true);
    });
  });

  describe('tails', () => {
    it('are emitted at once if the stream had none in this tick', () => {
      const { add, tick } = paced();
      expect(add(0, tail(a, 0, 'x'), tail(b, 0, 'y'))).toStrictEqual(['tail a 0 x', 'tail b 0 y']);
      expect(add(10, tail(a, 0, 'xx'), tail(c, 0, 'z'), tail(a, 0, 'xxx'))).toStrictEqual(['tail c 0 z']);
      expect(tick(50)).toStrictEqual(['tail a 0 xxx']);
      expect(add(60, tail(a, 0, 'xxxx'))).toStrictEqual([]);
      expect(add(60, tail(b, 0, 'yy'))).toStrictEqual(['tail b 0 yy']);
    });

    it('delay no line, and wait for the tick, which is an interval after the line', () => {
      const { queue, add, tick } = paced();
      add(0, tail(a, 0, 'x'), tail(a, 0, 'xx'));
      expect(add(10, line(b, 0, 'y'), tail(b, 1, 'z'))).toStrictEqual(['line b 0 y$', 'tail b 1 z']);
      expect(queue.timeToTick(10)).toBe(50);
      expect(add(59, tail(b, 1, 'zz'))).toStrictEqual([]);
      expect(tick(60)).toStrictEqual(['tail a 0 xx', 'tail b 1 zz']);
    });

    it('are emitted with a line or tail that arrives before the timer when their tick is due', () => {
      const { queue, add } = paced();
      add(0, tail(a, 0, 'x'), tail(a, 0, 'xx'));
      expect(add(50, line(b, 0, 'y'))).toStrictEqual(['tail a 0 xx', 'line b 0 y$']);
      expect(add(50, tail(a, 0, 'xxx'))).toStrictEqual([]);
      expect(add(100, tail(b, 1, 'z'))).toStrictEqual(['tail a 0 xxx', 'tail b 1 z']);
      expect(queue.isEmpty).toBe(true);
    });

    it('are one per stream and tick, also when a full queue releases lines', () => {
      const { queue, add, tick } = paced({ maxQueued: 2 });
      const lines = Array.from({ length: 9 }, (_, index) => line(b, index, 'y'));
      expect(add(0, tail(a, 0, 'x'), ...lines.slice(0, 2), tail(a, 0, 'xx'))).toHaveLength(2);
      expect(add(10, ...lines.slice(2, 6))).toStrictEqual(['line b 1 y$', 'line b 2 y$', 'line b 3 y$']);
      expect(add(20, line(a, 0, 'xxx'), ...lines.slice(6, 8))).toStrictEqual([
        'line b 4 y$',
        'line b 5 y$',
        'line a 0 xxx$',
      ]);
      expect(tick(50)).toStrictEqual(['line b 6 y$']);
      expect(tick(100)).toStrictEqual(['line b 7 y$']);
      expect(queue.isEmpty).toBe(true);
    });

    it('of several streams wait for the next tick when a full queue has released all lines', () => {
      const { add, tick } = paced({ maxQueued: 5 });
      add(0, tail(a, 0, 'x'), tail(c, 0, 'x'), line(b, 0, 'y'));
      expect(add(10, line(b, 1, 'y'), tail(a, 0, 'xx'), tail(c, 0, 'xx'), drop, drop, drop)).toStrictEqual(
        [],
      );
      expect(add(10, drop).slice(0, 3)).toStrictEqual(['line b 1 y$', 'tail a 0 xx', 'drop late']);
      expect(tick(60)).toStrictEqual(['tail c 0 xx']);
    });

    it('are emitted in order by a flush', () => {
      const { add, flush } = paced();
      add(0, tail(a, 0, 'x'), line(b, 0, 'y'), line(b, 1, 'y'), tail(a, 0, 'xx'), line(b, 2, 'y'));
      expect(flush(10)).toStrictEqual(['line b 1 y$', 'tail a 0 xx', 'line b 2 y$']);
    });

    // prettier-ignore
    it.each([
      { commit: line(a, 0, 'xxx') },
      { commit: part(a, 0, 'xx') },
      { commit: revise(a, 0) },
      { commit: close(a, 0) },
    ])('are dropped when a later commit of the stream is emitted at once: $commit.type', ({ commit }) => {
      const { queue, add } = paced();
      add(0, tail(a, 0, 'x'), tail(a, 0, 'xx'));
      expect(add(10, commit)).toStrictEqual([show(commit)]);
      expect(queue.isEmpty).toBe(true);
    });

    it('continue to wait when a commit of another stream is emitted', () => {
      const { add, tick } = paced();
      add(0, tail(a, 0, 'x'), tail(a, 0, 'xx'));
      expect(add(10, open(b), drop)).toStrictEqual(['open b', 'drop late']);
      expect(tick(50)).toStrictEqual(['tail a 0 xx']);
    });

    it('wait after the lines of their stream, and the latest replaces the others', () => {
      const { add, tick } = paced();
      add(0, line(a, 0, 'x'), line(a, 1, 'y'), tail(a, 2, 't'), line(b, 0, 'z'), tail(a, 2, 'te'));
      expect(tick(50)).toStrictEqual(['line a 1 y$', 'tail a 2 te']);
      expect(tick(100)).toStrictEqual(['line b 0 z$']);
    });

    it('lose their position when another commit of their stream is in between', () => {
      const { add, tick } = paced();
      add(0, line(a, 0, 'x'), line(b, 0, 'y'), tail(a, 1, 't'), line(a, 1, 'te'), tail(a, 2, 'u'));
      expect(tick(50)).toStrictEqual(['line b 0 y$']);
      expect(tick(100)).toStrictEqual(['line a 1 te$', 'tail a 2 u']);
    });

    it('are emitted before a later line of their stream', () => {
      const { add, tick } = paced();
      add(0, line(a, 0, 'x'), line(b, 0, 'y'), tail(a, 1, 't'), line(a, 1, 'te'));
      expect(tick(50)).toStrictEqual(['line b 0 y$', 'tail a 1 t']);
      expect(tick(100)).toStrictEqual(['line a 1 te$']);
    });
  });
});
