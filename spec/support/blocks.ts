import { map, type OperatorFunction } from 'rxjs';

import type { StreamRef } from '../../src/index.js';
import type { BlockCommit } from '../../src/markdown/index.js';

/** Formats a commit, for example `block a 0 heading 0-1 "# Hi\n"`. */
export function showBlock(commit: BlockCommit): string {
  if (commit.type === 'drop') {
    return `drop ${commit.reason}`;
  }
  const name = nameOf(commit.stream);
  switch (commit.type) {
    case 'open':
      return `open ${name}`;
    case 'block': {
      const { index, block, from, to, text } = commit;
      return `block ${name} ${index} ${block} ${from}-${to} ${JSON.stringify(text)}`;
    }
    case 'draft': {
      const { index, block, from, text } = commit;
      return `draft ${name} ${index} ${block} ${from} ${JSON.stringify(text)}`;
    }
    case 'revise':
      return `revise ${name} ${commit.index}`;
    case 'close':
      return `close ${name} ${commit.reason} ${commit.blocks}`;
  }
}

function nameOf({ id, generation }: StreamRef): string {
  return generation === 0 ? id : `${id}/${generation}`;
}

export function blocksToText(): OperatorFunction<BlockCommit, string> {
  return map(showBlock);
}

/** The blocks of a stream, without withdrawn ones. */
export function currentBlocks(commits: readonly BlockCommit[]) {
  const blocks: Extract<BlockCommit, { readonly type: 'block' }>[] = [];
  for (const commit of commits) {
    if (commit.type === 'block') {
      blocks.push(commit);
    } else if (commit.type === 'revise') {
      blocks.length = commit.index;
    }
  }
  return blocks;
}
