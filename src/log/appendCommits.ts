import { noop, type OperatorFunction, type SchedulerLike, type Subscriber } from 'rxjs';

import type { Commit, KindOf, StreamRef } from '../commits.js';
import type { Awaitable, CommitLog, LiveTail, StoredEntry } from '../core/log/commitLog.js';
import { type Appended, CommitWriter, type WriterSink, type WriterStep } from '../core/log/commitWriter.js';
import { BufferOverflowError } from '../rx/bufferOverflowError.js';
import { createOperator, type Enqueue, type Handler } from '../rx/createOperator.js';
import { checkOptions, choice, count, duration, schedulerOption } from '../rx/options.js';
import { Timer } from '../rx/timer.js';
import { type Attempt, Attempts, chain, isThenable, nameOf, settle } from './attempts.js';
import { logArgument } from './logOptions.js';

export type { Appended };

/** The options of `appendCommits`. */
export interface AppendCommitsOptions {
  /**
   * What happens if the log has an open generation of a stream that the source opens.
   *
   * - `restart`: the log closes that generation as `superseded` and begins the next one.
   * - `continue`: that generation continues, for a source that replays from the beginning. Commits that the log already
   *   has are not stored again, and are emitted with their stored positions. If a commit differs from the stored one,
   *   the stream is closed as `error`. Without an open generation, the next one begins.
   *
   * @default 'restart'
   */
  readonly existing?: 'restart' | 'continue' | undefined;
  /**
   * How long a claim of a stream lasts. The writer renews it every third of that time. Once a lease has expired,
   * `closeAbandoned` closes the stream. Milliseconds, more than 0 and at most 2,147,483,647.
   *
   * @default 30_000
   */
  readonly lease?: number | undefined;
  /**
   * The most commits that wait to be stored. Beyond that, the output fails with a `BufferOverflowError`. A whole number
   * from 1, or `Infinity`.
   *
   * @default 10_000
   */
  readonly maxBuffered?: number | undefined;
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
 * Stores commits in a log, each once and in order, and emits them once they are stored.
 *
 * ```text
 * source     -a-----b--c----|
 *            appendCommits(log)
 * result     ---a-----(bc)--|     if the log answers after 2
 * ```
 *
 * - **next**: a commit waits until the commits before it are stored; then it is stored, and emitted with its position.
 *   Waiting commits are stored together, in one step at a time. A step has up to 500 commits, and fewer while the log
 *   is slow. A `tail` is not stored: it is sent to live readers, and emitted without a position. It replaces a waiting
 *   one of its stream if no other commit of the stream came in between. A `drop` is emitted at once.
 * - **open**: an `open` claims the stream in the log, which counts the generations. The emitted commits have the
 *   {@link StreamRef} of the log, one object per stream. When another writer claims the stream, or the lease expires,
 *   one `fenced` is emitted, and further commits of that stream are ignored. Other streams continue.
 * - **complete**: stores all waiting commits; then completes. Open streams stay open in the log until they are
 *   abandoned.
 * - **error**: stores all waiting commits; then emits the error.
 * - **unsubscribe**: stores nothing more, except for the step that was already sent to the log. Renews no lease, and
 *   disposes the timers and state.
 *
 * A failed call of the log is repeated for `retryFor`, with delays that grow from 50 ms to 2 s. The log recognizes
 * repeated calls, so a commit is stored once even if an answer is lost.
 *
 * Memory: at most `maxBuffered` commits, and a small record for each open stream. Time: constant for each commit. Two
 * timers, only while streams are open or an answer of the log is pending.
 *
 * @example
 *
 * ```ts
 * import { commitLines, type DeltaEvent } from 'deltalines';
 * import { appendCommits, memoryLog } from 'deltalines/log';
 * import { of } from 'rxjs';
 *
 * const log = memoryLog();
 * const answer = of<DeltaEvent>({ type: 'delta', kind: 'answer', id: '1', delta: 'hello\n' });
 * const show = (text: string) => answer.pipe(commitLines(), appendCommits(log)).subscribe((appended) => {
 *   if (appended.type === 'entry' && appended.commit.type === 'open') {
 *     console.log(text, appended.commit.stream.generation);
 *   }
 * });
 * show('first');
 * show('second');
 *
 * // Logs:
 * // first 0
 * // second 1
 * ```
 *
 * @param log A log, or a promise of one.
 * @param options How to claim streams, and the bounds; see {@link AppendCommitsOptions}.
 * @returns An operator; all its state belongs to the subscription.
 * @throws `TypeError` or `RangeError` at once, if an option is wrong. The output fails with a
 *   {@link BufferOverflowError} if more than `maxBuffered` commits would wait, and with the error of the log if that
 *   fails for longer than `retryFor`.
 * @see {@link readCommits}, which reads the commits; {@link closeAbandoned} for streams whose writer died.
 */
export function appendCommits<C extends Commit>(
  log: Awaitable<CommitLog>,
  options?: AppendCommitsOptions,
): OperatorFunction<C, Appended<KindOf<C>>>;
export function appendCommits(
  log: Awaitable<CommitLog>,
  options: AppendCommitsOptions = {},
): OperatorFunction<Commit, Appended> {
  logArgument(log);
  const resolved = resolveOptions(options);
  return createOperator((destination, enqueue) => new AppendHandler(log, resolved, destination, enqueue));
}

type ResolvedOptions = ReturnType<typeof resolveOptions>;

function resolveOptions(options: AppendCommitsOptions) {
  checkOptions(options);
  return {
    existing: choice('existing', options.existing, ['restart', 'continue']),
    lease: duration('lease', options.lease, 30_000, { finite: true }),
    maxBuffered: count('maxBuffered', options.maxBuffered, 10_000, 1),
    retryFor: duration('retryFor', options.retryFor, 30_000),
    scheduler: schedulerOption(options.scheduler),
  };
}

/** The number of entries that are read at once. */
const PAGE = 500;

/** Performs the steps of a writer one after another, and renews its claims meanwhile. */
class AppendHandler implements Handler<Commit>, WriterSink<string> {
  private readonly options: ResolvedOptions;
  private readonly destination: Subscriber<Appended>;
  private readonly writer: CommitWriter<string>;
  private readonly attempts: Attempts;
  private readonly renewal: Timer;
  private log: CommitLog | undefined = undefined;
  /** Whether the answer to a step is pending. */
  private isWaiting = false;
  private isRunning = false;
  /** Called once no commits wait. */
  private finish: (() => void) | undefined = undefined;

