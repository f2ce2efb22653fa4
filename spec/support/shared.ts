import { existsSync, readFileSync } from 'node:fs';

import type { Commit } from '../../src/commits.js';
import type { Transcript } from '../../src/core/transcript/transcript.js';
import type { DeltaEvent } from '../../src/events.js';
import type { CommitLinesOptions } from '../../src/rx/options.js';
import type { OrderStreamsOptions } from '../../src/operators/orderStreams.js';

/** Examples and recordings next to the project, which some machines do not have. */
const shared = new URL('../../../shared/', import.meta.url);

export const isSharedThere = existsSync(shared);

/** A folder for each producer, and in `texts/` the expected texts of each recording. */
export const sharedRecordings = new URL('recordings/', shared);

export interface SharedCase {
  readonly title: string;
  readonly options?: CommitLinesOptions;
  readonly events: readonly DeltaEvent[];
  readonly commits: readonly Commit[];
}

export interface OrderCase extends SharedCase {
  readonly orderStreams: OrderStreamsOptions;
}

export interface TranscriptCase extends Omit<SharedCase, 'commits'> {
  readonly transcript: Transcript;
}

/** The cases of a file; none if there are no shared files. */
export function sharedCases(file: 'order.json'): readonly OrderCase[];
export function sharedCases(file: 'transcript.json'): readonly TranscriptCase[];
export function sharedCases(file: string): readonly SharedCase[];
export function sharedCases(file: string): readonly unknown[] {
  const url = new URL(`cases/${file}`, shared);
  if (!existsSync(url)) {
    return [];
  }
  return (JSON.parse(readFileSync(url, 'utf8')) as { cases: readonly unknown[] }).cases;
}

/** The output of tools that a provider ran, by recording: the expected texts do not include it. */
const OUTPUTS: ReadonlyMap<string, readonly string[]> = new Map([
  ['openai-responses/pydantic-code-exec-cr-image.sse', ["'/mnt/data/y_eq_x_squared_plot.png'"]],
]);

export function outputsOf(recording: string): readonly string[] {
  return OUTPUTS.get(recording) ?? [];
}
