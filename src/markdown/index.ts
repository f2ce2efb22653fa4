export type {
  BlockCloseCommit,
  BlockCommit,
  BlockDraftCommit,
  BlockLinesCommit,
  BlockReviseCommit,
  BlockType,
} from '../core/markdown/blockCommit.js';
export type { BlockCell, BlockTranscript, CellBlock } from '../core/markdown/blockTranscript.js';
export { type BlockOptions, commitBlocks } from './commitBlocks.js';
export { scanBlocks, type ScanBlocksOptions } from './scanBlocks.js';
