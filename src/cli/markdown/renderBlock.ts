import { from } from 'rxjs';

import { type Commit, escapeControls, type StreamRef } from '../../index.js';
import { type CellBlock, commitBlocks } from '../../markdown/index.js';
import { renderInline } from './renderInline.js';
import { renderTable } from './renderTable.js';
import type { Style } from './style.js';

/** The maximum nesting depth. Deeper quotes and lists are printed as source. */
const MAX_DEPTH = 8;

const RULE = '─'.repeat(40);
const CODE_BAR = '▏ ';
const QUOTE_BAR = '┃ ';
const FENCE = /^ {0,3}(?:`{3,}|~{3,}|\${2,})(.*)$/;
const ITEM = /^( {0,3}(?:[-+*]|\d{1,9}[.)]))(?:( {1,4})(?! )|[ \t]|$)(?:\[([ xX])\] )?/;

/** Renders a block as rows of text. Everything except the formats of `style` is escaped. */
export function renderBlock({ block, text }: CellBlock, style: Style, depth = 0): readonly string[] {
  const lines = linesOf(text);
  switch (block) {
    case 'heading':
      return renderHeading(lines, style);
    case 'thematicBreak':
      return [style('quiet', RULE)];
    case 'code':
    case 'math':
      return renderCode(lines, style);
    case 'table':
      return renderTable(lines, style);
    case 'blockquote':
      return depth < MAX_DEPTH ? renderQuote(lines, style, depth) : lines.map(escapeControls);
    case 'list':
      return depth < MAX_DEPTH ? renderList(lines, style, depth) : lines.map(escapeControls);
    case 'html':
    case 'definition':
      return lines.map((line) => style('quiet', escapeControls(line)));
    case 'paragraph':
      return lines.map((line) => renderInline(line.trimStart(), style));
  }
}

/** Renders all blocks of a text, with an empty row between blocks. */
function renderText(text: string, style: Style, depth: number): readonly string[] {
  return blocksOf(text).flatMap((block, index) => [
    ...(index === 0 ? [] : ['']),
    ...renderBlock(block, style, depth),
  ]);
}

function renderHeading(lines: readonly string[], style: Style): readonly string[] {
  const [first = ''] = lines;
  const marks = lines.length > 1 ? '' : (/^ {0,3}(#{1,6})(?=[ \t]|$)/.exec(first)?.[1] ?? '');
  if (marks === '') {
    const format = (lines.at(-1) ?? '').trim().startsWith('=') ? 'title' : 'heading';
    return lines.slice(0, -1).map((line) => style(format, escapeControls(line.trim())));
  }
  const content = first.trim().slice(marks.length).trim();
  // Without formats, the number signs mark the heading.
  const title = content.replace(/(?:^|[ \t])#+$/, '');
  const shown = style('heading', '') === '' ? `${marks} ${title}` : title;
  return [style(marks.length === 1 ? 'title' : 'heading', escapeControls(shown))];
}

/** Renders code with a bar before each row. The terminal wraps long rows. */
function renderCode(lines: readonly string[], style: Style): readonly string[] {
  const [first = '', ...rest] = lines;
  const info = FENCE.exec(first)?.[1]?.trim();
  const bar = style('quiet', CODE_BAR);
  const row = (line: string) => bar + style('code', escapeControls(line));
  if (info === undefined) {
    return lines.map((line) => row(line.replace(/^(?: {4}| {0,3}\t)/, '')));
  }
  const isClosed = FENCE.exec(rest.at(-1) ?? '')?.[1]?.trim() === '';
  const content = (isClosed ? rest.slice(0, -1) : rest).map(row);
  return info === '' ? content : [bar + style('quiet', escapeControls(info)), ...content];
}

function renderQuote(lines: readonly string[], style: Style, depth: number): readonly string[] {
  const content = lines.map((line) => line.replace(/^ {0,3}> ?/, '')).join('\n');
  const bar = style('marker', QUOTE_BAR);
  return renderText(content, style, depth + 1).map((row) => bar + row);
}

interface Item {
  readonly marker: string;
  readonly indent: number;
  readonly lines: string[];
}

function renderList(lines: readonly string[], style: Style, depth: number): readonly string[] {
  const items: Item[] = [];
  for (const line of lines) {
    const item = items.at(-1);
    const match = ITEM.exec(line);
    if (match !== null && (item === undefined || indentOf(line) < item.indent)) {
      const [whole, marker = '', spaces = ' ', check] = match;
      items.push({
        marker: `${bulletOf(marker.trim())}${check === undefined ? '' : check === ' ' ? ' ☐' : ' ☑'}`,
        indent: marker.length + spaces.length,
        lines: [line.slice(whole.length)],
      });
    } else {
      item?.lines.push(line.slice(Math.min(indentOf(line), item.indent)));
    }
  }
  return items.flatMap(({ marker, lines: content }) =>
    renderItem(marker, renderText(content.join('\n'), style, depth + 1), style),
  );
}

function renderItem(marker: string, rows: readonly string[], style: Style): readonly string[] {
  const [first = '', ...rest] = rows;
  const indent = ' '.repeat(marker.length + 1);
  return [`${style('marker', marker)} ${first}`, ...rest.map((row) => (row === '' ? row : indent + row))];
}

function bulletOf(marker: string): string {
  return /^\d/.test(marker) ? marker : '•';
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function linesOf(text: string): readonly string[] {
  return text.replace(/\r?\n$/, '').split(/\r?\n/);
}

const INNER: StreamRef = { kind: '', id: '', generation: 0 };

/** The blocks in a quote or a list item. */
function blocksOf(text: string): readonly CellBlock[] {
  const blocks: CellBlock[] = [];
  const lines = text.split('\n').map((line, index): Commit => ({
    type: 'line',
    stream: INNER,
    index,
    text: line,
    eol: '\n',
  }));
  from(lines)
    .pipe(commitBlocks({ maxRetained: 0 }))
    .subscribe({
      next: (commit) => {
        if (commit.type === 'block') {
          blocks.push(commit);
        }
      },
      error: (error: unknown) => {
        throw error;
      },
    });
  return blocks;
}
