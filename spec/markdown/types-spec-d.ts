import { merge, type Observable, type OperatorFunction } from 'rxjs';
import { expectTypeOf } from 'vitest';

import { type Commit, commitLines, type DeltaEvent, orderStreams, type StreamRef } from '../../src/index.js';
import {
  type BlockCell,
  type BlockCommit,
  type BlockTranscript,
  type BlockType,
  type CellBlock,
  commitBlocks,
  scanBlocks,
} from '../../src/markdown/index.js';

type Kind = 'answer' | 'reasoning';
declare const events: Observable<DeltaEvent<Kind>>;
declare const commits: Observable<Commit<Kind>>;
declare const blocks: Observable<BlockCommit<Kind>>;

// The kinds of the lines are the kinds of the blocks.
expectTypeOf(commits.pipe(commitBlocks())).toEqualTypeOf<Observable<BlockCommit<Kind>>>();
expectTypeOf(commits.pipe(commitBlocks({ draft: true }))).toEqualTypeOf<Observable<BlockCommit<Kind>>>();
expectTypeOf(events.pipe(commitLines(), commitBlocks())).toEqualTypeOf<Observable<BlockCommit<Kind>>>();
expectTypeOf(blocks.pipe(scanBlocks())).toEqualTypeOf<Observable<BlockTranscript<Kind>>>();
expectTypeOf(
  events.pipe(commitLines(), commitBlocks(), orderStreams(), scanBlocks({ every: 50 })),
).toEqualTypeOf<Observable<BlockTranscript<Kind>>>();

declare const answers: Observable<DeltaEvent<'answer'>>;
declare const tools: Observable<DeltaEvent<'tool'>>;
expectTypeOf(merge(answers, tools).pipe(commitLines(), commitBlocks())).toEqualTypeOf<
  Observable<BlockCommit<'answer' | 'tool'>>
>();
expectTypeOf(
  merge(answers.pipe(commitLines()), tools.pipe(commitLines())).pipe(commitBlocks()),
).toEqualTypeOf<Observable<BlockCommit<'answer' | 'tool'>>>();

// On their own, the operators have these types.
expectTypeOf(commitBlocks()).toEqualTypeOf<OperatorFunction<Commit, BlockCommit>>();
expectTypeOf(scanBlocks()).toEqualTypeOf<OperatorFunction<BlockCommit, BlockTranscript>>();

// orderStreams keeps the type of its input.
expectTypeOf(blocks.pipe(orderStreams())).toEqualTypeOf<Observable<BlockCommit<Kind>>>();

// The type of a commit narrows its fields.
declare const commit: BlockCommit<Kind>;
if (commit.type === 'block') {
  expectTypeOf(commit.block).toEqualTypeOf<BlockType>();
  expectTypeOf(commit.to).toEqualTypeOf<number>();
  expectTypeOf(commit.stream).toEqualTypeOf<StreamRef<Kind>>();
}
if (commit.type === 'draft') {
  expectTypeOf(commit).not.toHaveProperty('to');
}
expectTypeOf<BlockCell<Kind>['blocks']>().toEqualTypeOf<readonly CellBlock[]>();
expectTypeOf<BlockCell<Kind>['draft']>().toEqualTypeOf<CellBlock | undefined>();

// @ts-expect-error: a commit is read-only
commit.type = 'open';
// @ts-expect-error: events are not lines
void events.pipe(commitBlocks());
// @ts-expect-error: lines are not blocks
void commits.pipe(scanBlocks());
// @ts-expect-error: blocks are not lines
void blocks.pipe(commitBlocks());
// @ts-expect-error: true or false
commitBlocks({ draft: 'yes' });
// @ts-expect-error: no such option
commitBlocks({ drafts: true });
// @ts-expect-error: the tail is an option of commitLines
commitBlocks({ tail: true });
// @ts-expect-error: a number
scanBlocks({ every: '50' });
// @ts-expect-error: not a block type
export const block: BlockType = 'text';
