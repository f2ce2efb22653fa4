import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  type OrderableCommit,
  type OrderStrategy,
  StreamOrder,
} from '../../../src/core/order/streamOrder.js';
import type { Commit } from '../../../src/index.js';
import { byStream } from '../../support/arbitraries.js';
import { close, commitList, drop, line, open, streamOf, tail } from '../../support/commits.js';
import { show } from '../../support/show.js';
import { sinkOf } from '../../support/sink.js';

const strategy = fc.constantFrom<OrderStrategy>('sequential', 'grouped');
const maxBuffered = fc.oneof(fc.nat({ max: 5 }), fc.constant(Infinity));

function ordered(
  commits: readonly Commit[],
  { by = 'sequential', most = Infinity }: { by?: OrderStrategy; most?: number } = {},
): readonly Commit[] {
  const released: Commit[] = [];
  const sink = sinkOf<Commit>((commit) => released.push(commit));
  const order = new StreamOrder<Commit>(by, most, sink);
  for (const commit of commits) {
    order.add(commit);
  }
  order.flush();
  return released;
}

/** The commits without each tail that the same stream has another one right after. */
function withoutReplacedTails(commits: readonly Commit[]): readonly Commit[] {
  return commits.filter((commit, i) => commit.type !== 'tail' || commits[i + 1]?.type !== 'tail');
}

