import type { OperatorFunction, SchedulerLike } from 'rxjs';

import type { JSONCommit } from '../core/json/jsonCommit.js';
import { type JSONContext, JSONScanner, type PartialObserver } from '../core/json/jsonScanner.js';
import { PointerFilter } from '../core/json/pointerFilter.js';
import type { DeltaEvent } from '../events.js';
import { createOperator, type Enqueue } from '../rx/createOperator.js';
import { duration, flag, formatValue, schedulerOption } from '../rx/options.js';
import { Timer } from '../rx/timer.js';
import { type JSONOptions, resolveJSONOptions, strings } from './jsonOptions.js';
import { JSONStreamTable } from './jsonStreamTable.js';

/** The options of `scanJSON`. */
export interface ScanJSONOptions extends JSONOptions {
  /**
   * The values to commit, as JSON pointers (RFC 6901), in which `*` matches any single name or index, as in
   * `/items/*`. An empty string is the root.
   *
   * @default all values
   */
  readonly pointers?: readonly string[] | undefined;
  /**
   * Whether to commit the unfinished root, as far as it is known.
   *
   * @default false
   */
  readonly partial?: boolean | undefined;
  /**
   * With `partial`: the minimum time between two `partial` commits of a stream. By default, there is one for each
   * event that changes something. Milliseconds, from 0 to 2,147,483,647. With 0, at most one per turn of the
   * scheduler. With `Infinity`, only the very first one, and the last one of each stream.
   */
  readonly every?: number | undefined;
  /**
   * The only source of time.
   *
   * @default asyncScheduler
   */
  readonly scheduler?: SchedulerLike | undefined;
}

/**
 * Commits each value in the JSON text of a stream as soon as it is complete.
 *
 * ```text
 * source       a:{"items":[1,   a:2],"n   a:":null}                a:end                |
 *              -1---------------2---------3------------------------4--------------------|
 *              scanJSON()
 *              -(ov)------------(vv)------(vv)---------------------c--------------------|
 * commits       open            /items/1  /n null                  close, reason end,
 *               /items/0 1      2         root {items: [1, 2],     value {items: [1, 2],
 *                               /items    n: null}                 n: null}
 *                               [1, 2]
 * ```
 *
 * - **next**: the text of each stream is parsed as JSON, whatever its kind. Each complete value is emitted as a
 *   `value`, inner values first. An `end` or `error` closes the stream. The `close` has the root value if that is
 *   complete. Otherwise its `error` is an {@link IncompleteJSONError}, a `SyntaxError` with the position, or the
 *   `RangeError` of a bound. Late and malformed events are emitted as `drop`.
 * - **complete**: closes all open streams as `complete`, in the order of opening; then completes.
 * - **error**: closes all open streams as `error`, with that error; then emits the error.
 * - **unsubscribe**: stops parsing, also in the middle of a delta, and disposes timers and state.
 *
 * Values equal those of `JSON.parse`: the last value of a duplicate name is used, and `__proto__` is an ordinary
 * member. A `partial` is immutable, and shares the unchanged objects with the previous one. It contains the received
 * part of an open string, but no open number or literal.
 *
 * Memory: the values of at most `maxStreams` open streams, each of at most 250,000,000 code units of text (a longer
 * one gets a `RangeError`), and at most `maxRetained` code units of each text; and the keys of the last 10,000 closed
 * streams. Time: in proportion to the length of the delta, and for each value the length of its pointer. A `partial`
 * copies each open container that has changed, so use `every` if there are long arrays.
 *
 * @example
 *
 * ```ts
 * import { from } from 'rxjs';
 * import type { DeltaEvent } from 'deltalines';
 * import { scanJSON } from 'deltalines/json';
 *
 * const events: DeltaEvent[] = [
 *   { type: 'delta', kind: 'answer', id: '1', delta: '{"items":["a","b' },
 *   { type: 'delta', kind: 'answer', id: '1', delta: '"]}' },
 *   { type: 'end', kind: 'answer', id: '1' },
 * ];
 *
 * from(events)
 *   .pipe(scanJSON({ pointers: ['/items/*'] }))
 *   .subscribe((commit) => {
 *     if (commit.type === 'value') {
 *       console.log(commit.pointer, commit.value);
 *     } else if (commit.type === 'close') {
 *       console.log(commit.reason, JSON.stringify(commit.value));
 *     }
 *   });
 *
 * // Logs:
 * // /items/0 a
 * // /items/1 b
 * // end {"items":["a","b"]}
 * ```
 *
 * @param options The values to commit, how often, and the bounds; see {@link ScanJSONOptions}.
 * @returns An operator; all its state belongs to the subscription.
 * @throws `TypeError` or `RangeError` at once, if an option is wrong.
 * @see {@link splitJSON} for the text of the values while it arrives.
 */
