import { existsSync, readFileSync } from 'node:fs';

import type { AppendRequest } from '../../../src/core/log/commitLog.js';

/** The options of a writing process. */
export interface WriterOptions {
  readonly store: string;
  readonly address: string;
  readonly log: string;
  readonly writer: string;
  readonly seed: number;
  readonly file: string;
  readonly streams: readonly string[];
  /** How many commits each stream gets before its `close`. */
  readonly commits: number;
  readonly lease: number;
  /** Milliseconds by which the clock of the process is wrong. */
  readonly skew: number;
  /** Whether it writes through `appendCommits` rather than by calls of the store. */
  readonly usesOperator: boolean;
}

export type SentCommit = Omit<AppendRequest['commit'], 'stream'>;

/** A line of the file of a writing process. */
export interface WriterLine {
  readonly claimed?: readonly (readonly [id: string, generation: number, position: string])[];
  /** Written before the append. */
  readonly sent?: readonly (readonly [id: string, number: number, commit: SentCommit])[];
  /** Written after it: the position, or 'fenced'. */
  readonly answered?: readonly (readonly [id: string, number: number, answer: string | undefined])[];
  readonly done?: boolean;
  /** The error that ended the writer. */
  readonly failed?: string;
}

/** What one writer sent to one stream, and the answers. */
export interface Account {
  readonly writer: string;
  readonly id: string;
  generation: number | undefined;
  readonly sent: SentCommit[];
  /** The answers by the number of the entry. */
  readonly answered: Map<number, string | undefined>;
  /** Whether the writer completed. */
  isDone: boolean;
  failure: string | undefined;
}

/** The file of a killed process may end in the middle of a line, or not exist. */
export function readAccounts(writer: string, file: string, streams: readonly string[]): readonly Account[] {
  const accounts = new Map(
    streams.map((id): [string, Account] => [
      id,
      { writer, id, generation: undefined, sent: [], answered: new Map(), isDone: false, failure: undefined },
    ]),
  );
  for (const line of linesOf(file)) {
    for (const [id, generation] of line.claimed ?? []) {
      accountOf(accounts, id).generation = generation;
    }
    for (const [id, number, commit] of line.sent ?? []) {
      accountOf(accounts, id).sent[number - 1] = commit;
    }
    for (const [id, number, answer] of line.answered ?? []) {
      accountOf(accounts, id).answered.set(number, answer);
    }
    for (const account of accounts.values()) {
      account.isDone ||= line.done === true;
      account.failure ??= line.failed;
    }
  }
  return [...accounts.values()];
}

/** Whether the writer has recorded more than `count` answers. */
export function hasAnswers(file: string, count: number): boolean {
  return textOf(file).split('\n{"answered":').length - 1 > count;
}

function accountOf(accounts: ReadonlyMap<string, Account>, id: string): Account {
  const account = accounts.get(id);
  if (account === undefined) {
    throw new Error(`a writer wrote about stream ${id}, which is not its own`);
  }
  return account;
}

function linesOf(file: string): readonly WriterLine[] {
  return textOf(file)
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as WriterLine);
}

function textOf(file: string): string {
  // A process that has not started to write has no file.
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
