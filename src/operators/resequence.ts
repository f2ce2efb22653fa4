import type { MonoTypeOperatorFunction, SchedulerLike } from 'rxjs';

import {
  ReorderBuffer,
  type ReorderLimits,
  type SequenceDropReason,
  type SequenceGap,
} from '../core/sequence/reorderBuffer.js';
import { createOperator } from '../rx/createOperator.js';
import {
  callback,
  checkOptions,
  count,
  duration,
  option,
  requiredCallback,
  schedulerOption,
} from '../rx/options.js';
import { Timer } from '../rx/timer.js';

/** A value that `resequence` dropped. */
export interface SequenceDrop<T> {
  readonly value: T;
  /**
   * - `repeat`: its number was emitted or held before.
   * - `late`: its number was skipped before it arrived, or is below `start`.
   */
  readonly reason: SequenceDropReason;
}

/** The options of `resequence`. */
export interface ResequenceOptions<T> {
  /**
   * Returns the number of a value: a safe integer, one higher than that of the previous value in the same scope. A
   * value with any other number, such as `undefined`, is unordered and emitted at once.
   */
  readonly seq: (value: T) => number | undefined;
  /**
   * Returns what the number belongs to, for example a connection. Numbers of different scopes are not compared.
   * Scopes are compared like the keys of a `Map`. Called once for each value with a number, in the order of arrival.
   *
   * @default one scope for all values
   */
  readonly scope?: ((value: T) => unknown) | undefined;
  /**
   * The first number of each scope. A whole number, which may be negative; or `'first'` to begin with the first
   * number that arrives, for a subscriber that joins in the middle.
   *
   * @default 0
   */
  readonly start?: number | 'first' | undefined;
  /**
   * A missing number is skipped once this many values of its scope are held. With 0 or 1, no value is held. A whole
   * number from 0, or `Infinity`.
   *
   * @default 100
   */
  readonly maxReorder?: number | undefined;
  /**
   * How long a value is held at most. Then the numbers missing before it are skipped. Milliseconds, more than 0 and
   * at most 2,147,483,647; `Infinity` for no time limit.
   *
   * @default 200
   */
  readonly gapTimeout?: number | undefined;
  /**
   * The most scopes with state. Beyond that, the least recent one emits its held values and is evicted. The keys of as
   * many evicted scopes are remembered: such a scope, if it returns, begins with the first number that arrives. Once
   * older keys are deleted, any new scope may be an evicted one, so its first gap is not reported. A whole number from
   * 1, or `Infinity`.
   *
   * @default 1024
   */
  readonly maxScopes?: number | undefined;
  /** Called with each dropped value. An exception fails the output. */
  readonly onDrop?: ((drop: SequenceDrop<T>) => void) | undefined;
  /** Called with skipped numbers, before the value after them is emitted. An exception fails the output. */
  readonly onGap?: ((gap: SequenceGap) => void) | undefined;
  /**
   * The only source of time.
   *
   * @default asyncScheduler
   */
  readonly scheduler?: SchedulerLike | undefined;
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
 * - **next**: a value with the expected number is emitted at once, followed by the held values after it. A value with
 *   a higher number is held until the missing values arrive, until `gapTimeout` has passed, or until `maxReorder`
 *   values of its scope are held. In the last two cases the missing numbers are passed to `onGap`, and the values
 *   after them are emitted. Repeats and late values are passed to `onDrop`. A value without a number is emitted at
 *   once.
 * - **complete**: emits all held values, the oldest first, each after the lower numbers of its scope, and calls
 *   `onGap` for missing numbers; then completes.
 * - **error**: emits all held values in the same way; then emits the error.
 * - **unsubscribe**: emits nothing more, calls no callback, and disposes the timer and state.
 *
 * Values are identified by scope and number, never by content. Re-entrant values are queued: a value that arrives
 * while another one is emitted is handled after all values that the previous one released.
 *
 * Memory: fewer than `maxReorder` values and the latest 100 gaps for each of at most `maxScopes` scopes, and the keys
 * of as many evicted scopes. Time: constant for a value that arrives in order, otherwise logarithmic in the held
 * values of its scope, whatever the numbers. One timer for all scopes, and none while no value is held.
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
 * @param options `seq`, and the limits of reordering; see {@link ResequenceOptions}.
 * @returns An operator; all its state belongs to the subscription.
 * @throws `TypeError` or `RangeError` at once, if an option is wrong. An exception of `seq`, `scope`, `onDrop` or
 *   `onGap` fails the output, after all held values.
 * @see {@link commitLines}, which handles the events of a stream in the order in which they arrive.
 * @see {@link orderStreams}, which emits whole streams one after another.
 */
export function resequence<T>(options: ResequenceOptions<T>): MonoTypeOperatorFunction<T> {
  checkOptions(options);
  const seq = requiredCallback('seq', options.seq);
  const scope = callback('scope', options.scope);
  const limits: ReorderLimits = {
    start:
      options.start === 'first'
        ? undefined
        : option('start', options.start, 0, "a safe integer, or 'first'", Number.isSafeInteger),
    maxReorder: count('maxReorder', options.maxReorder, 100, 0),
    maxScopes: count('maxScopes', options.maxScopes, 1024, 1),
  };
  const gapTimeout = duration('gapTimeout', options.gapTimeout, 200);
  const onDrop = callback('onDrop', options.onDrop);
  const onGap = callback('onGap', options.onGap);
  const scheduler = schedulerOption(options.scheduler);
  return createOperator<T, T>((destination, enqueue) => {
    const timer = new Timer(scheduler, enqueue, () => {
      const now = timer.now();
      while (held.first !== undefined && held.first.heldAt + gapTimeout <= now) {
        buffer.expireOldest();
      }
      updateTimer();
    });
    const buffer = new ReorderBuffer<T>(limits, () => timer.now(), destination, {
      drop(value, reason) {
        if (!destination.closed) {
          onDrop?.({ value, reason });
        }
      },
      gap(gap) {
        onGap?.(gap);
      },
    });
    const { held } = buffer;
    /** The oldest held value expires first, so one timer is enough. */
    const updateTimer = () => {
      if (held.first === undefined) {
        timer.disarm();
      } else if (!timer.isArmed) {
        timer.arm(held.first.heldAt + gapTimeout - timer.now());
      }
    };
    return {
      next(value) {
        const number = seq(value);
        if (number === undefined || !Number.isSafeInteger(number)) {
          destination.next(value);
          return;
        }
        buffer.accept(value, number, scope?.(value));
        updateTimer();
      },
      error(error) {
        while (held.size > 0) {
          try {
            buffer.flush();
          } catch {
            // Only the first error is emitted. A further exception of a callback must not prevent the flush.
          }
        }
        destination.error(error);
      },
      complete() {
        buffer.flush();
        destination.complete();
      },
      dispose() {
        timer.dispose();
        buffer.clear();
      },
    };
  });
}
