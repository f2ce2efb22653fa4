import { NEVER, noop, type Observable, type SchedulerLike } from 'rxjs';

import type { StreamRef } from '../commits.js';
import type { Awaitable, CommitLog } from '../core/log/commitLog.js';
import { createOperator } from '../rx/createOperator.js';
import { checkOptions, duration, schedulerOption } from '../rx/options.js';
import { Timer } from '../rx/timer.js';
import { Attempts, chain } from './attempts.js';
import { logArgument } from './logOptions.js';

/** The options of `closeAbandoned`. */
export interface CloseAbandonedOptions {
  /**
   * The time between an answer of the log and the next call. Milliseconds, more than 0 and at most 2,147,483,647.
   *
   * @default 10_000
   */
  readonly every?: number | undefined;
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
 * Closes the streams of a log whose writer died or is stopped, with the reason `idle`, and emits them.
 *
 * ```text
 * log        -----x---------y-------     leases expire
 *            closeAbandoned(log, { every: 10 })
 * result     ----------x---------y--
 * ```
 *
 * A running writer renews its leases. Without this function, a process that died or is stopped would leave its streams
 * open, and their readers waiting. Any number of processes may call it at the same time: each stream is emitted by only
 * one of them. A writer that resumes after that is fenced.
 *
 * - **subscribe**: calls the log at once, and again `every` milliseconds after each answer.
 * - **complete**: never.
 * - **error**: emits the error of the log if that fails for longer than `retryFor`.
 * - **unsubscribe**: emits nothing more, and disposes the timers.
 *
 * A failed call of the log is repeated for `retryFor`, with delays that grow from 50 ms to 2 s.
 *
 * @example
 *
 * ```ts
 * import { appendCommits, closeAbandoned, memoryLog } from 'deltalines/log';
 * import { commitLines, type DeltaEvent } from 'deltalines';
 * import { concat, NEVER, of, VirtualTimeScheduler } from 'rxjs';
 *
 * // Virtual time, for this example. Omit the scheduler to use real time.
 * const scheduler = new VirtualTimeScheduler(undefined, 60_000);
 * const log = memoryLog({ scheduler });
 * const begun = of<DeltaEvent>({ type: 'delta', kind: 'answer', id: '1', delta: 'hel' });
 * const writer = concat(begun, NEVER).pipe(commitLines({ scheduler }), appendCommits(log, { scheduler })).subscribe();
 * // Its process dies.
 * writer.unsubscribe();
 *
 * closeAbandoned(log, { scheduler }).subscribe((stream) => console.log(scheduler.now(), stream.id));
 * scheduler.flush();
 *
 * // Logs:
 * // 30000 1
 * ```
 *
 * @param log A log, or a promise of one.
 * @param options How often to call the log; see {@link CloseAbandonedOptions}.
 * @returns An observable of the closed streams; all its state belongs to the subscription.
 * @throws `TypeError` or `RangeError` at once, if an option is wrong.
 * @see {@link appendCommits}, whose option `lease` sets how long a stream stays open without a renewal.
 */
export function closeAbandoned<K extends string = string>(
  log: Awaitable<CommitLog<K>>,
  options: CloseAbandonedOptions = {},
): Observable<StreamRef<K>> {
  logArgument(log);
  checkOptions(options);
  const every = duration('every', options.every, 10_000, { finite: true });
  const retryFor = duration('retryFor', options.retryFor, 30_000);
  const scheduler = schedulerOption(options.scheduler);
  return NEVER.pipe(
    createOperator<never, StreamRef<K>>((destination, enqueue) => {
      const attempts = new Attempts(scheduler, enqueue, retryFor);
      const fail = (error: unknown) => {
        destination.error(error);
      };
      const ask = () => {
        attempts.run(
          () => chain(log, (opened) => opened.abandoned()),
          (streams) => {
            for (const stream of streams) {
              destination.next(stream);
            }
            timer.arm(every);
          },
          fail,
        );
      };
      const timer = new Timer(scheduler, enqueue, ask);
      return {
        subscribed: () => {
          enqueue(ask);
        },
        error: fail,
        // `NEVER` neither emits nor completes.
        next: noop,
        complete: noop,
        dispose: () => {
          attempts.dispose();
          timer.dispose();
        },
      };
    }),
  );
}
