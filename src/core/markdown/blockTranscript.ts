import type { CloseReason, StreamRef } from '../../commits.js';
import { CellTable, type TableDraft, withEnd } from '../transcript/cellTable.js';
import { ListView } from '../transcript/listView.js';
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
  /** The producer's own word for why it ended the stream, if it sent one. */
  readonly finishReason?: string;
}

/** The blocks of all streams, by `order`, then by opening. Immutable: a change creates a new transcript. */
export type BlockTranscript<K extends string = string> = readonly BlockCell<K>[];

/** The mutable state from which the next cell of a stream is created. */
interface BlockCellDraft<K extends string> extends TableDraft<K, BlockCellDraft<K>> {
  /** Only grows, so that earlier cells can copy their blocks from it when they are read. */
  blocks: CellBlock[];
  /** The blocks of the latest cell. */
  view: ListView<CellBlock>;
  /** The number of the next block. */
  index: number;
  draft: CellBlock | undefined;
  /** Whether the blocks differ from those of the latest cell. */
  blocksChanged: boolean;
}

/** Applies block commits and returns their transcript on demand. */
export class BlockTranscriptBuilder<K extends string> extends CellTable<K, BlockCellDraft<K>, BlockCell<K>> {
  apply(commit: BlockCommit<K>): void {
    if (commit.type === 'drop') {
      return;
    }
    const draft = this.draftOf(commit.stream);
    switch (commit.type) {
      case 'open':
        break;
      case 'block':
        draft.blocks.push({ block: commit.block, text: commit.text });
        draft.blocksChanged = true;
        draft.index = commit.index + 1;
        draft.draft = undefined;
        break;
      case 'draft':
        setDraft(draft, commit);
        break;
      case 'revise':
        withdraw(draft, commit.index);
        break;
      case 'close':
        draft.draft = undefined;
        this.end(draft, commit);
    }
    this.touch(draft);
  }

  protected createDraft(stream: StreamRef<K>, opening: number): BlockCellDraft<K> {
    return {
      stream,
      opening,
      blocks: [],
      view: new ListView<CellBlock>([], 0),
      index: 0,
      draft: undefined,
      status: 'open',
      error: undefined,
      finishReason: undefined,
      blocksChanged: false,
      previous: undefined,
      next: undefined,
    };
  }

  protected update(from: BlockCellDraft<K>, cell: BlockCell<K> | undefined): BlockCell<K> {
    const { stream, status } = from;
    const draft = isSame(from.draft, cell?.draft) ? cell?.draft : from.draft;
    if (cell !== undefined && !from.blocksChanged && cell.draft === draft && cell.status === status) {
      return cell;
    }
    if (cell === undefined || from.blocksChanged) {
      from.view = new ListView(from.blocks, from.blocks.length);
      from.blocksChanged = false;
    }
    if (status !== 'open') {
      // The blocks no longer grow. The cell owns them, so that they are stored once.
      from.view.own();
      from.blocks = [];
    }
    const { view } = from;
    return withEnd(
      {
        stream,
        get blocks() {
          return view.read();
        },
        draft,
        status,
      },
      from,
    );
  }
}

function setDraft(draft: BlockCellDraft<string>, { block, text }: CellBlock): void {
  draft.draft = { block, text };
}

function withdraw(draft: BlockCellDraft<string>, index: number): void {
  if (index > draft.index) {
    return;
  }
  const withdrawn = Math.min(draft.index - index, draft.blocks.length);
  if (withdrawn > 0) {
    // Earlier cells must keep their blocks.
    draft.blocks = draft.blocks.slice(0, draft.blocks.length - withdrawn);
    draft.blocksChanged = true;
  }
  draft.index = index;
  draft.draft = undefined;
}

function isSame(some: CellBlock | undefined, other: CellBlock | undefined): boolean {
  return some?.block === other?.block && some?.text === other?.text;
}
