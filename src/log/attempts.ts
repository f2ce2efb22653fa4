import { noop, type SchedulerLike } from 'rxjs';

import type { Awaitable } from '../core/log/commitLog.js';
import type { Enqueue } from '../rx/createOperator.js';
import { Timer } from '../rx/timer.js';

const SHORTEST_DELAY = 50;
const LONGEST_DELAY = 2000;

/** A call that can be repeated. Pass `attempt` to {@link Attempts.isCurrent}. */
export type Attempt<T> = (attempt: number, isRepeat: boolean) => Awaitable<T>;

/** A call and its callbacks. */
interface Run<T> {
  readonly call: Attempt<T>;
  readonly done: (value: T) => void;
  readonly fail: (error: unknown) => void;
  /** Set by the first attempt that is not answered synchronously. */
  deadline: number | undefined;
  /** Milliseconds to the next attempt if this one fails. */
  delay: number;
  /** Of the latest attempt that failed. */
  lastError: { readonly cause: unknown } | undefined;
}

/**
 * Retries a call until it succeeds, for at most `retryFor`. The delay doubles from 50 ms to 2 s. One call at a time.
 *
 * A synchronous answer is passed on synchronously, so that pipelines on a log in memory stay synchronous.
 */
export class Attempts {
  private readonly enqueue: Enqueue;
  private readonly retryFor: number;
  private readonly timer: Timer;
  private onTime: () => void = noop;
  /** The current attempt. Answers to earlier attempts are ignored. */
  private latest = 0;
  private isDisposed = false;

  constructor(scheduler: SchedulerLike, enqueue: Enqueue, retryFor: number) {
    this.enqueue = enqueue;
    this.retryFor = retryFor;
    this.timer = new Timer(scheduler, enqueue, () => {
      this.onTime();
    });
  }

  /** Whether the answer to this attempt is still awaited. */
  isCurrent(attempt: number): boolean {
    return this.latest === attempt;
  }

  run<T>(call: Attempt<T>, done: (value: T) => void, fail: (error: unknown) => void): void {
    if (!this.isDisposed) {
      this.attempt(
        { call, done, fail, deadline: undefined, delay: SHORTEST_DELAY, lastError: undefined },
        false,
      );
    }
  }

  /** Abandons the current call and runs `task` after `delay`. */
  restart(delay: number, task: () => void): void {
    this.latest++;
    this.arm(delay, task);
  }

  /** Ignores pending answers and calls nothing any more. */
  dispose(): void {
    this.isDisposed = true;
    this.latest++;
    this.onTime = noop;
    this.timer.dispose();
  }

  private attempt<T>(run: Run<T>, isRepeat: boolean): void {
    const attempt = ++this.latest;
    let answer: Awaitable<T>;
    try {
      answer = run.call(attempt, isRepeat);
    } catch (error) {
      this.failed(run, error);
      return;
    }
    if (isThenable(answer)) {
      this.wait(run, attempt, answer);
    } else {
      run.done(answer);
    }
  }

  private wait<T>(run: Run<T>, attempt: number, answer: PromiseLike<T>): void {
    const left = this.timeLeft(run);
    if (left !== Infinity) {
      this.arm(left, () => {
        this.latest++;
        run.fail(new Error(`The log did not answer within ${this.retryFor} ms`, run.lastError));
      });
    }
    settle(
      answer,
      (task) => {
        this.enqueue(() => {
          if (this.isCurrent(attempt)) {
            this.timer.disarm();
            task();
          }
        });
      },
      run.done,
      (error) => {
        this.failed(run, error);
      },
    );
  }

  private failed<T>(run: Run<T>, error: unknown): void {
    const left = this.timeLeft(run);
    if (isFinal(error) || left <= 0) {
      run.fail(error);
      return;
    }
    run.lastError = { cause: error };
    this.restart(Math.min(run.delay, left), () => {
      if (this.timeLeft(run) <= 0) {
        run.fail(error);
      } else {
        this.attempt(run, true);
      }
    });
    run.delay = Math.min(2 * run.delay, LONGEST_DELAY);
  }

  private timeLeft<T>(run: Run<T>): number {
    const now = this.timer.now();
    run.deadline ??= now + this.retryFor;
    return run.deadline - now;
  }

  private arm(delay: number, task: () => void): void {
    this.onTime = task;
    this.timer.arm(delay);
  }
}

/** Enqueues a call of `done` with the value, or of `fail` with the error. */
export function settle<T>(
  value: Awaitable<T>,
  enqueue: Enqueue,
  done: (value: T) => void,
  fail: (error: unknown) => void,
): void {
  if (isThenable(value)) {
    value.then(
      (result) => {
        enqueue(() => {
          done(result);
        });
      },
      (error: unknown) => {
        enqueue(() => {
          fail(error);
        });
      },
    );
  } else {
    enqueue(() => {
      done(value);
    });
  }
}

/** Calls `next` with the value: synchronously, unless the value is a promise. */
export function chain<T, R>(value: Awaitable<T>, next: (value: T) => Awaitable<R>): Awaitable<R> {
  return isThenable(value) ? value.then(next) : next(value);
}

export function isThenable<T>(value: Awaitable<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** Compares names, because errors from another copy of the package have another class. */
function isFinal(error: unknown): boolean {
  return nameOf(error) === 'TruncatedError' || nameOf(error) === 'RangeError';
}

export function nameOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'name' in error ? error.name : undefined;
}
