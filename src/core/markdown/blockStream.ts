import type { CloseCommit, Commit, LineCommit, ReviseCommit, StreamRef } from '../../commits.js';
import type { CommitSink } from '../commitSink.js';
import { MAX_TEXT_LENGTH } from '../text/maxTextLength.js';
import type { BlockCommit, BlockDraftCommit, BlockType } from './blockCommit.js';
import { type Block, BlockMachine, type BlockRules } from './blockMachine.js';
import { isBlankFrom } from './characters.js';
import { linesOf, RetainedBlocks } from './retainedBlocks.js';
import { UnfinishedLine } from './unfinishedLine.js';

/** The rules for committing the blocks of a stream. */
export interface BlockStreamRules extends BlockRules {
  readonly draft: boolean;
  /** The most UTF-16 code units of committed blocks that are retained for a `revise`. */
  readonly maxRetained: number;
}

/** Turns the line commits of one stream into its block commits. */
export class BlockStream<K extends string> {
  readonly stream: StreamRef<K>;
  private readonly rules: BlockStreamRules;
  private readonly sink: CommitSink<BlockCommit<K>>;
  private readonly retained: RetainedBlocks;
  private machine: BlockMachine;
  /** The number of committed blocks. */
  private blocks = 0;
  /** The number of the current line. */
  private index = 0;
  /** The committed parts of that line. */
  private parts = '';
  /** The text after the parts. */
  private tail = '';
  private readonly unfinished = new UnfinishedLine();
  /** The latest draft, until a block or a `revise` replaces it. */
  private draft: BlockDraftCommit<K> | undefined = undefined;
  /** The unfinished line of the draft. */
  private draftLine: string | undefined = '';
  /** Whether a `revise` went further back than the retained blocks, so that the committed blocks stand. */
  private isFrozen = false;

  constructor(stream: StreamRef<K>, rules: BlockStreamRules, sink: CommitSink<BlockCommit<K>>) {
    this.stream = stream;
    this.rules = rules;
    this.sink = sink;
    this.retained = new RetainedBlocks(rules.maxRetained);
    this.machine = this.createMachine();
  }

  apply(commit: Exclude<Commit<K>, { readonly type: 'open' | 'drop' }>): void {
    if (commit.type === 'close') {
      this.close(commit);
      return;
    }
    if (this.isFrozen) {
      return;
    }
    switch (commit.type) {
      case 'line':
        this.addLine(commit);
        break;
      case 'tail':
        this.tail = commit.text;
        break;
      case 'revise':
        this.revise(commit);
    }
    if (this.rules.draft) {
      this.commitDraft();
    }
  }

  /** The text ended: commits the last block and the `close`. */
  close({ reason, error, finishReason }: Pick<CloseCommit, 'reason' | 'error' | 'finishReason'>): void {
    this.endLine();
    this.machine.finish();
    const { stream, blocks } = this;
    this.sink.next({
      type: 'close',
      stream,
      reason,
      blocks,
      ...(reason === 'error' ? { error } : {}),
      ...(finishReason === undefined ? {} : { finishReason }),
    });
  }

  private createMachine(): BlockMachine {
    return new BlockMachine(this.rules, (block, blank) => {
      this.commitBlock(block, blank);
    });
  }

  private commitBlock({ block, from, to, text }: Block, blank: string): void {
    const { stream } = this;
    const index = this.blocks++;
    this.draft = undefined;
    this.retained.add({
      block,
      from,
      to,
      text,
      blank,
      closedBy: this.index,
      previous: undefined,
      next: undefined,
    });
    this.sink.next({ type: 'block', stream, index, block, from, to, text });
  }

  private addLine({ index, text, eol }: LineCommit): void {
    if (index !== this.index) {
      // Commits are missing. The parts of one line must not be joined to another line.
      this.endLine();
      this.index = index;
    }
    if (this.parts.length + text.length > MAX_TEXT_LENGTH) {
      // The line is too long for a string. The rest is another line with the same number.
      this.endLine();
    }
    this.tail = '';
    if (eol === '') {
      this.parts += text;
    } else {
      this.readLine(this.parts + text, eol);
      this.index++;
    }
  }

  /** Ends the current line after its committed parts. */
  private endLine(): void {
    if (this.parts !== '') {
      this.readLine(this.parts, '');
    }
    this.tail = '';
  }

  private readLine(text: string, eol: string): void {
    this.parts = '';
    this.unfinished.clear();
    this.machine.readLine(this.index, text, eol);
    if (this.machine.open === undefined && isBlankFrom(text, 0)) {
      this.retained.addBlank(text + eol);
    }
  }

  /**
   * Withdraws the blocks that depend on a line, including those that the line closed, and reads the lines before it
   * again.
   */
  private revise({ index }: ReviseCommit): void {
    if (index > this.index) {
      return;
    }
    const { open, openSource } = this.machine;
    const withdrawn = this.retained.dependingOn(index);
    const [first] = withdrawn;
    const from = first?.from ?? open?.from ?? this.index;
    const type = first?.block ?? open?.type;
    const lines = linesOf(withdrawn.map((block) => block.text + block.blank).join('') + openSource);
    if (this.retained.hasLost(index) || lines.length !== this.index - from) {
      // The lines are not retained, so the committed blocks stand.
      this.isFrozen = true;
      return;
    }
    this.retained.withdraw(withdrawn, index);
    this.blocks -= withdrawn.length;
    this.machine = this.createMachine();
    this.parts = '';
    this.tail = '';
    this.unfinished.clear();
    this.readAgain(lines.slice(0, Math.max(index - from, 0)), from, type);
    this.index = index;
    if (withdrawn.length > 0 || this.draft !== undefined) {
      this.draft = undefined;
      this.sink.next({ type: 'revise', stream: this.stream, index: this.blocks });
    }
  }

  /** Reads the first lines of a block of this type, which began at line `from`. */
  private readAgain(lines: readonly string[], from: number, type: BlockType | undefined): void {
    const [header, delimiters] = lines;
    const isTable = type === 'table' && header !== undefined && delimiters !== undefined;
    if (isTable) {
      this.machine.beginTable(from, header, delimiters);
    }
    for (const [index, line] of lines.entries()) {
      if (!isTable || index > 1) {
        const eol = line.endsWith('\r\n') ? 2 : 1;
        this.machine.readLine(from + index, line.slice(0, -eol), line.slice(-eol));
      }
    }
  }

  /** Commits the text after the committed blocks, if it has changed. */
  private commitDraft(): void {
    const { stream, machine, unfinished, blocks, index } = this;
    const line = this.parts + this.tail;
    const isBlank = unfinished.isBlank(line);
    const block = isBlank ? machine.openType : unfinished.typeWith(line, index, machine);
    if (block === undefined) {
      return;
    }
    const from = machine.open?.from ?? index;
    // A blank line after most blocks does not belong to them.
    const ownLine = isBlank && !machine.keepsBlankLines ? undefined : line;
    const text = ownLine === undefined ? machine.openText : machine.openSource + ownLine;
    const { draft } = this;
    if (
      draft?.index !== blocks ||
      draft.block !== block ||
      draft.from !== from ||
      draft.text.length !== text.length ||
      ownLine !== this.draftLine
    ) {
      this.draft = { type: 'draft', stream, index: blocks, block, from, text };
      this.draftLine = ownLine;
      this.sink.next(this.draft);
    }
  }
}
