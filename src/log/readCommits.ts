import { NEVER, type Observable, type SchedulerLike, type Subscriber } from 'rxjs';

import type { StreamRef, TailCommit } from '../commits.js';
import type {
  Awaitable,
  CommitLog,
  LogEntry,
  LogReader,
  StoredCommit,
  StoredEntry,
} from '../core/log/commitLog.js';
import { LiveTails } from '../core/log/liveTails.js';
import { createOperator, type Enqueue, type Handler } from '../rx/createOperator.js';
import { checkOptions, duration, flag, optionError, schedulerOption } from '../rx/options.js';
import { type Attempt, Attempts, chain, settle } from './attempts.js';
import { logArgument } from './logOptions.js';
import { StreamRefs } from './storedCommit.js';

/** The options of `readCommits`. */
export interface ReadCommitsOptions {
  /**
   * The position of the entry before the first one to emit.
   *
   * @default the beginning of the log
   */
  readonly after?: string | undefined;
  /**
   * Whether to continue with new entries. Otherwise, the output completes at the end of the log.
   *
   * @default true
   */
  readonly live?: boolean | undefined;
  /**
   * How long a call of the log that fails or has no answer is retried before the output fails. Milliseconds, more than
   * 0 and at most 2,147,483,647; `Infinity` for no limit.
   *
   * @default 30_000
   */
  readonly retryFor?: number | undefined;
  /**
   * The only source of time.
   *
   * @default asyncScheduler
   */
  readonly scheduler?: SchedulerLike | undefined;
}

/**
 * Reads the commits of a log: the stored ones, and then new ones, without gaps or repeats.
 *
 * ```text
 * log        abc-----d-----e-
 *            readCommits(log, { after: a })
 * result     (bc)----d-----e-
 * ```
 *
 * - **next**: emits the entries in the order of the log, each with its position. To continue later, also in another
 *   process, subscribe with `after` set to the last position. The next page of entries is read once the previous one is
 *   emitted.
 * - **tail**: a `tail` is emitted only live and without a position: after all entries of its stream that were stored
 *   before it, and before those that were stored after it. A stale tail is skipped. `scanTranscript` shows the tail as
 *   the unfinished line.
 * - **complete**: with `live: false`, completes at the end of the log; otherwise never.
 * - **error**: fails with a {@link TruncatedError} if the log no longer has the next entry, with a `RangeError` if
 *   `after` never was a position of the log, and with the error of the log if that fails for longer than `retryFor`.
 * - **unsubscribe**: stops reading, and disposes the timer and state.
 *
 * Within a subscription, all commits of a stream have the same {@link StreamRef} object, so that `scanTranscript` and
 * `orderStreams` work on them. The `error` of a `close` is `{ name, message }`.
 *
 * A failed call of the log is repeated for `retryFor`, with delays that grow from 50 ms to 2 s. Reading then continues
 * after the last emitted entry.
 *
 * Memory: one page of entries, and a small record for each open stream. Time: constant for each entry. One timer, only
 * while an answer of the log is pending.
 *
 * @example
 *
 * ```ts
 * import { commitLines, type DeltaEvent } from 'deltalines';
 * import { appendCommits, memoryLog, readCommits } from 'deltalines/log';
 * import { map, of, toArray } from 'rxjs';
 *
 * const log = memoryLog();
 * of<DeltaEvent>({ type: 'delta', kind: 'answer', id: '1', delta: 'one\ntwo\nthree' })
 *   .pipe(commitLines(), appendCommits(log))
 *   .subscribe();
 *
 * readCommits(log, { live: false })
 *   .pipe(map(({ position }) => position), toArray())
 *   .subscribe((positions) => {
 *     readCommits(log, { after: positions[1], live: false }).subscribe(({ commit }) => {
 *       console.log(commit.type === 'line' ? commit.text : commit.type);
 *     });
 *   });
 *
 * // Logs:
 * // two
 * // three
 * // close
 * ```
 *
 * @param log A log, or a promise of one.
 * @param options Where to begin, and whether to continue with new entries; see {@link ReadCommitsOptions}.
 * @returns An observable; all its state belongs to the subscription.
 * @throws `TypeError` or `RangeError` at once, if an option is wrong.
 * @see {@link appendCommits}, which stores the commits.
 */
