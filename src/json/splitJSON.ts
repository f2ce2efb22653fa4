import type { OperatorFunction } from 'rxjs';

import type { DropCommit } from '../commits.js';
import { JSONSplitter } from '../core/json/jsonSplitter.js';
import type { DeltaEvent } from '../events.js';
import { createOperator } from '../rx/createOperator.js';
import { callback, flag } from '../rx/options.js';
import { type JSONOptions, resolveJSONOptions, strings } from './jsonOptions.js';
import { JSONStreamTable } from './jsonStreamTable.js';

/** The options of `splitJSON`. */
export interface SplitJSONOptions extends JSONOptions {
  /**
   * The kinds of the streams that are JSON.
   *
   * @default ['tool']
   */
  readonly kinds?: readonly string[] | undefined;
  /**
   * Whether to emit the events of the JSON streams too, each before the events of its values.
   *
   * @default false
   */
  readonly keep?: boolean | undefined;
  /** Called with each late event of a JSON stream. An exception fails the output. */
  readonly onDrop?: ((drop: DropCommit) => void) | undefined;
}

/**
 * Turns each scalar value in the JSON text of a stream into a delta stream, while the text arrives.
 *
 * ```text
 * source       a:{"path":"x.ts","te   a:xt":"one\ntw   a:o"}        a:end   |
 *              -1---------------------2----------------3------------4-------|
 *              splitJSON()
 *              -(sde)-----------------(sd)-------------(de)-----------------|
 * events       a#/path start,         a#/text start,   "o", end
 *              "x.ts", end            "one\ntw"
 * ```
 *
 * - **next**: events of other kinds pass unchanged. The value at the JSON pointer `/path` of the stream `a` becomes
 *   the stream `a#/path` of the same kind; a scalar root becomes `a#`. It has a `start`, deltas and an `end`: the
 *   decoded text of a string as it arrives, or a complete number, `true`, `false` or `null`. Text that is not JSON
 *   fails the open value with a `SyntaxError` that has the position, and the rest of that stream is ignored. A JSON
 *   stream that ends too early fails the open value with an {@link IncompleteJSONError}. If no value is open, neither
 *   is reported. An `error`, an eviction, or a bound that is exceeded fails the open value or, if none is open, the
 *   whole value `a#`.
 * - **complete**: each open value fails with an {@link IncompleteJSONError}; then the output completes.
 * - **error**: each open JSON stream fails with that error as above; then the error is emitted.
 * - **unsubscribe**: stops parsing, also in the middle of a delta, and disposes all state.
 *
 * Values that were complete before the text was cut off are not withdrawn, and text that is cut off between two values
 * gives no error. Use `keep` or {@link scanJSON} to find out whether the whole text arrived.
 *
 * Memory: for each of at most `maxStreams` JSON streams, the names and indices of at most `maxDepth` open containers,
 * one name or number of at most `maxNameLength`, and at most `maxRetained` code units of text; and the keys of the last
 * 10,000 closed streams. Time: in proportion to the length of the delta, and for each value the length of its pointer.
 *
 * @example
 *
 * ```ts
 * import { from } from 'rxjs';
 * import { commitLines, type DeltaEvent } from 'deltalines';
 * import { splitJSON } from 'deltalines/json';
 *
 * const events: DeltaEvent[] = [
 *   { type: 'delta', kind: 'tool', id: 'call_1', delta: '{"path":"a.txt","content":"one\\ntw' },
 *   { type: 'delta', kind: 'tool', id: 'call_1', delta: 'o"}' },
 *   { type: 'end', kind: 'tool', id: 'call_1' },
 * ];
 *
 * from(events)
 *   .pipe(splitJSON(), commitLines())
 *   .subscribe((commit) => {
 *     if (commit.type === 'line') {
 *       console.log(commit.stream.id, commit.text);
 *     }
 *   });
 *
 * // Logs:
 * // call_1#/path a.txt
 * // call_1#/content one
 * // call_1#/content two
 * ```
 *
 * @param options Which streams are JSON, and their bounds; see {@link SplitJSONOptions}.
 * @returns An operator; all its state belongs to the subscription.
 * @throws `TypeError` or `RangeError` at once, if an option is wrong.
 * @see {@link scanJSON} for whole values instead of their text.
 */
export function splitJSON<E extends DeltaEvent>(
  options: SplitJSONOptions = {},
): OperatorFunction<E, DeltaEvent<E['kind']>> {
  const limits = resolveJSONOptions(options);
  const kinds: ReadonlySet<unknown> = new Set(
    options.kinds === undefined ? ['tool'] : strings('kinds', options.kinds),
  );
  const keep = flag('keep', options.keep, false);
  const onDrop = callback('onDrop', options.onDrop);
  return createOperator<E, DeltaEvent<E['kind']>>((destination) => {
    const table = new JSONStreamTable<E['kind']>(
      limits,
      {
        get closed() {
          return destination.closed;
        },
        open: (stream) => new JSONSplitter(stream, limits, destination),
        drop: (reason, event) => {
          if (reason !== 'malformed') {
            onDrop?.({ type: 'drop', reason, event });
          } else if (!keep) {
            // It belongs to no stream, so it is emitted unchanged.
            destination.next(event as DeltaEvent<E['kind']>);
          }
        },
      },
      destination,
    );
    return {
      next(event) {
        const isJSON = kinds.has(kindOf(event));
        if (keep || !isJSON) {
          destination.next(event);
        }
        if (isJSON && !destination.closed) {
          table.next(event);
        }
      },
      error(error) {
        table.error(error);
      },
      complete() {
        table.complete();
      },
      dispose() {
        table.dispose();
      },
    };
  });
}

/** The kind of an event; `undefined` if it has none or reading it throws. */
function kindOf(event: unknown): unknown {
  try {
    return (event as { readonly kind?: unknown } | null | undefined)?.kind;
  } catch {
    return undefined;
  }
}
