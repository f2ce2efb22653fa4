import type { OperatorFunction, Subscriber } from 'rxjs';

import type { CloseCommit, Commit, KindOf, StreamRef } from '../commits.js';
import type { BlockCommit } from '../core/markdown/blockCommit.js';
import { BlockStream, type BlockStreamRules } from '../core/markdown/blockStream.js';
import { StreamMap } from '../core/streams/streamMap.js';
import { createOperator, type Handler } from '../rx/createOperator.js';
import { checkOptions, count, flag } from '../rx/options.js';

/** The options of `commitBlocks`. */
export interface BlockOptions {
  /**
   * Whether GFM tables are blocks. Otherwise they are paragraphs.
   *
   * @default true
   */
  readonly tables?: boolean | undefined;
  /**
   * Whether the text between two `$$` fences is a block.
   *
   * @default false
   */
  readonly math?: boolean | undefined;
  /**
   * Whether to emit a `draft`, the text after the committed blocks, whenever a commit has changed it. With the option
   * `tail` of `commitLines`, a draft includes the unfinished line.
   *
   * @default false
   */
  readonly draft?: boolean | undefined;
  /**
   * The most UTF-16 code units of the committed blocks of one stream that are retained so that a `revise` can withdraw
   * them. Beyond that, the oldest are dropped. A whole number from 0, or `Infinity`.
   *
   * @default 1_048_576
   */
  readonly maxRetained?: number | undefined;
  /**
   * The maximum nesting depth of quotes and lists. Markers beyond it are text. A blank line costs time in proportion to
   * the depth. A whole number from 1, or `Infinity`.
   *
   * @default 100
   */
  readonly maxNesting?: number | undefined;
}

/**
 * Commits the Markdown of each stream block by block. Each block is committed once, as soon as it is complete.
 *
 * ```text
 * source       a 0 "# Hi"   a 1 "- one"   a 2 ""   a 3 "- two"   a 4 "end"   close a   |
 *              -1------------2-------------3--------4-------------5-----------6--------|
 *              commitBlocks()
 *              -h-------------------------------------------------l-----------(pc)-----|
 * blocks        0 heading [0, 1)                                  1 list [1, 4)
 *                                                                             2 paragraph [4, 5), close a
 * ```
 *
 * - **next**: a block is a child of the document in CommonMark 0.31.2, with GFM tables. It is emitted with its source
 *   text. A heading, a thematic break or fenced code is committed when its last line arrives, a paragraph at the blank
 *   line after it or the line that interrupts it, and a list, a quote or a table at the first line that does not belong
 *   to it. A `close` commits the open block. A line in parts is read once it is complete. A `revise` of lines withdraws
 *   the blocks that depend on them, and the correct blocks follow. A `drop` passes unchanged.
 * - **complete**: flushes and closes all open streams as `complete`, in the order of opening; then completes.
 * - **error**: flushes and closes all open streams as `error`, with that error; then emits the error.
 * - **unsubscribe**: emits nothing more, and disposes all state.
 *
 * A block never changes, whatever follows. Every line that is not blank is in exactly one block. Blank lines between
 * two blocks are in neither. Nothing is rendered, and inlines are not parsed.
 *
 * Memory: for each open stream, the open block and at most `maxRetained` code units of committed blocks. Time: in
 * proportion to the length of the line, whatever came before; for a `draft`, in proportion to the added text.
 *
 * @example
 *
 * ```ts
 * import { from } from 'rxjs';
 * import { commitLines, type DeltaEvent } from 'deltalines';
 * import { commitBlocks } from 'deltalines/markdown';
 *
 * const events: DeltaEvent[] = [
 *   { type: 'delta', kind: 'answer', id: '1', delta: '# Two\nlines of' },
 *   { type: 'delta', kind: 'answer', id: '1', delta: ' text\nin one paragraph\n\n```js\n' },
 *   { type: 'delta', kind: 'answer', id: '1', delta: 'run();\n```\n' },
 *   { type: 'end', kind: 'answer', id: '1' },
 * ];
 *
 * from(events)
 *   .pipe(commitLines(), commitBlocks())
 *   .subscribe((commit) => {
 *     if (commit.type === 'block') {
 *       console.log(commit.block, JSON.stringify(commit.text));
 *     }
 *   });
 *
 * // Logs:
 * // heading "# Two\n"
 * // paragraph "lines of text\nin one paragraph\n"
 * // code "```js\nrun();\n```\n"
 * ```
 *
 * @param options What counts as a block, drafts, and the bounds; see {@link BlockOptions}.
 * @returns An operator; all its state belongs to the subscription.
 * @throws `TypeError` or `RangeError` at once, if an option is wrong.
 * @see {@link scanBlocks} for a view of all streams at once.
 */
export function commitBlocks<C extends Commit = Commit>(
  options?: BlockOptions,
): OperatorFunction<C, BlockCommit<KindOf<C>>>;
export function commitBlocks(options: BlockOptions = {}): OperatorFunction<Commit, BlockCommit> {
  checkOptions(options);
  const rules: BlockStreamRules = {
    tables: flag('tables', options.tables, true),
    math: flag('math', options.math, false),
    draft: flag('draft', options.draft, false),
    maxRetained: count('maxRetained', options.maxRetained, 1_048_576, 0),
    maxNesting: count('maxNesting', options.maxNesting, 100, 1),
  };
  return createOperator<Commit, BlockCommit>((destination) => new BlockHandler(destination, rules));
}

/** Finds the blocks of each open stream separately. */
class BlockHandler implements Handler<Commit> {
  private readonly destination: Subscriber<BlockCommit>;
  private readonly rules: BlockStreamRules;
  private readonly streams = new StreamMap<BlockStream<string>>();
  private readonly inOrderOfOpening = new Set<BlockStream<string>>();

  constructor(destination: Subscriber<BlockCommit>, rules: BlockStreamRules) {
    this.destination = destination;
    this.rules = rules;
  }

  next(commit: Commit): void {
    if (commit.type === 'drop') {
      this.destination.next(commit);
      return;
    }
    const stream = this.streams.get(commit.stream) ?? this.open(commit.stream);
    if (commit.type === 'open') {
      return;
    }
    if (commit.type === 'close') {
      this.streams.delete(commit.stream);
      this.inOrderOfOpening.delete(stream);
    }
    stream.apply(commit);
  }

  error(error: unknown): void {
    this.closeAll({ reason: 'error', error });
    this.destination.error(error);
  }

  complete(): void {
    this.closeAll({ reason: 'complete' });
    this.destination.complete();
  }

  dispose(): void {
    this.streams.clear();
    this.inOrderOfOpening.clear();
  }

  private open(ref: StreamRef): BlockStream<string> {
    const stream = new BlockStream(ref, this.rules, this.destination);
    this.streams.set(ref, stream);
    this.inOrderOfOpening.add(stream);
    this.destination.next({ type: 'open', stream: ref });
    return stream;
  }

  /** Flushes and closes the streams that the source has left open. */
  private closeAll(end: Pick<CloseCommit, 'reason' | 'error'>): void {
    for (const stream of this.inOrderOfOpening) {
      if (!this.destination.closed) {
        stream.close(end);
      }
    }
  }
}
