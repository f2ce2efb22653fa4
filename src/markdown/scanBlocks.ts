import type { OperatorFunction } from 'rxjs';

import type { KindOf } from '../commits.js';
import type { BlockCommit } from '../core/markdown/blockCommit.js';
import { BlockDraft, type BlockTranscript } from '../core/markdown/blockTranscript.js';
import { createView, type ViewOptions } from '../rx/createView.js';

/** The options of `scanBlocks`. */
export type ScanBlocksOptions = ViewOptions;

/**
 * Collects the blocks of all streams in an immutable, sorted list of cells that a user interface can render.
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
 * - **next**: a stream that opens gets a {@link BlockCell}, sorted by `order`, then by opening. `blocks` has the
 *   complete blocks, and `draft` the text after them, with `commitBlocks({ draft: true })`. A commit that changes
 *   nothing emits nothing. With `every` above 0, a change is emitted at once if no transcript was emitted for that
 *   long, and otherwise together with later changes when that time has passed.
 * - **complete**: emits pending changes; then completes.
 * - **error**: emits pending changes; then emits the error.
 * - **unsubscribe**: emits nothing more, and disposes the timer and state.
 *
 * Transcripts are immutable, and unchanged parts are the same objects: blocks, the cells of other streams, and the
 * `blocks` of a cell with a new `draft` or `status`. So a user interface can compare with `===`.
 *
 * Memory: the text of at most `maxCells` cells, and of all open cells. Time: constant for a commit, except that an
 * `open`, or the removal of a cell, moves the cells after it; and in proportion to the number of cells for a
 * transcript. The `blocks` of a cell are copied when they are first read. One timer, only while a transcript is
 * pending.
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
 * @param options How often to emit, and how many cells to keep; see {@link ScanBlocksOptions}.
 * @returns An operator; all its state belongs to the subscription.
 * @throws `TypeError` or `RangeError` at once, if an option is wrong.
 * @see {@link commitBlocks}, which emits these commits.
 */
export function scanBlocks<C extends BlockCommit = BlockCommit>(
  options?: ScanBlocksOptions,
): OperatorFunction<C, BlockTranscript<KindOf<C>>>;
export function scanBlocks(options: ScanBlocksOptions = {}): OperatorFunction<BlockCommit, BlockTranscript> {
  return createView(options, BlockDraft);
}
