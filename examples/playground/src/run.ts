import { type Commit, type DeltaEvent, scanTranscript, type Transcript } from 'deltalines';
import { type BlockCommit, type BlockTranscript, commitBlocks, scanBlocks } from 'deltalines/markdown';
import {
  concatMap,
  from,
  map,
  merge,
  type Observable,
  type OperatorFunction,
  type SchedulerLike,
  take,
  tap,
  timer,
  VirtualTimeScheduler,
} from 'rxjs';

import { arrivalOf } from './arrival';
import { makeCommits, readDeltas, splitArguments } from './pipeline';
import type { Recording } from './recording';
import type { Settings } from './settings';

/** The most commits that are shown. */
export const MAX_COMMITS = 20_000;

/** A value and when it came, in milliseconds from the start. */
export interface Timed<T> {
  readonly time: number;
  readonly value: T;
}

/** All that happens when a recording is played from its start to its end. */
export interface Run {
  readonly settings: Settings;
  readonly duration: number;
  /** In the order of arrival, after `resequence` and `splitJSON`. */
  readonly deltas: readonly Timed<DeltaEvent>[];
  /** As they leave the operators before `commitBlocks` and `scanTranscript`. */
  readonly commits: readonly Timed<Commit>[];
  /** What `commitBlocks` makes of them; nothing without it. */
  readonly blocks: readonly Timed<BlockCommit>[] | undefined;
  /** When there was a transcript, and of how many commits or blocks; nothing if there is one for each. */
  readonly transcripts: readonly Timed<number>[] | undefined;
  /** How many values `resequence` did not let through, and how many numbers it gave up. */
  readonly dropped: number;
  readonly missing: number;
  /** Why this is not all, in words. */
  readonly problem: string | undefined;
}

/** Plays a recording in virtual time. Throws what the operators throw when an option is wrong. */
export function play(recording: Recording, settings: Settings): Run {
  const scheduler = new VirtualTimeScheduler();
  const deltas: Timed<DeltaEvent>[] = [];
  const commits: Timed<Commit>[] = [];
  const blocks: Timed<BlockCommit>[] = [];
  const transcripts: Timed<number>[] = [];
  const every = settings.scanTranscript?.every;
  let dropped = 0;
  let missing = 0;
  let problem: string | undefined;
  let duration = 0;

  const { connections } = recording;
  const surroundings = {
    scheduler,
    onDrop: () => dropped++,
    onGap: ({ from, to }: { readonly from: number; readonly to: number }) => (missing += to - from + 1),
  };
  const options = { ...settings.scanTranscript, scheduler };
  // Both are made at once, because that is when their options are checked.
  const transcript = scanTranscript(options);
  const blockTranscript = scanBlocks(options);
  // Without `every` there is a transcript for each commit: there is no need to make them all now.
  const output: OperatorFunction<Commit, unknown> = (source) => {
    if (settings.commitBlocks === undefined) {
      return every === undefined ? source : source.pipe(transcript);
    }
    const committed = source.pipe(
      commitBlocks(settings.commitBlocks),
      tap((value) => blocks.push({ time: scheduler.now(), value })),
    );
    return every === undefined ? committed : committed.pipe(blockTranscript);
  };
  merge(
    ...connections.map((connection, index) =>
      inTime(arrivalOf(connection, index, settings.arrival), scheduler).pipe(
        readDeltas(connection, connections.length > 1, settings, surroundings),
      ),
    ),
  )
    .pipe(
      splitArguments(settings),
      tap((value) => deltas.push({ time: scheduler.now(), value })),
      makeCommits(settings, scheduler),
      take(MAX_COMMITS),
      tap((value) => commits.push({ time: scheduler.now(), value })),
      output,
    )
    .subscribe({
      next: () => {
        if (every !== undefined) {
          const { length } = settings.commitBlocks === undefined ? commits : blocks;
          transcripts.push({ time: scheduler.now(), value: length });
        }
      },
      error: (error: unknown) => {
        problem = `The operators failed: ${error instanceof Error ? error.message : String(error)}`;
      },
      complete: () => {
        duration = scheduler.now();
      },
    });
  scheduler.flush();

  if (commits.length === MAX_COMMITS) {
    problem = `Only the first ${MAX_COMMITS} commits are shown.`;
  }
  const latest = Math.max(duration, deltas.at(-1)?.time ?? 0, commits.at(-1)?.time ?? 0);
  return {
    settings,
    duration: latest,
    deltas,
    commits,
    blocks: settings.commitBlocks === undefined ? undefined : blocks,
    transcripts: every === undefined ? undefined : transcripts,
    dropped,
    missing,
    problem,
  };
}

/** Each value is scheduled when the one before it has come: a scheduler with a long queue is slow. */
export function inTime<T>(values: readonly Timed<T>[], scheduler: SchedulerLike): Observable<T> {
  return from(values).pipe(
    concatMap(({ time, value }) => timer(time - scheduler.now(), scheduler).pipe(map(() => value))),
  );
}

/** How many of them have come at a time. */
export function countAt(values: readonly Timed<unknown>[], time: number): number {
  let start = 0;
  let end = values.length;
  while (start < end) {
    const middle = (start + end) >> 1;
    if ((values[middle]?.time ?? Infinity) <= time) {
      start = middle + 1;
    } else {
      end = middle;
    }
  }
  return start;
}

/** The transcript that a user interface would show at a time. */
export function transcriptAt(run: Run, time: number): Transcript {
  let shown: Transcript = [];
  // The first and the last only: the ones between would be made for nothing.
  const options = { maxCells: run.settings.scanTranscript?.maxCells, every: Infinity };
  from(valuesAt(run, run.commits, time))
    .pipe(scanTranscript(options))
    .subscribe((transcript) => (shown = transcript));
  return shown;
}

/** The same in blocks of Markdown. */
export function blockTranscriptAt(run: Run, time: number): BlockTranscript {
  let shown: BlockTranscript = [];
  const options = { maxCells: run.settings.scanTranscript?.maxCells, every: Infinity };
  from(valuesAt(run, run.blocks ?? [], time))
    .pipe(scanBlocks(options))
    .subscribe((transcript) => (shown = transcript));
  return shown;
}

/** What went into the transcript of a time. */
function valuesAt<T>({ transcripts }: Run, values: readonly Timed<T>[], time: number): readonly T[] {
  const count =
    transcripts === undefined
      ? countAt(values, time)
      : (transcripts[countAt(transcripts, time) - 1]?.value ?? 0);
  return values.slice(0, count).map(({ value }) => value);
}