  constructor(
    log: Awaitable<CommitLog>,
    options: ResolvedOptions,
    destination: Subscriber<Appended>,
    enqueue: Enqueue,
  ) {
    const { existing, lease, scheduler, retryFor } = options;
    this.options = options;
    this.destination = destination;
    this.writer = new CommitWriter({ existing, lease, name: writerName() }, this);
    this.attempts = new Attempts(scheduler, enqueue, retryFor);
    this.renewal = new Timer(scheduler, enqueue, () => {
      this.renew();
    });
    if (isThenable(log)) {
      settle(
        log,
        enqueue,
        (resolved) => {
          this.log = resolved;
          this.run();
        },
        this.fail,
      );
    } else {
      this.log = log;
    }
  }

  next(commit: Commit): void {
    this.guard(this.accept, commit);
    this.checkBuffer();
  }

  complete(): void {
    this.finish = () => {
      this.destination.complete();
    };
    this.run();
  }

  error(error: unknown): void {
    this.finish = () => {
      this.destination.error(error);
    };
    this.run();
  }

  dispose(): void {
    this.attempts.dispose();
    this.renewal.dispose();
    this.writer.clear();
  }

  private readonly accept = (commit: Commit): void => {
    if (commit.type === 'drop') {
      this.emit({ type: 'entry', position: undefined, commit });
    } else {
      this.writer.add(commit);
      this.run();
    }
  };