export function readCommits<K extends string = string>(
  log: Awaitable<CommitLog<K>>,
  options: ReadCommitsOptions = {},
): Observable<LogEntry<K>> {
  logArgument(log);
  const resolved = resolveOptions(options);
  return NEVER.pipe(
    createOperator<never, LogEntry<K>>(
      (destination, enqueue) => new ReadHandler(log, resolved, destination, enqueue),
    ),
  );
}

type ResolvedOptions = ReturnType<typeof resolveOptions>;

function resolveOptions(options: ReadCommitsOptions) {
  checkOptions(options);
  return {
    after: positionOption(options.after),
    isLive: flag('live', options.live, true),
    retryFor: duration('retryFor', options.retryFor, 30_000),
    scheduler: schedulerOption(options.scheduler),
  };
}

function positionOption(value: unknown): string | undefined {
  if (value !== undefined && typeof value !== 'string') {
    throw optionError('after', value, 'a position, which is a string');
  }
  return value;
}

/** The number of entries that are read at once. */
const PAGE = 500;

/** The milliseconds before the log is watched again after the watcher has received an error. */
const WATCH_DELAY = 1000;

/** Watches a log and reads its pages up to the end, and again whenever entries were appended. */
class ReadHandler<K extends string> implements Handler<never> {
  private readonly options: ResolvedOptions;
  private readonly destination: Subscriber<LogEntry<K>>;
  private readonly enqueue: Enqueue;
  private readonly attempts: Attempts;
  private readonly tails = new LiveTails<K>(true);
  private readonly refs = new StreamRefs<K>();
  private readonly source: Awaitable<CommitLog<K>>;
  private log: CommitLog<K> | undefined = undefined;
  private position: string | undefined;
  private reader: LogReader<K> | undefined = undefined;
  private stopWatching: (() => void) | undefined = undefined;
  /** Whether there may be unread entries. */
  private hasMore = true;
  /** Whether an answer of the log is pending. */
  private isWaiting = false;
  private isRunning = false;

  constructor(
    log: Awaitable<CommitLog<K>>,
    options: ResolvedOptions,
    destination: Subscriber<LogEntry<K>>,
    enqueue: Enqueue,
  ) {
    this.source = log;
    this.options = options;
    this.destination = destination;
    this.enqueue = enqueue;
    this.position = options.after;
    this.attempts = new Attempts(options.scheduler, enqueue, options.retryFor);
  }

  subscribed(): void {
    settle(
      this.source,
      this.enqueue,
      (log) => {
        this.log = log;
        this.run();
      },
      (error) => {
        this.destination.error(error);
      },
    );
  }

  /** Never called: the source is `NEVER`. */
  next(): void {
    return;
  }

  error(error: unknown): void {
    this.destination.error(error);
  }

  complete(): void {
    this.destination.complete();
  }

  dispose(): void {
    this.attempts.dispose();
    this.stop();
    this.log = undefined;
  }

  private stop(): void {
    this.closeReader();
    const { stopWatching } = this;
    this.stopWatching = undefined;
    stopWatching?.();
  }

  private closeReader(): void {
    this.reader?.close();
    this.reader = undefined;
  }

  /** Calls the log until an answer is pending or no call is needed. */
  private run(): void {
    if (this.isRunning) {
      return;
    }
    this.isRunning = true;
    while (this.log !== undefined && !this.isWaiting && !this.destination.closed && this.ask(this.log)) {
      // The log answered synchronously.
    }
    this.isRunning = false;
  }

