import stringWidth from 'string-width';

import { padToWidth } from '../displayWidth.js';
import { renderInline } from './renderInline.js';
import type { Style } from './style.js';

/** Renders a table with aligned columns. */
export function renderTable(lines: readonly string[], style: Style): readonly string[] {
  const [head = [], delimiters = [], ...body] = lines.map(cellsOf);
  const columns = head.length;
  const rows = [head, ...body].map((row) =>
    Array.from({ length: columns }, (_, column) => renderInline(row[column] ?? '', style)),
  );
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(1, ...rows.map((row) => stringWidth(row[column] ?? ''))),
  );
  const bar = style('quiet', ' │ ');
  const drawn = rows.map((row) =>
    row
      .map((cell, column) => align(cell, widths[column] ?? 0, delimiters[column] ?? ''))
      .join(bar)
      .trimEnd(),
  );
  const rule = style('quiet', widths.map((width) => '─'.repeat(width)).join('─┼─'));
  return [style('strong', drawn[0] ?? ''), rule, ...drawn.slice(1)];
}

function align(cell: string, width: number, delimiter: string): string {
  const missing = width - stringWidth(cell);
  if (!delimiter.endsWith(':')) {
    return padToWidth(cell, width);
  }
  const before = delimiter.startsWith(':') ? Math.floor(missing / 2) : missing;
  return padToWidth(' '.repeat(Math.max(before, 0)) + cell, width);
}

/** A pipe, unless a backslash escapes it that is not escaped itself. */
const DELIMITER = /(?<=(?<!\\)(?:\\\\)*)\|/;

function cellsOf(line: string): readonly string[] {
  const cells = line.trim().split(DELIMITER);
  if (cells[0] === '') {
    cells.shift();
  }
  if (cells.length > 1 && cells.at(-1)?.trim() === '') {
    cells.pop();
  }
  return cells.map((cell) => cell.trim().replaceAll('\\|', '|'));
}
