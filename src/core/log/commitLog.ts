import type {
  CloseCommit,
  Commit,
  LineCommit,
  OpenCommit,
  ReviseCommit,
  StreamRef,
  TailCommit,
} from '../../commits.js';

/** A value or a promise of one. A store in the same process answers synchronously. */
export type Awaitable<T> = T | PromiseLike<T>;

/** An entry as readers of a log receive it. */
export interface LogEntry<K extends string = string> {
  /**
   * The position of the entry in its log: an opaque string, usable in a URL and as an event id. `undefined` for a
   * `tail`.
   */
  readonly position: string | undefined;
  readonly commit: Commit<K>;
}

/** The commits that a log stores. */
export type StoredCommit<K extends string = string> =
  OpenCommit<K> | LineCommit<K> | ReviseCommit<K> | CloseCommit<K>;

/** An entry as it is stored. */
export interface StoredEntry<K extends string = string> {
  readonly position: string;
  readonly commit: StoredCommit<K>;
  /** The number of the entry in its generation of the stream, from 0 (the `open`), without gaps. */
  readonly number: number;
}

/** A request to write the next generation of a stream. */
export interface ClaimRequest<K extends string = string> {
  /** Its generation is ignored: the log counts its own. */
  readonly stream: StreamRef<K>;
  /** Unique for this claim. A request with the same token repeats one whose answer was lost. */
  readonly token: string;
  /** Milliseconds until the stream is abandoned, unless the claim is renewed. */
  readonly lease: number;
  /** What to do if a generation is open: close it and begin the next one, or take it over from its writer. */
  readonly existing: 'restart' | 'continue';
}

/** The right to append to a stream, until another writer claims it or the lease expires. */
export interface Claim<K extends string = string> {
  /** Has the generation that the log counted, and the `order` of the request or else of the previous generation. */
  readonly stream: StreamRef<K>;
  readonly token: string;
  /** The position of the `open`. */
  readonly position: string;
  /** The number of stored entries of this generation when it was claimed: 1, or more if the claim continues it. */
  readonly entries: number;
}

/** A request to store one commit of a claimed stream. */
export interface AppendRequest<K extends string = string> {
  readonly stream: StreamRef<K>;
  readonly token: string;
  /** The number of the entry. If an entry with this number exists, the commit counts as stored. */
  readonly number: number;
  /** The number of lines of the stream after this commit, for a `close` that the log writes itself. */
  readonly lines: number;
  readonly commit: Exclude<StoredCommit<K>, OpenCommit>;
}

/** The answer to an {@link AppendRequest}. */
export type AppendResult =
  /** The position is `undefined` if the entry was stored before and the store does not know its position. */
  | { readonly type: 'stored'; readonly position: string | undefined }
  /** Another writer claimed the stream, or it is closed. Nothing was stored. */
  | { readonly type: 'fenced' };

/** A tail for live readers. */
export interface LiveTail<K extends string = string> {
  readonly commit: TailCommit<K>;
  /**
   * The number of entries of this generation that were stored before the tail. The tail is stale once there are more.
   */
  readonly number: number;
}

/** Observes a log. */
export interface LogWatcher<K extends string = string> {
  /** Entries may have been added. May be called without new entries. Also called after a reconnect. */
  appended(): void;
  tail(tail: LiveTail<K>): void;
  /** The store cannot watch any longer. */
  error(error: unknown): void;
}

/** Where to read from. */
export interface ReadRequest<K extends string = string> {
  /** The position of the entry before the first one to read; `undefined` to begin with the oldest entry of the log. */
  readonly after?: string | undefined;
  /** Only the entries of this generation of this stream. */
  readonly stream?: StreamRef<K> | undefined;
}

/** Reads entries in the order of the log, each once. */
export interface LogReader<K extends string = string> {
  /**
   * The next entries, at most `limit`; none at the end of the log. Fails with a `TruncatedError` if the log no longer
   * has the next entry.
   */
  next(limit: number): Awaitable<readonly StoredEntry<K>[]>;
  close(): void;
}

/**
 * The interface of a store. Each call is atomic, and may be repeated if its answer was lost. After a rejection or an
 * exception the caller may retry, except after a `TruncatedError` or a `RangeError`.
 */
export interface CommitLog<K extends string = string> {
  /**
   * Claims streams, each of them atomically: continues the open generation, or closes it as `superseded` and stores
   * the `open` of the next one. The answers are in the order of the requests, which have different keys.
   */
  claim(requests: readonly ClaimRequest<K>[]): Awaitable<readonly Claim<K>[]>;
  /** Stores commits in this order. The answers are in the order of the requests. */
  append(requests: readonly AppendRequest<K>[]): Awaitable<readonly AppendResult[]>;
  /** Renews the leases of these claims. Lost claims are ignored. */
  renew(claims: readonly Claim<K>[], lease: number): Awaitable<void>;
  /** Closes the streams with an expired lease as `idle` and returns them. Each stream is returned to one caller. */
  abandoned(): Awaitable<readonly StreamRef<K>[]>;
  /** The number of stored entries of this generation; `undefined` if it is not open. */
  entries(stream: StreamRef<K>): Awaitable<number | undefined>;
  /**
   * Fails with a `TruncatedError` if `after` is no longer in the log, and with a `RangeError` if it never was a
   * position.
   */
  read(request: ReadRequest<K>): Awaitable<LogReader<K>>;
  /** Sends a tail to the watchers, at most once and without guarantee. Never throws, and stores nothing. */
  publish(tail: LiveTail<K>): void;
  /** Notifies `watcher` from now on, until the returned function is called. */
  watch(watcher: LogWatcher<K>): Awaitable<() => void>;
}
