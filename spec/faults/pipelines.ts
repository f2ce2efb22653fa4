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

/** What the pipelines are given: `onDrop` is called for what is not among the commits of a pipeline. */
export interface PipelineOptions extends CommitLinesOptions {
  readonly scheduler?: SchedulerLike;
  readonly onDrop?: (drop: DropCommit) => void;
}

/** Something that makes commits, or a transcript, of delta events. */
export interface Pipeline {
  readonly name: string;
  readonly connect: (options: PipelineOptions) => OperatorFunction<DeltaEvent, Commit | Transcript>;
}

/** Numbers the events in the order of arrival, and puts them in that order. */
function resequenced(options: PipelineOptions): OperatorFunction<DeltaEvent, Commit> {
  return pipe(
    map((event: DeltaEvent, number: number) => ({ event, number })),
    resequence({ seq: ({ number }) => number, scheduler: options.scheduler }),
    map(({ event }) => event),
    commitLines(options),
  );
}

/** The same behind a history without events. */
function joined(options: PipelineOptions): OperatorFunction<DeltaEvent, Commit> {
  return pipe(
    map((event: DeltaEvent, number: number) => ({ event, number })),
    joinReplay<{ event: DeltaEvent; number: number }>(EMPTY, { seq: ({ number }) => number }),
    map(({ event }) => event),
    commitLines(options),
  );
}

export const commitLinesPipeline: Pipeline = { name: 'commitLines', connect: commitLines };

/** The forms, and each other operator where it stands in a program. All of them have to say the same in the end. */
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

/** A stream in words, for example `a/1 end: "one" "two"`. */
function inWords({ id, generation }: StreamRef, status: Cell['status'], lines: readonly string[]): string {
  const name = generation === 0 ? id : `${id}/${generation}`;
  return `${name} ${status}:${lines.map((line) => ` ${JSON.stringify(line)}`).join('')}`;
}

function cellInWords({ stream, status, lines, tail }: Cell): string {
  return inWords(stream, status, tail === '' ? lines : [...lines, tail]);
}

function commitsInWords([stream, commits]: readonly [StreamRef, readonly Commit[]]): string {
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
  return inWords(stream, status, lines);
}

function isCommit(value: Commit | Transcript): value is Commit {
  return 'type' in value;
}

/** What has become of each stream, in alphabetical order, whether it was said in commits or in transcripts. */
export function outcome(values: readonly (Commit | Transcript)[]): readonly string[] {
  const last = values.at(-1);
  const streams =
    last === undefined || isCommit(last)
      ? [...byStream(values.filter(isCommit))].map(commitsInWords)
      : last.map(cellInWords);
  return streams.sort();
}
