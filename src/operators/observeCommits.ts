import {
  defer,
  from,
  type Observable,
  type OperatorFunction,
  type SchedulerLike,
  type Subscriber,
} from 'rxjs';

import type { Commit } from '../commits.js';
import {
  CommitStatistics,
  type CommitSummary,
  type StreamSummary,
} from '../core/statistics/commitStatistics.js';
import type { DeltaEvent } from '../events.js';
import { type Handler, createOperator } from '../rx/createOperator.js';
import { checkOptions, describe, schedulerOption } from '../rx/options.js';

/** What `observeCommits` tells. An error that one of these throws fails the output, as it does with `tap`. */
export interface CommitObserver<K extends string = string> {
  /** Called when somebody subscribes. `summarize` returns what was measured so far, whenever it is called. */
  readonly subscribe?: ((summarize: () => CommitSummary) => void) | undefined;
  /** Called when a stream is closed, before its `close` goes out. */
  readonly close?: ((summary: StreamSummary<K>) => void) | undefined;
  /** Called once when it is over: before it completes or fails, or when it was unsubscribed from. */
  readonly finalize?: ((summary: CommitSummary) => void) | undefined;
}

/** The options of `observeCommits`. */
export interface ObserveCommitsOptions {
  /**
   * The only source of time.
   *
   * @default asyncScheduler
   */
  readonly scheduler?: SchedulerLike | undefined;
}

/**
 * Measures a running pipeline without changing it: how much each stream has said, and how fast.
 *
 * ```text
 * source        open a   a 0 "hello" LF   open b   close a   |
 *               -1--------2----------------3--------4--------|
 *               observeCommits(observer)
 *               -1--------2----------------3--------4--------|
 * observer      s-----------------------------------c--------f
 *               subscribe                           close a  finalize
 * ```
 *
 * After other operators it measures the commits that come by. Given the operator that makes the commits, it measures the
 * events that go in as well: only those tell how many deltas a stream had, how long its tail was, and when the first
 * character of a line came. Without them, `deltas`, `longestTail` and `timeToCommit` are absent from the summaries.
 *
 * - **next**: the commit passes as it is, at once; with the `close` of a stream, `observer.close` is called before.
 * - **complete**, **error**: `observer.finalize` is called; then it completes, or the error goes out.
 * - **unsubscribe**: `observer.finalize` is called, and nothing is retained but its summary.
 *
 * Where `operator` holds commits back, as `orderStreams` does, deltas are told apart by key and order. Two cases stay
 * uncounted: deltas of a key that is used again after a stream that its own `end` had opened, and those of a key that the
 * operator has forgotten.
 *
 * What the observer throws goes out as the error; out of an `unsubscribe`, it comes as with any other teardown.
 *
 * The clock is read only where a stream is opened, a line begins or a line is committed for the first time: never for a
 * delta in the middle of a line. A clock that is set back makes a time 0, never negative.
 *
 * Memory: a small record for each open stream, and where events are observed, at most 10,000 keys that are closed or
 * whose `open` the operator holds back. Time: constant for each commit, and in proportion to its length for each delta.
 *
 * @example
 *
 * ```ts
 * import { from } from 'rxjs';
 * import { commitLines, type DeltaEvent, observeCommits } from 'deltalines';
 *
 * const events: DeltaEvent[] = [
 *   { type: 'delta', kind: 'answer', id: '1', delta: 'hel' },
 *   { type: 'delta', kind: 'answer', id: '1', delta: 'lo\nworld' },
 *   { type: 'end', kind: 'answer', id: '1' },
 *   { type: 'delta', kind: 'answer', id: '1', delta: '!' },
 * ];
 *
 * from(events)
 *   .pipe(
 *     observeCommits(
 *       {
 *         close: ({ stream, deltas, lines, longestTail }) => {
 *           console.log(stream.id, `${deltas} deltas, ${lines} lines, longest tail ${longestTail}`);
 *         },
 *         finalize: ({ streams, drops }) => {
 *           console.log(`${streams} stream, ${drops.late} late`);
 *         },
 *       },
 *       commitLines(),
 *     ),
 *   )
 *   .subscribe();
 *
 * // Logs:
 * // 1 2 deltas, 2 lines, longest tail 5
 * // 1 stream, 1 late
 * ```
 *
 * @param observer What to call; see {@link CommitObserver}.
 * @param operator Makes the commits: `commitLines()`, or a pipeline of one's own. It is applied at each subscription, and
 * has to subscribe to its source once. Where an event has getters, they are called once more.
 * @param options The source of time; see {@link ObserveCommitsOptions}.
 * @returns An operator that does what `operator` does; all its state belongs to the subscription.
 * @throws `TypeError` at once, when a parameter is wrong.
 * @see {@link commitLines}, which makes the commits.
 */
