import { type Commit, type DeltaEvent, scanTranscript, type Transcript } from 'deltalines';
import {
  concatMap,
  from,
  identity,
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
import { makeCommits, readDeltas } from './pipeline';
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
  /** In the order of arrival, after `resequence`. */
  readonly deltas: readonly Timed<DeltaEvent>[];
  /** As they leave the operators before `scanTranscript`. */
  readonly commits: readonly Timed<Commit>[];
  /** When `scanTranscript` gave a transcript, and of how many commits; nothing if it gives one for each commit. */
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
  const transcript = scanTranscript({ ...settings.scanTranscript, scheduler });
  // Without `every` there is a transcript for each commit: there is no need to make them all now.
  const output: OperatorFunction<Commit, unknown> = every === undefined ? identity : transcript;
  merge(
    ...connections.map((connection, index) =>
      inTime(arrivalOf(connection, index, settings.arrival), scheduler).pipe(
        readDeltas(connection, connections.length > 1, settings, surroundings),
      ),
    ),
  )
    .pipe(
      tap((value) => deltas.push({ time: scheduler.now(), value })),
      makeCommits(settings, scheduler),
      take(MAX_COMMITS),
      tap((value) => commits.push({ time: scheduler.now(), value })),
      output,
    )
    .subscribe({
      next: () => {
        if (every !== undefined) {
          transcripts.push({ time: scheduler.now(), value: commits.length });
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
  const { commits, transcripts, settings } = run;
  const count =
    transcripts === undefined
      ? countAt(commits, time)
      : (transcripts[countAt(transcripts, time) - 1]?.value ?? 0);
  let shown: Transcript = [];
  from(commits.slice(0, count))
    .pipe(
      map(({ value }) => value),
      // The first and the last only: the ones between would be made for nothing.
      scanTranscript({ maxCells: settings.scanTranscript?.maxCells, every: Infinity }),
    )
    .subscribe((transcript) => (shown = transcript));
  return shown;
}
