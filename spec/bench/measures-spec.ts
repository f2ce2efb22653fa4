import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { createContender, type Entrant } from '../../bench/contenders/index.js';
import { markdownBeginnings, markdownText } from '../../bench/markdownText.js';
import { isRatio } from '../../bench/measure.js';
import { loadMeasures } from '../../bench/measures.js';

/** Parameters so small that each contender is fast. Texts end with a line. */
const TINY: Readonly<Record<string, number>> = {
  streams: 4,
  deltas: 96,
  values: 100,
  lines: 2_500,
  interval: 0.1,
  megabytes: 0.001,
  kilobytes: 2,
  characters: 100,
};

const folder = mkdtempSync(join(tmpdir(), 'deltalines-bench-spec-'));

beforeAll(() => {
  vi.stubEnv('BENCH_FOLDER', folder);
});

afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const outcomeOf = async (contender: Entrant['contender'], parameters: object) => {
  const tiny = Object.entries(parameters).map(([name, value]) => [name, TINY[name] ?? (value as unknown)]);
  const entrant = { contender, parameters: Object.fromEntries(tiny) as object } as Entrant;
  const { run } = await createContender(entrant);
  return run();
};

const measures = [...(await loadMeasures())].flatMap(([name, { cases }]) =>
  cases.map((benchmark) => ({ name, label: benchmark.label, benchmark })),
);

/** The number of lines in texts of this size. */
const lines = { lines: 4 };

describe('the contenders', () => {
  it.each<{ contender: Entrant['contender']; outcome: object }>([
    { contender: 'bareLoop', outcome: lines },
    { contender: 'bareLoopBehindFrom', outcome: lines },
    { contender: 'commitLines', outcome: lines },
    { contender: 'composedForm', outcome: lines },
    { contender: 'naivePipeline', outcome: lines },
    { contender: 'fromAISDK', outcome: { characters: 451 } },
    { contender: 'readUIMessageStream', outcome: { characters: 451 } },
    { contender: 'fromAGUI', outcome: { characters: 451 } },
    { contender: 'openAndClose', outcome: { commits: 12 } },
    { contender: 'openAndCloseInMap', outcome: { commits: 12 } },
    { contender: 'resequence', outcome: { sum: 4950 } },
    { contender: 'map', outcome: { sum: 4950 } },
    { contender: 'scanTranscript', outcome: { transcripts: 4, lastLines: 2_500 } },
    { contender: 'commitBlocks', outcome: { characters: 1_974 } },
    { contender: 'commitBlocksOfLines', outcome: { characters: 50_000 } },
    { contender: 'parseBlocks', outcome: { parsed: 67 } },
    { contender: 'splitJSON', outcome: { characters: 100 } },
    { contender: 'scanJSON', outcome: { characters: 100 } },
    { contender: 'unfinishedLine', outcome: { characters: 447 } },
    { contender: 'parseLines', outcome: { deltas: 9_600 } },
  ])('$contender does the work that it is measured for', async ({ contender, outcome }) => {
    await expect(outcomeOf(contender, TINY)).resolves.toMatchObject(outcome);
  });

  it.each([
    { protocol: 'responses', deltas: 96, others: 13 },
    { protocol: 'chat', deltas: 96, others: 3 },
    { protocol: 'anthropic', deltas: 96, others: 8 },
  ] as const)('have the deltas of $protocol, in about the same number of events', async (wire) => {
    const { protocol, deltas, others } = wire;
    const answer = { protocol, deltas, chunkLength: 1_400 };
    const { run } = await createContender({ contender: 'parseEvents', parameters: answer });
    expect(await run()).toStrictEqual({ events: deltas + others });
    const { run: commit } = await createContender({ contender: 'bytesToCommits', parameters: answer });
    const { run: read } = await createContender({ contender: 'responseToSDK', parameters: answer });
    expect(await commit()).toStrictEqual(await read());
  });

  it.each([
    { contender: 'parseJSONAgain', parameters: { characters: 100, parser: 'partial-json' } },
    { contender: 'parseJSONAgain', parameters: { characters: 100, parser: 'jsonrepair' } },
    { contender: 'parseJSONAgain', parameters: { characters: 100, parser: 'best-effort-json-parser' } },
    { contender: 'parseJSONAgain', parameters: { characters: 100, parser: 'parsePartialJson' } },
    { contender: 'parseJSONOnce', parameters: { characters: 100, parser: '@streamparser/json' } },
    { contender: 'parseJSONOnce', parameters: { characters: 100, parser: 'jsonriver' } },
  ] as const)('$parameters.parser reads the whole file of a call', async (entrant) => {
    const { run } = await createContender(entrant);
    expect(await run()).toStrictEqual({ characters: 100 });
  });

  it.each([
    { parser: 'marked', at: 'line', parsed: 55 },
    { parser: 'micromark', at: 'line', parsed: 3_682 },
    { parser: 'mdast', at: 'line', parsed: 29 },
    { parser: 'mdast', at: 'delta', parsed: 28 },
    { parser: 'remend', at: 'delta', parsed: 2_999 },
  ] as const)('$parser parses the text again at each $at', async ({ parser, at, parsed }) => {
    const parameters = { kilobytes: 2, parser, at, samples: 3 };
    const { run } = await createContender({ contender: 'parseAgain', parameters });
    expect(await run()).toStrictEqual({ beginnings: 3, parsed });
  });

  it.each([
    { at: 'line', count: 73, first: '## What to look at first\n' },
    { at: 'delta', count: 399, first: '## Wh' },
  ] as const)('have the beginnings of a text at each $at', ({ at, count, first }) => {
    const beginnings = markdownBeginnings(2, at);
    expect(beginnings).toHaveLength(count);
    expect([beginnings[0], beginnings.at(-1)]).toStrictEqual([first, markdownText(2)]);
  });

  it.each([
    { contender: 'openStreamHeap', parameters: { streams: 1_000 } },
    { contender: 'rememberedKeyHeap', parameters: { streams: 1_000 } },
    { contender: 'command', parameters: { megabytes: 0.001 } },
    { contender: 'bundleSize', parameters: { operator: 'commitLines' } },
  ] as const)('$contender measures a size', async (entrant) => {
    const { run } = await createContender(entrant);
    const { size } = await run();
    expect(size).toBeGreaterThan(0);
  });

  it('have the same parameters if they do the same work', () => {
    const different = measures.filter(
      ({ benchmark }) =>
        isRatio(benchmark) &&
        benchmark.isOtherWork !== true &&
        JSON.stringify(benchmark.of.parameters) !== JSON.stringify(benchmark.to.parameters),
    );
    expect(different).toStrictEqual([]);
  });
});

describe('the measures', () => {
  it('have unique labels within each version', () => {
    for (const version of ['full', 'short']) {
      const names = measures
        .filter(({ benchmark }) => benchmark.version === undefined || benchmark.version === version)
        .map(({ name, label }) => `${name}: ${label}`);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  const comparable = measures.flatMap(({ name, label, benchmark }) =>
    // Packages that are only installed for benchmarks are compared when these run.
    isRatio(benchmark) && benchmark.isOtherWork !== true && benchmark.of.contender !== 'defaultApplyEvents'
      ? [{ name, label, of: benchmark.of, to: benchmark.to }]
      : [],
  );

  it.each(comparable)('$name, $label, compares like with like', { timeout: 60_000 }, async ({ of, to }) => {
    expect(await outcomeOf(of.contender, of.parameters)).toStrictEqual(
      await outcomeOf(to.contender, to.parameters),
    );
  });
});
