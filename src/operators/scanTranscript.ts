import type { OperatorFunction } from 'rxjs';

import type { Commit, KindOf } from '../commits.js';
import { LineDraft, type Transcript } from '../core/transcript/transcript.js';
import { createView, type ViewOptions } from '../rx/createView.js';

/** The options of `scanTranscript`. */
export type ScanTranscriptOptions = ViewOptions;

/**
 * Collects the texts of all streams in an immutable, sorted list of cells that a user interface can render.
 *
 * ```text
 * source       open a   a 0 "hi"   drop   open b   close a   |
 *              -1--------2----------3------4--------5--------|
 *              scanTranscript()
 *              -A--------B-----------------C--------D--------|
 * A            [a []]
 * B            [a ["hi"]]
 * C            [a ["hi"], b []]            the cell of a is the same object as in B
 * D            [a ["hi"] end, b []]        the lines of a and the cell of b are the same as in C
 * ```
 *
 * - **next**: a stream that opens gets a {@link Cell}, sorted by `order`, then by opening. `lines` has the ended
 *   lines, and `tail` the received part of the next one, which becomes the last line when the stream closes. A commit
 *   that changes nothing emits nothing. With `every` above 0, a change is emitted at once if no transcript was emitted
 *   for that long, and otherwise together with later changes when that time has passed.
 * - **complete**: emits pending changes; then completes.
 * - **error**: emits pending changes; then emits the error.
 * - **unsubscribe**: emits nothing more, and disposes the timer and state.
 *
 * Transcripts are immutable, and unchanged parts are the same objects: the cells of other streams, and the `lines` of
 * a cell with a new `tail` or `status`. So a user interface can compare with `===`.
 *
 * Memory: the text of at most `maxCells` cells, and of all open cells. Time: constant for a commit, except that an
 * `open`, or the removal of a cell, moves the cells after it; and in proportion to the number of cells for a
 * transcript. The `lines` of a cell are copied when they are first read, so reading only the last transcript costs one
 * copy. To render a cell of many thousand lines after each commit, use `every`. One timer, only while a transcript is
 * pending.
 *
 * @example
 *
 * ```ts
 * import { from, last } from 'rxjs';
 * import { commitLines, type DeltaEvent, scanTranscript } from 'deltalines';
 *
 * const events: DeltaEvent[] = [
 *   { type: 'delta', kind: 'answer', id: '2', delta: 'wor', order: [2] },
 *   { type: 'delta', kind: 'answer', id: '1', delta: 'hello\n', order: [1] },
 *   { type: 'delta', kind: 'answer', id: '2', delta: 'ld\n' },
 *   { type: 'end', kind: 'answer', id: '1' },
 * ];
 *
 * from(events)
 *   .pipe(commitLines(), scanTranscript(), last())
 *   .subscribe((transcript) => {
 *     for (const { stream, lines, status } of transcript) {
 *       console.log(stream.id, lines.join(' '), status);
 *     }
 *   });
 *
 * // Logs:
 * // 1 hello end
 * // 2 world complete
 * ```
 *
 * @param options How often to emit, and how many cells to keep; see {@link ScanTranscriptOptions}.
 * @returns An operator; all its state belongs to the subscription.
 * @throws `TypeError` or `RangeError` at once, if an option is wrong.
 * @see {@link orderStreams} for the commits in the same order.
 */
export function scanTranscript<C extends Commit>(
  options?: ScanTranscriptOptions,
): OperatorFunction<C, Transcript<KindOf<C>>>;
export function scanTranscript(options: ScanTranscriptOptions = {}): OperatorFunction<Commit, Transcript> {
  return createView(options, LineDraft);
}
