import { type NodeType, Parser } from 'commonmark';
import { tests } from 'commonmark-spec';
import fc from 'fast-check';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { mathFromMarkdown } from 'mdast-util-math';
import { gfm } from 'micromark-extension-gfm';
import { math } from 'micromark-extension-math';

import { BlockMachine, type BlockRules } from '../../src/core/markdown/blockMachine.js';

/** The type of a block and its lines. */
export interface Range {
  readonly block: string;
  readonly from: number;
  readonly to: number;
}

export const rules: BlockRules = { tables: true, math: true, maxNesting: 100 };

/** The examples of CommonMark 0.31.2. */
export const examples: readonly { readonly title: string; readonly text: string }[] = tests.map(
  ({ number, section, markdown }) => ({
    title: `example ${number}, ${section}`,
    text: markdown.replaceAll('→', '\t'),
  }),
);

/** The examples of tables in the specification of GFM 0.29, and cases that they do not cover. */
export const tables: readonly string[] = [
  '| foo | bar |\n| --- | --- |\n| baz | bim |\n',
  '| abc | defghi |\n:-: | -----------:\nbar | baz\n',
  '| f\\|oo  |\n| ------ |\n| b `\\|` az |\n| b **\\|** im |\n',
  '| abc | def |\n| --- | --- |\n| bar | baz |\n> bar\n',
  '| abc | def |\n| --- | --- |\n| bar | baz |\nbar\n\nbar\n',
  '| abc | def |\n| --- |\n| bar |\n',
  '| abc | def |\n| --- | --- |\n| bar |\n| bar | baz | boo |\n',
  '| abc | def |\n| --- | --- |\n',
  'text\nbefore\n| a |\n|---|\n| b |\n# heading\n',
  'a\n:-\n- b\n',
  'a | b\n- | -\n',
  '[a]: /url\n| b |\n|---|\n',
  '[a]: /url | b\n|---|---|\n',
  '> | a |\n> |---|\nlazy\n',
  '> | a |\n|---|\n',
  '- | a |\n  |---|\n  | b |\n- c\n',
  '| a |\n|---|\n    code\n',
  '| a |\n|---|\n<b>\nc\n',
  '|\n|-|\n',
  '||\n|-|\n',
  'a |\n-|\n',
  '\\| a\n|---|\n',
  'a\\\\| b\n|---|---|\n',
  '   | a |\n   |---|\n    |b|\n',
  'a\n    | b |\n|---|\n',
  '| a |\n    |---|\n',
  '| a |\n| :-: |\n===\n---\n',
  '| a |\n| - - |\n',
  '| a |\n| -x |\n',
  '| a |\n| : |\n',
];

/** Examples of blocks between `$$` fences. */
export const maths: readonly string[] = [
  '$$\na\n$$\nb\n',
  'a\n$$ meta\n\n# b\n  $$  \n',
  '$$ a $$\nb\n',
  '$$$\n$$\n$$$$\n',
  '> $$\n> a\nb\n',
  '$a$\n$$\n',
  '- $$\n  a\n\n  $$\n- b\n',
];

/** Cases that the examples of the specifications hardly cover. */
export const others: readonly string[] = [
  '2. b\n',
  '1) c\n',
  '[a]: /b\n',
  '[a]:\n/b\n"c\nd"\n',
  '[a]: <b> (c)\n[d]: /e\nf\n',
  '[a]: /b "c" d\n',
  '  "t"\n',
  '===\n',
  '---\n',
  '> q\n',
  '> > r\ns\n',
  '   - t\n',
  '\t- t\n',
  '```\n',
  '~~~ x\n',
  '<!-- a\n',
  'b -->\n',
  '<?php\n',
  '<![CDATA[ a ]]>\n',
  '<!A>\n',
  '<textarea>\n\na\n',
  '</style>\n',
  '\n',
  '\n\n',
  '    code\n',
  '  \n',
];

/** The lines of a text with their line ends. */
export function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(/(?<=\n)/);
}

export const isBlank = (line: string) => /^[ \t]*\r?\n?$/.test(line);

/** The beginning of an indented code block. */
const INDENTED = /^(?: {4}| {0,3}\t)/;

const known = new Map<string, readonly Range[]>();

