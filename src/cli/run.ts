import { basename } from 'node:path';
import {
  filter,
  identity,
  mergeAll,
  type MonoTypeOperatorFunction,
  type Observable,
  type OperatorFunction,
  pipe,
  Subject,
  tap,
} from 'rxjs';

import {
  adaptivePace,
  type Commit,
  commitLines,
  type DeltaEvent,
  observeCommits,
  orderStreams,
  type PacePolicy,
  paceLines,
  type WaitingLines,
} from '../index.js';
import type { Arguments, Order } from './arguments.js';
import { abortOnSignal } from './abortOnSignal.js';
import { Backlog } from './backlog.js';
import { paintByKind, paintNothing, wantsColors } from './paintByKind.js';
import { Connection } from './connection.js';
import { DropCount } from './dropCount.js';
import { errorMessage } from './errorMessage.js';
import { type Input, openInput, STANDARD_INPUT } from './input.js';
import { LiveView } from './liveView.js';
import { Output } from './output.js';
import { printJSON } from './printJSON.js';
import { styleByFormat, styleNothing } from './markdown/style.js';
import { printMarkdown } from './printMarkdown.js';
import { printText } from './printText.js';
import { describeError, Problems } from './problems.js';
import { ReplaySchedule } from './replaySchedule.js';
import { type Sink, roundRobin } from './roundRobin.js';
import { fullIds, ShortIds } from './shortIds.js';
import { splitArguments } from './splitArguments.js';
import { SummaryTable } from './summaryTable.js';
import { ValueIds } from './valueIds.js';
import { exitWhenOutputCloses } from './exitWhenOutputCloses.js';

/** The most commits that are queued for `--pace`. A recording is read only as fast as it is printed. */
const MAX_QUEUED = { recorded: 2, live: 5000 } as const;

interface OpenFile {
  readonly file: string;
  /** The prefix of its ids. */
  readonly name: string | undefined;
  readonly index: number;
  readonly input: Input;
}

/** Reads each file as a connection, and prints the lines of all streams. */
export async function run(options: Arguments): Promise<void> {
  const { json, live, markdown, summary } = options;
  const obstacle = (live ? liveObstacle() : undefined) ?? (markdown ? markdownObstacle() : undefined);
  if (obstacle !== undefined) {
    new Problems(new Output(process.stdout)).report(obstacle);
    return;
  }
  const interrupted = abortOnSignal();
  const display = createDisplay(options);
  const { view, output, problems, drops, summaryTable } = display;
  exitWhenOutputCloses(problems);

  const files = await openFiles(options.files, problems);
  const isRecorded = files.every(({ input }) => !input.isLive);
  const backlog = new Backlog(isRecorded ? MAX_QUEUED.recorded : MAX_QUEUED.live);
  const connected = new Subject<Observable<DeltaEvent>>();
  const printed = connected
    .pipe(
      mergeAll(),
      toCommits(options, isRecorded, display),
      options.pace ? backlog.boundedBy(paceLines({ policy: paceUntil(interrupted) })) : identity,
    )
    .forEach((commit) => {
      show(commit, display, summary);
    })
    .catch((error: unknown) => {
      problems.report(describeError(error));
    });
  const connections = connectTo(connected, files, options, display);
  await roundRobin(connections, bothOf(output, backlog), interrupted);
  connected.complete();
  await printed;
  await output.flush();
  view?.close();

  if (summary) {
    // The times of a file that is read at full speed measure the machine.
    const hasTimes = connections.every(({ isLive }) => isLive);
    const table = new Output(json ? process.stderr : process.stdout);
    for (const row of summaryTable.rows(hasTimes)) {
      table.writeRow(row);
    }
    await table.flush();
  }
  // `--json` prints each drop.
  if (!json && drops.total > 0) {
    problems.note(drops.toString());
  }
  if (interrupted.aborted) {
    process.exit(Number(interrupted.reason));
  }
}

type Display = ReturnType<typeof createDisplay>;

/** Creates what prints and counts the commits. */
function createDisplay(options: Arguments) {
  const hasColors = wantsColors(process.stdout, process.env);
  const paint = hasColors ? paintByKind : paintNothing;
  const shownIds = options.ids === 'full' ? fullIds : new ShortIds();
  const ids = options.splitArguments ? new ValueIds(shownIds) : shownIds;
  const view = options.live ? new LiveView(process.stdout, paint, ids) : undefined;
  const output = view ?? new Output(process.stdout);
  const print = options.json
    ? printJSON(output)
    : options.markdown
      ? printMarkdown(output, paint, ids, hasColors ? styleByFormat : styleNothing)
      : printText(output, paint, ids);
  return {
    ids,
    view,
    output,
    problems: new Problems(output),
    print,
    drops: new DropCount(),
    summaryTable: new SummaryTable(),
  };
}

