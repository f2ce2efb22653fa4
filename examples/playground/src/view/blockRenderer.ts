import type { StreamRef } from 'deltalines';
import type { BlockCell, CellBlock } from 'deltalines/markdown';

import { renderMarkdown } from './markdown';

interface Rendered {
  readonly text: string;
  readonly definitions: string;
  readonly node: HTMLElement;
}

/** Renders each block once, by its stream and its index, however often the transcript is shown. */
export class BlockRenderer {
  /** How many blocks were rendered. */
  rendered = 0;
  /** How many more would have been if everything were rendered again for each transcript. */
  saved = 0;
  private readonly streams = new WeakMap<StreamRef, Map<number, Rendered>>();

  /** The elements of the last blocks of a cell. */
  nodesOf({ stream, blocks }: BlockCell, most: number): readonly HTMLElement[] {
    const definitions = definitionsOf(blocks);
    const known = this.streams.get(stream) ?? new Map<number, Rendered>();
    this.streams.set(stream, known);
    const first = Math.max(blocks.length - most, 0);
    return blocks.slice(first).map(({ text }, place) => {
      const index = first + place;
      const used = text.includes('[') ? definitions : '';
      let rendered = known.get(index);
      if (rendered?.text === text && rendered.definitions === used) {
        this.saved++;
      } else {
        this.rendered++;
        rendered = { text, definitions: used, node: renderMarkdown(text, used) };
        known.set(index, rendered);
      }
      return rendered.node;
    });
  }

  /** The element of what is in no block yet. It changes with each delta and is not kept. */
  draftOf({ draft, blocks }: BlockCell): HTMLElement | undefined {
    return draft === undefined ? undefined : renderMarkdown(draft.text, definitionsOf(blocks));
  }
}

/** A link may refer to a definition in another block. */
function definitionsOf(blocks: readonly CellBlock[]): string {
  return blocks.flatMap(({ block, text }) => (block === 'definition' ? [text] : [])).join('\n');
}
