import { MAX_TEXT_LENGTH } from '../text/maxTextLength.js';
import type { BlockType } from './blockCommit.js';
import {
  canInterruptParagraph,
  type Fence,
  fenceAt,
  isClosingFence,
  isHeading,
  isThematicBreak,
  isUnderline,
  listMarkerAt,
} from './blockStarts.js';
import { GREATER_THAN, LEFT_BRACKET, LESS_THAN, NUMBER_SIGN } from './characters.js';
import { DefinitionScanner } from './definitionScanner.js';
import { hasHTMLEnd, type HTMLEnd, htmlEndAt } from './htmlBlock.js';
import { LineCursor } from './lineCursor.js';
import { countCells, countDelimiters } from './tableRow.js';

/** The rules for recognizing blocks. */
export interface BlockRules {
  readonly tables: boolean;
  readonly math: boolean;
  /** The maximum nesting depth of quotes and lists. Markers beyond it are text. */
  readonly maxNesting: number;
}

/** A complete block of the document. */
export interface Block {
  readonly block: BlockType;
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Receives the blocks, in order. `blank` is the text of the blank lines between the block and the current line. */
export type BlockSink = (block: Block, blank: string) => void;

/** An open quote or list item. */
interface Container {
  /** The indentation of the content of a list item; `undefined` for a quote. */
  readonly width: number | undefined;
  /** Whether it has content. A blank line closes a list item without content. */
  hasContent: boolean;
}

/** The innermost open block. Headings and thematic breaks close at once. */
type Leaf =
  | Paragraph
  | { readonly type: 'fence'; readonly fence: Fence }
  | { readonly type: 'html'; readonly end: HTMLEnd }
  | { readonly type: 'indentedCode' }
  | { readonly type: 'table' };

interface Paragraph {
  readonly type: 'paragraph';
  /** `undefined` if its first line does not begin a definition. */
  readonly definitions: DefinitionScanner | undefined;
  /** Whether the lines before the last one are only definitions. */
  wasDefinition: boolean;
  lines: number;
  /** The last line, which may be the header row of a table. */
  lastLine: string;
  lastOffset: number;
}

/** The open child of the document. */
interface OpenBlock {
  type: BlockType;
  from: number;
  to: number;
  /** All its lines except the last one. Only appended to, which a JavaScript engine does by linking two strings. */
  before: string;
  last: string;
  /** The blank lines after the last one. They belong to the block if it continues. */
  blank: string;
  /** The marker of a list. */
  marker: number;
}

/** The indentation of indented code. */
const CODE_INDENT = 4;

/**
 * Finds the blocks of a document, line by line.
 *
 * Implements the block structure of CommonMark 0.31.2: it matches the containers that a line continues, then the
 * blocks that the line begins, then its text. It retains only open blocks, so a line costs time in proportion to its
 * length.
 */
export class BlockMachine {
  readonly rules: BlockRules;
  /** The open child of the document, if there is one. */
  open: OpenBlock | undefined = undefined;
  private readonly sink: BlockSink;
  private readonly cursor = new LineCursor();
  /** The open containers, outermost first. */
  private containers: Container[] = [];
  private leaf: Leaf | undefined = undefined;
  /** The number of the current line. */
  private line = 0;
  /** The current line with its line end. */
  private source = '';
  /** Whether the current line is already added to the open block. */
  private isAdded = false;

  constructor(rules: BlockRules, sink: BlockSink) {
    this.rules = rules;
    this.sink = sink;
  }

  /** The text of the open block, without the blank lines after it. */
  get openText(): string {
    return this.open === undefined ? '' : this.open.before + this.open.last;
  }

  /** The text of the open block, with the blank lines after it. */
  get openSource(): string {
    return this.open === undefined ? '' : this.openText + this.open.blank;
  }

