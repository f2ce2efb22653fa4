import type { OperatorFunction, SchedulerLike } from 'rxjs';

import type { KindOf } from '../commits.js';
import type { BlockCommit } from '../core/markdown/blockCommit.js';
import { type BlockTranscript, blockTranscriptBuilder } from '../core/markdown/blockTranscript.js';
import { createView } from '../rx/viewHandler.js';

/** The options of `scanBlocks`. */
export interface ScanBlocksOptions {
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
 * Keeps the blocks of all streams in one immutable, sorted list of cells: what a user interface draws.
 *
 * ```text
 * source       open a   a 0 "# hi"   a 1 draft "yo"   a 1 "yo"   close a   |
 *              -1--------2------------3----------------4----------5--------|
 *              scanBlocks()
 *              -A--------B------------C----------------D----------E--------|
 * A            [a []]
 * B            [a [# hi]]
 * C            [a [# hi] draft yo]       the blocks are the same list as in B
 * D            [a [# hi, yo]]            the first block is the same object as in B
 * E            [a [# hi, yo] end]        the blocks are the same list as in D
 * ```
 *
 * - **next**: a stream that opens gets a {@link BlockCell}, placed by `order`, then by opening. The blocks that are over
 *   are its `blocks`; its `draft` is the text after them, with `commitBlocks({ draft: true })`. A commit that changes
 *   nothing gives nothing. With `every`, a change goes out at once if no transcript did for so long, and otherwise with
 *   all others of that time when the time is over.
 * - **complete**: what has not gone out yet does; then it completes.
 * - **error**: what has not gone out yet does; then the error goes out.
 * - **unsubscribe**: nothing more comes, and neither a timer nor any state is left.
 *
 * Nothing that went out is changed later, and what did not change is the same object: a block, the cell of another
 * stream, and the `blocks` of a cell with a new `draft` or `status`. So a user interface can compare with `===`.
 *
 * Memory: the text of at most `maxCells` cells, and of those that are open. Time: constant for a commit; for a
 * transcript, one step a cell. The `blocks` of a cell are copied when they are first read. One timer, and only while a
 * transcript is due.
 *
 * @example
 *
 * ```ts
 * import { from, last } from 'rxjs';
 * import { commitLines, type DeltaEvent } from 'deltalines';
 * import { commitBlocks, scanBlocks } from 'deltalines/markdown';
 *
 * const events: DeltaEvent[] = [
 *   { type: 'delta', kind: 'answer', id: '1', delta: '# Title\n- one\n- t' },
 *   { type: 'delta', kind: 'answer', id: '1', delta: 'wo\n\nThe end' },
 * ];
 *
 * from(events)
 *   .pipe(commitLines(), commitBlocks(), scanBlocks(), last())
 *   .subscribe((transcript) => {
 *     for (const { stream, blocks, status } of transcript) {
 *       console.log(stream.id, blocks.map(({ block }) => block).join(' '), status);
 *     }
 *   });
 *
 * // Logs:
 * // 1 heading list paragraph complete
 * ```
 *
 * @param options How often and how much; see {@link ScanBlocksOptions}.
 * @returns An operator; all its state belongs to the subscription.
 * @throws `TypeError` or `RangeError` at once, when an option is wrong.
 * @see {@link commitBlocks} for the commits that it takes.
 */
export function scanBlocks<C extends BlockCommit = BlockCommit>(
  options?: ScanBlocksOptions,
): OperatorFunction<C, BlockTranscript<KindOf<C>>>;
export function scanBlocks(options: ScanBlocksOptions = {}): OperatorFunction<BlockCommit, BlockTranscript> {
  return createView(options, blockTranscriptBuilder);
}
