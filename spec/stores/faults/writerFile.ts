import { existsSync, readFileSync } from 'node:fs';

import type { AppendRequest } from '../../../src/log/commitLog.js';

/** What a writing process is told. */
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

export type SaidCommit = Omit<AppendRequest['commit'], 'stream'>;

/** A line of the file of a writing process. */
export interface WriterLine {
  readonly claimed?: readonly (readonly [id: string, generation: number, position: string])[];
  /** Written before the append. */
  readonly said?: readonly (readonly [id: string, number: number, commit: SaidCommit])[];
  /** Written after it: the position, or 'fenced'. */
  readonly heard?: readonly (readonly [id: string, number: number, answer: string | undefined])[];
  readonly done?: boolean;
  /** The error that ended the writer. */
  readonly failed?: string;
}

/** What one writer said and heard about one stream. */
export interface Account {
  readonly writer: string;
  readonly id: string;
  generation: number | undefined;
  readonly said: SaidCommit[];
  /** The answers by the number of the entry. */
  readonly heard: Map<number, string | undefined>;
  /** Whether the writer came to its end. */
  isDone: boolean;
  failure: string | undefined;
}

/** A file that a killed process wrote may end in the middle of a line, or not exist. */
export function readAccounts(writer: string, file: string, streams: readonly string[]): readonly Account[] {
  const accounts = new Map(
    streams.map((id): [string, Account] => [
      id,
      { writer, id, generation: undefined, said: [], heard: new Map(), isDone: false, failure: undefined },
    ]),
  );
  for (const line of linesOf(file)) {
    for (const [id, generation] of line.claimed ?? []) {
      accountOf(accounts, id).generation = generation;
    }
    for (const [id, number, commit] of line.said ?? []) {
      accountOf(accounts, id).said[number - 1] = commit;
    }
    for (const [id, number, answer] of line.heard ?? []) {
      accountOf(accounts, id).heard.set(number, answer);
    }
    for (const account of accounts.values()) {
      account.isDone ||= line.done === true;
      account.failure ??= line.failed;
    }
  }
  return [...accounts.values()];
}

/** Whether the writer has heard that a commit of it was stored, more often than `count` times. */
export function hasHeard(file: string, count: number): boolean {
  return textOf(file).split('\n{"heard":').length - 1 > count;
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
  // A process that has not come so far has no file.
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