describe('StreamOrder', () => {
  const a = streamOf('a', [2]);
  const b = streamOf('b', [1]);
  const c = streamOf('c');

  it('continues with the first stream by order, then by opening', () => {
    const streams = [[3], [2, 1], undefined, [2], [3], [1], undefined].map((order, i) =>
      streamOf(String(i), order),
    );
    const commits = [...streams.map((stream) => open(stream)), ...streams.map((stream) => close(stream, 0))];
    const opened = ordered(commits).flatMap((commit) => (commit.type === 'open' ? [commit.stream.id] : []));
    expect(opened).toStrictEqual(['0', '5', '3', '1', '4', '2', '6']);
  });

  it('makes a stream live that opens while no other is, whatever its order', () => {
    const commits = [open(a), close(a, 0), drop, open(c), open(b), line(b, 0, 'x'), line(c, 0, 'x')];
    expect(ordered(commits).map(show)).toStrictEqual([
      'open a',
      'close a end 0',
      'drop late',
      'open c',
      'line c 0 x$',
      'open b',
      'line b 0 x$',
    ]);
  });

  it('emits drops at once', () => {
    const released: Commit[] = [];
    const sink = sinkOf<Commit>((commit) => released.push(commit));
    const order = new StreamOrder<Commit>('grouped', Infinity, sink);
    order.add(open(a));
    order.add(drop);
    expect(released).toStrictEqual([drop]);
  });

  it('emits the oldest first when too many wait, and continues their streams as usual', () => {
    const commits = [open(a), open(b), open(c), line(c, 0, 'x'), line(b, 0, 'x'), close(a, 0), close(b, 1)];
    expect(ordered(commits, { most: 2 }).map(show)).toStrictEqual([
      'open a',
      'open b',
      'open c',
      'close a end 0',
      'line b 0 x$',
      'close b end 1',
      'line c 0 x$',
    ]);
  });

  it('makes a stream live although all its commits were emitted early', () => {
    const commits = [open(a), open(b), close(a, 0), open(c), line(b, 0, 'x')];
    expect(ordered(commits, { most: 0 }).map(show)).toStrictEqual([
      'open a',
      'open b',
      'close a end 0',
      'open c',
      'line b 0 x$',
    ]);
    expect(ordered(commits, { most: 1 }).map(show)).toStrictEqual([
      'open a',
      'close a end 0',
      'open b',
      'line b 0 x$',
      'open c',
    ]);
  });

  it('skips a stream whose close was emitted early', () => {
    const commits = [open(a), open(b), close(b, 0), open(c), line(c, 0, 'x'), close(a, 0), line(c, 1, 'y')];
    expect(ordered(commits, { most: 1 }).map(show)).toStrictEqual([
      'open a',
      'open b',
      'close b end 0',
      'open c',
      'close a end 0',
      'line c 0 x$',
      'line c 1 y$',
    ]);
  });

  it('replaces a waiting tail by a later one, at the end of the queue', () => {
    const commits = [open(a), tail(b, 0, 'x'), tail(c, 0, 'u'), tail(b, 0, 'xy'), line(b, 0, 'xyz')];
    expect(ordered(commits).map(show)).toStrictEqual([
      'open a',
      'tail b 0 xy',
      'line b 0 xyz$',
      'tail c 0 u',
    ]);
    expect(ordered(commits, { most: 2 }).map(show)).toStrictEqual([
      'open a',
      'tail c 0 u',
      'tail b 0 xy',
      'line b 0 xyz$',
    ]);
  });

  it('replaces a waiting draft by a later one', () => {
    const draft = (text: string): OrderableCommit & { text: string } => ({ type: 'draft', stream: b, text });
    const released: OrderableCommit[] = [];
    const sink = sinkOf<OrderableCommit>((commit) => released.push(commit));
    const order = new StreamOrder<OrderableCommit>('sequential', Infinity, sink);
    [open(a), draft('x'), draft('xy')].forEach((commit) => order.add(commit));
    order.flush();
    expect(released).toStrictEqual([open(a), draft('xy')]);
  });

  it('keeps a tail that another commit follows', () => {
    const commits = [open(a), tail(b, 0, 'x'), line(b, 0, 'x'), tail(b, 1, 'y'), close(b, 1)];
    expect(ordered(commits)).toStrictEqual(commits);
  });

  it('holds one commit for any number of tails', () => {
    const order = new StreamOrder<Commit>('sequential', Infinity, sinkOf());
    order.add(open(a));
    for (let i = 0; i < 1000; i++) {
      order.add(tail(b, 0, String(i)));
      order.add(tail(c, 0, String(i)));
    }
    expect(order.waitingCommits.size).toBe(2);
  });

  it('keeps nothing of emitted streams', () => {
    fc.assert(
      fc.property(commitList, strategy, maxBuffered, (commits, by, most) => {
        const sink = sinkOf<Commit>();
        const order = new StreamOrder<Commit>(by, most, sink);
        for (const commit of commits) {
          order.add(commit);
        }
        for (const [stream, itsCommits] of byStream(commits)) {
          if (itsCommits.at(-1)?.type !== 'close') {
            order.add(close(stream, 0));
          }
        }
        order.openings = 0;
        // The name of the latest kind stays.
        order.streams.get({ kind: '', generation: 0, id: '' });
        expect(order).toStrictEqual(new StreamOrder<Commit>(by, most, sink));
      }),
    );
  });

  describe('for all commits', () => {
    it('loses nothing but replaced tails, and changes no order within a stream', () => {
      fc.assert(
        fc.property(commitList, strategy, maxBuffered, (commits, by, most) => {
          const released = ordered(commits, { by, most });
          const expected = byStream(commits);
          const actual = byStream(released);
          expect(actual.size).toBe(expected.size);
          for (const [stream, itsCommits] of expected) {
            const itsReleased = actual.get(stream) ?? [];
            const places = itsReleased.map((commit) => itsCommits.indexOf(commit));
            expect(places).toStrictEqual([...places].sort((one, other) => one - other));
            expect(withoutReplacedTails(itsReleased)).toStrictEqual(withoutReplacedTails(itsCommits));
          }
          const dropsOf = (some: readonly Commit[]) => some.filter((commit) => commit.type === 'drop');
          expect(dropsOf(released)).toStrictEqual(dropsOf(commits));
        }),
      );
    });

    it('is the same as its input when nothing may wait', () => {
      fc.assert(
        fc.property(commitList, strategy, (commits, by) => {
          expect(ordered(commits, { by, most: 0 })).toStrictEqual(commits);
        }),
      );
    });

    it('never holds more than its bound', () => {
      fc.assert(
        fc.property(commitList, strategy, fc.nat({ max: 5 }), (commits, by, most) => {
          const order = new StreamOrder<Commit>(by, most, sinkOf());
          for (const commit of commits) {
            order.add(commit);
            expect(order.waitingCommits.size).toBeLessThanOrEqual(most);
          }
        }),
      );
    });

    it('emits nothing early while all may wait', () => {
      fc.assert(
        fc.property(commitList, strategy, (commits, by) => {
          const order = new StreamOrder<Commit>(by, Infinity, sinkOf());
          let most = 0;
          for (const commit of commits) {
            order.add(commit);
            most = Math.max(most, order.waitingCommits.size);
          }
          expect(ordered(commits, { by, most })).toStrictEqual(ordered(commits, { by }));
        }),
      );
    });

    it.each<OrderStrategy>(['sequential', 'grouped'])(
      'emits complete streams one after another when all may wait: %s',
      (by) => {
        fc.assert(
          fc.property(commitList, (commits) => {
            const streams = ordered(commits, { by }).flatMap((commit) =>
              commit.type === 'drop' ? [] : [commit.stream],
            );
            const changes = streams.filter((stream, i) => stream !== streams[i - 1]);
            expect(changes).toHaveLength(new Set(streams).size);
          }),
        );
      },
    );

    it('emits grouped streams in the order of closing, then of opening', () => {
      fc.assert(
        fc.property(commitList, (commits) => {
          const closed = commits.flatMap((commit) => (commit.type === 'close' ? [commit.stream] : []));
          const opened = commits.flatMap((commit) => (commit.type === 'open' ? [commit.stream] : []));
          const released = ordered(commits, { by: 'grouped' });
          const streams = released.flatMap((commit) => (commit.type === 'open' ? [commit.stream] : []));
          expect(streams).toStrictEqual([...new Set([...closed, ...opened])]);
        }),
      );
    });
  });

  it('compares few of the waiting streams when one opens or closes', () => {
    let reads = 0;
    const count = 10_000;
    const streams = Array.from({ length: count }, (_, i) => {
      const stream = streamOf(String(i), [(i * 7919) % count]);
      return Object.defineProperty({ ...stream }, 'order', {
        get: () => {
          reads++;
          return stream.order;
        },
      });
    });
    ordered([
      ...streams.map((stream) => open(stream)),
      ...streams.map((stream) => line(stream, 0, 'x')),
      ...streams.map((stream) => close(stream, 1)),
    ]);
    // Two of them are read for a comparison, and on the way up or down the heap there are two at each step.
    expect(reads).toBeLessThan(2 * 2 * 2 * count * Math.log2(count));
  });
});
