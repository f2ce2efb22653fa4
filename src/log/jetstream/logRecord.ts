import type { StreamRef } from '../../commits.js';
import type { StoredCommit, StoredEntry } from '../../core/log/commitLog.js';
import { storedCommit, type StreamRefs } from '../storedCommit.js';

/** A commit without its stream. A record has the stream once for all its commits. */
export type PlainCommit = DistributiveOmit<StoredCommit, 'stream'>;
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** The content of a message of a log: commits of one stream, and the state of the stream after them. */
export interface LogRecord {
  readonly stream: StreamRef;
  /** The token of the claim that stored it. */
  readonly token: string;
  /** The number of entries of the generation after this record. */
  readonly entries: number;
  /** The number of lines of the stream after this record. */
  readonly lines: number;
  /** The number of entries of the generation when it was claimed. */
  readonly claimed: number;
  /** The position of the `open`; absent in the record that contains the `open`. */
  readonly open?: string;
  /** The `close` of the previous generation. A claim stores it in the same record as its `open`. */
  readonly before?: { readonly stream: StreamRef; readonly number: number; readonly commit: PlainCommit };
  readonly commits: readonly PlainCommit[];
}

/** A record and its place in the log. */
export interface StoredRecord {
  /** The sequence of the message. */
  readonly seq: number;
  readonly record: LogRecord;
}

export function plainCommit(commit: StoredCommit): PlainCommit {
  const plain: Partial<StoredCommit> & PlainCommit = { ...storedCommit(commit) };
  delete (plain as { stream?: StreamRef }).stream;
  return plain;
}

export function isOpen({ commits }: LogRecord): boolean {
  return commits.at(-1)?.type !== 'close';
}

export function openPosition({ seq, record }: StoredRecord): string {
  return record.open ?? positionOf(seq, entryCount(record) - 1, entryCount(record));
}

export function entryCount({ before, commits }: LogRecord): number {
  return commits.length + (before === undefined ? 0 : 1);
}

/** The number of the first entry of the record in its generation. */
export function firstNumber({ entries, commits }: LogRecord): number {
  return entries - commits.length;
}

/** The entries from `index` on, at most `limit`. */
export function entriesOf<K extends string>(
  { seq, record }: StoredRecord,
  index: number,
  limit: number,
  refs: StreamRefs<K>,
): StoredEntry<K>[] {
  const { before, commits, stream } = record;
  const count = entryCount(record);
  const skipped = before === undefined ? 0 : 1;
  const entries: StoredEntry<K>[] = [];
  for (let i = index; i < Math.min(count, index + limit); i++) {
    const position = positionOf(seq, i, count);
    if (before !== undefined && i === 0) {
      entries.push({ position, commit: withRef(before.commit, before.stream, refs), number: before.number });
      continue;
    }
    const commit = commits[i - skipped];
    if (commit !== undefined) {
      const number = firstNumber(record) + i - skipped;
      entries.push({ position, commit: withRef(commit, stream, refs), number });
    }
  }
  return entries;
}

/** Adds the stream to a commit. Its kind is one of `K`, because only commits of `K` were appended. */
function withRef<K extends string>(
  commit: PlainCommit,
  stream: StreamRef,
  refs: StreamRefs<K>,
): StoredCommit<K> {
  const ref = refs.get({ type: commit.type, stream: stream as StreamRef<K> });
  const { type, ...rest } = commit;
  return { type, stream: ref, ...rest } as StoredCommit<K>;
}

/** The position of the last entry of a message is the sequence of the message. The others add a dot and their index. */
export function positionOf(seq: number, index: number, count: number): string {
  return index === count - 1 ? String(seq) : `${seq}.${index}`;
}

/** Parses a position; `undefined` if it is invalid. The last entry of a message has no `index`. */
export function parsePosition(
  position: string,
): { readonly seq: number; readonly index: number | undefined } | undefined {
  const match = /^([1-9]\d{0,15})(?:\.(0|[1-9]\d{0,5}))?$/.exec(position);
  if (match === null) {
    return undefined;
  }
  return { seq: Number(match[1]), index: match[2] === undefined ? undefined : Number(match[2]) };
}
