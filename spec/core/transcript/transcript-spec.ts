import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { comparePlaces } from '../../../src/core/order/compareOrder.js';
import { CellTable } from '../../../src/core/transcript/cellTable.js';
import { type Cell, LineDraft, type Transcript } from '../../../src/core/transcript/transcript.js';
import type { Commit, DropCommit, StreamRef } from '../../../src/index.js';
import { byStream } from '../../support/arbitraries.js';
import { close, commitList, drop, line, open, part, revise, streamOf, tail } from '../../support/commits.js';

const a = streamOf('a', [2]);
const b = streamOf('b', [1]);
const c = streamOf('c');

const tableOf = (maxCells: number) => new CellTable<Exclude<Commit, DropCommit>, Cell>(maxCells, LineDraft);

/** The transcript after each commit. */
function transcriptsOf(commits: readonly Commit[], maxCells = Infinity): readonly Transcript[] {
  const table = tableOf(maxCells);
  return commits.map((commit) => {
    table.apply(commit);
    return table.take();
  });
}

function transcriptOf(commits: readonly Commit[], maxCells = Infinity): Transcript {
  return transcriptsOf(commits, maxCells).at(-1) ?? [];
}

/** A cell in a few words, for example `a one|two|(tail) open`. */
function show({ stream, lines, tail: rest, status }: Cell): string {
  return `${stream.id} ${[...lines, `(${rest})`].join('|')} ${status}`;
}

/** A proxy whose objects are proxies too. */
function deepProxy<T extends object>(target: T): T {
  return new Proxy(target, {
    get: (object, key, receiver) => {
      const value = Reflect.get(object, key, receiver) as unknown;
      return typeof value === 'object' && value !== null ? deepProxy(value) : value;
    },
  });
}

/** What the cell of a stream has to be, worked out from all its commits at once. */
function cellOf(stream: StreamRef, commits: readonly Commit[]): Cell {
  let texts: string[] = [];
  let hasParts = false;
  let rest = '';
  let status: Cell['status'] = 'open';
  for (const commit of commits) {
    switch (commit.type) {
      case 'line':
        texts[commit.index] = (texts[commit.index] ?? '') + commit.text;
        hasParts = commit.eol === '';
        rest = '';
        break;
      case 'tail':
        rest = commit.text;
        break;
      case 'revise':
        texts = texts.slice(0, commit.index);
        hasParts = false;
        rest = '';
        break;
      case 'close':
        status = commit.reason;
        break;
      default:
        break;
    }
  }
  if (status !== 'open') {
    return { stream, lines: texts, tail: '', status };
  }
  return hasParts
    ? { stream, lines: texts.slice(0, -1), tail: String(texts.at(-1)) + rest, status }
    : { stream, lines: texts, tail: rest, status };
}

