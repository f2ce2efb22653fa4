import { getSystemErrorMap } from 'node:util';

import { escapeControls } from '../index.js';
import type { RowWriter } from './output.js';

/** Reports problems on stderr, and makes the command exit with 1. */
export class Problems {
  private readonly output: RowWriter;

  constructor(output: RowWriter) {
    this.output = output;
  }

  /** Reports a problem. The parts are the file, the number of the line if there is one, and the problem. */
  report(...parts: (string | number)[]): void {
    this.fail();
    this.note(...parts);
  }

  fail(): void {
    process.exitCode = 1;
  }

  /** Writes a message that is not a problem to stderr. */
  note(...parts: (string | number)[]): void {
    // On a terminal, the rows that were printed before must be above the message.
    this.output.send();
    process.stderr.write(`deltalines: ${escapeControls(parts.join(': '))}\n`);
  }
}

/** Describes a failed system call as other commands do. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  const known = 'errno' in error ? getSystemErrorMap().get(Number(error.errno)) : undefined;
  return known === undefined ? error.message : known[1];
}