/** The operators from the events of all connections to the commits in the order of `--order`. */
function toCommits(
  options: Arguments,
  isRecorded: boolean,
  { ids, problems, print, drops, summaryTable }: Display,
): OperatorFunction<DeltaEvent, Commit> {
  // How long it takes to read a file says nothing about its streams.
  const idleTimeout = options.idleTimeout ?? (isRecorded ? Infinity : undefined);
  return pipe(
    options.splitArguments
      ? splitArguments((drop) => {
          print(drop);
          drops.add(drop);
        })
      : identity,
    commitLines({ idleTimeout, tail: options.live }),
    onlyKinds(options.kinds, problems),
    options.summary ? observeCommits(summaryTable) : identity,
    tap((commit) => {
      if (commit.type === 'open') {
        ids.add(commit.stream);
      }
    }),
    inOrder(options.order),
  );
}

function show(
  commit: Commit,
  { view, problems, print, drops, summaryTable }: Display,
  summary: boolean,
): void {
  print(commit);
  view?.add(commit);
  drops.add(commit);
  if (commit.type === 'close' && commit.reason === 'error') {
    problems.fail();
  }
  if (summary) {
    summaryTable.add(commit);
  }
}

/** Creates a connection for each file, whose events are emitted by `connected` once the protocol is known. */
function connectTo(
  connected: Subject<Observable<DeltaEvent>>,
  files: readonly OpenFile[],
  options: Arguments,
  { problems, summaryTable }: Display,
): readonly Connection[] {
  return files.map(
    (opened) =>
      new Connection({
        ...opened,
        protocol: options.protocol,
        replay: replayOf(opened.input, options),
        problems,
        onProtocol: (name, reason) => {
          summaryTable.addConnection(opened.file, name, reason);
        },
        connect: (deltas) => {
          connected.next(deltas);
        },
      }),
  );
}

/** Why `--live` cannot be used. */
function liveObstacle(): string | undefined {
  if (!process.stdout.isTTY) {
    return '--live needs a terminal, and stdout is not a terminal';
  }
  return process.env['TERM'] === 'dumb'
    ? '--live needs a terminal that can move the cursor, and TERM is dumb'
    : undefined;
}

/** Why `--markdown` cannot be used. */
function markdownObstacle(): string | undefined {
  return process.stdout.isTTY ? undefined : '--markdown needs a terminal, and stdout is not a terminal';
}

/** The default pace. After an interruption, all lines are released at the next tick. */
function paceUntil(interrupted: AbortSignal): PacePolicy {
  const uninterrupted = adaptivePace();
  const policy = (pace: PacePolicy): PacePolicy =>
    Object.assign(
      (waiting: WaitingLines, now: number) => (interrupted.aborted ? Infinity : pace(waiting, now)),
      {
        fresh: () => policy(pace.fresh?.() ?? pace),
        resume: pace.resume,
      },
    );
  return policy(uninterrupted);
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

/** `--live` replays files, because otherwise the view would end before it can be seen. */
function replayOf(input: Input, { replay, live }: Arguments): ReplaySchedule | undefined {
  const speed = replay ?? (live && !input.isLive ? 1 : Infinity);
  return speed === Infinity ? undefined : new ReplaySchedule(speed);
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

/** The base name of each file, or its path if two base names are equal. A single connection has no name. */
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

function onlyKinds(
  kinds: ReadonlySet<string> | undefined,
  problems: Problems,
): MonoTypeOperatorFunction<Commit> {
  if (kinds === undefined) {
    return identity;
  }
  const isPrinted = (commit: Commit) => commit.type === 'drop' || kinds.has(commit.stream.kind);
  return pipe(
    tap((commit) => {
      // No row shows that this stream failed.
      if (commit.type === 'close' && commit.reason === 'error' && !isPrinted(commit)) {
        problems.report(`${commit.stream.kind} ${commit.stream.id}`, errorMessage(commit.error));
      }
    }),
    filter(isPrinted),
  );
}

function inOrder(order: Order): MonoTypeOperatorFunction<Commit> {
  return order === 'arrival' ? identity : orderStreams({ strategy: order });
}
