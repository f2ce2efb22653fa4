import type { MonoTypeOperatorFunction, SchedulerLike } from 'rxjs';

import type { Commit, KindOf } from '../commits.js';
import {
  CommitStatistics,
  type CommitSummary,
  type StreamSummary,
} from '../core/statistics/commitStatistics.js';
import { createOperator } from '../rx/createOperator.js';
import { checkOptions, formatValue, schedulerOption } from '../rx/options.js';

/** The callbacks of `observeCommits`. An exception in one of them fails the output, as with `tap`. */
export interface CommitObserver<K extends string = string> {
  /** Called on subscription. `summarize` returns the measurements so far, whenever it is called. */
  readonly subscribe?: ((summarize: () => CommitSummary) => void) | undefined;
  /** Called when a stream is closed, before its `close` is emitted. */
  readonly close?: ((summary: StreamSummary<K>) => void) | undefined;
  /** Called once: before the output completes or fails, or when it is unsubscribed. */
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
 * Measures streams without changing them: how much text each of them has, and how soon it arrives.
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
 * - **next**: emits the commit unchanged. Before the `close` of a stream, calls `observer.close`.
 * - **complete**, **error**: calls `observer.finalize`; then completes or emits the error.
 * - **unsubscribe**: calls `observer.finalize`. Only the summary is retained.
 *
 * It measures commits, so it can be anywhere after `commitLines`. To count deltas, use `tap` before `commitLines`.
 *
 * The clock is read for each `open`, and for the first text and the first line of a stream. If the clock is set back,
 * a duration may be too short, but is never negative.
 *
 * Memory: a small record for each open stream. Time: constant for each commit.
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
 *     commitLines(),
 *     observeCommits({
 *       close: ({ stream, lines, characters }) => console.log(stream.id, lines, characters),
 *       finalize: ({ streams, drops }) => console.log(`${streams} stream, ${drops.late} late`),
 *     }),
 *   )
 *   .subscribe();
 *
 * // Logs:
 * // 1 2 11
 * // 1 stream, 1 late
 * ```
 *
 * @param observer The callbacks; see {@link CommitObserver}.
 * @param options The source of time; see {@link ObserveCommitsOptions}.
 * @returns An operator; all its state belongs to the subscription.
 * @throws `TypeError` at once, if a parameter is wrong.
 * @see {@link commitLines}, which emits the commits.
 */
export function observeCommits<C extends Commit>(
  observer: CommitObserver<NoInfer<KindOf<C>>>,
  options?: ObserveCommitsOptions,
): MonoTypeOperatorFunction<C>;
export function observeCommits(
  observer: CommitObserver,
  options: ObserveCommitsOptions = {},
): MonoTypeOperatorFunction<Commit> {
  checkObserver(observer);
  checkOptions(options);
  const scheduler = schedulerOption(options.scheduler);
  return createOperator((destination) => {
    const statistics = new CommitStatistics<string>(() => scheduler.now());
    let isFinal = false;
    const finalize = () => {
      if (!isFinal) {
        isFinal = true;
        statistics.dispose();
        observer.finalize?.(statistics.summary());
      }
    };
    observer.subscribe?.(() => statistics.summary());
    return {
      next(commit) {
        const summary = statistics.add(commit);
        if (summary !== undefined) {
          observer.close?.(summary);
        }
        destination.next(commit);
      },
      error(error) {
        finalize();
        destination.error(error);
      },
      complete() {
        finalize();
        destination.complete();
      },
      dispose: finalize,
    };
  });
}

function checkObserver(observer: unknown): void {
  if (typeof observer !== 'object' || observer === null) {
    throw new TypeError(`The observer is ${formatValue(observer)}, but must be an object`);
  }
  const callbacks = observer as Readonly<Record<string, unknown>>;
  for (const name of ['subscribe', 'close', 'finalize']) {
    const value = callbacks[name];
    if (value !== undefined && typeof value !== 'function') {
      throw new TypeError(`The observer's ${name} is ${formatValue(value)}, but must be a function`);
    }
  }
}