describe('CellTable of LineDraft', () => {
  // prettier-ignore
  it.each([
    { title: 'an open stream without text',               commits: [open(a)],                                                      cell: 'a () open' },
    { title: 'lines',                                     commits: [open(a), line(a, 0, 'one'), line(a, 1, 'two')],                cell: 'a one|two|() open' },
    { title: 'an empty line',                             commits: [open(a), line(a, 0, '')],                                      cell: 'a |() open' },
    { title: 'parts of a line that has not ended',        commits: [open(a), part(a, 0, 'on'), part(a, 0, 'e')],                   cell: 'a (one) open' },
    { title: 'parts of a line that has ended',            commits: [open(a), part(a, 0, 'on'), line(a, 0, 'e'), part(a, 1, 't')],  cell: 'a one|(t) open' },
    { title: 'a tail',                                    commits: [open(a), line(a, 0, 'one'), tail(a, 1, 't'), tail(a, 1, 'tw')], cell: 'a one|(tw) open' },
    { title: 'a tail after parts',                        commits: [open(a), part(a, 0, 'on'), tail(a, 0, 'e')],                   cell: 'a (one) open' },
    { title: 'a tail that became a part',                 commits: [open(a), tail(a, 0, 'on'), part(a, 0, 'on')],                  cell: 'a (on) open' },
    { title: 'a tail that became a line',                 commits: [open(a), tail(a, 0, 'one'), line(a, 0, 'one')],                cell: 'a one|() open' },
    { title: 'an unfinished line at the close',           commits: [open(a), line(a, 0, 'one'), part(a, 1, 'tw'), close(a, 2)],    cell: 'a one|tw|() end' },
    { title: 'no tail at the close',                      commits: [open(a), tail(a, 0, 'on'), close(a, 0)],                       cell: 'a () end' },
    { title: 'lines that were withdrawn',                 commits: [open(a), line(a, 0, 'one'), line(a, 1, 'two'), revise(a, 1)],  cell: 'a one|() open' },
    { title: 'all lines withdrawn',                       commits: [open(a), line(a, 0, 'one'), line(a, 1, 'two'), revise(a, 0)],  cell: 'a () open' },
    { title: 'a line withdrawn, and the right one',       commits: [open(a), line(a, 0, 'one'), revise(a, 0), line(a, 0, 'two')],  cell: 'a two|() open' },
    { title: 'parts withdrawn',                           commits: [open(a), line(a, 0, 'one'), part(a, 1, 'tw'), revise(a, 1)],   cell: 'a one|() open' },
    { title: 'a tail withdrawn',                          commits: [open(a), tail(a, 0, 'on'), revise(a, 0)],                      cell: 'a () open' },
    { title: 'nothing withdrawn',                         commits: [open(a), line(a, 0, 'one'), tail(a, 1, 't'), revise(a, 2)],    cell: 'a one|(t) open' },
    { title: 'a stream that was joined late',             commits: [line(a, 7, 'eight'), line(a, 8, 'nine')],                      cell: 'a eight|nine|() open' },
    { title: 'that, and its last line withdrawn',         commits: [line(a, 7, 'eight'), line(a, 8, 'nine'), revise(a, 8)],        cell: 'a eight|() open' },
    { title: 'that, and more withdrawn than there is',    commits: [line(a, 7, 'eight'), revise(a, 2), line(a, 2, 'three')],       cell: 'a three|() open' },
    { title: 'a line whose rest is missing',              commits: [open(a), part(a, 0, 'on'), line(a, 1, 'two')],                 cell: 'a on|two|() open' },
  ])('shows $title', ({ commits, cell }) => {
    expect(transcriptOf(commits).map(show)).toStrictEqual([cell]);
  });

  it('has an error only if a stream failed', () => {
    const error = new Error('boom');
    const failed = { ...close(a, 0), reason: 'error', error } as const;
    expect(transcriptOf([open(a), open(b), failed, close(b, 0)])).toStrictEqual([
      { stream: b, lines: [], tail: '', status: 'end' },
      { stream: a, lines: [], tail: '', status: 'error', error },
    ]);
  });

  it('has a finish reason only if the producer sent one', () => {
    const finished: Commit = { ...close(a, 0), finishReason: 'stop' };
    expect(transcriptOf([open(a), open(b), finished, close(b, 0)])).toStrictEqual([
      { stream: b, lines: [], tail: '', status: 'end' },
      { stream: a, lines: [], tail: '', status: 'end', finishReason: 'stop' },
    ]);
  });

  it('sorts by order, then by opening', () => {
    const orders = [[3], [2, 1], undefined, [2], [3], [1], undefined];
    const commits = orders.map((order, i) => open(streamOf(String(i), order)));
    const ids = transcriptOf(commits).map((cell) => cell.stream.id);
    expect(ids).toStrictEqual(['5', '3', '1', '0', '4', '2', '6']);
  });

  it('finds a stream by its kind and id, for commits from another process', () => {
    const commits = [open(a), line(a, 0, 'one'), line(a, 1, 'two'), close(a, 2)];
    const copies = JSON.parse(JSON.stringify(commits)) as readonly Commit[];
    expect(transcriptOf(copies)).toStrictEqual(transcriptOf(commits));
  });

  it('creates a new cell when a stream opens again, as after a retry', () => {
    const commits = [open(a), line(a, 0, 'one'), close(a, 1), open(a), line(a, 0, 'two')];
    expect(transcriptOf(commits).map(show)).toStrictEqual(['a one|() end', 'a two|() open']);
  });

  describe('keeps the identity', () => {
    // prettier-ignore
    it.each([
      { title: 'a drop',                           commit: drop },
      { title: 'a second open',                    commit: open(a) },
      { title: 'the same tail',                    commit: tail(a, 1, 'tw') },
      { title: 'a revise of lines that never existed', commit: revise(a, 5) },
    ])('of everything after $title', ({ commit }) => {
      const transcripts = transcriptsOf([open(a), line(a, 0, 'one'), tail(a, 1, 'tw'), commit]);
      expect(transcripts[3]).toBe(transcripts[2]);
    });

    it('of everything when a change is undone before it is read', () => {
      const table = tableOf(Infinity);
      table.apply(tail(a, 0, 'on'));
      const before = table.take();
      table.apply(tail(a, 0, 'one'));
      table.apply(tail(a, 0, 'on'));
      expect(table.take()).toBe(before);
    });

    it('of everything when a stream opens and is deleted before it is read', () => {
      const table = tableOf(0);
      table.apply(open(a));
      const before = table.take();
      table.apply(open(b));
      table.apply(close(b, 0));
      expect(table.take()).toBe(before);
    });

    it('of the lines while only the tail or the status changes', () => {
      const commits = [open(a), line(a, 0, 'one'), tail(a, 1, 'tw'), tail(a, 1, ''), close(a, 1)];
      const [, first, ...others] = transcriptsOf(commits).map((transcript) => transcript[0]);
      expect(others).toHaveLength(3);
      expect(new Set(others).size).toBe(3);
      for (const cell of others) {
        expect(cell).not.toBe(first);
        expect(cell?.lines).toBe(first?.lines);
      }
    });

    it('of the cells of other streams', () => {
      const [before, after] = transcriptsOf([open(a), open(b), line(a, 0, 'x'), line(b, 0, 'x')]).slice(2);
      expect(after?.[1]).toBe(before?.[1]);
      expect(after?.[0]).not.toBe(before?.[0]);
    });
  });

  describe('with maxCells', () => {
    it('deletes the cells that were closed first', () => {
      const commits = [open(a), open(b), open(c), close(c, 0), close(a, 0), close(b, 0), open(streamOf('d'))];
      const ids = transcriptsOf(commits, 3).map((transcript) =>
        transcript.map((cell) => cell.stream.id).join(''),
      );
      expect(ids).toStrictEqual(['a', 'ba', 'bac', 'bac', 'bac', 'bac', 'bad']);
    });

    it('keeps all open cells, and deletes one as soon as it closes', () => {
      const commits = [open(a), open(b), open(c), close(b, 0), close(c, 0)];
      const ids = transcriptsOf(commits, 1).map((transcript) =>
        transcript.map((cell) => cell.stream.id).join(''),
      );
      expect(ids).toStrictEqual(['a', 'ba', 'bac', 'ac', 'a']);
    });

    it('retains nothing of deleted cells', () => {
      const table = tableOf(0);
      for (const commit of [open(a), line(a, 0, 'x'), close(a, 1), open(b), close(b, 0)]) {
        table.apply(commit);
      }
      table.take();
      table.openings = 0;
      // The name of the latest kind stays.
      table.open.get({ kind: '', generation: 0, id: '' });
      expect(table).toStrictEqual(tableOf(0));
    });
  });

  describe('for all commits', () => {
    it('has one cell for all commits of a stream, in order', () => {
      fc.assert(
        fc.property(commitList, (commits) => {
          const streams = [...byStream(commits)];
          const expected = streams
            .map(([stream, itsCommits], opening) => ({ stream, itsCommits, opening }))
            .sort(comparePlaces)
            .map(({ stream, itsCommits }) => cellOf(stream, itsCommits));
          expect(transcriptOf(commits)).toStrictEqual(expected);
        }),
      );
    });

    it('never changes a returned transcript', () => {
      fc.assert(
        fc.property(commitList, fc.nat({ max: 4 }), (commits, maxCells) => {
          const transcripts: Transcript[] = [];
          const copies: unknown[] = [];
          const table = tableOf(maxCells);
          for (const commit of commits) {
            table.apply(commit);
            transcripts.push(table.take());
            copies.push(structuredClone(table.take()));
          }
          expect(transcripts).toStrictEqual(copies);
        }),
      );
    });

    it('creates a new object only for what has changed', () => {
      fc.assert(
        fc.property(commitList, fc.nat({ max: 4 }), (commits, maxCells) => {
          const transcripts = transcriptsOf(commits, maxCells);
          transcripts.slice(1).forEach((after, i) => {
            const before = transcripts[i] ?? [];
            expect(after === before).toBe(JSON.stringify(after) === JSON.stringify(before));
            for (const cell of after) {
              const earlier = before.find((other) => other.stream === cell.stream);
              if (earlier !== undefined) {
                expect(cell === earlier).toBe(JSON.stringify(cell) === JSON.stringify(earlier));
                const haveSameLines = JSON.stringify(cell.lines) === JSON.stringify(earlier.lines);
                expect(cell.lines === earlier.lines).toBe(haveSameLines);
              }
            }
          });
        }),
      );
    });

    it('returns the same at the end, however often it is read', () => {
      fc.assert(
        fc.property(
          commitList,
          fc.integer({ min: 1, max: 9 }),
          fc.nat({ max: 4 }),
          (commits, often, maxCells) => {
            const table = tableOf(maxCells);
            commits.forEach((commit, i) => {
              table.apply(commit);
              if (i % often === 0) {
                table.take();
              }
            });
            expect(table.take()).toStrictEqual(transcriptOf(commits, maxCells));
          },
        ),
      );
    });
  });

  it('has cells that can be compared, copied, frozen, and read through a proxy', () => {
    const [cell] = transcriptOf([open(a), line(a, 0, 'one'), tail(a, 1, 'tw')]);
    const plain = { stream: a, lines: ['one'], tail: 'tw', status: 'open' };
    expect(cell).toStrictEqual(plain);
    expect({ ...cell }).toStrictEqual(plain);
    expect(structuredClone(cell)).toStrictEqual(plain);
    expect(JSON.stringify(cell)).toBe(JSON.stringify(plain));
    // Frameworks for user interfaces hand out proxies, which are then `this` in a getter.
    const proxy = new Proxy(cell ?? {}, {
      get: (target, key, receiver) => Reflect.get(target, key, receiver) as unknown,
    });
    expect(proxy).toStrictEqual(plain);
    expect(deepProxy(cell ?? {})).toStrictEqual(plain);
    expect(Object.freeze(cell)?.lines).toStrictEqual(['one']);
  });

  it('stores the lines of a closed cell once', () => {
    const table = tableOf(Infinity);
    table.apply(line(a, 0, 'one'));
    table.take();
    table.apply(close(a, 1));
    table.apply(line(b, 0, 'two'));
    table.apply(close(b, 1));
    expect(table.take().map((cell) => cell.lines)).toStrictEqual([['two'], ['one']]);
    expect(table.drafts.map((draft) => draft.items.length)).toStrictEqual([0, 0]);
  });

  it.each([
    { title: 'joins parts up to the longest text', parts: [200_000_000, 50_000_000], lines: [250_000_000] },
    {
      title: 'continues a line that is too long for a string as another line',
      parts: [200_000_000, 200_000_000, 200_000_000],
      lines: [200_000_000, 200_000_000, 200_000_000],
    },
    { title: 'has a part that is longer than that as one line', parts: [250_000_001], lines: [250_000_001] },
  ])('$title', ({ parts, lines }) => {
    const table = tableOf(Infinity);
    for (const length of parts) {
      table.apply(part(a, 0, 'x'.repeat(length)));
    }
    table.apply(close(a, 1));
    table.apply(line(b, 0, 'one'));
    const [other, cell] = table.take();
    expect(cell?.lines.map(({ length }) => length)).toStrictEqual(lines);
    expect(other?.lines).toStrictEqual(['one']);
  });

  it('does not copy the lines of a cell for a commit of another', () => {
    const table = tableOf(Infinity);
    for (let i = 0; i < 100_000; i++) {
      table.apply(line(a, i, 'x'));
    }
    const { lines } = table.take()[0] ?? {};
    for (let i = 0; i < 1000; i++) {
      table.apply(line(b, i, 'x'));
      table.take();
    }
    expect(table.take()[1]?.lines).toBe(lines);
    expect(lines).toHaveLength(100_000);
  });
});
