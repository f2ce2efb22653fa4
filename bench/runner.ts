import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

import { quantile } from 'simple-statistics';

import { isRatio, type Measure, type RatioCase, type SizeCase, type Version } from './measure.js';
import type { Assignment, Clock, Report } from './process.js';
import { type Result, unitOf } from './result.js';

/** How much is done, and by which clock it is measured. */
export interface Effort {
  readonly version: Version;
  readonly clock: Clock;
}

/** In milliseconds. */
export const ROUNDS = {
  full: { pairs: 5, time: 600 },
  short: { pairs: 5, time: 200 },
} as const;

/** Programs take seconds. */
const PAIRS_OF_PROGRAMS = 3;
/** Sizes hardly differ. */
const SIZES = 3;

/** For large files. */
const folder = mkdtempSync(join(tmpdir(), 'deltalines-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => process.exit(1));
}

/** Runs the cases of a measure that belong to the version. */
export async function* runMeasure(
  name: string,
  { title, cases, medianGoal }: Measure,
  effort: Effort,
): AsyncGenerator<Result> {
  for (const benchmark of cases) {
    if (benchmark.version === undefined || benchmark.version === effort.version) {
      const { label, goal, limit, cell } = benchmark;
      const samples = isRatio(benchmark) ? await runRatio(benchmark, effort) : await runSize(benchmark);
      yield {
        measure: name,
        title,
        label,
        unit: unitOf(benchmark),
        ...(goal === undefined ? {} : { goal }),
        ...(limit === undefined ? {} : { limit }),
        ...(cell === undefined ? {} : { cell }),
        ...(medianGoal === undefined ? {} : { medianGoal }),
        ...samples,
      };
    }
  }
}

type Samples = Pick<Result, 'values' | 'rounds'>;

/** Runs two entrants in turn, each time in new processes. */
export async function runRatio(benchmark: RatioCase, { version, clock }: Effort): Promise<Samples> {
  const { of, to, multiple = 1, isOtherWork = false, isProgram = false, isLong = false } = benchmark;
  const { pairs, ...rest } = isProgram
    ? ({ pairs: PAIRS_OF_PROGRAMS, time: 0, clock: 'wall' } as const)
    : { ...ROUNDS[version], clock };
  const values: number[] = [];
  const rounds: number[] = [];
  for (let pair = 0; pair < (isLong ? 1 : pairs); pair++) {
    const first = await runInProcess({ entrant: of, ...rest, ...(isLong ? { time: 0 } : {}) });
    const second = await runInProcess({ entrant: to, ...rest });
    if (!isOtherWork && !isDeepStrictEqual(first.outcome, second.outcome)) {
      throw new Error(`${of.contender} and ${to.contender} do not come to the same outcome`);
    }
    const unit = lowerQuartile(second.rounds);
    values.push((multiple * lowerQuartile(first.rounds)) / unit);
    rounds.push(...first.rounds.map((round) => (multiple * round) / unit));
  }
  return { values, rounds };
}

export async function runSize({ of, isProgram = false }: SizeCase): Promise<Samples> {
  const values: number[] = [];
  for (let sample = 0; sample < (isProgram ? 1 : SIZES); sample++) {
    const { outcome } = await runInProcess({ entrant: of, time: 0, clock: 'wall' });
    values.push(outcome['size'] ?? NaN);
  }
  return { values, rounds: [] };
}

/** Other programs only ever make a round longer, so the shorter rounds tell more; the shortest are a matter of luck. */
export function lowerQuartile(rounds: readonly number[]): number {
  return quantile([...rounds], 0.25);
}

/** Contenders in one process would shape each other's machine code. */
export async function runInProcess(assignment: Assignment): Promise<Report> {
  const child = fork(new URL('process.ts', import.meta.url), {
    env: { ...process.env, BENCH_FOLDER: folder },
    execArgv: ['--import', import.meta.resolve('tsx')],
  });
  child.send(assignment);
  const [answer] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [Report | number];
  if (typeof answer === 'number') {
    const { contender, parameters } = assignment.entrant;
    throw new Error(`${contender} ${JSON.stringify(parameters)} ended with exit code ${answer}`);
  }
  return answer;
}
