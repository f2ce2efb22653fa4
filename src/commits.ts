/** Identifies a stream. All commits of a stream have the same object. */
export interface StreamRef<K extends string = string> {
  readonly kind: K;
  readonly id: string;
  /** How many times this `kind` and `id` was opened before: 0 for almost every stream. */
  readonly generation: number;
  /** The position of the stream in its conversation, from the event that opened it. */
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
  /** It was the least recent stream when `maxStreams` was reached. */
  | 'evicted'
  /** The source completed before the stream ended. */
  | 'complete'
  /** Another writer claimed the stream. Only logs have this reason. */
  | 'superseded';

/** The keys are all reasons; the compiler checks that none is missing. */
const CLOSE_REASONS: Readonly<Record<CloseReason, true>> = {
  end: true,
  error: true,
  idle: true,
  evicted: true,
  complete: true,
  superseded: true,
};

/** An `end` of `groupStreams` has such a reason. Producers may send other values as `reason`. */
export function isCloseReason(reason: unknown): reason is CloseReason {
  return typeof reason === 'string' && Object.hasOwn(CLOSE_REASONS, reason);
}

/** An output event of a stream. Immutable. */
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
  /** The number of the line in its stream, from 0, without gaps. All parts of a line have the same number. */
  readonly index: number;
  /** The text without its line end. */
  readonly text: string;
  /**
   * The line end as received; empty if the line continues in another commit, or the stream closed before the line
   * ended.
   */
  readonly eol: '\n' | '\r\n' | '';
}

/** The text of the unfinished line. A later commit of the same stream replaces it. */
export interface TailCommit<K extends string = string> {
  readonly type: 'tail';
  readonly stream: StreamRef<K>;
  readonly index: number;
  readonly text: string;
}

/** Withdraws the lines from `index` on. The correct lines follow. */
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
  /** The number of lines of the stream: the highest index + 1, or 0 if there was no text. */
  readonly lines: number;
  /** What failed; only if `reason` is `error`. */
  readonly error?: unknown;
  /** The producer's finish reason, unchanged, if it sent one. */
  readonly finishReason?: string;
}

/** An event that belongs to no open stream: it arrived after the end of its stream, or it is not a delta event. */
export interface DropCommit {
  readonly type: 'drop';
  readonly reason: 'late' | 'malformed' | 'foreign';
  readonly event: unknown;
}

/** The kinds of the streams that commits belong to. */
export type KindOf<C> = C extends { readonly stream: StreamRef<infer K> } ? K : never;