  /** Makes the next call. Returns whether there was one. */
  private ask(log: CommitLog<K>): boolean {
    const asksFor = this.tails.streamToAsk();
    if (this.options.isLive && this.stopWatching === undefined) {
      this.call(
        (attempt) => this.watch(log, attempt),
        (stop) => {
          this.stopWatching = stop;
        },
      );
    } else if (this.hasMore) {
      this.call(
        (attempt, isRepeat) => this.read(log, attempt, isRepeat),
        (page) => {
          this.deliver(page);
        },
      );
    } else if (!this.options.isLive) {
      this.destination.complete();
      return false;
    } else if (asksFor !== undefined) {
      this.call(
        () => log.entries(asksFor),
        (entries) => {
          // The number may include entries that were appended meanwhile and are not read yet.
          if (!this.hasMore) {
            this.tails.setEntries(asksFor, entries);
            this.emitTail(asksFor);
          }
        },
      );
    } else {
      return false;
    }
    return true;
  }

  private call<T>(call: Attempt<T>, done: (value: T) => void): void {
    this.isWaiting = true;
    this.attempts.run(
      call,
      (value) => {
        this.isWaiting = false;
        done(value);
        this.run();
      },
      (error) => {
        this.destination.error(error);
      },
    );
  }

  /** Starts to watch. If the answer arrives too late, watching is stopped at once. */
  private watch(log: CommitLog<K>, attempt: number): Awaitable<() => void> {
    let isStopped = false;
    const inTurn = (task: () => void) => {
      this.enqueue(() => {
        if (!isStopped) {
          task();
        }
      });
    };
    const watching = log.watch({
      appended: () => {
        inTurn(() => {
          this.hasMore = true;
          this.run();
        });
      },
      tail: (tail) => {
        inTurn(() => {
          this.tails.add(tail);
          this.emitTail(tail.commit.stream);
          // The stream may have unread entries before the tail.
          this.hasMore = true;
          this.run();
        });
      },
      error: () => {
        inTurn(() => {
          this.watchAgain();
        });
      },
    });
    return chain(watching, (end) => {
      const stop = () => {
        isStopped = true;
        end();
      };
      if (!this.attempts.isCurrent(attempt)) {
        stop();
      }
      return stop;
    });
  }

  private watchAgain(): void {
    this.stop();
    this.hasMore = true;
    this.isWaiting = true;
    this.attempts.restart(WATCH_DELAY, () => {
      this.isWaiting = false;
      this.run();
    });
  }

  private read(log: CommitLog<K>, attempt: number, isRepeat: boolean): Awaitable<readonly StoredEntry<K>[]> {
    if (isRepeat) {
      this.closeReader();
    }
    this.hasMore = false;
    if (this.reader !== undefined) {
      return this.reader.next(PAGE);
    }
    return chain(log.read({ after: this.position }), (reader) => {
      if (!this.attempts.isCurrent(attempt)) {
        reader.close();
        return [];
      }
      this.reader = reader;
      return reader.next(PAGE);
    });
  }

  private deliver(page: readonly StoredEntry<K>[]): void {
    if (page.length > 0) {
      this.hasMore = true;
    }
    for (const entry of page) {
      if (this.destination.closed) {
        return;
      }
      this.position = entry.position;
      this.tails.read(entry);
      this.emit(entry.position, entry.commit);
      this.emitTail(entry.commit.stream);
    }
  }

  /** Emits the tail of a stream if the reader has read exactly the entries before it. */
  private emitTail(stream: StreamRef<K>): void {
    const tail = this.tails.takeOf(stream);
    if (tail !== undefined) {
      this.emit(undefined, tail.commit);
    }
  }

  /** Emits a commit with the one `StreamRef` object of its stream. */
  private emit(position: string | undefined, commit: StoredCommit<K> | TailCommit<K>): void {
    const stream = this.refs.get(commit);
    this.destination.next({ position, commit: commit.stream === stream ? commit : { ...commit, stream } });
  }
}
