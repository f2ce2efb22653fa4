import type { CloseReason, DropCommit, StreamRef } from '../../commits.js';
import { CellDraft } from '../transcript/cellDraft.js';
import type { ListView } from '../transcript/growingList.js';
import type { BlockCommit, BlockType } from './blockCommit.js';

/** A block to render. Immutable. */
export interface CellBlock {
  readonly block: BlockType;
  /** The source: all lines with their line ends. */
  readonly text: string;
}

/** The blocks of one stream at one moment. Immutable: a change creates a new cell. */
export interface BlockCell<K extends string = string> {
  readonly stream: StreamRef<K>;
  /** The complete blocks. Once the stream is closed, this includes the last block. */
  readonly blocks: readonly CellBlock[];
  /** The text after the complete blocks; `undefined` without such text. */
  readonly draft: CellBlock | undefined;
  /** `open`, or why the stream was closed. */
  readonly status: 'open' | CloseReason;
  /** What failed; only if `status` is `error`. */
  readonly error?: unknown;
  /** The producer's finish reason, unchanged, if it sent one. */
  readonly finishReason?: string;
}

/** The blocks of all streams, by `order`, then by opening. Immutable: a change creates a new transcript. */
export type BlockTranscript<K extends string = string> = readonly BlockCell<K>[];

type StreamCommit = Exclude<BlockCommit, DropCommit>;

/** The mutable state from which the next cell of a stream is created. */
export class BlockDraft extends CellDraft<StreamCommit, BlockCell, CellBlock> {
  private draft: CellBlock | undefined = undefined;

  apply(commit: StreamCommit): void {
    switch (commit.type) {
      case 'open':
        break;
      case 'block':
        this.push({ block: commit.block, text: commit.text });
        this.index = commit.index + 1;
        this.draft = undefined;
        break;
      case 'draft':
        this.draft = { block: commit.block, text: commit.text };
        break;
      case 'revise':
        if (commit.index <= this.index) {
          this.withdraw(commit.index);
          this.draft = undefined;
        }
        break;
      case 'close':
        this.draft = undefined;
        this.close(commit);
    }
  }

  protected matches({ draft, status }: BlockCell): boolean {
    if (isSame(draft, this.draft)) {
      this.draft = draft;
    }
    return status === this.status && draft === this.draft;
  }

  protected createCell(blocks: ListView<CellBlock>): BlockCell {
    return this.cellWith('blocks', blocks, 'draft', this.draft);
  }
}

function isSame(some: CellBlock | undefined, other: CellBlock | undefined): boolean {
  return some?.block === other?.block && some?.text === other?.text;
}
