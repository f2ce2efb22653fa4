import { type Commit, escapeControls, type StreamRef } from '../index.js';
import type { Paint } from './colors.js';
import { escapeLabel } from './escapeLabel.js';
import type { RowWriter } from './output.js';

/** What stands before the text of a row. */
interface Prefixes {
  readonly line: string;
  /** For the rest of a line that was cut. */
  readonly rest: string;
  /** For what is said about lines that were printed before. */
  readonly correction: string;
}

/** Prints each line as `kind id │ line`, and marks where the lines that follow stand for others. */
export function printText(output: RowWriter, paint: Paint): (commit: Commit) => void {
  const prefixes = new Map<StreamRef, Prefixes>();
  const cut = new Set<StreamRef>();

  const prefixesOf = (stream: StreamRef): Prefixes => {
    let known = prefixes.get(stream);
    if (known === undefined) {
      const label = `${escapeLabel(stream.kind)} ${escapeLabel(stream.id)}`;
      known = {
        line: paint(stream.kind, `${label} │`),
        rest: paint(stream.kind, `${label} ┊`),
        correction: paint(stream.kind, `${label} ↺`),
      };
      prefixes.set(stream, known);
    }
    return known;
  };

  return (commit) => {
    switch (commit.type) {
      case 'line': {
        const { stream, text, eol } = commit;
        const { line, rest } = prefixesOf(stream);
        output.writeRow(`${cut.has(stream) ? rest : line} ${escapeControls(text)}`);
        if (eol === '') {
          cut.add(stream);
        } else {
          cut.delete(stream);
        }
        break;
      }
      case 'revise':
        // What was printed cannot be taken back.
        output.writeRow(
          `${prefixesOf(commit.stream).correction} corrected from line ${commit.index + 1} on:`,
        );
        cut.delete(commit.stream);
        break;
      case 'close':
        prefixes.delete(commit.stream);
        cut.delete(commit.stream);
        break;
      default:
        break;
    }
  };
}