  /** Whether a blank line is content of the open block. */
  get keepsBlankLines(): boolean {
    const { leaf } = this;
    const isVerbatim = leaf?.type === 'fence' || (leaf?.type === 'html' && leaf.end !== 'blank');
    return isVerbatim && this.containers.every(({ width }) => width !== undefined);
  }

  /** The type of the open block if the document ended now. */
  get openType(): BlockType | undefined {
    const { open, leaf } = this;
    return open?.type === 'paragraph' && leaf?.type === 'paragraph' && leaf.definitions?.isComplete === true
      ? 'definition'
      : open?.type;
  }

  /** Whether the innermost open block is a paragraph that may still contain only definitions. */
  get mayBeDefinition(): boolean {
    const { leaf } = this;
    return leaf?.type === 'paragraph' && leaf.definitions?.isFailed === false;
  }

  /**
   * Returns an independent machine that continues from here. The open block must be a paragraph, or there must be
   * none.
   */
  fork(sink: BlockSink): BlockMachine {
    const fork = new BlockMachine(this.rules, sink);
    if (this.open !== undefined && this.leaf?.type === 'paragraph') {
      fork.open = { ...this.open };
      fork.leaf = { ...this.leaf, definitions: this.leaf.definitions?.clone() };
    }
    return fork;
  }

  /** Reads a line. `eol` is its line end. */
  readLine(index: number, text: string, eol: string): void {
    const { cursor, open } = this;
    this.line = index;
    this.source = text + eol;
    this.isAdded = false;
    if (open !== undefined && this.lengthOf(open) + this.source.length > MAX_TEXT_LENGTH) {
      // The block is too long for a string. The rest is another block.
      this.finish();
    }
    cursor.start(text);
    const isBlank = cursor.isBlank;
    const matched = this.matchContainers();
    if (matched === this.containers.length && this.continueLeaf(isBlank)) {
      return;
    }
    if (isBlank) {
      this.readBlankLine(matched);
    } else {
      this.readBlocks(matched);
    }
  }

  /**
   * Begins a table with its first two lines. After a paragraph, a header row may look like the first line of another
   * block that cannot interrupt a paragraph. `readLine` would begin that block.
   */
  beginTable(from: number, header: string, delimiters: string): void {
    const open = { from, to: from + 2, before: header, last: delimiters, blank: '', marker: 0 };
    this.open = { ...open, type: 'table' };
    this.leaf = { type: 'table' };
  }

  /** The document ended: closes the open block. */
  finish(): void {
    const { open, openType } = this;
    if (open !== undefined && openType !== undefined) {
      const { from, to, before, last, blank } = open;
      this.open = undefined;
      this.sink({ block: openType, from, to, text: before + last }, blank);
    }
    this.containers = [];
    this.leaf = undefined;
  }

  private lengthOf({ before, last, blank }: OpenBlock): number {
    return before.length + last.length + blank.length;
  }

  /** Returns how many containers the line continues. */
  private matchContainers(): number {
    const { cursor, containers } = this;
    for (const [index, { width, hasContent }] of containers.entries()) {
      if (width === undefined) {
        if (!this.readQuoteMark()) {
          return index;
        }
      } else if (cursor.isBlank) {
        if (!hasContent) {
          return index;
        }
      } else if (cursor.indent >= width) {
        cursor.consumeColumns(width);
      } else {
        return index;
      }
    }
    return containers.length;
  }

  private readQuoteMark(): boolean {
    const { cursor } = this;
    if (cursor.indent >= CODE_INDENT || cursor.code !== GREATER_THAN) {
      return false;
    }
    cursor.consume(1);
    if (cursor.indent > 0) {
      cursor.consumeColumns(1);
    }
    return true;
  }

