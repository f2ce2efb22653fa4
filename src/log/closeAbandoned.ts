import { NEVER, noop, type Observable, type SchedulerLike } from 'rxjs';

import type { StreamRef } from '../commits.js';
import { Attempts, chain } from '../rx/attempts.js';
import { createOperator } from '../rx/createOperator.js';
import { checkOptions, duration, schedulerOption } from '../rx/options.js';
import { Timer } from '../rx/timer.js';
import type { Awaitable, CommitLog } from './commitLog.js';
import { finiteDuration, logArgument } from './logOptions.js';

/** The options of `closeAbandoned`. */
export interface CloseAbandonedOptions {
  /**
   * The time between an answer of the log and the next question. Milliseconds, more than 0 and at most 2,147,483,647.
   *
   * @default 10_000
   */
  readonly every?: number | undefined;
  /**
   * How long a call of the log that fails, or has no answer, is tried again before the output fails.
   * Milliseconds, more than 0 and at most 2,147,483,647; `Infinity` for ever.
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
 * Closes the streams of a log whose writer is gone, as `idle`, and emits them.
 *
 * ```text
 * log        -----x---------y-------     leases end
 *            closeAbandoned(log, { every: 10 })
 * result     ----------x---------y--
 * ```
 *
 * A writer that lives renews its leases. One that does not, because its process died or stands still, would leave its
 * streams open for ever, and those who follow them waiting. Any number of processes may run this at the same time: each
 * stream is said to one of them. A writer that comes back after that is fenced.
 *
 * - It asks the log at once, and `every` milliseconds after each answer.
 * - **complete**: never. **unsubscribe**: it asks no more.
 *
 * A call of the log that fails is made again with growing delays, from 50 ms to 2 s, for `retryFor`.
 *
 * @example
 *
 * ```ts
 * import { appendCommits, closeAbandoned, memoryLog } from 'deltalines/log';
 * import { commitLines, type DeltaEvent } from 'deltalines';
 * import { concat, NEVER, of, VirtualTimeScheduler } from 'rxjs';
 *
 * // Time that passes at once; leave the scheduler out to wait for real.
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
 * @param options How often; see {@link CloseAbandonedOptions}.
 * @returns An observable of the streams that it closed.
 * @throws `TypeError` or `RangeError` at once, when an option is wrong. The output fails with the error of the log when
 * that fails for longer than `retryFor`.
 * @see {@link appendCommits}, whose option `lease` says when a writer is taken for gone.
 */
export function closeAbandoned<K extends string = string>(
  log: Awaitable<CommitLog<K>>,
  options: CloseAbandonedOptions = {},
): Observable<StreamRef<K>> {
  logArgument(log);
  checkOptions(options);
  const every = finiteDuration('every', options.every, 10_000);
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
