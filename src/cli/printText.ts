import { type CloseCommit, type Commit, escapeControls, type StreamRef } from '../index.js';
import type { Paint } from './paintByKind.js';
import { errorMessage } from './errorMessage.js';
import { escapeLabel } from './escapeLabel.js';
import type { RowWriter } from './output.js';
import type { ShownIds } from './shortIds.js';

/** The finish reasons of complete answers, in lower case without separators. */
const NORMAL_ENDS: ReadonlySet<string> = new Set([
  'stop',
  'stopsequence',
  'endturn',
  'eostoken',
  'tooluse',
  'toolcall',
  'toolcalls',
  'functioncall',
  'complete',
  'completed',
  'requiresaction',
  'done',
  'success',
  'pass',
  'finishreasonunspecified',
  'unknown',
]);

/** The prefixes of rows of a stream. */
interface Prefixes {
  /** The version of the shown ids that the prefixes have. */
  readonly version: number;
  readonly line: string;
  /** For the rest of a line that was cut. */
  readonly rest: string;
  /** For a correction of printed lines. */
  readonly correction: string;
  /** For a stream that failed. */
  readonly failure: string;
  /** For a stream that the producer cut off. */
  readonly cutOff: string;
}

/** How to escape the text of a row, and the unit in which corrections are numbered. */
interface TextRules {
  readonly escape: (text: string) => string;
  readonly unit: 'line' | 'block';
}

/** Prints each line as `kind id │ line`, and marks corrections, failures and streams that the producer cut off. */
export function printText(
  output: RowWriter,
  paint: Paint,
  ids: ShownIds,
  { escape, unit }: TextRules = { escape: escapeControls, unit: 'line' },
): (commit: Commit) => void {
  const prefixes = new Map<StreamRef, Prefixes>();
  const cut = new Set<StreamRef>();

  const prefixesOf = (stream: StreamRef): Prefixes => {
    let known = prefixes.get(stream);
    if (known?.version !== ids.version) {
      const label = `${escapeLabel(stream.kind)} ${escapeLabel(ids.of(stream))}`;
      known = {
        version: ids.version,
        line: paint(stream.kind, `${label} │`),
        rest: paint(stream.kind, `${label} ┊`),
        correction: paint(stream.kind, `${label} ↺`),
        failure: paint(stream.kind, `${label} ✗`),
        cutOff: paint(stream.kind, `${label} …`),
      };
      prefixes.set(stream, known);
    }
    return known;
  };

  const printClose = ({ stream, reason, error, finishReason }: CloseCommit) => {
    if (reason === 'error') {
      output.writeRow(`${prefixesOf(stream).failure} ${escapeControls(errorMessage(error))}`);
    } else if (finishReason !== undefined && !isNormalEnd(finishReason)) {
      output.writeRow(`${prefixesOf(stream).cutOff} [${escapeControls(finishReason)}]`);
    }
    prefixes.delete(stream);
    cut.delete(stream);
  };

  return (commit) => {
    switch (commit.type) {
      case 'line': {
        const { stream, text, eol } = commit;
        const { line, rest } = prefixesOf(stream);
        output.writeRow(`${cut.has(stream) ? rest : line} ${escape(text)}`);
        if (eol === '') {
          cut.add(stream);
        } else {
          cut.delete(stream);
        }
        break;
      }
      case 'revise':
        // Printed rows cannot be withdrawn.
        output.writeRow(
          `${prefixesOf(commit.stream).correction} corrected from ${unit} ${commit.index + 1} on:`,
        );
        cut.delete(commit.stream);
        break;
      case 'close':
        printClose(commit);
        break;
      default:
        break;
    }
  };
}

function isNormalEnd(finishReason: string): boolean {
  return NORMAL_ENDS.has(finishReason.toLowerCase().replace(/[^a-z]/g, ''));
}
