import { describe, expect, it } from 'vitest';

import type { StoredCommit, StoredEntry } from '../../src/core/log/commitLog.js';
import { violationsOf } from './faults/check.js';
import type { Account, SentCommit } from './faults/writerFile.js';

const sent = (writer: string, count: number): SentCommit[] =>
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
  sent: sent(writer, 4),
  answered: new Map(),
  isDone: false,
  failure: undefined,
  ...changes,
});

/** `one` was killed after three lines, two of them answered; `two` was fenced after one line; `three` completed. */
const accounts = (): Account[] => [
  account('one', {
    generation: 0,
    answered: new Map([
      [1, '2'],
      [2, '3'],
    ]),
  }),
  account('two', {
    generation: 1,
    answered: new Map([
      [1, '7'],
      [2, 'fenced'],
    ]),
    isDone: true,
  }),
  account('three', {
    sent: [...sent('three', 1), { type: 'close', reason: 'end', lines: 1 } as SentCommit],
    answered: new Map([
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
    sent(writer, count).forEach((commit, index) => add(generation, index + 1, commit));
    add(generation, count + 1, {
      type: 'close',
      reason: generation === 0 ? 'idle' : 'superseded',
      lines: count,
    });
  });
  add(2, 0, { type: 'open' });
  add(2, 1, sent('three', 1)[0] ?? {});
  add(2, 2, { type: 'close', reason: 'end', lines: 1 });
  return entries;
}

/** Moves an entry to another index. */
const move = (entries: StoredEntry[], from: number, to: number): StoredEntry[] => {
  entries.splice(to, 0, ...entries.splice(from, 1));
  return entries;
};

describe('the check of a fault run', () => {
  it('finds no violation in a correct log', () => {
    expect(violationsOf(accounts(), log())).toEqual([]);
  });

  it.each<[string, (entries: StoredEntry[]) => StoredEntry[]]>([
    ['an entry is missing', (entries) => entries.filter((_, index) => index !== 1)],
    ['the last entry before a close is missing', (entries) => entries.filter((_, index) => index !== 3)],
    ['an entry is duplicated', (entries) => [...entries.slice(0, 2), ...entries.slice(1)]],
    [
      'an entry is duplicated with a number of its own',
      (entries) =>
        entries.flatMap((entry, index) =>
          index === 3
            ? [entry, { ...entry, number: 4, position: 'x' }]
            : index === 4
              ? { ...entry, number: 5 }
              : entry,
        ),
    ],
    ['two entries are swapped', (entries) => move(entries, 1, 2)],
    ['an entry comes after the claim that fenced its writer', (entries) => move(entries, 3, 5)],
    ['an entry comes before its open', (entries) => move(entries, 1, 0)],
    ['a close is missing', (entries) => entries.filter((_, index) => index !== 4)],
    ['the last close is missing', (entries) => entries.slice(0, -1)],
    ['a generation is missing', (entries) => entries.slice(5)],
    [
      'a line has a different text',
      (entries) =>
        entries.map((entry, index) =>
          index === 2 ? { ...entry, commit: { ...entry.commit, text: 'one x' } as StoredCommit } : entry,
        ),
    ],
    [
      'a line belongs to another writer',
      (entries) =>
        entries.map((entry, index) =>
          index === 2 ? { ...entry, commit: { ...entry.commit, text: 'two 1' } as StoredCommit } : entry,
        ),
    ],
    [
      'a close has the wrong number of lines',
      (entries) =>
        entries.map((entry, index) =>
          index === 4 ? { ...entry, commit: { ...entry.commit, lines: 2 } as StoredCommit } : entry,
        ),
    ],
    [
      'a position differs from the answer to the writer',
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
      'an entry that was answered is missing',
      ([one, ...others]) => [
        account('one', { generation: 0, answered: new Map([...(one?.answered ?? []), [4, undefined]]) }),
        ...others,
      ],
    ],
    [
      'the log has no entry of a writer that was answered',
      (all) => [...all, account('four', { answered: new Map([[1, '2']]) })],
    ],
    ['a writer failed', (all) => all.map((each) => ({ ...each, failure: 'Error' }))],
    [
      'an entry of a writer that completed is missing',
      (all) =>
        all.map((each) =>
          each.writer === 'three' ? { ...each, sent: [...each.sent, ...sent('three', 1)] } : each,
        ),
    ],
    [
      'an entry that was fenced is in the log',
      (all) =>
        all.map((each) => (each.writer === 'two' ? { ...each, answered: new Map([[1, 'fenced']]) } : each)),
    ],
    [
      'a writer was fenced though no other process closed its stream',
      (all) =>
        all.map((each) => (each.writer === 'three' ? { ...each, answered: new Map([[3, 'fenced']]) } : each)),
    ],
  ])('finds that %s', (_, corrupt) => {
    expect(violationsOf(corrupt(accounts()), log())).not.toEqual([]);
  });
});
