import { EMPTY, map, type OperatorFunction, pipe, type SchedulerLike } from 'rxjs';

import {
  type Cell,
  type Commit,
  commitLines,
  type CommitLinesOptions,
  type DeltaEvent,
  type DropCommit,
  joinReplay,
  observeCommits,
  orderStreams,
  paceLines,
  resequence,
  scanTranscript,
  type StreamRef,
  type Transcript,
} from '../../src/index.js';
import { byStream } from '../support/arbitraries.js';
import { composed } from '../support/forms.js';

/** Options of the pipelines. `onDrop` is called for drops that a pipeline does not emit as commits. */
export interface PipelineOptions extends CommitLinesOptions {
  readonly scheduler?: SchedulerLike;
  readonly onDrop?: (drop: DropCommit) => void;
}

/** Operators from delta events to commits or transcripts. */
export interface Pipeline {
  readonly name: string;
  readonly connect: (options: PipelineOptions) => OperatorFunction<DeltaEvent, Commit | Transcript>;
}

/** Numbers the events in order of arrival, and resequences them. */
function resequenced(options: PipelineOptions): OperatorFunction<DeltaEvent, Commit> {
  return pipe(
    map((event: DeltaEvent, number: number) => ({ event, number })),
    resequence({ seq: ({ number }) => number, scheduler: options.scheduler }),
    map(({ event }) => event),
    commitLines(options),
  );
}

/** The same with `joinReplay` and an empty history. */
function joined(options: PipelineOptions): OperatorFunction<DeltaEvent, Commit> {
  return pipe(
    map((event: DeltaEvent, number: number) => ({ event, number })),
    joinReplay<{ event: DeltaEvent; number: number }>(EMPTY, { seq: ({ number }) => number }),
    map(({ event }) => event),
    commitLines(options),
  );
}

export const commitLinesPipeline: Pipeline = { name: 'commitLines', connect: commitLines };

/** Both forms, and each other operator at its usual place. All of them must have the same outcome. */
export const pipelines: readonly Pipeline[] = [
  commitLinesPipeline,
  { name: 'groupStreams and scanLines', connect: composed },
  { name: 'resequence', connect: resequenced },
  { name: 'joinReplay', connect: joined },
  {
    name: 'observeCommits',
    connect: (options) => pipe(commitLines(options), observeCommits({}, { scheduler: options.scheduler })),
  },
  { name: 'orderStreams', connect: (options) => pipe(commitLines(options), orderStreams()) },
  {
    name: 'orderStreams, grouped',
    connect: (options) => pipe(commitLines(options), orderStreams({ strategy: 'grouped' })),
  },
  {
    name: 'paceLines',
    connect: (options) => pipe(commitLines(options), paceLines({ scheduler: options.scheduler })),
  },
  { name: 'scanTranscript', connect: (options) => pipe(commitLines(options), scanTranscript()) },
  {
    name: 'scanTranscript with every',
    connect: (options) =>
      pipe(commitLines(options), scanTranscript({ every: 100, scheduler: options.scheduler })),
  },
];

/** Formats a stream, for example `a/1 end: "one" "two"`. */
function formatStream(
  { id, generation }: StreamRef,
  status: Cell['status'],
  lines: readonly string[],
): string {
  const name = generation === 0 ? id : `${id}/${generation}`;
  return `${name} ${status}:${lines.map((line) => ` ${JSON.stringify(line)}`).join('')}`;
}

function formatCell({ stream, status, lines, tail }: Cell): string {
  return formatStream(stream, status, tail === '' ? lines : [...lines, tail]);
}

function formatCommits([stream, commits]: readonly [StreamRef, readonly Commit[]]): string {
  const lines: string[] = [];
  let status: Cell['status'] = 'open';
  for (const commit of commits) {
    if (commit.type === 'line') {
      lines[commit.index] = (lines[commit.index] ?? '') + commit.text;
    } else if (commit.type === 'revise') {
      lines.length = commit.index;
    } else if (commit.type === 'close') {
      status = commit.reason;
    }
  }
  return formatStream(stream, status, lines);
}

function isCommit(value: Commit | Transcript): value is Commit {
  return 'type' in value;
}

/** The final status and text of each stream, in alphabetical order, from commits or transcripts. */
export function outcome(values: readonly (Commit | Transcript)[]): readonly string[] {
  const last = values.at(-1);
  const streams =
    last === undefined || isCommit(last)
      ? [...byStream(values.filter(isCommit))].map(formatCommits)
      : last.map(formatCell);
  return streams.sort();
}
