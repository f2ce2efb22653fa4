import { type Linked, LinkedList } from '../collections/linkedList.js';
import type { BlockType } from './blockCommit.js';

/** A committed block that a `revise` may withdraw. */
export interface RetainedBlock extends Linked<RetainedBlock> {
  readonly block: BlockType;
  readonly from: number;
  readonly to: number;
  readonly text: string;
  /** The line that closed the block. */
  readonly closedBy: number;
  /** The text of the blank lines after it. */
  blank: string;
}

/** Retains the latest blocks of a stream, up to `maxRetained` code units. */
export class RetainedBlocks {
  readonly maxRetained: number;
  readonly blocks = new LinkedList<RetainedBlock>();
  private length = 0;
  /** The line that closed the latest deleted block. */
  private lostAt = -1;

  constructor(maxRetained: number) {
    this.maxRetained = maxRetained;
  }

  add(block: RetainedBlock): void {
    this.blocks.append(block);
    this.length += block.text.length + block.blank.length;
    this.removeOldest();
  }

  /** Adds a blank line after the latest block. */
  addBlank(source: string): void {
    const { last } = this.blocks;
    if (last !== undefined) {
      last.blank += source;
      this.length += source.length;
      this.removeOldest();
    }
  }

  /** Whether a block that depends on this line was deleted. */
  hasLost(line: number): boolean {
    return this.lostAt >= line;
  }

  /** The blocks that depend on this line, in order. */
  dependingOn(line: number): readonly RetainedBlock[] {
    const blocks: RetainedBlock[] = [];
    for (
      let block = this.blocks.last;
      block !== undefined && block.closedBy >= line;
      block = block.previous
    ) {
      blocks.push(block);
    }
    return blocks.reverse();
  }

  /** Removes these blocks, and the blank lines from this line on. */
  withdraw(blocks: readonly RetainedBlock[], line: number): void {
    for (const block of blocks) {
      this.blocks.remove(block);
      this.length -= block.text.length + block.blank.length;
    }
    const { last } = this.blocks;
    if (last !== undefined) {
      this.length -= last.blank.length;
      last.blank = linesOf(last.blank)
        .slice(0, Math.max(line - last.to, 0))
        .join('');
      this.length += last.blank.length;
    }
  }

  private removeOldest(): void {
    let { first } = this.blocks;
    while (first !== undefined && this.length > this.maxRetained) {
      this.blocks.remove(first);
      this.length -= first.text.length + first.blank.length;
      this.lostAt = first.closedBy;
      first = this.blocks.first;
    }
  }
}

/** The lines of a text with their line ends. */
export function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(/(?<=\n)/);
}
