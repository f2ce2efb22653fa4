import type { CloseReason, DropCommit, OpenCommit, StreamRef } from '../../commits.js';

/** What a block is, in the names of mdast. */
export type BlockType =
  | 'paragraph'
  | 'heading'
  | 'thematicBreak'
  | 'blockquote'
  | 'list'
  | 'code'
  | 'html'
  /** A table of GFM. */
  | 'table'
  /** A block fenced by `$$`. */
  | 'math'
  /** A paragraph that is nothing but link reference definitions. */
  | 'definition';

/** An output event of `commitBlocks`. */
export type BlockCommit<K extends string = string> =
  | OpenCommit<K>
  | BlockLinesCommit<K>
  | BlockDraftCommit<K>
  | BlockReviseCommit<K>
  | BlockCloseCommit<K>
  | DropCommit;

/** A block is over. It never changes. */
export interface BlockLinesCommit<K extends string = string> {
  readonly type: 'block';
  readonly stream: StreamRef<K>;
  /** The number of the block in its stream, from 0, without gaps. */
  readonly index: number;
  readonly block: BlockType;
  /** The number of its first line in the stream. */
  readonly from: number;
  /** The number of the line behind its last one. */
  readonly to: number;
  /** The source: all its lines with their line ends. */
  readonly text: string;
}

/** The text that is in no committed block. A later `draft` or `block` of the same stream replaces it. */
export interface BlockDraftCommit<K extends string = string> {
  readonly type: 'draft';
  readonly stream: StreamRef<K>;
  /** The number that the next block of the stream will have. */
  readonly index: number;
  /** What the next block would be if the stream ended now. */
  readonly block: BlockType;
  readonly from: number;
  readonly text: string;
}

/** The blocks from `index` on are withdrawn; the right ones follow. */
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
  /** What failed; only where `reason` is `error`. */
  readonly error?: unknown;
  /** Why the producer ended the stream, in its own word; only where it said so. */
  readonly finishReason?: string;
}
