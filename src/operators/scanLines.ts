import type { OperatorFunction } from 'rxjs';

import { type CloseReason, type Commit, isCloseReason, type StreamRef } from '../commits.js';
import { type LineAccumulator, LineContext } from '../core/lines/lineAccumulator.js';
import { type LastFields, NO_FIELDS, readEvent } from '../core/streams/readEvent.js';
import type { DeltaEvent } from '../events.js';
import { createOperator } from '../rx/createOperator.js';
import { type CommitLinesOptions, resolveCommitLinesOptions } from '../rx/options.js';
import { softCommitTimer } from '../rx/softCommitTimer.js';

/**
 * Turns the events of one stream into its commits, as `commitLines` does for each stream. For custom pipelines.
 *
 * ```text
 * source       "one\nt"   "wo\nthree"   end   |
 *              -1----------2------------3-----|
 *              scanLines(ref)
 *              -(ol)-------l------------(lc)--|
 * commits      open        1 "two" LF   2 "three", close
 *              0 "one" LF
 * ```
 *
 * - **next**: the first event opens the stream. A delta commits the lines that it completes. `end` and `error` commit
 *   the rest and close the stream; an `end` of {@link groupStreams} has the reason. An event after that is emitted as
 *   a `drop` with the reason `late`, an event with another kind or id with `foreign`, and a value that is not a delta
 *   event with `malformed`.
 * - **complete**: flushes and closes an open stream as `complete`; then completes.
 * - **error**: flushes and closes an open stream as `error`, with that error; then emits the error.
 * - **unsubscribe**: emits nothing more, and disposes the timer and state.
 *
 * Memory: the unfinished line, at most `maxLineLength` code units, and the committed lines, at most `maxRetained` code
 * units (none with `reconcile: 'off'`). Time: in proportion to the length of the delta. One timer with
 * `softCommit.after`, only while a line is unfinished.
 *
 * @example
 *
 * ```ts
 * import { from, map, mergeMap } from 'rxjs';
 * import { type DeltaEvent, groupStreams, scanLines } from 'deltalines';
 *
 * const events: DeltaEvent[] = [
 *   { type: 'delta', kind: 'answer', id: '1', delta: 'hello\nwor' },
 *   { type: 'delta', kind: 'answer', id: '1', delta: 'ld' },
 *   { type: 'end', kind: 'answer', id: '1' },
 * ];
 *
 * from(events)
 *   .pipe(
 *     groupStreams(),
 *     mergeMap((stream) => stream.pipe(scanLines(stream.ref))),
 *     map((commit) => commit.type),
 *   )
 *   .subscribe((type) => console.log(type));
 *
 * // Logs:
 * // open
 * // line
 * // line
 * // close
 * ```
 *
 * @param ref The stream, which is part of each of its commits.
 * @param options The options of `commitLines`. Those for several streams, such as `maxStreams`, are ignored.
 * @returns An operator; all its state belongs to the subscription.
 * @throws `TypeError` or `RangeError` at once, if an option is wrong.
 * @see {@link groupStreams}, which emits such streams; {@link commitLines} for both in one operator.
 */
export function scanLines<K extends string>(
  ref: StreamRef<K>,
  options: CommitLinesOptions = {},
): OperatorFunction<DeltaEvent, Commit<K>> {
  const resolved = resolveCommitLinesOptions(options);
  return createOperator((destination, enqueue) => {
    const context = new LineContext<K>(
      resolved,
      destination,
      softCommitTimer(resolved, enqueue, destination),
    );
    let lines: LineAccumulator<K> | undefined;
    let isClosed = false;
    const close = (reason: CloseReason, last: LastFields) => {
      isClosed = true;
      lines?.close(reason, last);
      lines = undefined;
    };
    return {
      next(event) {
        const checked = readEvent(event);
        if (checked === undefined) {
          context.drop('malformed', event);
        } else if (checked.kind !== ref.kind || checked.id !== ref.id) {
          context.drop('foreign', event);
        } else if (isClosed) {
          context.drop('late', event);
        } else {
          const { type, delta, reason } = checked;
          if (lines === undefined) {
            lines = context.open(ref, type);
            lines.opened();
          }
          if (type === 'delta') {
            lines.delta(delta);
          } else if (type !== 'start') {
            close(type === 'end' && isCloseReason(reason) ? reason : type, checked);
          }
        }
      },
      error(error) {
        close('error', { error });
        destination.error(error);
      },
      complete() {
        close('complete', NO_FIELDS);
        destination.complete();
      },
      dispose() {
        lines = undefined;
      },
    };
  });
}
