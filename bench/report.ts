import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { Command } from 'commander';

import { writeFormatted } from './formatted.js';
import { goalTable } from './goalTable.js';
import { markdownTable } from './markdown.js';
import { matrices } from './matrix.js';
import { loadMeasures } from './measures.js';
import { installPeers } from './peers.js';
import { draw, type Plot, type Point } from './plot.js';
import latency from './plots/latency.js';
import lineLength from './plots/lineLength.js';
import memory from './plots/memory.js';
import throughput from './plots/throughput.js';
import { withFigures } from './readmeFigures.js';
import { describe, isMet, type Result, showValue } from './result.js';
import { type Effort, ROUNDS, runMeasure } from './runner.js';
import { summarize } from './statistics.js';

const plots = { throughput, lineLength, latency, memory };

type PlotName = keyof typeof plots;

/** All that was measured. */
interface Samples extends Effort {
  /** The measures that were asked for; all if there is none. */
  readonly only?: readonly string[];
  readonly results: readonly Result[];
  readonly points: Readonly<Partial<Record<PlotName, readonly Point[]>>>;
}

const options = new Command('bench:report')
  .description('Measures everything and writes docs/benchmarks.md with its plots.')
  .option('--short', 'fewer and shorter rounds, and a smaller file for the command', false)
  .option('--cpu', 'count the time of the processor, not of the clock: for a busy machine', false)
  .option('--reuse', 'write it again from the samples of the last time, in reports/benchmarks.json', false)
  .option('--only <measure...>', 'only these measures, and no plots; the page lists no others')
  .parse()
  .opts<{
    readonly short: boolean;
    readonly cpu: boolean;
    readonly reuse: boolean;
    readonly only?: readonly string[];
  }>();

const samplesFile = new URL('../reports/benchmarks.json', import.meta.url);
installPeers();
const samples = options.reuse
  ? (JSON.parse(readFileSync(samplesFile, 'utf8')) as Samples)
  : await measureWith({ version: options.short ? 'short' : 'full', clock: options.cpu ? 'cpu' : 'wall' });
mkdirSync(new URL('.', samplesFile), { recursive: true });
writeFileSync(samplesFile, JSON.stringify(samples));

mkdirSync(new URL('../docs/benchmarks/', import.meta.url), { recursive: true });
for (const [name, plot] of entriesOf(plots)) {
  const points = samples.points[name];
  if (points !== undefined) {
    writeFileSync(new URL(`../docs/benchmarks/${name}.svg`, import.meta.url), await draw(plot, points));
  }
}
const file = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url));
await writeFormatted(file, report(samples));
const readme = fileURLToPath(new URL('../README.md', import.meta.url));
await writeFormatted(readme, withFigures(readFileSync(readme, 'utf8'), samples.results));

async function measureWith(effort: Effort): Promise<Samples> {
  const { only } = options;
  return {
    ...effort,
    ...(only !== undefined && { only }),
    results: await measureAll(effort, only),
    points: only === undefined ? await measurePoints(effort) : {},
  };
}

async function measureAll(effort: Effort, only: readonly string[] | undefined): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const [name, measure] of await loadMeasures()) {
    if (only?.includes(name) === false) {
      continue;
    }
    console.log(name);
    for await (const result of runMeasure(name, measure, effort)) {
      results.push(result);
      console.log(describe(result));
    }
  }
  return results;
}

async function measurePoints({ clock }: Effort): Promise<Samples['points']> {
  const points: Partial<Record<PlotName, readonly Point[]>> = {};
  for (const [name, plot] of entriesOf(plots)) {
    console.log(`plot ${name}`);
    points[name] = await plot.measure(clock);
  }
  return points;
}

function entriesOf(record: Readonly<Record<PlotName, Plot>>): readonly (readonly [PlotName, Plot])[] {
  return Object.entries(record) as [PlotName, Plot][];
}

