import { basename } from 'node:path';
import {
  filter,
  identity,
  mergeAll,
  type MonoTypeOperatorFunction,
  noop,
  type Observable,
  pipe,
  Subject,
} from 'rxjs';

import {
  type Commit,
  commitLines,
  type DeltaEvent,
  observeCommits,
  orderStreams,
  paceLines,
} from '../index.js';
import type { Arguments, Order } from './arguments.js';
import { Backlog } from './backlog.js';
import { paintByKind, paintNothing, wantsColors } from './colors.js';
import { Connection } from './connection.js';
import { type Input, openInput, STANDARD_INPUT } from './input.js';
import { LiveView } from './liveView.js';
import { Output } from './output.js';
import { printJson } from './printJson.js';
import { printText } from './printText.js';
import { describeError, Problems } from './problems.js';
import { Replay } from './replay.js';
import { Summary } from './summary.js';
import { type Sink, takeTurns } from './takeTurns.js';

/** The most commits that may wait to be paced: of recordings no more than can be read along, of others what came at once. */
const MOST_WAITING = { recorded: 2, live: 5000 } as const;

interface OpenFile {
  readonly file: string;
  /** What is put before its ids. */
  readonly name: string | undefined;
  readonly index: number;
  readonly input: Input;
}

/** Reads the files as connections, and prints what their streams have to say. */
export async function run(options: Arguments): Promise<void> {
  const { protocol, kinds, order, json, pace, live, summary } = options;
  const paint = wantsColors(process.stdout, process.env) ? paintByKind : paintNothing;
  if (live && !canMoveCursor()) {
    new Problems(new Output(process.stdout)).report('--live needs a terminal, and standard output is none');
    return;
  }
  const view = live ? new LiveView(process.stdout, paint) : undefined;
  const output = view ?? new Output(process.stdout);
  const problems = new Problems(output);
  const print = json ? printJson(output) : printText(output, paint);
  const counted = new Summary();
  watchOutput(problems);

  const files = await openFiles(options.files, problems);
  const isRecorded = files.every(({ input }) => !input.isLive);
  // How long it takes to show a recording says nothing about its streams.
  const idleTimeout = options.idleTimeout ?? (isRecorded ? Infinity : undefined);
  const backlog = new Backlog(isRecorded ? MOST_WAITING.recorded : MOST_WAITING.live);

  const commits = pipe(commitLines({ idleTimeout, tail: live }), onlyKinds(kinds));
  const connected = new Subject<Observable<DeltaEvent>>();
  const printed = connected
    .pipe(
      mergeAll(),
      summary ? observeCommits(counted, commits) : commits,
      inOrder(order),
      pace ? backlog.around(paceLines()) : identity,
    )
    .forEach((commit) => {
      print(commit);
      view?.add(commit);
      if (summary) {
        counted.add(commit);
      }
    })
    .catch((error: unknown) => {
      problems.report(describeError(error));
    });

  const connect = (deltas: Observable<DeltaEvent>) => {
    connected.next(deltas);
  };
  const connections = files.map(
    (opened) =>
      new Connection({
        ...opened,
        protocol,
        replay: replayOf(opened.input, options),
        problems,
        onProtocol: (name, reason) => {
          counted.addConnection(opened.file, name, reason);
        },
        connect,
      }),
  );
  await takeTurns(connections, bothOf(output, backlog));
  connected.complete();
  await printed;
  await output.flush();
  view?.close();

  if (summary) {
    const table = new Output(json ? process.stderr : process.stdout);
    // Of what is read as fast as it can be, times say how fast the machine is.
    const hasTimes = connections.every(({ isLive }) => isLive);
    for (const row of counted.rows(hasTimes)) {
      table.writeRow(row);
    }
    await table.flush();
  }
}

function canMoveCursor(): boolean {
  return process.stdout.isTTY && process.env['TERM'] !== 'dumb';
}

async function openFiles(paths: readonly string[], problems: Problems): Promise<readonly OpenFile[]> {
  const names = connectionNames(paths);
  const opened: OpenFile[] = [];
  for (const [index, path] of paths.entries()) {
    const file = displayName(path);
    const input = await openInput(path).catch((error: unknown) => {
      problems.report(file, describeError(error));
    });
    if (input !== undefined) {
      opened.push({ file, name: names[index], index, input });
    }
  }
  return opened;
}

/** A live view of a file would be over before anybody saw it. */
function replayOf(input: Input, { replay, live }: Arguments): Replay | undefined {
  const speed = replay ?? (live && !input.isLive ? 1 : Infinity);
  return speed === Infinity ? undefined : new Replay(speed);
}

function bothOf(output: Sink, backlog: Sink): Sink {
  return {
    get isFull() {
      return output.isFull || backlog.isFull;
    },
    async flush() {
      await output.flush();
      await backlog.flush();
    },
  };
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
