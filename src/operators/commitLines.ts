import type { OperatorFunction, Subscriber } from 'rxjs';

import type { Commit, DropCommit, StreamRef } from '../commits.js';
import { LineAccumulator, type LineRules } from '../core/lines/lineAccumulator.js';
import type { StreamTableSink } from '../core/streams/streamTable.js';
import type { DeltaEvent } from '../events.js';
import { createOperator, type Enqueue } from '../rx/createOperator.js';
import {
  type CommitLinesOptions,
  resolveCommitLinesOptions,
  type ResolvedCommitLinesOptions,
} from '../rx/options.js';
import { softCommitTimer, type SoftCommitTimer } from '../rx/softCommitTimer.js';
import { StreamTableHandler } from '../rx/streamTableHandler.js';

/**
 * Commits the text of many interleaved streams line by line: each stream by itself, in order, and to its end.
 *
 * ```text
 * source       b:"wor"   a:"hel"   a:"lo\n"        a:end      b:"ld"   |
 *              -1---------2---------3--------------4----------5--------|
 *              commitLines()
 *              -o---------o---------l--------------c-------------------(lc|)
 * commits      open b     open a    a 0 "hello" LF  close a               b 0 "world", close b
 * ```
 *
 * - **next**: the events of one `kind` and `id` are a stream. The first one opens it; text is committed whenever a line
 *   is complete; `end` and `error` commit what is left and close it. What belongs to no stream comes out as a `drop`.
 *   An event that a subscriber pushes into the source from within a commit is handled after all commits of the event
 *   before it.
 * - **complete**: all open streams are flushed and closed as `complete`, in the order of opening; then it completes.
 * - **error**: all open streams are flushed and closed as `error`, with that error; then the error goes out.
 * - **unsubscribe**: nothing more comes, and neither a timer nor any state is left.
 *
 * Streams do not touch each other: neither the failure of one nor its length nor its silence. A line is committed once,
 * and joining `text + eol` of the lines of a stream gives exactly the text that was received, however it was cut.
 *
 * Memory: for each of at most `maxStreams` open streams the line that has not ended, at most `maxLineLength` code units;
 * for each of at most `maxRemembered` closed keys the key. Time: in proportion to the length of the delta, whatever the
 * number of streams and the length of the line. One timer for all streams, and none while no stream is open.
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
 * @throws `TypeError` or `RangeError` at once, when an option is wrong.
 * @see {@link groupStreams} and {@link scanLines}, of which it is the sum, for pipelines of one's own.
 */
export function commitLines<E extends DeltaEvent>(
  options: CommitLinesOptions = {},
): OperatorFunction<E, Commit<E['kind']>> {
  const resolved = resolveCommitLinesOptions(options);
  return createOperator((destination, enqueue) => {
    const accumulators = new LineAccumulators<E['kind']>(destination, resolved, enqueue);
    return new StreamTableHandler(resolved, accumulators, destination, enqueue);
  });
}

/** Makes a line accumulator for each stream. */
class LineAccumulators<K extends string> implements StreamTableSink<K, LineAccumulator<K>> {
  private readonly destination: Subscriber<Commit<K>>;
  private readonly rules: LineRules;
  private readonly softCommits: SoftCommitTimer<K> | undefined;

  constructor(destination: Subscriber<Commit<K>>, options: ResolvedCommitLinesOptions, enqueue: Enqueue) {
    this.destination = destination;
    this.rules = options;
    this.softCommits = softCommitTimer(options, enqueue, destination);
  }

  get closed(): boolean {
    return this.destination.closed;
  }

  open(stream: StreamRef<K>, opener: DeltaEvent['type']): LineAccumulator<K> {
    return new LineAccumulator(stream, opener, this.rules, this.destination, this.softCommits);
  }

  drop(reason: DropCommit['reason'], event: unknown): void {
    this.destination.next({ type: 'drop', reason, event });
  }
}
