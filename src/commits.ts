/** Names one stream; the same object stands in all commits of that stream. */
export interface StreamRef<K extends string = string> {
  readonly kind: K;
  readonly id: string;
  /** How many times this key was opened before: 0 for almost every stream. */
  readonly generation: number;
  /** The place of the stream in its conversation, as the event that opened it said. */
  readonly order?: readonly number[];
}

/** Why a stream was closed. */
export type CloseReason =
  /** Its producer ended it. */
  | 'end'
  /** It failed, or the whole source did. */
  | 'error'
  /** It had no event for `idleTimeout`. */
  | 'idle'
  /** It was quiet the longest when `maxStreams` was reached. */
  | 'evicted'
  /** The source completed before the stream ended. */
  | 'complete'
  /** Another writer claimed the stream. Only a log says so. */
  | 'superseded';

/** What goes out: one thing that the library says about a stream. A commit is never changed later. */
export type Commit<K extends string = string> =
  OpenCommit<K> | LineCommit<K> | TailCommit<K> | ReviseCommit<K> | CloseCommit<K> | DropCommit;

/** The first commit of each stream. */
export interface OpenCommit<K extends string = string> {
  readonly type: 'open';
  readonly stream: StreamRef<K>;
}

/** A line, or a part of a line. */
export interface LineCommit<K extends string = string> {
  readonly type: 'line';
  readonly stream: StreamRef<K>;
  /** The number of the line in its stream, from 0, without gaps; all parts of one line have the same. */
  readonly index: number;
  /** The text without its line end. */
  readonly text: string;
  /** The line end as it was received; empty when the line was cut or the stream closed in it. */
  readonly eol: '\n' | '\r\n' | '';
}

/** The text of the line that has not ended yet; a later commit of the same stream replaces it. */
export interface TailCommit<K extends string = string> {
  readonly type: 'tail';
  readonly stream: StreamRef<K>;
  readonly index: number;
  readonly text: string;
}

/** The lines from `index` on are withdrawn; the right ones follow. */
export interface ReviseCommit<K extends string = string> {
  readonly type: 'revise';
  readonly stream: StreamRef<K>;
  readonly index: number;
}

/** The last commit of each stream. */
export interface CloseCommit<K extends string = string> {
  readonly type: 'close';
  readonly stream: StreamRef<K>;
  readonly reason: CloseReason;
  /** The number of lines of the stream: the highest index + 1, or 0 when there was no text. */
  readonly lines: number;
  /** What failed; only where `reason` is `error`. */
  readonly error?: unknown;
  /** Why the producer ended the stream, in its own word; only where it said so. */
  readonly finishReason?: string;
}

/** An event that no stream could take: it came after the end of its stream, or it is not a delta event. */
export interface DropCommit {
  readonly type: 'drop';
  readonly reason: 'late' | 'malformed' | 'foreign';
  readonly event: unknown;
}

/** The kinds of the streams that commits belong to. */
export type KindOf<C> = C extends { readonly stream: StreamRef<infer K> } ? K : never;
