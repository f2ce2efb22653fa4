import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { Command } from 'commander';

import { type Baseline, baselineOf, compare, comparisonTable, isRegression } from './comparison.js';
import { writeFormatted } from './formatted.js';
import { goalTable } from './goalTable.js';
import type { Version } from './measure.js';
import { loadMeasures } from './measures.js';
import { installPeers } from './peers.js';
import { describe, type Result } from './result.js';
import { runMeasure } from './runner.js';

interface Options {
  readonly only?: readonly string[];
  readonly short: boolean;
  readonly cpu: boolean;
  readonly json: boolean;
  readonly table: boolean;
  readonly save?: string | true;
  readonly compare?: string | true;
}

const options = new Command('bench')
  .description('Measures deltalines against other ways to do the same.')
  .option('--only <measure...>', 'only these; they are named like the files in bench/measures')
  .option('--short', 'fewer and shorter rounds, for each change', false)
  .option('--cpu', 'count the time of the processor, not of the clock: for a busy machine', false)
  .option('--json', 'print all samples as JSON', false)
  .option('--table', 'print a table for the documentation at the end', false)
  .option('--save [file]', 'keep the ratios as a baseline, in bench/baseline.json by default')
  .option('--compare [file]', 'fail if something costs significantly more than in the baseline')
  .parse()
  .opts<Options>();

const version: Version = options.short ? 'short' : 'full';
const baseline = options.compare === undefined ? undefined : readBaseline(fileOf(options.compare));
const measures = await loadMeasures();
const names = options.only ?? [...measures.keys()];
installPeers();

const results: Result[] = [];
for (const name of names) {
  const measure = measures.get(name);
  if (measure === undefined) {
    throw new RangeError(`No measure ${name}; there are ${[...measures.keys()].join(', ')}`);
  }
  print(`\n${measure.title}`);
  for await (const result of runMeasure(name, measure, { version, clock: options.cpu ? 'cpu' : 'wall' })) {
    results.push(result);
    print(describe(result));
  }
}
if (options.table) {
  print(`\n${goalTable(results)}`);
}
if (options.json) {
  console.log(JSON.stringify(results, undefined, 2));
}
if (options.save !== undefined) {
  await writeFormatted(fileOf(options.save), JSON.stringify(baselineOf(results, version)));
}
if (baseline !== undefined) {
  const comparisons = compare(baseline, results).filter(({ name }) =>
    names.some((measure) => name.startsWith(`${measure}: `)),
  );
  print(`\n${comparisonTable(comparisons)}`);
  process.exitCode = comparisons.some(isRegression) ? 1 : 0;
}

/** Standard output belongs to the JSON, if that is wanted. */
function print(text: string): void {
  (options.json ? console.error : console.log)(text);
}

function fileOf(option: string | true): string {
  return option === true ? fileURLToPath(new URL('baseline.json', import.meta.url)) : option;
}

function readBaseline(file: string): Baseline {
  if (!existsSync(file)) {
    throw new Error(`There is no baseline ${file}; --save writes one`);
  }
  const read = JSON.parse(readFileSync(file, 'utf8')) as Baseline;
  if (read.version !== version) {
    throw new Error(`The baseline ${file} is of the ${read.version} version, and this is the ${version} one`);
  }
  return read;
}
