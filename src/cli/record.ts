import { openSync, writeSync } from 'node:fs';

import { Subject } from 'rxjs';

import { recordChunks } from '../testing/index.js';
import type { RecordArguments } from './arguments.js';
import { openInput, STANDARD_INPUT } from './input.js';
import { Output } from './output.js';
import { describeError, Problems } from './problems.js';
import { exitWhenOutputCloses } from './exitWhenOutputCloses.js';

/**
 * Copies standard input to standard output, and records its chunks.
 *
 * Each chunk is in the file before it is printed, so the recording contains everything that was printed, however the
 * command ends.
 */
export async function record({ file, force }: RecordArguments): Promise<void> {
  const problems = new Problems(new Output(process.stdout));
  exitWhenOutputCloses(problems);
  if (process.stdin.isTTY) {
    problems.report('record needs a pipe, and stdin is a terminal: curl … | deltalines record FILE');
    return;
  }
  const descriptor = openFile(file, force, problems);
  if (descriptor === undefined) {
    return;
  }
  const chunks = new Subject<Uint8Array>();
  chunks.pipe(recordChunks({ onLine: (line) => writeAll(descriptor, `${line}\n`) })).subscribe({
    // The recording ends here, but the bytes are still copied.
    error: (error: unknown) => {
      problems.report(file, describeError(error));
    },
  });
  try {
    const input = await openInput(STANDARD_INPUT);
    for (let bytes = await input.read(); bytes !== undefined; bytes = await input.read()) {
      chunks.next(bytes);
      await print(bytes);
    }
  } catch (error) {
    problems.report('stdin', describeError(error));
  }
}

function openFile(file: string, force: boolean, problems: Problems): number | undefined {
  try {
    return openSync(file, force ? 'w' : 'wx');
  } catch (error) {
    const advice = isExisting(error) ? '; --force overwrites it' : '';
    problems.report(file, `${describeError(error)}${advice}`);
    return undefined;
  }
}

function isExisting(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}

/** Writes all of the text: a nearly full disk may accept only a part at once. */
function writeAll(descriptor: number, text: string): void {
  let rest: Uint8Array = Buffer.from(text);
  while (rest.length > 0) {
    rest = rest.subarray(writeSync(descriptor, rest));
  }
}

/** Waits until the bytes are written, because the input may read the next ones into the same memory. */
function print(bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(bytes, () => {
      resolve();
    });
  });
}
