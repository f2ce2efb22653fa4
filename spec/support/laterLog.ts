import type { SchedulerLike } from 'rxjs';

import { isThenable } from '../../src/log/attempts.js';
import type { Awaitable, CommitLog, LogReader } from '../../src/log/index.js';

/** A promise whose callbacks run synchronously when it is settled, so that it works in virtual time. */
export class Later<T> implements PromiseLike<T> {
  private outcome: { readonly value: T } | { readonly error: unknown } | undefined = undefined;
  private readonly waiting: (() => void)[] = [];

  resolve(value: T): void {
    this.settle({ value });
  }

  reject(error: unknown): void {
    this.settle({ error });
  }

  then<R = T, E = never>(
    onValue?: ((value: T) => R | PromiseLike<R>) | null,
    onError?: ((error: unknown) => E | PromiseLike<E>) | null,
  ): Later<R | E> {
    const next = new Later<R | E>();
    const run = () => {
      try {
        if (this.outcome === undefined || 'value' in this.outcome) {
          const value = this.outcome?.value as T;
          pass(next, onValue === undefined || onValue === null ? (value as unknown as R) : onValue(value));
        } else if (onError === undefined || onError === null) {
          next.reject(this.outcome.error);
        } else {
          pass(next, onError(this.outcome.error));
        }
      } catch (error) {
        next.reject(error);
      }
    };
    if (this.outcome === undefined) {
      this.waiting.push(run);
    } else {
      run();
    }
    return next;
  }

  private settle(outcome: { readonly value: T } | { readonly error: unknown }): void {
    if (this.outcome === undefined) {
      this.outcome = outcome;
      this.waiting.forEach((run) => {
        run();
      });
    }
  }
}

function pass<T>(next: Later<T>, value: T | PromiseLike<T>): void {
  if (isThenable(value)) {
    value.then(
      (resolved) => {
        next.resolve(resolved);
      },
      (error: unknown) => {
        next.reject(error);
      },
    );
  } else {
    next.resolve(value);
  }
}

/** What happens to one call. Times are in milliseconds. */
export interface Fate {
  /** Until the call reaches the log; `Infinity` when it never does. */
  readonly before?: number | undefined;
  /** From there until the answer is back; `Infinity` when it never arrives. */
  readonly after?: number | undefined;
  /** Whether the call fails before it reaches the log, or its answer on the way back. */
  readonly fails?: 'before' | 'after' | undefined;
}

export type Call = 'claim' | 'append' | 'renew' | 'abandoned' | 'entries' | 'read' | 'next' | 'watch';

export const lost = new Error('the connection is lost');

/** A log behind a connection. A function decides the fate of each call. */
export function laterLog(
  log: CommitLog,
  scheduler: SchedulerLike,
  fateOf: (call: Call) => Fate = () => ({}),
  /** The scheduler of the calling process, which may be suspended. */
  callerScheduler = scheduler,
): CommitLog {
  const later = (on: SchedulerLike, delay: number, task: () => void) => {
    if (delay !== Infinity) {
      on.schedule(task, delay);
    }
  };
  const call = <T>(name: Call, perform: () => Awaitable<T>): Later<T> => {
    const answer = new Later<T>();
    const { before = 0, after = 0, fails } = fateOf(name);
    later(scheduler, before, () => {
      if (fails === 'before') {
        later(callerScheduler, after, () => {
          answer.reject(lost);
        });
        return;
      }
      let settle: () => void;
      try {
        const value = perform();
        settle = () => {
          if (fails === 'after') {
            answer.reject(lost);
          } else {
            pass(answer, value);
          }
        };
      } catch (error) {
        settle = () => {
          answer.reject(error);
        };
      }
      later(callerScheduler, after, settle);
    });
    return answer;
  };
  return {
    claim: (requests) => call('claim', () => log.claim(requests)),
    append: (requests) => call('append', () => log.append(requests)),
    renew: (claims, lease) => call('renew', () => log.renew(claims, lease)),
    abandoned: () => call('abandoned', () => log.abandoned()),
    entries: (stream) => call('entries', () => log.entries(stream)),
    read: (request) =>
      call('read', () => {
        const reader = log.read(request) as LogReader;
        return {
          next: (limit: number) => call('next', () => reader.next(limit)),
          close: () => {
            reader.close();
          },
        };
      }),
    publish: (tail) => {
      log.publish(tail);
    },
    watch: (watcher) => call('watch', () => log.watch(watcher)),
  };
}
