import type { StreamRef } from '../../commits.js';
import type { StoredCommit, StoredEntry } from '../commitLog.js';
import { storedCommit, type StreamRefs } from '../storedCommit.js';

/** A commit without the stream, which the record holds once for all its commits. */
export type PlainCommit = DistributiveOmit<StoredCommit, 'stream'>;
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** What one message of a log holds: the commits that one step stored, and the state of the stream after it. */
export interface LogRecord {
  readonly stream: StreamRef;
  /** The claim that stored it. */
  readonly token: string;
  /** How many entries the generation has after this record. */
  readonly entries: number;
  /** How many lines the stream has after this record. */
  readonly lines: number;
  /** How many entries the generation had when the claim was made. */
  readonly claimed: number;
  /** The position of the `open`; absent in the record that holds it. */
  readonly open?: string;
  /** The `close` of the generation before, which a claim stores in the same step as its `open`. */
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

/** A record's kinds are those that were appended: the log is one of `K`. */
function withRef<K extends string>(
  commit: PlainCommit,
  stream: StreamRef,
  refs: StreamRefs<K>,
): StoredCommit<K> {
  const ref = refs.get({ type: commit.type, stream: stream as StreamRef<K> });
  const { type, ...rest } = commit;
  return { type, stream: ref, ...rest } as StoredCommit<K>;
}

/** The last entry of a message has the sequence of the message as its position; those before it add their index. */
export function positionOf(seq: number, index: number, count: number): string {
  return index === count - 1 ? String(seq) : `${seq}.${index}`;
}

/** What a position says; undefined when it is not a position. The index is undefined for the last entry of its message. */
export function parsePosition(
  position: string,
): { readonly seq: number; readonly index: number | undefined } | undefined {
  const match = /^([1-9]\d{0,15})(?:\.(0|[1-9]\d{0,5}))?$/.exec(position);
  if (match === null) {
    return undefined;
  }
  return { seq: Number(match[1]), index: match[2] === undefined ? undefined : Number(match[2]) };
}