function report({ version, clock, only, results }: Samples): string {
  const command = `npm run bench:report${only === undefined ? '' : ` -- --only ${only.join(' ')}`}`;
  return `# Benchmarks

This page is written by \`${command}\`. Only ratios and sizes are here, since times hold for one machine only. Markdown and
JSON are measured on the pages of [commitBlocks](markdown/commitBlocks.md) and [scanJSON](json/scanJSON.md), the log on that
of its [figures](log/figures.md).

## Goals

Each cell is a ratio of times with its 95 % confidence interval.

${matrices(results)}

All other ratios of times, and sizes. The interval contains the mean ratio with 95 % confidence.

${goalTable(results.filter(({ cell }) => cell === undefined))}

${limits(results)}

## What is compared

- The **bare loop** is the least that separates streams and finds their lines: one mutable object per stream in a \`Map\`
  of \`Map\`s, \`indexOf('\\n')\`, and one object for each line, in a plain \`for\` over an array. It has no CR, no bounds, no
  end of a stream, no full text to compare with, and no malformed event, and it does not commit unfinished lines.
  _Behind \`from\`_, it is the subscriber of the same observable as \`commitLines()\`.
- The subscriber **keeps** each commit until the end or drops it, and **reads** the text of each line at once or does not.
  Text that is not read need not be copied into one piece.
- **\`commitLines()\`** has its default options, except that \`maxStreams\` is raised where more streams are open.
- The **\`groupBy\` pipeline** is what people write first: \`groupBy\` by a joined key with
  \`debounceTime(300_000)\` for its \`duration\`, then \`scan\` to split lines, and \`mergeMap\`.
- The **message readers** are \`readUIMessageStream\` of \`ai\` and \`defaultApplyEvents\` of \`@ag-ui/client\`. They do more:
  they give the whole message after each event. The same events go through \`fromAISDK()\` or \`fromAGUI()\` and
  \`commitLines()\`.
- **Opening and closing**: each stream has one line. _One after another_, a stream ends before the next one opens;
  _all open at once_, all streams open before the first one ends. The \`Map\` has the same ids.
- **From bytes to commits**: an answer with 5,000 deltas, made up in the wire format of the provider, with events as long
  as the real ones. It goes through \`decodeText()\`, \`parseSSE()\`, the operator of the protocol and \`commitLines()\`. The
  other side decodes the same chunks, splits them at blank lines, parses each \`data:\`, and does nothing else. The
  **official SDKs** (\`openai\`, \`@anthropic-ai/sdk\`) read a \`Response\` with the same chunks, and their texts are
  counted; so does \`fromResponse()\`.
- The **command** prints to an output that is not read. The other program parses each line and counts the deltas.

The events are made before the time is taken. Each is an object of its own with a word of text, for a stream picked at
random; a line ends with the word that takes it to 60 characters. Contenders that do the same work must have the same
outcome, such as the number of lines and the sum of their last characters, or the run fails.

## How it is measured

- Each contender runs in a process of its own, because contenders in one process shape each other's machine code.
- The two of a ratio run in turn, A B A B …, ${ROUNDS[version].pairs} times each; programs three times.
- In each process, [tinybench](https://github.com/tinylibs/tinybench) repeats the whole work, first to warm up and then
  for the samples: ${clock === 'wall' ? 'wall time' : 'the time of the processor'}, and no garbage collection is forced in between.
- The ratio of a pair is that of the lower quartiles of its rounds: other programs only ever make a round longer. Lower
  quartiles also leave out the rounds with a garbage collection of what the subscriber keeps; the table under
  [Spread](#spread) has the p50 and p95 of all rounds. The ratio in the tables is the median of the pairs.
- The confidence interval is Student's on the logarithms of the ratios of the pairs.
- Heap is what stays reachable after a garbage collection, less what was reachable before the first event.

## Spread

All rounds of the first of two, in units of the lower quartile of the other one in the same pair.

${spreadTable(results)}

## Plots

${only === undefined ? '' : 'They were not measured in this run, but in an earlier one.\n\n'}${entriesOf(
    plots,
  )
    .map(
      ([name, { title, x, y }]) =>
        `### ${title}\n\n![${y.title}, against ${x.title}](benchmarks/${name}.svg)`,
    )
    .join('\n\n')}
`;
}

/** Why goals are not met, as far as that is known. */
function limits(results: readonly Result[]): string {
  return results
    .filter(({ goal, limit, values }) => goal !== undefined && limit !== undefined && !isMet(goal, values))
    .map(({ title, label, limit = '' }) => `- ${title}, ${label}: ${limit}`)
    .join('\n');
}

function spreadTable(results: readonly Result[]): string {
  return markdownTable(
    ['measure', 'case', 'rounds', 'mean', 'standard deviation', 'min', 'p50', 'p95', 'p99', 'max'],
    results
      .filter(({ rounds }) => rounds.length > 0)
      .map(({ title, label, unit, rounds }) => [
        title,
        label,
        String(rounds.length),
        ...Object.values(summarize(rounds)).map((value: number) => showValue(value, unit)),
      ]),
  );
}