  emit(appended: Appended): void {
    this.destination.next(appended);
  }

  publish(tail: LiveTail): void {
    this.log?.publish(tail);
  }

  /** Performs steps until an answer is pending. */
  private run(): void {
    const { log } = this;
    if (log === undefined || this.isRunning) {
      return;
    }
    this.isRunning = true;
    this.guard(this.performSteps, log);
    this.isRunning = false;
    if (!this.isWaiting) {
      this.finish?.();
    }
  }

  private readonly performSteps = (log: CommitLog): void => {
    for (let step = this.takeStep(); step !== undefined; step = this.takeStep()) {
      this.perform(log, step);
    }
  };

  private takeStep(): WriterStep<string> | undefined {
    return this.isWaiting || this.destination.closed ? undefined : this.writer.take();
  }

  private perform(log: CommitLog, step: WriterStep<string>): void {
    switch (step.type) {
      case 'claim':
        this.call(
          () => log.claim(step.requests),
          (claims) => {
            this.writer.answerClaims(claims);
          },
        );
        break;
      case 'append': {
        const start = this.renewal.now();
        this.call(
          () => log.append(step.requests),
          (results) => {
            this.writer.answerAppends(results, this.renewal.now() - start);
          },
        );
        break;
      }
      case 'read': {
        const done = (entries: readonly StoredEntry[]) => {
          this.writer.answerRead(entries);
        };
        this.call(
          () => readPage(log, step.stream, step.after),
          done,
          (error) => {
            if (nameOf(error) === 'TruncatedError') {
              this.handleAnswer(done, []);
            } else {
              this.fail(error);
            }
          },
        );
      }
    }
  }

  private readonly fail = (error: unknown): void => {
    this.destination.error(error);
  };

  private call<T>(call: Attempt<T>, done: (value: T) => void, fail = this.fail): void {
    this.isWaiting = true;
    this.attempts.run(
      call,
      (value) => {
        this.handleAnswer(done, value);
      },
      fail,
    );
  }

  private handleAnswer<T>(done: (value: T) => void, value: T): void {
    this.guard(done, value);
    this.updateRenewal();
    this.isWaiting = false;
    this.run();
  }

  /** An exception fails the output at once, because `error` would wait for commits that cannot be stored. */
  private guard<T>(task: (value: T) => void, value: T): void {
    try {
      task(value);
    } catch (error) {
      this.fail(error);
    }
  }

  private updateRenewal(): void {
    if (this.writer.held.size === 0) {
      this.renewal.disarm();
    } else if (!this.renewal.isArmed) {
      this.renewal.arm(this.options.lease / 3);
    }
  }

  /** After a failure, the next renewal follows a third of the lease later. */
  private renew(): void {
    const claims = this.writer.claimed;
    if (this.log !== undefined && claims.length > 0) {
      try {
        const answer = this.log.renew(claims, this.options.lease);
        if (isThenable(answer)) {
          answer.then(noop, noop);
        }
      } catch {
        // Ignored, like a rejected promise.
      }
      this.updateRenewal();
    }
  }

  private checkBuffer(): void {
    const { maxBuffered } = this.options;
    if (this.writer.waiting > maxBuffered && !this.destination.closed) {
      this.destination.error(
        new BufferOverflowError(
          `More than ${maxBuffered} commits waited to be stored; raise maxBuffered, or send fewer to one log`,
        ),
      );
    }
  }
}

function readPage(log: CommitLog, stream: StreamRef, after: string | undefined) {
  return chain(log.read({ stream, after }), (reader) =>
    chain(reader.next(PAGE), (entries) => {
      reader.close();
      return entries;
    }),
  );
}

/** Creates a name that no other writer has, in any process. */
function writerName(): string {
  return [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join('');
}
