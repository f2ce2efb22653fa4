import type { BlockType, CellBlock } from 'deltalines/markdown';

/** A block of any other type is a `div`. */
const ELEMENTS: Partial<Readonly<Record<BlockType, 'h3' | 'blockquote' | 'pre'>>> = {
  heading: 'h3',
  blockquote: 'blockquote',
  code: 'pre',
  html: 'pre',
  math: 'pre',
  table: 'pre',
};

/** The source of one block, as text. A renderer of Markdown goes here; sanitize its output. */
export function BlockView({ block: { block, text } }: { readonly block: CellBlock }) {
  const Element = ELEMENTS[block] ?? 'div';
  return (
    <Element className="block" data-block={block}>
      {text}
    </Element>
  );
}
