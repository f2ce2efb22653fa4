import { describe, expect, it } from 'vitest';

import type { StoredCommit, StoredEntry } from '../../src/log/commitLog.js';
import { violationsOf } from './faults/check.js';
import type { Account, SaidCommit } from './faults/writerFile.js';

const said = (writer: string, count: number): SaidCommit[] =>
  Array.from({ length: count }, (_, index) => ({
    type: 'line' as const,
    index,
    text: `${writer} ${index}`,
    eol: '\n' as const,
  }));

const account = (writer: string, changes: Partial<Account> = {}): Account => ({
  writer,
  id: 'a',
  generation: undefined,
  said: said(writer, 4),
  heard: new Map(),
  isDone: false,
  failure: undefined,
  ...changes,
});

/** One was killed after three lines, two of them heard; two was fenced after one line; three came to its end. */
const accounts = (): Account[] => [
  account('one', {
    generation: 0,
    heard: new Map([
      [1, '2'],
      [2, '3'],
    ]),
  }),
  account('two', {
    generation: 1,
    heard: new Map([
      [1, '7'],
      [2, 'fenced'],
    ]),
    isDone: true,
  }),
  account('three', {
    said: [...said('three', 1), { type: 'close', reason: 'end', lines: 1 } as SaidCommit],
    heard: new Map([
      [1, '10'],
      [2, '11'],
    ]),
    isDone: true,
  }),
];

function log(): StoredEntry[] {
  const entries: StoredEntry[] = [];
  const add = (generation: number, number: number, body: object): void => {
    const commit = { ...body, stream: { kind: 'answer', id: 'a', generation } } as unknown as StoredCommit;
    entries.push({ position: String(entries.length + 1), commit, number });
  };
  [3, 1].forEach((count, generation) => {
    const writer = generation === 0 ? 'one' : 'two';
    add(generation, 0, { type: 'open' });
    said(writer, count).forEach((commit, index) => add(generation, index + 1, commit));
    add(generation, count + 1, {
      type: 'close',
      reason: generation === 0 ? 'idle' : 'superseded',
      lines: count,
    });
  });
  add(2, 0, { type: 'open' });
  add(2, 1, said('three', 1)[0] ?? {});
  add(2, 2, { type: 'close', reason: 'end', lines: 1 });
  return entries;
}

/** Puts an entry elsewhere. */
const move = (entries: StoredEntry[], from: number, to: number): StoredEntry[] => {
  entries.splice(to, 0, ...entries.splice(from, 1));
  return entries;
};

describe('the check of a fault run', () => {
  it('finds nothing in a log that is right', () => {
    expect(violationsOf(accounts(), log())).toEqual([]);
  });

  it.each<[string, (entries: StoredEntry[]) => StoredEntry[]]>([
    ['an entry is missing', (entries) => entries.filter((_, index) => index !== 1)],
    ['the last entry before a close is missing', (entries) => entries.filter((_, index) => index !== 3)],
    ['an entry is there twice', (entries) => [...entries.slice(0, 2), ...entries.slice(1)]],
    [
      'an entry is there twice, with a number of its own',
      (entries) =>
        entries.flatMap((entry, index) =>
          index === 3
            ? [entry, { ...entry, number: 4, position: 'x' }]
            : index === 4
              ? { ...entry, number: 5 }
              : entry,
        ),
    ],
    ['two entries are exchanged', (entries) => move(entries, 1, 2)],
    ['an entry comes after the claim that fenced its writer', (entries) => move(entries, 3, 5)],
    ['an entry comes before its open', (entries) => move(entries, 1, 0)],
    ['a close is missing', (entries) => entries.filter((_, index) => index !== 4)],
    ['the last close is missing', (entries) => entries.slice(0, -1)],
    ['a generation is missing', (entries) => entries.slice(5)],
    [
      'a line is another one',
      (entries) =>
        entries.map((entry, index) =>
          index === 2 ? { ...entry, commit: { ...entry.commit, text: 'one x' } as StoredCommit } : entry,
        ),
    ],
    [
      'a line is of another writer',
      (entries) =>
        entries.map((entry, index) =>
          index === 2 ? { ...entry, commit: { ...entry.commit, text: 'two 1' } as StoredCommit } : entry,
        ),
    ],
    [
      'a close counts other lines',
      (entries) =>
        entries.map((entry, index) =>
          index === 4 ? { ...entry, commit: { ...entry.commit, lines: 2 } as StoredCommit } : entry,
        ),
    ],
    [
      'a position is another one than the writer heard',
      (entries) => entries.map((entry, index) => (index === 1 ? { ...entry, position: 'x' } : entry)),
    ],
    [
      'two positions are the same',
      (entries) => entries.map((entry, index) => (index === 3 ? { ...entry, position: '9' } : entry)),
    ],
  ])('finds that %s', (_, corrupt) => {
    expect(violationsOf(accounts(), corrupt(log()))).not.toEqual([]);
  });

  it.each<[string, (all: Account[]) => Account[]]>([
    [
      'what a writer heard of is not there',
      ([one, ...others]) => [
        account('one', { generation: 0, heard: new Map([...(one?.heard ?? []), [4, undefined]]) }),
        ...others,
      ],
    ],
    [
      'a writer that heard of something has nothing',
      (all) => [...all, account('four', { heard: new Map([[1, '2']]) })],
    ],
    ['a writer failed', (all) => all.map((each) => ({ ...each, failure: 'Error' }))],
    [
      'a writer that came to its end is not there whole',
      (all) =>
        all.map((each) =>
          each.writer === 'three' ? { ...each, said: [...each.said, ...said('three', 1)] } : each,
        ),
    ],
    [
      'an entry that was fenced is there',
      (all) =>
        all.map((each) => (each.writer === 'two' ? { ...each, heard: new Map([[1, 'fenced']]) } : each)),
    ],
    [
      'a writer was fenced whose stream nobody else closed',
      (all) =>
        all.map((each) => (each.writer === 'three' ? { ...each, heard: new Map([[3, 'fenced']]) } : each)),
    ],
  ])('finds that %s', (_, corrupt) => {
    expect(violationsOf(corrupt(accounts()), log())).not.toEqual([]);
  });
});