/**
 * The blocks of a text as an independent parser finds them: micromark with its extensions for tables and math.
 *
 * It creates separate nodes for a definition and the text after it in the same paragraph, which are one block here. And
 * its indented code blocks include indented blank lines at their end, which the specification excludes.
 */
export function parseBlocks(
  text: string,
  { tables: isTable, math: isMath }: Pick<BlockRules, 'tables' | 'math'> = rules,
): readonly Range[] {
  const key = `${Number(isTable)}${Number(isMath)}${text}`;
  const ranges = known.get(key) ?? parse(text, isTable, isMath);
  known.set(key, ranges);
  return ranges;
}

function parse(text: string, isTable: boolean, isMath: boolean): readonly Range[] {
  const disabled = ['gfmFootnoteDefinition', ...(isTable ? [] : ['table'])];
  const { children } = fromMarkdown(text, {
    extensions: [gfm(), { disable: { null: disabled } }, ...(isMath ? [math()] : [])],
    mdastExtensions: [gfmFromMarkdown(), mathFromMarkdown()],
  });
  const lines = linesOf(text);
  const ranges: Range[] = [];
  for (const { type, position } of children) {
    const from = (position?.start.line ?? 0) - 1;
    const end = position?.end ?? { line: 0, column: 0 };
    let to = end.column === 1 && end.line - 1 > from ? end.line - 1 : end.line;
    while (isIndented(type, lines[from]) && isBlank(lines[to - 1] ?? '')) {
      to--;
    }
    const before = ranges.at(-1);
    const isSameParagraph =
      type === 'definition' || type === 'paragraph' || (type === 'heading' && to - from > 1);
    if (before?.block === 'definition' && from <= before.to && isSameParagraph) {
      ranges[ranges.length - 1] = { block: type, from: before.from, to };
    } else {
      ranges.push({ block: type, from, to });
    }
  }
  return ranges;
}

/** The types of blocks in the reference implementation, with the names of mdast. */
const REFERENCE_TYPES: Partial<Record<NodeType, string>> = {
  paragraph: 'paragraph',
  heading: 'heading',
  thematic_break: 'thematicBreak',
  block_quote: 'blockquote',
  list: 'list',
  code_block: 'code',
  html_block: 'html',
};

/** The type of a block, and the number of the line after its last line that is not blank. */
export interface BlockEnd {
  readonly block: string;
  readonly to: number;
}

/**
 * The blocks of a text as the reference implementation of CommonMark finds them. It knows neither tables nor math,
 * removes definitions, and begins a paragraph after them.
 */
export function referenceEnds(text: string): readonly BlockEnd[] {
  const ends: BlockEnd[] = [];
  for (let node = new Parser().parse(text).firstChild; node !== null; node = node.next) {
    const [[from], [to]] = node.sourcepos;
    ends.push(endOf({ block: REFERENCE_TYPES[node.type] ?? node.type, from: from - 1, to }, text));
  }
  return ends;
}

export function endOf({ block, from, to }: Range, text: string): BlockEnd {
  const lines = linesOf(text);
  while (to - 1 > from && isBlank(lines[to - 1] ?? '')) {
    to--;
  }
  return { block, to };
}

/**
 * Where the reference implementation differs from the specification: it treats other white space as spaces, does not
 * skip tabs before the destination of a definition, and keeps an empty paragraph for definitions above a thematic break.
 */
export function hasReferenceDeviation(text: string): boolean {
  const blocks = readBlocks(text, { tables: false, math: false });
  return (
    /[\f\v\u00a0\ufeff]|\]:\s*\t/.test(text) ||
    blocks.some(
      ({ block, from }, index) =>
        block === 'thematicBreak' &&
        blocks[index - 1]?.block === 'definition' &&
        blocks[index - 1]?.to === from,
    )
  );
}

/**
 * Where the independent parser is wrong, each by the specification and by its reference implementations; the list with
 * reasons is in docs/markdown/commitBlocks.md. Only texts put together at random have them.
 */
