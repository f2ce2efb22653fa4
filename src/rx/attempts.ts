import { noop, type SchedulerLike } from 'rxjs';

import type { Awaitable } from '../core/log/commitLog.js';
import type { Enqueue } from './createOperator.js';
import { Timer } from './timer.js';

const SHORTEST_DELAY = 50;
const LONGEST_DELAY = 2000;

/** A call that can be repeated. Pass `attempt` to {@link Attempts.isCurrent}. */
export type Attempt<T> = (attempt: number, isRepeat: boolean) => Awaitable<T>;

/** A call and its callbacks. */
interface Run<T> {
  readonly call: Attempt<T>;
  readonly done: (value: T) => void;
  readonly fail: (error: unknown) => void;
  readonly deadline: number;
  /** Milliseconds to the next attempt if this one fails. */
  delay: number;
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
    if (this.isDisposed) {
      return;
    }
    const attempt = ++this.latest;
    let answer: Awaitable<T>;
    try {
      answer = call(attempt, false);
    } catch (error) {
      this.failed(this.begin(call, done, fail), error);
      return;
    }
    if (isThenable(answer)) {
      this.wait(this.begin(call, done, fail), attempt, answer);
    } else {
      done(answer);
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

  private begin<T>(call: Attempt<T>, done: (value: T) => void, fail: (error: unknown) => void): Run<T> {
    return { call, done, fail, deadline: this.timer.now() + this.retryFor, delay: SHORTEST_DELAY };
  }

  private repeat<T>(run: Run<T>): void {
    const attempt = ++this.latest;
    let answer: Awaitable<T>;
    try {
      answer = run.call(attempt, true);
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
    if (run.deadline !== Infinity) {
      this.arm(run.deadline - this.timer.now(), () => {
        this.latest++;
        run.fail(new Error(`the log has not answered for ${this.retryFor} ms`));
      });
    }
    const settled = (task: () => void) => {
      this.enqueue(() => {
        if (this.isCurrent(attempt)) {
          this.timer.disarm();
          task();
        }
      });
    };
    answer.then(
      (value) => {
        settled(() => {
          run.done(value);
        });
      },
      (error: unknown) => {
        settled(() => {
          this.failed(run, error);
        });
      },
    );
  }

  private failed<T>(run: Run<T>, error: unknown): void {
    const left = run.deadline - this.timer.now();
    if (isFinal(error) || left <= 0) {
      run.fail(error);
      return;
    }
    this.restart(Math.min(run.delay, left), () => {
      if (run.deadline <= this.timer.now()) {
        run.fail(error);
      } else {
        this.repeat(run);
      }
    });
    run.delay = Math.min(2 * run.delay, LONGEST_DELAY);
  }

  private arm(delay: number, task: () => void): void {
    this.onTime = task;
    this.timer.arm(delay);
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