export function observeCommits<K extends string>(
  observer: CommitObserver<NoInfer<K>>,
  operator: OperatorFunction<DeltaEvent<K>, Commit<K>>,
  options?: ObserveCommitsOptions,
): OperatorFunction<DeltaEvent<K>, Commit<K>>;
/**
 * Measures the commits that come by.
 *
 * @param observer What to call; see {@link CommitObserver}.
 * @param options The source of time; see {@link ObserveCommitsOptions}.
 * @returns An operator; all its state belongs to the subscription.
 * @throws `TypeError` at once, when a parameter is wrong.
 */
export function observeCommits<K extends string>(
  observer: CommitObserver<NoInfer<K>>,
  options?: ObserveCommitsOptions,
): OperatorFunction<Commit<K>, Commit<K>>;
export function observeCommits<K extends string>(
  observer: CommitObserver<K>,
  second: OperatorFunction<DeltaEvent<K>, Commit<K>> | ObserveCommitsOptions = {},
  third: ObserveCommitsOptions = {},
): OperatorFunction<Commit<K>, Commit<K>> | OperatorFunction<DeltaEvent<K>, Commit<K>> {
  checkObserver(observer);
  if (typeof second !== 'function') {
    const now = clockOf(second);
    return measureCommits(observer, () => new CommitStatistics(now, false));
  }
  const now = clockOf(third);
  return (source: Observable<DeltaEvent<K>>) =>
    defer(() => {
      const statistics = new CommitStatistics<K>(now, true);
      return from(source).pipe(
        measureEvents(statistics),
        second,
        measureCommits(observer, () => statistics),
      );
    });
}

function measureEvents<K extends string>(
  statistics: CommitStatistics<K>,
): OperatorFunction<DeltaEvent<K>, DeltaEvent<K>> {
  return createOperator((destination) => ({
    next(event) {
      statistics.beginEvent(event);
      destination.next(event);
      statistics.endEvent();
    },
    error(error) {
      destination.error(error);
    },
    complete() {
      destination.complete();
    },
  }));
}

function measureCommits<K extends string>(
  observer: CommitObserver<K>,
  createStatistics: () => CommitStatistics<K>,
): OperatorFunction<Commit<K>, Commit<K>> {
  return createOperator((destination) => {
    const statistics = createStatistics();
    observer.subscribe?.(() => statistics.summary());
    return new CommitHandler(destination, observer, statistics);
  });
}

class CommitHandler<K extends string> implements Handler<Commit<K>> {
  private readonly destination: Subscriber<Commit<K>>;
  private readonly observer: CommitObserver<K>;
  private readonly statistics: CommitStatistics<K>;
  private isFinal = false;

  constructor(
    destination: Subscriber<Commit<K>>,
    observer: CommitObserver<K>,
    statistics: CommitStatistics<K>,
  ) {
    this.destination = destination;
    this.observer = observer;
    this.statistics = statistics;
  }

  next(commit: Commit<K>): void {
    const summary = this.statistics.add(commit);
    if (summary !== undefined) {
      this.observer.close?.(summary);
    }
    this.destination.next(commit);
  }

  error(error: unknown): void {
    this.finalize();
    this.destination.error(error);
  }

  complete(): void {
    this.finalize();
    this.destination.complete();
  }

  dispose(): void {
    this.finalize();
  }

  private finalize(): void {
    if (!this.isFinal) {
      this.isFinal = true;
      this.observer.finalize?.(this.statistics.finish());
    }
  }
}

function checkObserver(observer: unknown): void {
  if (typeof observer !== 'object' || observer === null) {
    throw new TypeError(`The observer is ${describe(observer)}, but has to be an object`);
  }
  const callbacks = observer as Readonly<Record<string, unknown>>;
  for (const name of ['subscribe', 'close', 'finalize']) {
    const value = callbacks[name];
    if (value !== undefined && typeof value !== 'function') {
      throw new TypeError(`The observer's ${name} is ${describe(value)}, but has to be a function`);
    }
  }
}

function clockOf(options: ObserveCommitsOptions): () => number {
  checkOptions(options);
  const scheduler = schedulerOption(options.scheduler);
  return () => scheduler.now();
}
