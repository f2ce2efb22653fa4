import { isDeepStrictEqual } from 'node:util';

import type { StoredEntry } from '../../../src/core/log/commitLog.js';
import type { Account } from './writerFile.js';

/** The entries of one generation of a stream. */
interface Generation {
  readonly id: string;
  readonly generation: number;
  readonly entries: StoredEntry[];
}

/**
 * The violations in a log. There are none if each stream is exactly what its writer sent up to its end, no entry is
 * duplicated or missing, and no entry of a fenced writer follows the claim that fenced it. Uses only the records of the
 * writers.
 */
export function violationsOf(
  accounts: readonly Account[],
  entries: readonly StoredEntry[],
): readonly string[] {
  const violations: string[] = [];
  const claimants = new Map<Account, Generation>();
  for (const generations of generationsOf(entries, violations).values()) {
    for (const generation of generations) {
      const account = writerOf(generation, accounts, violations);
      if (account !== undefined) {
        if (claimants.has(account)) {
          violations.push(`${nameOf(generation)}: ${account.writer} claimed it a second time`);
        }
        claimants.set(account, generation);
        violations.push(...compare(account, generation));
      }
    }
  }
  for (const account of accounts) {
    if (account.failure !== undefined) {
      violations.push(`${account.writer} failed: ${account.failure}`);
    }
    if (account.answered.size > 0 && !claimants.has(account)) {
      violations.push(`${account.id}: the log has no entry of ${account.writer}, though it answered one`);
    }
  }
  return violations;
}

/** Splits the log into generations, and checks the order of its entries, which is independent of the writers. */
function generationsOf(
  entries: readonly StoredEntry[],
  violations: string[],
): ReadonlyMap<string, readonly Generation[]> {
  const streams = new Map<string, Generation[]>();
  const positions = new Set<string>();
  for (const entry of entries) {
    const { stream, type } = entry.commit;
    const generations = streams.get(stream.id) ?? [];
    streams.set(stream.id, generations);
    let last = generations.at(-1);
    if (type === 'open') {
      if (last !== undefined && last.entries.at(-1)?.commit.type !== 'close') {
        violations.push(`${nameOf(last)}: the next generation opens before it is closed`);
      }
      last = { id: stream.id, generation: stream.generation, entries: [] };
      generations.push(last);
      if (stream.generation !== generations.length - 1) {
        violations.push(`${nameOf(last)}: follows generation ${generations.length - 2}`);
      }
    }
    if (last?.generation !== stream.generation) {
      violations.push(
        `${stream.id}/${stream.generation}: an entry at ${entry.position} outside of its generation`,
      );
      continue;
    }
    if (last.entries.at(-1)?.commit.type === 'close') {
      violations.push(`${nameOf(last)}: an entry at ${entry.position} after its close`);
    }
    if (entry.number !== last.entries.length) {
      violations.push(`${nameOf(last)}: entry ${entry.number} in place of ${last.entries.length}`);
    }
    if (positions.has(entry.position)) {
      violations.push(`position ${entry.position} is duplicated`);
    }
    positions.add(entry.position);
    last.entries.push(entry);
  }
  for (const generation of [...streams.values()].flat()) {
    if (generation.entries.at(-1)?.commit.type !== 'close') {
      violations.push(`${nameOf(generation)}: is never closed`);
    }
  }
  return streams;
}

/** The writer that recorded the claim, or that the lines name. A generation whose writer was killed at once has none. */
function writerOf(
  generation: Generation,
  accounts: readonly Account[],
  violations: string[],
): Account | undefined {
  const writers = new Set(
    generation.entries.flatMap(({ commit }) =>
      commit.type === 'line' ? [commit.text.split(' ', 1)[0]] : [],
    ),
  );
  for (const account of accounts) {
    if (account.id === generation.id && account.generation === generation.generation) {
      writers.add(account.writer);
    }
  }
  if (writers.size > 1) {
    violations.push(`${nameOf(generation)}: has lines of ${[...writers].join(' and ')}`);
  }
  return accounts.find(({ id, writer }) => id === generation.id && writers.has(writer));
}

function compare(account: Account, generation: Generation): readonly string[] {
  const violations: string[] = [];
  const stored = generation.entries.slice(1);
  const close = stored.at(-1)?.commit;
  const isClosedByLog = close?.type === 'close' && close.reason !== 'end';
  const own = isClosedByLog ? stored.slice(0, -1) : stored;
  own.forEach(({ commit, number }) => {
    const sent = { ...account.sent[number - 1], stream: undefined };
    if (!isDeepStrictEqual({ ...commit, stream: undefined }, sent)) {
      violations.push(`${nameOf(generation)}: entry ${number} is not what ${account.writer} sent`);
    }
  });
  for (const [number, answer] of account.answered) {
    const entry = generation.entries[number];
    if (answer === 'fenced') {
      if (!isClosedByLog || number <= own.length) {
        violations.push(
          `${nameOf(generation)}: entry ${number} was fenced, but is in the log or had no reason to be fenced`,
        );
      }
    } else if (number > own.length || (answer !== undefined && entry?.position !== answer)) {
      violations.push(
        `${nameOf(generation)}: entry ${number} was stored at ${String(answer)}, but is missing`,
      );
    }
  }
  const isFenced = [...account.answered.values()].includes('fenced');
  if (account.isDone && !isFenced && (isClosedByLog || own.length !== account.sent.length)) {
    violations.push(`${nameOf(generation)}: ${account.writer} completed, but entries are missing`);
  }
  const lines = own.reduce((sum, { commit }) => {
    return commit.type === 'line' ? commit.index + 1 : commit.type === 'revise' ? commit.index : sum;
  }, 0);
  if (close?.type === 'close' && close.lines !== lines) {
    violations.push(`${nameOf(generation)}: its close counts ${close.lines} lines of ${lines}`);
  }
  return violations;
}

function nameOf({ id, generation }: Generation): string {
  return `${id}/${generation}`;
}
