import type { MonoTypeOperatorFunction, SchedulerLike, Subscriber } from 'rxjs';

import {
  type HeldValue,
  ReorderBuffer,
  type ReorderLimits,
  type ReorderSink,
  type SequenceDropReason,
  type SequenceGap,
} from '../core/sequence/reorderBuffer.js';
import { type Handler, type Enqueue, createOperator } from '../rx/createOperator.js';
import {
  callback,
  checkOptions,
  count,
  duration,
  requiredCallback,
  safeInteger,
  schedulerOption,
} from '../rx/options.js';
import { Timer } from '../rx/timer.js';

/** A value that `resequence` did not let through. */
export interface SequenceDrop<T> {
  readonly value: T;
  /**
   * - `repeat`: its number was there before.
   * - `late`: its number was given up before it came, or is below `start`.
   */
  readonly reason: SequenceDropReason;
}

/** The options of `resequence`. */
export interface ResequenceOptions<T> {
  /**
   * The number of a value: a safe integer, one higher than that of the value before it in the same scope. A value
   * with any other number has no place in the order and passes at once; `undefined` is the way to say so.
   */
  readonly seq: (value: T) => number | undefined;
  /**
   * What the number belongs to, for example a connection. Numbers of different scopes are not compared. Scopes are told
   * apart like the keys of a `Map`. Called once for each value that has a number, in the order of arrival.
   *
   * @default one scope for all values
   */
  readonly scope?: ((value: T) => unknown) | undefined;
  /**
   * The first number of each scope. A whole number, which may be negative; or `'first'` to begin with the first number
   * seen, for a subscriber that joins in the middle.
   *
   * @default 0
   */
  readonly start?: number | 'first' | undefined;
  /**
   * A missing number is given up as soon as this many values of its scope are held; 0 and 1 never wait.
   * A whole number from 0, or `Infinity`.
   *
   * @default 100
   */
  readonly maxReorder?: number | undefined;
  /**
   * The longest that a value is held; then the numbers that are missing before it are given up.
   * Milliseconds, more than 0 and at most 2,147,483,647; `Infinity` for no limit of time.
   *
   * @default 200
   */
  readonly gapTimeout?: number | undefined;
  /**
   * The most scopes that are known at once; beyond, the least recent one releases its held values and is forgotten. When a
   * forgotten scope comes back, it begins with the first number seen. A whole number from 1, or `Infinity`.
   *
   * @default 1024
   */
  readonly maxScopes?: number | undefined;
  /** Called with each value that is not let through. An error that it throws fails the output. */
  readonly onDrop?: ((drop: SequenceDrop<T>) => void) | undefined;
  /** Called with numbers that are given up, before the value after them goes out. An error that it throws fails the output. */
  readonly onGap?: ((gap: SequenceGap) => void) | undefined;
  /**
   * The only source of time.
   *
   * @default asyncScheduler
   */
  readonly scheduler?: SchedulerLike | undefined;
}

/** The options with their defaults filled in. */
interface ResolvedResequenceOptions<T> extends ReorderLimits {
  readonly seq: (value: T) => number | undefined;
  readonly scope: ((value: T) => unknown) | undefined;
  readonly gapTimeout: number;
  readonly onDrop: ((drop: SequenceDrop<T>) => void) | undefined;
  readonly onGap: ((gap: SequenceGap) => void) | undefined;
  readonly scheduler: SchedulerLike;
}

/**
 * Restores the order of numbered values and drops repeats.
 *
 * ```text
 * source   -0-2-1---3-3-5-------6-|
 *          resequence({ seq, gapTimeout: 6 })
 * result   -0---(12)3---------5-6-|     the second 3 is a repeat; 4 never came
 * ```
 *
 * - **next**: a value whose number is due goes out at once, and after it those that were held for it. A higher number is
 *   held until what is missing has come, but not for longer than `gapTimeout`, and not once `maxReorder` values of its
 *   scope are held: then the missing numbers go to `onGap` and the values after them go out. A number that was there
 *   before, or that comes after it was given up, goes to `onDrop`. A value without a number passes at once.
 * - **complete**: all held values go out first, each scope in order, with `onGap` for what is missing; then it completes.
 * - **error**: all held values go out first, in the same way; then the error.
 * - **unsubscribe**: nothing more comes, neither a value nor a call, and neither a timer nor any state is left.
 *
 * Values are told apart by scope and number, never by what is in them. An event that a subscriber pushes into the source
 * from within a value is handled after all values that the event before it let out.
 *
 * Memory: fewer than `maxReorder` values and the latest 100 gaps for each of at most `maxScopes` scopes. Time: constant
 * for a value that comes in order, else logarithmic in the held values of its scope, whatever the numbers. One timer
 * for all scopes, and none while nothing is held.
 *
 * @example
 *
 * ```ts
 * import { of } from 'rxjs';
 * import { resequence } from 'deltalines';
 *
 * of({ n: 0, text: 'a' }, { n: 2, text: 'c' }, { n: 1, text: 'b' }, { n: 1, text: 'b' }, { n: 4, text: 'e' })
 *   .pipe(
 *     resequence({
 *       seq: (value) => value.n,
 *       onDrop: ({ value, reason }) => console.log(`${reason}: ${value.n}`),
 *       onGap: ({ from, to }) => console.log(`missing: ${from} to ${to}`),
 *     }),
 *   )
 *   .subscribe((value) => console.log(value.text));
 *
 * // Logs:
 * // a
 * // b
 * // c
 * // repeat: 1
 * // missing: 3 to 3
 * // e
 * ```
 *
 * @param options `seq`, and the bounds of waiting; see {@link ResequenceOptions}.
 * @returns An operator; all its state belongs to the subscription.
 * @throws `TypeError` or `RangeError` at once, when an option is wrong. An error of `seq`, `scope`, `onDrop` or `onGap`
 * goes out as the error of the output, after all held values.
 * @see {@link commitLines}, which takes the events of a stream in the order that they come.
 * @see {@link orderStreams}, which puts whole streams one after another.
 */
