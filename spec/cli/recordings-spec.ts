import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, it, vi } from 'vitest';

import type { Commit } from '../../src/index.js';
import { textOf } from '../support/arbitraries.js';
import { outputsOf } from '../support/shared.js';
import { deltalines } from './command.js';

vi.setConfig({ testTimeout: 60_000 });

/** Real streams, and the texts that have to come out of each; they are not there on every machine. */
const recordings = new URL('../../../shared/recordings/', import.meta.url);

/** The folders of protocols that the command reads. */
const folders = [
  'ag-ui',
  'ai-sdk-ui',
  'anthropic',
  'bedrock',
  'codex',
  'cohere',
  'docker',
  'gemini',
  'gemini-interactions',
  'go-test',
  'mcp',
  'openai-chat',
  'openai-responses',
];

const files = folders.flatMap((folder) => {
  const texts = new URL(`texts/${folder}/`, recordings);
  return existsSync(texts)
    ? readdirSync(texts).map((name) => `${folder}/${name.replace(/\.json$/, '')}`)
    : [];
});

function expectedTexts(file: string): readonly string[] {
  const json = readFileSync(new URL(`texts/${file}.json`, recordings), 'utf8');
  const { streams } = JSON.parse(json) as { streams: { text: string }[] };
  return [...streams.map(({ text }) => text), ...outputsOf(file)].sort();
}

/** One recording is of edge cases, and has lines that are no JSON on purpose. */
const isExpected = (problem: string) => /dart-sse-edge-cases\.txt:\d+: broken JSON: /.test(problem);

async function printedTexts(ofFiles: readonly string[]): Promise<readonly string[]> {
  const paths = ofFiles.map((file) => fileURLToPath(new URL(file, recordings)));
  const { stdout, stderr, code } = await deltalines([...paths, '--json']);
  const problems = stderr.split('\n').filter((row) => row !== '' && !isExpected(row));
  expect(problems).toStrictEqual([]);
  const hasFailed = stdout.includes('"reason":"error"');
  expect(code).toBe(stderr === '' && !hasFailed ? 0 : 1);
  const streams = new Map<string, Commit[]>();
  for (const line of stdout.trimEnd().split('\n')) {
    const commit = JSON.parse(line) as Commit;
    if (commit.type !== 'drop') {
      const key = JSON.stringify(commit.stream);
      streams.set(key, [...(streams.get(key) ?? []), commit]);
    }
  }
  return [...streams.values()].map(textOf).sort();
}

describe('the recordings', () => {
  it(`are all found if their folder exists: ${files.length}`, () => {
    expect(files.length > 0).toBe(existsSync(recordings));
  });

  it.each(files)('%s gives its texts', async (file) => {
    expect(await printedTexts([file])).toStrictEqual(expectedTexts(file));
  });

  it.each(files.length === 0 ? [] : [files])(
    'produce their texts when they are read together',
    async (...all) => {
      expect(await printedTexts(all)).toStrictEqual(all.flatMap(expectedTexts).sort());
    },
  );
});
