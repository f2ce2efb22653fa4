import type { OperatorFunction } from 'rxjs';

import type { Commit } from '../commits.js';
import { LineContext } from '../core/lines/lineAccumulator.js';
import type { DeltaEvent } from '../events.js';
import { createOperator } from '../rx/createOperator.js';
import { type CommitLinesOptions, resolveCommitLinesOptions } from '../rx/options.js';
import { softCommitTimer } from '../rx/softCommitTimer.js';
import { StreamTableHandler } from '../rx/streamTableHandler.js';

/**
 * Commits the text of many interleaved streams line by line. Each stream is independent, in order and complete.
 *
 * ```text
 * source       b:"wor"   a:"hel"   a:"lo\n"       a:end      b:"ld"   |
 *              -1---------2---------3--------------4----------5--------|
 *              commitLines()
 *              -o---------o---------l--------------c-------------------(lc|)
 * commits      open b     open a    a 0 "hello" LF  close a               b 0 "world", close b
 * ```
 *
 * - **next**: the events with the same `kind` and `id` are a stream. The first event opens it, each complete line is
 *   committed, and `end` or `error` commits the rest and closes it. An event that belongs to no stream is emitted as
 *   a `drop`. Re-entrant events are queued: an event that arrives while a commit is emitted is handled after all
 *   commits of the previous event.
 * - **complete**: flushes and closes all open streams as `complete`, in the order of opening; then completes.
 * - **error**: flushes and closes all open streams as `error`, with that error; then emits the error.
 * - **unsubscribe**: emits nothing more, and disposes timers and state.
 *
 * Streams do not affect each other: not by failing, not by their length, not by being idle. Each line is committed
 * once. Joining `text + eol` of the lines of a stream gives exactly the received text, however it was cut.
 *
 * Memory: for each of at most `maxStreams` open streams, the unfinished line, at most `maxLineLength` code units, and
 * the committed lines, at most `maxRetained` code units (none with `reconcile: 'off'`); and at most `maxRemembered`
 * closed keys. Time: in proportion to the length of the delta, whatever the number of streams and the length of the
 * line. One timer for all streams, and with `softCommit.after` another one; none while no stream is open.
 *
 * @example
 *
 * ```ts
 * import { from } from 'rxjs';
 * import { commitLines, type DeltaEvent } from 'deltalines';
 *
 * const events: DeltaEvent[] = [
 *   { type: 'delta', kind: 'answer', id: '2', delta: 'wor' },
 *   { type: 'delta', kind: 'answer', id: '1', delta: 'hel' },
 *   { type: 'delta', kind: 'answer', id: '1', delta: 'lo\n' },
 *   { type: 'end', kind: 'answer', id: '1' },
 *   { type: 'delta', kind: 'answer', id: '2', delta: 'ld' },
 * ];
 *
 * from(events)
 *   .pipe(commitLines())
 *   .subscribe((commit) => {
 *     if (commit.type === 'line') {
 *       console.log(commit.stream.id, commit.text);
 *     }
 *   });
 *
 * // Logs:
 * // 1 hello
 * // 2 world
 * ```
 *
 * @param options The bounds of lines and streams; see {@link CommitLinesOptions}.
 * @returns An operator; all its state belongs to the subscription.
 * @throws `TypeError` or `RangeError` at once, if an option is wrong.
 * @see {@link groupStreams} and {@link scanLines}, the two parts of this operator, for custom pipelines.
 */
export function commitLines<E extends DeltaEvent>(
  options: CommitLinesOptions = {},
): OperatorFunction<E, Commit<E['kind']>> {
  const resolved = resolveCommitLinesOptions(options);
  return createOperator((destination, enqueue) => {
    const tails = softCommitTimer<E['kind']>(resolved, enqueue, destination);
    const context = new LineContext(resolved, destination, tails);
    return new StreamTableHandler(resolved, context, destination, enqueue);
  });
}
