import type { CloseReason, DropCommit, OpenCommit, StreamRef } from '../../commits.js';

/** The type of a block, with the names of mdast. */
export type BlockType =
  | 'paragraph'
  | 'heading'
  | 'thematicBreak'
  | 'blockquote'
  | 'list'
  | 'code'
  | 'html'
  /** A GFM table. */
  | 'table'
  /** A block between `$$` fences. */
  | 'math'
  /** A paragraph that contains only link reference definitions. */
  | 'definition';

/** An output event of `commitBlocks`. */
export type BlockCommit<K extends string = string> =
  | OpenCommit<K>
  | BlockLinesCommit<K>
  | BlockDraftCommit<K>
  | BlockReviseCommit<K>
  | BlockCloseCommit<K>
  | DropCommit;

/** A complete block. Immutable. */
export interface BlockLinesCommit<K extends string = string> {
  readonly type: 'block';
  readonly stream: StreamRef<K>;
  /** The number of the block in its stream, from 0, without gaps. */
  readonly index: number;
  readonly block: BlockType;
  /** The number of its first line in the stream. */
  readonly from: number;
  /** The number of the line after its last line. */
  readonly to: number;
  /** The source: all lines with their line ends. */
  readonly text: string;
}

/** The text after the committed blocks. A later `draft` or `block` of the same stream replaces it. */
export interface BlockDraftCommit<K extends string = string> {
  readonly type: 'draft';
  readonly stream: StreamRef<K>;
  /** The number of the next block of the stream. */
  readonly index: number;
  /** The type of the next block if the stream ended now. */
  readonly block: BlockType;
  readonly from: number;
  readonly text: string;
}

/** Withdraws the blocks from `index` on. The correct blocks follow. */
export interface BlockReviseCommit<K extends string = string> {
  readonly type: 'revise';
  readonly stream: StreamRef<K>;
  readonly index: number;
}

/** The last commit of each stream. */
export interface BlockCloseCommit<K extends string = string> {
  readonly type: 'close';
  readonly stream: StreamRef<K>;
  readonly reason: CloseReason;
  /** The number of blocks of the stream. */
  readonly blocks: number;
  /** What failed; only if `reason` is `error`. */
  readonly error?: unknown;
  /** The producer's finish reason, unchanged, if it sent one. */
  readonly finishReason?: string;
}
