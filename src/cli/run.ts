import { basename } from 'node:path';
import {
  filter,
  identity,
  mergeAll,
  type MonoTypeOperatorFunction,
  noop,
  type Observable,
  Subject,
} from 'rxjs';

import { type Commit, commitLines, type DeltaEvent, orderStreams } from '../index.js';
import type { Arguments, Order } from './arguments.js';
import { paintByKind, paintNothing, wantsColors } from './colors.js';
import { Connection } from './connection.js';
import { openInput, STANDARD_INPUT } from './input.js';
import { Output } from './output.js';
import { printJson } from './printJson.js';
import { printText } from './printText.js';
import { describeError, Problems } from './problems.js';
import { Summary } from './summary.js';
import { takeTurns } from './takeTurns.js';

/** Reads the files as connections, and prints what their streams have to say. */
export async function run(options: Arguments): Promise<void> {
  const { files, protocol, kinds, idleTimeout, order, json, summary } = options;
  const output = new Output(process.stdout);
  const problems = new Problems(output);
  const paint = wantsColors(process.stdout, process.env) ? paintByKind : paintNothing;
  const print = json ? printJson(output) : printText(output, paint);
  const counted = new Summary();
  watchOutput(problems);

  const connected = new Subject<Observable<DeltaEvent>>();
  connected.pipe(mergeAll(), commitLines({ idleTimeout }), onlyKinds(kinds), inOrder(order)).subscribe({
    next: (commit) => {
      print(commit);
      if (summary) {
        counted.add(commit);
      }
    },
    error: (error: unknown) => {
      problems.report(describeError(error));
    },
  });

  const connect = (deltas: Observable<DeltaEvent>) => {
    connected.next(deltas);
  };
  const names = connectionNames(files);
  const connections: Connection[] = [];
  for (const [index, path] of files.entries()) {
    const file = displayName(path);
    const input = await openInput(path).catch((error: unknown) => {
      problems.report(file, describeError(error));
    });
    if (input !== undefined) {
      connections.push(
        new Connection({ input, file, name: names[index], index, protocol, problems, connect }),
      );
    }
  }
  await takeTurns(connections, output);
  connected.complete();
  await output.flush();

  if (summary) {
    const table = json ? new Output(process.stderr) : output;
    for (const row of counted.rows()) {
      table.writeRow(row);
    }
    await table.flush();
  }
}

/** The base names of the files, except where two are the same. One connection needs no name. */
function connectionNames(files: readonly string[]): (string | undefined)[] {
  if (files.length === 1) {
    return [undefined];
  }
  const names = files.map((file) => basename(displayName(file)));
  return names.map((name, index) => (names.indexOf(name) === names.lastIndexOf(name) ? name : files[index]));
}

function displayName(file: string): string {
  return file === STANDARD_INPUT ? 'stdin' : file;
}

function onlyKinds(kinds: ReadonlySet<string> | undefined): MonoTypeOperatorFunction<Commit> {
  return kinds === undefined
    ? identity
    : filter((commit) => commit.type === 'drop' || kinds.has(commit.stream.kind));
}

function inOrder(order: Order): MonoTypeOperatorFunction<Commit> {
  return order === 'arrival' ? identity : orderStreams({ strategy: order });
}

/** Whoever closes the output, as `head` does, has seen enough; that is not a problem. */
function watchOutput(problems: Problems): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') {
      problems.report('standard output', describeError(error));
    }
    process.exit();
  });
  process.stderr.on('error', noop);
}
