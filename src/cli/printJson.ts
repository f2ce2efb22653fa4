import type { Commit } from '../index.js';
import { escapeControlsInJson } from './escapeControlsInJson.js';
import type { RowWriter } from './output.js';

/** Prints each commit as one line of JSON. */
export function printJson(output: RowWriter): (commit: Commit) => void {
  return (commit) => {
    output.writeRow(escapeControlsInJson(stringify(commit)));
  };
}

function stringify(commit: Commit): string {
  try {
    return JSON.stringify(commit, plainError);
  } catch {
    // Circular, too deep, a BigInt: only what a producer put into an event can be that.
    return JSON.stringify(
      commit.type === 'drop'
        ? { ...commit, event: describe(commit.event) }
        : { ...commit, error: describe('error' in commit ? commit.error : undefined) },
    );
  }
}

/** The fields of an `Error` are not enumerable, so that JSON would show `{}`. */
function plainError(_key: string, value: unknown): unknown {
  return value instanceof Error ? { name: value.name, message: value.message } : value;
}

function describe(value: unknown): string {
  return Object.prototype.toString.call(value);
}
