import type { OperatorFunction } from 'rxjs';

import type { CloseReason, Commit, StreamRef } from '../commits.js';
import { EventReader } from '../core/streams/eventReader.js';
import { type Emit, LineAccumulator } from '../core/lines/lineAccumulator.js';
import type { DeltaEvent } from '../events.js';
import { AlarmClock } from '../rx/alarmClock.js';
import { type Handler, createOperator } from '../rx/createOperator.js';
import { type CommitLinesOptions, resolveCommitLinesOptions } from '../rx/options.js';
import { softCommitTimer } from '../rx/softCommitTimer.js';

/**
 * Turns the events of one stream into its commits: what `commitLines` does to each stream, for pipelines of one's own.
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
 *   what is left and close; an `end` of {@link groupStreams} brings the reason. What comes after that, and what is no
 *   delta event, comes out as a `drop`. Which stream an event names does not matter: all are taken for this one.
 * - **complete**: an open stream is flushed and closed as `complete`; then it completes.
 * - **error**: an open stream is flushed and closed as `error`, with that error; then the error goes out.
 * - **unsubscribe**: nothing more comes.
 *
 * Memory: the line that has not ended, at most `maxLineLength` code units. Time: in proportion to the length of the
 * delta. It has no timer.
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
 * @param ref The name of the stream, which stands in each of its commits.
 * @param options The same as for `commitLines`; here `maxLineLength` counts, and those that concern many streams do not.
 * @returns An operator; all its state belongs to the subscription.
 * @throws `TypeError` or `RangeError` at once, when an option is wrong.
 * @see {@link groupStreams}, where such streams come from; {@link commitLines}, which is both in one.
 */
export function scanLines<K extends string>(
  ref: StreamRef<K>,
  options: CommitLinesOptions = {},
): OperatorFunction<DeltaEvent<K>, Commit<K>> {
  const resolved = resolveCommitLinesOptions(options);
  return createOperator((destination, enqueue) => {
    const reader = new EventReader();
    const lines = new LineAccumulator(ref, resolved);
    const emit: Emit<K> = (commit) => {
      destination.next(commit);
    };
    const clock = new AlarmClock(resolved.scheduler, enqueue);
    const softCommits = softCommitTimer(clock, resolved, emit);
    let state: 'expected' | 'open' | 'closed' = 'expected';

    const open = () => {
      if (state === 'expected') {
        state = 'open';
        lines.open(reader.type, emit);
      }
    };
    const close = (reason: CloseReason, text: string | undefined, error: unknown) => {
      if (state === 'open') {
        state = 'closed';
        softCommits?.remove(lines);
        lines.close(reason, text, error, emit);
      }
    };

    const handler: Handler<DeltaEvent<K>> = {
      next(event) {
        if (!reader.read(event)) {
          emit({ type: 'drop', reason: 'malformed', event });
          return;
        }
        if (state === 'closed') {
          emit({ type: 'drop', reason: 'late', event });
          return;
        }
        open();
        if (reader.type === 'delta') {
          lines.append(reader.delta, emit);
          softCommits?.update(lines);
        } else if (reader.type === 'end') {
          close(reader.reason, reader.text, undefined);
        } else if (reader.type === 'error') {
          close('error', undefined, reader.error);
        }
      },
      error(error) {
        close('error', undefined, error);
        destination.error(error);
      },
      complete() {
        close('complete', undefined, undefined);
        destination.complete();
      },
      release() {
        clock.release();
      },
    };
    return handler;
  });
}