  /** Returns whether the whole line belongs to the leaf. */
  private continueLeaf(isBlank: boolean): boolean {
    const { cursor, leaf } = this;
    switch (leaf?.type) {
      case 'fence':
        this.addLine();
        if (cursor.indent < CODE_INDENT && isClosingFence(cursor.text, cursor.offset, leaf.fence)) {
          this.closeLeaf();
        }
        return true;
      case 'html':
        if (cursor.isBlank && leaf.end === 'blank') {
          return false;
        }
        this.addLine();
        if (hasHTMLEnd(cursor.text, cursor.offset, leaf.end)) {
          this.closeLeaf();
        }
        return true;
      case 'indentedCode':
        if (cursor.isBlank || cursor.indent >= CODE_INDENT) {
          this.addLine(isBlank);
          return true;
        }
        return false;
      default:
        return false;
    }
  }

  /** Reads a blank line that does not belong to the leaf. */
  private readBlankLine(matched: number): void {
    if (this.open?.type === 'list') {
      this.containers.length = matched;
      this.leaf = undefined;
      this.addLine(true);
    } else {
      this.finish();
    }
  }

  /** Reads the rest of a line that is not blank, after the containers that it continues. */
  private readBlocks(matched: number): void {
    const { cursor } = this;
    const isMatched = matched === this.containers.length;
    /** The number of containers that continue or begin in this line. */
    let depth = matched;
    let paragraph = this.leaf?.type === 'paragraph' ? this.leaf : undefined;
    while (!cursor.isBlank && cursor.indent < CODE_INDENT) {
      const continued = isMatched ? paragraph : undefined;
      if (this.readLeaf(depth, continued, paragraph !== undefined)) {
        return;
      }
      if (depth >= this.rules.maxNesting || !this.readContainer(depth, continued !== undefined)) {
        if (continued !== undefined && this.readDelimiters(continued)) {
          return;
        }
        break;
      }
      depth++;
      paragraph = undefined;
    }
    if (cursor.isBlank) {
      // An empty container, or a blank line in a quote.
      this.containers.length = depth;
      this.leaf = undefined;
      this.addLine();
    } else if (paragraph !== undefined) {
      // If its containers do not continue, this is a lazy continuation line.
      this.continueParagraph(paragraph);
    } else if (cursor.indent >= CODE_INDENT) {
      this.beginLeaf(depth, 'code');
      this.leaf = { type: 'indentedCode' };
    } else if (isMatched && this.leaf?.type === 'table') {
      this.addLine();
    } else {
      this.beginParagraph(depth);
    }
  }

  /** Returns whether a leaf begins here, or the line underlines the paragraph as a heading. */
  private readLeaf(depth: number, paragraph: Paragraph | undefined, isInParagraph: boolean): boolean {
    const { text, offset, code } = this.cursor;
    if (code === NUMBER_SIGN && isHeading(text, offset)) {
      this.beginLeaf(depth, 'heading');
      this.closeLeaf();
      return true;
    }
    const fence = fenceAt(text, offset, this.rules.math);
    if (fence !== undefined) {
      this.beginLeaf(depth, fence.block);
      this.leaf = { type: 'fence', fence };
      return true;
    }
    const end = code === LESS_THAN ? htmlEndAt(text, offset, isInParagraph) : undefined;
    if (end !== undefined) {
      this.beginLeaf(depth, 'html');
      this.leaf = { type: 'html', end };
      if (hasHTMLEnd(text, offset, end)) {
        this.closeLeaf();
      }
      return true;
    }
    if (paragraph !== undefined && isUnderline(text, offset) && paragraph.definitions?.isComplete !== true) {
      this.becomeHeading();
      return true;
    }
    if (isThematicBreak(text, offset)) {
      this.beginLeaf(depth, 'thematicBreak');
      this.closeLeaf();
      return true;
    }
    return false;
  }

