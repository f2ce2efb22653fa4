import { Subject } from 'rxjs';

import type { Commit, StreamRef } from '../index.js';
import { type BlockCommit, commitBlocks } from '../markdown/index.js';
import type { Paint } from './paintByKind.js';
import { renderBlock } from './markdown/renderBlock.js';
import type { Style } from './markdown/style.js';
import type { RowWriter } from './output.js';
import { printText } from './printText.js';
import type { ShownIds } from './shortIds.js';

/** Prints each complete Markdown block as rows of `kind id │ row`, with an empty row between blocks. */
export function printMarkdown(
  output: RowWriter,
  paint: Paint,
  ids: ShownIds,
  style: Style,
): (commit: Commit) => void {
  // `renderBlock` escapes the rows.
  const print = printText(output, paint, ids, { escape: (row) => row, unit: 'block' });
  const printBlock = (stream: StreamRef, rows: readonly string[]) => {
    rows.forEach((text, index) => {
      print({ type: 'line', stream, index, text, eol: '\n' });
    });
  };
  const lines = new Subject<Commit>();
  lines.pipe(commitBlocks()).subscribe({
    next: (commit: BlockCommit) => {
      switch (commit.type) {
        case 'block':
          printBlock(commit.stream, [...(commit.index === 0 ? [] : ['']), ...renderBlock(commit, style)]);
          break;
        case 'revise':
          print(commit);
          break;
        case 'close':
          print({ ...commit, lines: 0 });
          break;
        default:
          break;
      }
    },
    error: (error: unknown) => {
      throw error;
    },
  });
  return (commit) => {
    lines.next(commit);
  };
}