export function hasDeviation(text: string): boolean {
  const lines = linesOf(text);
  const blocks = readBlocks(text);
  return blocks.some(({ block, from, to }, index) => {
    const before = blocks[index - 1];
    const isContainer = block === 'blockquote' || block === 'list';
    const own = lines.slice(from, to);
    return (
      // 1. A tag in a lazy continuation line.
      (isContainer && own.slice(1).some((line) => /^ {0,3}<\/?[a-z][^>]*>[ \t]*\n?$/i.test(line))) ||
      // 2. A list after code or a table, where it interrupts no paragraph.
      (block === 'list' && (before?.block === 'code' || before?.block === 'table')) ||
      // 3. Indented code after a quote or a list.
      (isIndented(block, own[0]) && (before?.block === 'blockquote' || before?.block === 'list')) ||
      // 4. An empty list item in a list item.
      own.some((line) => /^ {0,3}(?:[-+*]|\d+[.)])[ \t]+(?:[-+*]|\d+[.)])[ \t]*\n?$/.test(line)) ||
      // 5. Blank lines at the end of a list whose last item has a fence that is not closed.
      (block === 'list' && isBlank(own.at(-1) ?? '')) ||
      // 6. A table directly after a quote or a list.
      (block === 'table' && before?.to === from && (before.block === 'blockquote' || before.block === 'list'))
    );
  });
}

/** Whether a block is code that is indented. */
export function isIndented(block: string, line = ''): boolean {
  return block === 'code' && INDENTED.test(line);
}

/** The blocks that a machine finds in the lines; with `isOpen`, only those before the end. */
export function readBlocks(
  text: string,
  { isOpen = false, ...options }: Partial<BlockRules> & { isOpen?: boolean } = {},
) {
  const blocks: (Range & { readonly text: string })[] = [];
  const machine = new BlockMachine({ ...rules, ...options }, (block) => blocks.push(block));
  linesOf(text).forEach((line, index) => {
    const eol = /\r?\n$/.exec(line)?.[0] ?? '';
    machine.readLine(index, line.slice(0, line.length - eol.length), eol);
  });
  if (!isOpen) {
    machine.finish();
  }
  return blocks;
}

export const rangesOf = (blocks: readonly Range[]): readonly Range[] =>
  blocks.map(({ block, from, to }) => ({ block, from, to }));

const pieces = [...examples.map(({ text }) => text), ...tables, ...maths, ...others];
const piece = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...pieces) },
  { weight: 3, arbitrary: fc.constantFrom(...pieces.flatMap(linesOf)) },
  { weight: 2, arbitrary: fc.constantFrom(...tables, ...maths, ...others) },
);

/** Examples and lines of examples, one after another. */
export const documentText: fc.Arbitrary<string> = fc
  .array(piece, { minLength: 1, maxLength: 6 })
  .map((parts) => parts.join(''));

/** Documents with about this many lines. */
export const shapes: readonly { readonly shape: string; readonly text: (lines: number) => string }[] = [
  { shape: 'paragraphs', text: (lines) => 'some text\n\n'.repeat(lines / 2) },
  { shape: 'one fence', text: (lines) => `\`\`\`\n${'const x = 1;\n'.repeat(lines)}` },
  { shape: 'one list', text: (lines) => '- item\n'.repeat(lines) },
  { shape: 'a quote 1,000 deep', text: (lines) => `${'> '.repeat(1000)}text\n`.repeat(lines / 100) },
  {
    shape: 'nested lists',
    text: (lines) => Array.from({ length: lines }, (_, i) => `${'  '.repeat(i % 150)}- item\n`).join(''),
  },
  { shape: 'one table', text: (lines) => `| a | b |\n|---|---|\n${'| c | d |\n'.repeat(lines)}` },
  { shape: 'one paragraph', text: (lines) => 'some text\n'.repeat(lines) },
  // Shapes that slow other parsers down.
  { shape: 'a title that never ends', text: (lines) => `[a]: /b "c\n${'text\n'.repeat(lines)}` },
  { shape: 'delimiters of no table', text: (lines) => `a | b\n${'|---\n'.repeat(lines)}` },
  { shape: 'blank lines in nested lists', text: (lines) => `${'- '.repeat(99)}a\n${'\n'.repeat(lines)}` },
  { shape: 'a tag with many attributes', text: (lines) => `<a${' b'.repeat(lines)}<\n` },
];
