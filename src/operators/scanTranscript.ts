import type { OperatorFunction, SchedulerLike } from 'rxjs';

import type { Commit, KindOf } from '../commits.js';
import { type Transcript, TranscriptBuilder } from '../core/transcript/transcript.js';
import { createView } from '../rx/viewHandler.js';

/** The options of `scanTranscript`. */
export interface ScanTranscriptOptions {
  /**
   * At most one transcript in this time; without it, one for each commit that changes something.
   * Milliseconds, from 0 to 2,147,483,647; `Infinity` for the first and the last only. With 0, one in each turn of the
   * scheduler, so that `animationFrameScheduler` means one a frame.
   */
  readonly every?: number | undefined;
  /**
   * The most cells; beyond, those go that were closed first, and cells that are open stay. A whole number from 0, or
   * `Infinity`.
   *
   * @default Infinity
   */
  readonly maxCells?: number | undefined;
  /**
   * The only source of time.
   *
   * @default asyncScheduler
   */
  readonly scheduler?: SchedulerLike | undefined;
}

/**
 * Keeps the texts of all streams in one immutable, sorted list of cells: what a user interface draws.
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
 * - **next**: a stream that opens gets a {@link Cell}, placed by `order`, then by opening. The lines that ended are its
 *   `lines`, what is known of the next line is its `tail`; at the close that becomes the last line. A commit that changes
 *   nothing gives nothing. With `every`, a change goes out at once if no transcript did for so long, and otherwise with
 *   all others of that time when the time is over.
 * - **complete**: what has not gone out yet does; then it completes.
 * - **error**: what has not gone out yet does; then the error goes out.
 * - **unsubscribe**: nothing more comes, and neither a timer nor any state is left.
 *
 * Nothing that went out is changed later, and what did not change is the same object: the cell of another stream, and
 * the `lines` of a cell with a new `tail` or `status`. So a user interface can compare with `===`.
 *
 * Memory: the text of at most `maxCells` cells, and of those that are open. Time: constant for a commit; for a
 * transcript, one step a cell. The `lines` of a cell are copied when they are first read: reading only the last
 * transcript costs one copy. Who draws each transcript of a cell of many thousand lines uses `every`. One timer, and only
 * while a transcript is due.
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
 * @param options How often and how much; see {@link ScanTranscriptOptions}.
 * @returns An operator; all its state belongs to the subscription.
 * @throws `TypeError` or `RangeError` at once, when an option is wrong.
 * @see {@link orderStreams} for the commits themselves in the same order.
 */
export function scanTranscript<C extends Commit>(
  options?: ScanTranscriptOptions,
): OperatorFunction<C, Transcript<KindOf<C>>>;
export function scanTranscript(options: ScanTranscriptOptions = {}): OperatorFunction<Commit, Transcript> {
  return createView(options, (maxCells) => new TranscriptBuilder<string>(maxCells));
}
