import type {
  CloseCommit,
  Commit,
  LineCommit,
  OpenCommit,
  ReviseCommit,
  StreamRef,
  TailCommit,
} from '../../commits.js';

/** A value, or a promise of one. A store in the same process answers at once. */
export type Awaitable<T> = T | PromiseLike<T>;

/** What readers of a log receive. */
export interface LogEntry<K extends string = string> {
  /** Names the place of the entry in its log: opaque, usable in a URL and as an event id; none for a `tail`. */
  readonly position: string | undefined;
  readonly commit: Commit<K>;
}

/** The commits that a log stores. */
export type StoredCommit<K extends string = string> =
  OpenCommit<K> | LineCommit<K> | ReviseCommit<K> | CloseCommit<K>;

/** A commit as the store has it. */
export interface StoredEntry<K extends string = string> {
  readonly position: string;
  readonly commit: StoredCommit<K>;
  /** The number of the entry in its generation of its stream, from 0 (the `open`), without gaps. */
  readonly number: number;
}

/** Asks for the next generation of a stream. */
export interface ClaimRequest<K extends string = string> {
  /** Its generation does not count: the log has its own. */
  readonly stream: StreamRef<K>;
  /** Unique for this claim. A claim with the same token is the repeat of one whose answer was lost. */
  readonly token: string;
  /** Milliseconds until the stream is abandoned, unless the claim is renewed. */
  readonly lease: number;
  /** Whether to go on with a generation that is still open, in place of the writer that holds it. */
  readonly existing: 'restart' | 'continue';
}

/** A stream that this writer may append to, until somebody else claims it or the lease ends. */
export interface Claim<K extends string = string> {
  /** With the generation that the log counted, and the `order` of the generation before when the request brings none. */
  readonly stream: StreamRef<K>;
  readonly token: string;
  /** The position of the `open`. */
  readonly position: string;
  /** How many entries of this generation were stored when the claim was made: 1, or more when it continues one. */
  readonly entries: number;
}

/** Asks to store one commit of a claimed stream. */
export interface AppendRequest<K extends string = string> {
  readonly stream: StreamRef<K>;
  readonly token: string;
  /** The number that the entry gets. An entry with this number is recognised as stored before. */
  readonly number: number;
  /** The number of lines of the stream after this commit, for a `close` that the log itself writes. */
  readonly lines: number;
  readonly commit: Exclude<StoredCommit<K>, OpenCommit>;
}

/** The answer to an {@link AppendRequest}. */
export type AppendResult =
  /** The position is undefined when the entry was stored before, and the store does not know where. */
  | { readonly type: 'stored'; readonly position: string | undefined }
  /** Another writer claimed the stream, or it is closed. Nothing was stored. */
  | { readonly type: 'fenced' };

/** A tail on its way to who follows live. */
export interface LiveTail<K extends string = string> {
  readonly commit: TailCommit<K>;
  /** How many entries of this generation were stored before it. The tail is stale once there are more. */
  readonly number: number;
}

/** Told what happens in a log while it happens. */
export interface LogWatcher<K extends string = string> {
  /** Entries may have been added. Called too often rather than too rarely, and after a lost connection is back. */
  appended(): void;
  tail(tail: LiveTail<K>): void;
  /** The store cannot watch any longer. */
  error(error: unknown): void;
}

/** Where to read from. */
export interface ReadRequest<K extends string = string> {
  /** The position of the entry before the first one; undefined for the oldest entry that the log has. */
  readonly after?: string | undefined;
  /** Only the entries of this generation of this stream. */
  readonly stream?: StreamRef<K> | undefined;
}

/** Reads entries in the order of the log, each once. */
export interface LogReader<K extends string = string> {
  /**
   * The entries that follow, at most `limit`; none when the reader has reached the end.
   * Fails with a `TruncatedError` when the log no longer has the entry that follows.
   */
  next(limit: number): Awaitable<readonly StoredEntry<K>[]>;
  close(): void;
}

/**
 * What a store does. Each call is one step that happens wholly or not at all, and that may be repeated when its answer
 * was lost. A rejected promise, or an exception of a store that answers at once, means that the caller may try again;
 * `TruncatedError` and `RangeError` are final.
 */
export interface CommitLog<K extends string = string> {
  /**
   * Claims streams, each in one step: closes the generation that is open as `superseded`, or continues it, and stores
   * the `open` of the next one. The answers are in the order of the requests, which have different keys.
   */
  claim(requests: readonly ClaimRequest<K>[]): Awaitable<readonly Claim<K>[]>;
  /** Stores commits in this order. The answers are in the order of the requests. */
  append(requests: readonly AppendRequest<K>[]): Awaitable<readonly AppendResult[]>;
  /** Starts the leases of these claims again. Claims that were lost are passed over. */
  renew(claims: readonly Claim<K>[], lease: number): Awaitable<void>;
  /** Closes the streams whose lease has ended as `idle`, and says which; each is said to one caller. */
  abandoned(): Awaitable<readonly StreamRef<K>[]>;
  /** How many entries of this generation are stored; undefined when it is not open. */
  entries(stream: StreamRef<K>): Awaitable<number | undefined>;
  /** Fails with a `TruncatedError` when `after` is gone, and with a `RangeError` when it never was a position. */
  read(request: ReadRequest<K>): Awaitable<LogReader<K>>;
  /** Sends a tail to those who watch, as well as it can. Never throws, and stores nothing. */
  publish(tail: LiveTail<K>): void;
  /** Tells `watcher` what happens from now on, until the returned function is called. */
  watch(watcher: LogWatcher<K>): Awaitable<() => void>;
}
