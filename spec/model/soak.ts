import { parseArgs } from 'node:util';

import type { Forms } from './conformance.js';
import { report, search } from './search.js';

/** The dependencies of the search for failures. */
export interface Environment {
  /** In milliseconds. */
  readonly now: () => number;
  readonly write: (text: string) => void;
  /** The first seed if no --seed is given. */
  readonly seed: number;
  readonly runsPerBatch: number;
}

const usage = `Usage: npm run soak -- [--minutes n] [--seed s] [--path p]

Runs the model test with new seeds until the time is up, or until it fails.

  --minutes n  how long; 5 by default
  --seed s     the seed of the first batch; the next batch has the next seed
  --path p     runs only this scenario of the seed; the message of a failure names it
`;

/** Runs the model test batch after batch. Returns the exit code: 1 after a failure, 2 when the arguments are wrong. */
export function soak(forms: Forms, args: readonly string[], environment: Environment): number {
  const { now, write, runsPerBatch } = environment;
  const begin = now();
  let settings;
  try {
    settings = readArguments(args, environment.seed);
  } catch (error) {
    write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return 2;
  }
  const { help, minutes, path, seed: first } = settings;
  if (help) {
    write(usage);
    return 0;
  }
  for (let batch = 0; batch === 0 || now() - begin < minutes * 60_000; batch++) {
    const draw = { seed: nextSeed(first, batch), path, numRuns: runsPerBatch };
    const finding = search(forms, draw);
    if (finding !== undefined) {
      write(`seed ${finding.seed}: failed\n\n${report(finding)}`);
      return 1;
    }
    if (path !== undefined) {
      write(`seed ${first}, path ${path}: passed\n`);
      return 0;
    }
    write(`seed ${draw.seed}: ${draw.numRuns} runs passed\n`);
  }
  return 0;
}

function readArguments(args: readonly string[], anySeed: number) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', default: false },
      minutes: { type: 'string', default: '5' },
      seed: { type: 'string' },
      path: { type: 'string' },
    },
  });
  const minutes = Number(values.minutes);
  const seed = Number(values.seed ?? anySeed);
  if (!(minutes >= 0)) {
    throw new RangeError(`--minutes is ${values.minutes}, but must be a number from 0`);
  }
  if (seed !== Math.trunc(seed) || Math.abs(seed) > 2 ** 31 - 1) {
    throw new RangeError(`--seed is ${String(values.seed)}, but must be a whole number of at most 31 bits`);
  }
  if (values.path !== undefined && !/^\d+(:\d+)*$/.test(values.path)) {
    throw new RangeError(`--path is ${values.path}, but must be numbers with colons in between`);
  }
  if (values.path !== undefined && values.seed === undefined) {
    throw new RangeError('--path needs the --seed that it belongs to');
  }
  return { help: values.help, minutes, seed, path: values.path };
}

/** Seeds are whole numbers of 31 bits; after the greatest comes 0. */
function nextSeed(seed: number, batch: number): number {
  return batch === 0 ? seed : (Math.abs(seed) + batch) % 2 ** 31;
}