export function resequence<T>(options: ResequenceOptions<T>): MonoTypeOperatorFunction<T> {
  checkOptions(options);
  const resolved: ResolvedResequenceOptions<T> = {
    seq: requiredCallback('seq', options.seq),
    scope: callback('scope', options.scope),
    start: options.start === 'first' ? undefined : safeInteger('start', options.start, 0),
    maxReorder: count('maxReorder', options.maxReorder, 100, 0),
    gapTimeout: duration('gapTimeout', options.gapTimeout, 200),
    maxScopes: count('maxScopes', options.maxScopes, 1024, 1),
    onDrop: callback('onDrop', options.onDrop),
    onGap: callback('onGap', options.onGap),
    scheduler: schedulerOption(options.scheduler),
  };
  return createOperator((destination, enqueue) => new ResequenceHandler(resolved, destination, enqueue));
}

/** Leads the values of a source through a reorder buffer, and the time to it while values are held. */
class ResequenceHandler<T> implements Handler<T>, ReorderSink<T> {
  private readonly options: ResolvedResequenceOptions<T>;
  private readonly destination: Subscriber<T>;
  private readonly buffer: ReorderBuffer<T>;
  private readonly timer: Timer | undefined;

  constructor(options: ResolvedResequenceOptions<T>, destination: Subscriber<T>, enqueue: Enqueue) {
    this.options = options;
    this.destination = destination;
    this.buffer = new ReorderBuffer(options);
    this.timer =
      options.gapTimeout === Infinity
        ? undefined
        : new Timer(options.scheduler, enqueue, () => {
            this.expire();
          });
  }

  next(value: T): void {
    const { seq, scope } = this.options;
    const number = seq(value);
    if (number === undefined || !Number.isSafeInteger(number)) {
      this.destination.next(value);
      return;
    }
    this.buffer.accept(value, number, scope?.(value), this);
    // A value that goes out may end the subscription while this one is on its way in.
    if (!this.destination.closed) {
      this.updateTimer();
    }
  }

  error(error: unknown): void {
    while (this.buffer.held.size > 0 && !this.closed) {
      try {
        this.buffer.flush(this);
      } catch {
        // The first error counts, and another one of a callback must not keep back the rest.
      }
    }
    this.destination.error(error);
  }

  complete(): void {
    this.buffer.flush(this);
    this.destination.complete();
  }

  dispose(): void {
    this.timer?.dispose();
    this.buffer.clear();
  }

  get closed(): boolean {
    return this.destination.closed;
  }

  emit(value: T): void {
    this.destination.next(value);
  }

  hold(held: HeldValue<T>): void {
    held.heldAt = this.timer?.now() ?? 0;
  }

  drop(value: T, reason: SequenceDropReason): void {
    if (!this.destination.closed) {
      this.options.onDrop?.({ value, reason });
    }
  }

  gap(gap: SequenceGap): void {
    this.options.onGap?.(gap);
  }

  /** The oldest held value is the first to be released, so one timer serves all. */
  private updateTimer(): void {
    const { timer } = this;
    const { first } = this.buffer.held;
    if (first === undefined) {
      timer?.disarm();
    } else if (timer?.isArmed === false) {
      timer.arm(first.heldAt + this.options.gapTimeout - timer.now());
    }
  }

  private expire(): void {
    const now = this.timer?.now() ?? 0;
    const { held } = this.buffer;
    while (held.first !== undefined && held.first.heldAt + this.options.gapTimeout <= now && !this.closed) {
      this.buffer.expireOldest(this);
    }
    this.updateTimer();
  }
}