export function scanJSON<E extends DeltaEvent>(
  options: ScanJSONOptions = {},
): OperatorFunction<E, JSONCommit<E['kind']>> {
  const limits = resolveJSONOptions(options);
  const filter = options.pointers === undefined ? undefined : new PointerFilter(pointers(options.pointers));
  const partial = flag('partial', options.partial, false);
  const every = options.every === undefined ? undefined : duration('every', options.every, 0, { zero: true });
  const scheduler = schedulerOption(options.scheduler);
  return createOperator<E, JSONCommit<E['kind']>>((destination, enqueue) => {
    const partials = partial ? new Partials<E['kind']>(every, scheduler, enqueue) : undefined;
    destination.add(() => partials?.dispose());
    const context: JSONContext<E['kind']> = { limits, filter, sink: destination, partials };
    return new JSONStreamTable<E['kind']>(
      limits,
      {
        get closed() {
          return destination.closed;
        },
        open: (stream) => new JSONScanner(stream, context),
        drop: (reason, event) => {
          destination.next({ type: 'drop', reason, event });
        },
      },
      destination,
    );
  });
}

/** RFC 6901: `~0` is `~`, and `~1` is `/`. */
const POINTER = /^(?:\/(?:[^~/]|~[01])*)*$/;

function pointers(value: readonly string[]): readonly string[] {
  const list = strings('pointers', value);
  const wrong = list.find((pointer) => !POINTER.test(pointer));
  if (wrong !== undefined) {
    throw new RangeError(
      `The option pointers has ${formatValue(wrong)}, but a pointer must be empty or begin with /, and may have ~ only in ~0 and ~1`,
    );
  }
  return list;
}

/** Schedules the commits of partial values. */
class Partials<K extends string> implements PartialObserver<K> {
  private readonly every: number | undefined;
  private readonly timer: Timer;
  /** The streams whose partial value may have changed since its last commit. */
  private readonly waiting = new Set<JSONScanner<K>>();
  /** Whether a partial value was committed. With an `every` of `Infinity`, no other one follows before the close. */
  private isSpent = false;

  constructor(every: number | undefined, scheduler: SchedulerLike, enqueue: Enqueue) {
    this.every = every;
    this.timer = new Timer(scheduler, enqueue, () => {
      this.commit();
    });
  }

  add(scanner: JSONScanner<K>): void {
    const { every } = this;
    if (every === undefined) {
      scanner.commitPartial();
      return;
    }
    this.waiting.add(scanner);
    if (this.timer.isArmed || this.isSpent) {
      return;
    }
    if (every === 0) {
      this.timer.arm(0);
    } else {
      this.commit();
    }
  }

  flush(scanner: JSONScanner<K>): void {
    this.waiting.delete(scanner);
    scanner.commitPartial();
  }

  dispose(): void {
    this.waiting.clear();
    this.timer.dispose();
  }

  /** Commits the waiting partial values. Does not arm the timer again if there were none. */
  private commit(): void {
    const { every, waiting } = this;
    if (waiting.size === 0) {
      return;
    }
    const scanners = [...waiting];
    waiting.clear();
    if (every === Infinity) {
      this.isSpent = true;
    } else if (every !== undefined && every > 0) {
      this.timer.arm(every);
    }
    scanners.forEach((scanner) => {
      scanner.commitPartial();
    });
  }
}