  /** Returns whether a quote or a list item begins here. */
  private readContainer(depth: number, isInParagraph: boolean): boolean {
    const { cursor } = this;
    if (this.readQuoteMark()) {
      this.beginContainer(depth, 'blockquote', 0, undefined);
      return true;
    }
    const { text, offset, indent } = cursor;
    const marker = listMarkerAt(text, offset);
    if (marker === undefined || (isInParagraph && !canInterruptParagraph(marker, text, offset))) {
      return false;
    }
    cursor.consume(marker.length);
    // Indented code in a list item begins one column after the marker.
    const spaces = cursor.isBlank || cursor.indent > CODE_INDENT ? 1 : cursor.indent;
    cursor.consumeColumns(spaces);
    this.beginContainer(depth, 'list', marker.code, indent + marker.length + spaces);
    return true;
  }

  private beginContainer(
    depth: number,
    type: 'blockquote' | 'list',
    marker: number,
    width: number | undefined,
  ): void {
    if (type === 'list' && depth === 0 && this.open?.type === 'list' && this.open.marker === marker) {
      this.containers.length = 0;
      this.leaf = undefined;
      this.addLine();
    } else {
      this.beginLeaf(depth, type, marker);
    }
    this.containers.push({ width, hasContent: false });
  }

  /** Begins a block inside `depth` containers. */
  private beginLeaf(depth: number, type: BlockType, marker = 0): void {
    const parent = this.containers[depth - 1];
    if (parent === undefined) {
      this.finish();
      const { line, source } = this;
      this.open = { type, from: line, to: line + 1, before: '', last: source, blank: '', marker };
      this.isAdded = true;
      return;
    }
    parent.hasContent = true;
    this.containers.length = depth;
    this.leaf = undefined;
    this.addLine();
  }

  private beginParagraph(depth: number): void {
    this.beginLeaf(depth, 'paragraph');
    const { text, offset, code } = this.cursor;
    const definitions = code === LEFT_BRACKET ? new DefinitionScanner() : undefined;
    definitions?.readLine(text, offset);
    this.leaf = {
      type: 'paragraph',
      definitions,
      wasDefinition: false,
      lines: 1,
      lastLine: text,
      lastOffset: offset,
    };
  }

  private continueParagraph(paragraph: Paragraph): void {
    const { text, offset, indent } = this.cursor;
    const { definitions } = paragraph;
    paragraph.wasDefinition = definitions?.isComplete === true;
    definitions?.readLine(text, offset);
    paragraph.lines++;
    paragraph.lastLine = indent < CODE_INDENT ? text : '';
    paragraph.lastOffset = offset;
    this.addLine();
  }

  private becomeHeading(): void {
    this.addLine();
    if (this.containers.length === 0 && this.open !== undefined) {
      this.open.type = 'heading';
    }
    this.closeLeaf();
  }

  /** Returns whether the line makes the last line of the paragraph the header row of a table. */
  private readDelimiters(paragraph: Paragraph): boolean {
    const { text, offset } = this.cursor;
    const cells = this.rules.tables ? countDelimiters(text, offset) : 0;
    if (cells === 0 || countCells(paragraph.lastLine, paragraph.lastOffset) !== cells) {
      return false;
    }
    const { open } = this;
    if (this.containers.length === 0 && open !== undefined) {
      const { from, to, before, last } = open;
      this.open = { ...open, type: 'table', from: to - 1, before: '', last };
      if (paragraph.lines > 1) {
        const block = paragraph.wasDefinition ? 'definition' : 'paragraph';
        this.sink({ block, from, to: to - 1, text: before }, '');
      }
    }
    this.leaf = { type: 'table' };
    this.addLine();
    return true;
  }

  /** The leaf ends with this line. */
  private closeLeaf(): void {
    if (this.containers.length === 0) {
      this.finish();
    }
    this.leaf = undefined;
  }

  /** Adds the line to the open block. A line that `isBlank` is added only if the block continues after it. */
  private addLine(isBlank = false): void {
    const { open, source } = this;
    if (open === undefined || this.isAdded) {
      return;
    }
    this.isAdded = true;
    if (isBlank) {
      open.blank += source;
      return;
    }
    open.before += open.last;
    open.before += open.blank;
    open.last = source;
    open.blank = '';
    open.to = this.line + 1;
  }
}
