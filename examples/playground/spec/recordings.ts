import { readFileSync } from 'node:fs';

import { readConnection } from '../src/readConnection';
import type { Recording } from '../src/recording';
import { type FormValues, readSettings, type Settings } from '../src/settings';

/** The recordings that the page has. */
export const bundled: readonly (readonly string[])[] = [
  ['turn-1.sse', 'turn-2.sse', 'turn-3.sse'],
  ['two-files.sse'],
  ['openai-responses.sse'],
  ['openai-chat.sse'],
  ['anthropic.sse'],
  ['gemini.json'],
  ['ai-sdk.sse'],
  ['ag-ui.sse'],
  ['codex.jsonl'],
  ['claude-code.jsonl'],
  ['go-test.jsonl'],
  ['docker.jsonl'],
];

export function readText(file: string): string {
  return readFileSync(new URL(`../../recordings/${file}`, import.meta.url), 'utf8');
}

export function readFiles(files: readonly string[]): Recording {
  return readTexts(Object.fromEntries(files.map((file) => [file.replace(/\.\w+$/, ''), readText(file)])));
}

/** The texts of connections, by their names. */
export function readTexts(texts: Readonly<Record<string, string>>): Recording {
  const results = Object.entries(texts).map(([name, text]) => readConnection(name, text));
  return {
    title: 'spec',
    connections: results.flatMap(({ connection }) => connection ?? []),
    problems: results.flatMap(({ problems }) => problems),
  };
}

export function settingsOf(values: FormValues = {}): Settings {
  return readSettings({ 'arrival.stagger': '0', ...values });
}

/** Every option of the form, each with another value than its default. */
export const everyOption: readonly FormValues[] = [
  {},
  { 'commitLines.form': 'groupStreams' },
  { 'commitLines.form': 'groupStreams', 'commitLines.tail': 'on', 'commitLines.maxLineLength': '7' },
  { 'commitLines.tail': 'on' },
  { 'commitLines.softCommit.chars': '10' },
  { 'commitLines.softCommit.after': '70' },
  { 'commitLines.softCommit.chars': '20', 'commitLines.softCommit.after': '100' },
  { 'commitLines.reconcile': 'keep' },
  { 'commitLines.reconcile': 'off' },
  { 'commitLines.idleTimeout': '120' },
  { 'commitLines.maxStreams': '1' },
  { 'commitLines.maxRemembered': '0', 'commitLines.maxStreams': '2' },
  { 'commitLines.maxLineLength': '5' },
  { 'commitLines.maxRetained': '0' },
  { 'commitLines.idleTimeout': 'Infinity' },
  { orderStreams: 'on' },
  { orderStreams: 'on', 'orderStreams.strategy': 'grouped' },
  { orderStreams: 'on', 'orderStreams.maxBuffered': '3' },
  { paceLines: 'on' },
  { paceLines: 'on', 'paceLines.interval': '300', 'paceLines.maxQueued': '2' },
  { paceLines: 'on', 'paceLines.policy': 'fixedPace', 'paceLines.lines': '2', 'paceLines.interval': '400' },
  { splitJSON: 'on' },
  { splitJSON: 'on', 'splitJSON.keep': 'on', 'commitLines.tail': 'on' },
  { commitBlocks: 'on' },
  { commitBlocks: 'on', 'commitBlocks.draft': 'on', 'commitLines.tail': 'on', scanTranscript: 'on' },
  { splitJSON: 'on', commitBlocks: 'on', scanTranscript: 'on', 'scanTranscript.every': '250' },
  { scanTranscript: 'on' },
  { scanTranscript: 'on', 'scanTranscript.every': '250', 'commitLines.tail': 'on' },
  { scanTranscript: 'on', 'scanTranscript.maxCells': '2' },
  { resequence: 'on' },
  { resequence: 'on', 'arrival.disorder': '6' },
  { resequence: 'on', 'arrival.disorder': '9', 'resequence.maxReorder': '3', 'resequence.start': '1' },
  { resequence: 'on', 'arrival.disorder': '9', 'resequence.gapTimeout': '60' },
  { resequence: 'on', 'resequence.field': "it's a \u202e \\ field" },
  { 'arrival.disorder': '9', 'arrival.interval': '17', 'arrival.stagger': '333' },
  {
    resequence: 'on',
    orderStreams: 'on',
    paceLines: 'on',
    scanTranscript: 'on',
    'commitLines.tail': 'on',
    'arrival.disorder': '4',
  },
];
