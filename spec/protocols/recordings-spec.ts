import { existsSync, readdirSync, readFileSync } from 'node:fs';

import fc from 'fast-check';
import { from, type Observable, type OperatorFunction } from 'rxjs';
import { describe, expect, it } from 'vitest';

import type { DeltaEvent } from '../../src/index.js';
import { commitLines } from '../../src/operators/commitLines.js';
import {
  type ConnectionOptions,
  decodeText,
  fromAGUI,
  fromAISDK,
  fromAnthropic,
  fromBedrock,
  fromClaudeCode,
  fromCodex,
  fromCohere,
  fromDocker,
  fromGemini,
  fromGoTest,
  fromLangGraph,
  fromMCP,
  fromOpenAIChat,
  fromOpenAIResponses,
  fromRealtime,
  parseJSONArray,
  parseJSONLines,
  parseSSE,
} from '../../src/protocols/index.js';
import { byStream, textOf } from '../support/arbitraries.js';
import { collect } from '../support/collect.js';
import { outputsOf } from '../support/shared.js';

/** Real streams, and the texts that have to come out of each; they are not there on every machine. */
const recordings = new URL('../../../shared/recordings/', import.meta.url);

interface Recording {
  readonly file: string;
  readonly operator: (options?: ConnectionOptions) => OperatorFunction<unknown, DeltaEvent>;
}

function recordingsOf(folder: string, operator: Recording['operator']): readonly Recording[] {
  const texts = new URL(`texts/${folder}/`, recordings);
  return existsSync(texts)
    ? readdirSync(texts).map((name) => ({ file: `${folder}/${name.replace(/\.json$/, '')}`, operator }))
    : [];
}

const found = [
  ...recordingsOf('ag-ui', fromAGUI),
  ...recordingsOf('ai-sdk-ui', fromAISDK),
  ...recordingsOf('anthropic', fromAnthropic),
  ...recordingsOf('bedrock', fromBedrock),
  ...recordingsOf('codex', fromCodex),
  ...recordingsOf('cohere', fromCohere),
  ...recordingsOf('docker', fromDocker),
  ...recordingsOf('gemini', fromGemini),
  ...recordingsOf('gemini-interactions', fromGemini),
  ...recordingsOf('go-test', fromGoTest),
  ...recordingsOf('langgraph', fromLangGraph),
  ...recordingsOf('mcp', fromMCP),
  ...recordingsOf('openai-chat', fromOpenAIChat),
  ...recordingsOf('openai-responses', fromOpenAIResponses),
  ...recordingsOf('realtime', fromRealtime),
];

function expectedTexts(file: string): readonly string[] {
  const json = readFileSync(new URL(`texts/${file}.json`, recordings), 'utf8');
  const { streams } = JSON.parse(json) as { streams: { text: string }[] };
  return [...streams.map(({ text }) => text), ...outputsOf(file)].sort();
}

/** What the bytes of a recording hold when they are cut at these positions. */
function readValues(file: string, cuts: readonly number[] = []): Observable<unknown> {
  const bytes = Uint8Array.from(readFileSync(new URL(file, recordings)));
  const positions = [0, ...cuts.map((cut) => cut % bytes.length).sort((a, b) => a - b), bytes.length];
  const chunks = positions.slice(1).map((end, index) => bytes.subarray(positions[index], end));
  return parse(file, from(chunks).pipe(decodeText()));
}

function read({ file, operator }: Recording, cuts?: readonly number[]): Observable<DeltaEvent> {
  return readValues(file, cuts).pipe(operator());
}

function parse(file: string, text: Observable<string>): Observable<unknown> {
  switch (file.slice(file.lastIndexOf('.'))) {
    case '.sse':
    case '.txt':
      return text.pipe(parseSSE());
    case '.json':
      return text.pipe(parseJSONArray());
    default:
      return text.pipe(parseJSONLines({ plainLines: file.endsWith('.log') }));
  }
}

/** The text of each stream that `commitLines` makes of the events, by kind and id. */
async function committedTexts(events: readonly DeltaEvent[]): Promise<ReadonlyMap<string, string>> {
  const commits = await collect(from(events).pipe(commitLines()));
  return new Map(
    [...byStream(commits)].map(([{ kind, id }, ofStream]) => [`${kind} ${id}`, textOf(ofStream)]),
  );
}

/** The text of each stream that its deltas make up, or the producer's full text, by kind and id. */
function streamedTexts(events: readonly DeltaEvent[]): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  const ended = new Set<string>();
  for (const event of events) {
    const stream = `${event.kind} ${event.id}`;
    if (event.type === 'delta' && !ended.has(stream)) {
      texts.set(stream, (texts.get(stream) ?? '') + event.delta);
    } else if (event.type === 'end' && !ended.has(stream)) {
      texts.set(stream, event.text ?? texts.get(stream) ?? '');
      ended.add(stream);
    }
  }
  return texts;
}

/** The producer's full text of each stream that has one, by kind and id. */
function fullTexts(events: readonly DeltaEvent[]): ReadonlyMap<string, string> {
  return new Map(
    events.flatMap((event) =>
      event.type === 'end' && event.text !== undefined ? [[`${event.kind} ${event.id}`, event.text]] : [],
    ),
  );
}

describe('the recordings', () => {
  it(`are all found if their folder exists: ${found.length}`, () => {
    expect(found.length > 0).toBe(existsSync(recordings));
  });

  // There is no file with its texts, but its last line repeats them.
  it.each(
    ['claude-code/claude_stream_multi_delta.jsonl'].filter((file) => existsSync(new URL(file, recordings))),
  )('%s gives the text of its result', async (file) => {
    const values = await collect(readValues(file));
    const texts = await committedTexts(await collect(from(values).pipe(fromClaudeCode())));
    expect(values.at(-1)).toMatchObject({ type: 'result', result: [...texts.values()].join('') });
  });

  it.each(found)('$file gives its texts', async (recording) => {
    const texts = await committedTexts(await collect(read(recording)));
    expect([...texts.values()].sort()).toStrictEqual(expectedTexts(recording.file));
  });

  it.each(found)('$file ends with its texts', async (recording) => {
    const events = await collect(read(recording));
    const texts = await committedTexts(events);
    for (const [stream, text] of fullTexts(events)) {
      expect([stream, text]).toStrictEqual([stream, texts.get(stream)]);
    }
  });

  it.each(found)('$file gives the same events, wherever its bytes are cut', async (recording) => {
    const whole = await collect(read(recording));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(), { minLength: 1, maxLength: 500 }), async (cuts) => {
        expect(await collect(read(recording, cuts))).toStrictEqual(whole);
      }),
      { numRuns: 10 },
    );
  });

  it.each(found)(
    '$file gives all text so far, wherever it is cut off',
    { timeout: 60_000 },
    async ({ file, operator }) => {
      const values = await collect(readValues(file));
      const step = values.length > 100 ? 10 : 1;
      for (let length = step; length < values.length; length += step) {
        const events = await collect(from(values.slice(0, length)).pipe(operator()));
        const commits = await collect(from(events).pipe(commitLines()));
        const closed = commits.filter(({ type }) => type === 'close');
        expect(closed).toHaveLength(byStream(commits).size);
        expect(await committedTexts(events)).toStrictEqual(streamedTexts(events));
      }
    },
  );

  it('produce their texts when several are merged, each with its own connection', async () => {
    const values = new Map(
      await Promise.all(found.map(async ({ file }) => [file, await collect(readValues(file))] as const)),
    );
    const index = fc.nat({ max: Math.max(0, found.length - 1) });
    const some = fc.array(index, { minLength: 2, maxLength: 5 });
    const turns = fc.array(fc.nat(), { minLength: 1, maxLength: 100 });
    await fc.assert(
      fc.asyncProperty(some, turns, async (indices, picks) => {
        const merged = indices.flatMap((chosen) => found[chosen] ?? []);
        const queues = await Promise.all(
          merged.map(async ({ file, operator }, number) => [
            ...(await collect(from(values.get(file) ?? []).pipe(operator({ connection: String(number) })))),
          ]),
        );
        const events = mergeByTurns(queues, picks);
        const texts = await committedTexts(events);
        const expected = merged.flatMap(({ file }) => expectedTexts(file)).sort();
        expect([...texts.values()].sort()).toStrictEqual(expected);
      }),
      { numRuns: 40 },
    );
  });
});

/** Takes an event of one of the queues at a time, as the picks say, until all are empty. */
function mergeByTurns<T>(queues: readonly (readonly T[])[], picks: readonly number[]): readonly T[] {
  const rest = queues.map((queue) => ({ queue, position: 0 }));
  const merged: T[] = [];
  for (let turn = 0; rest.length > 0; turn++) {
    const index = (picks[turn % picks.length] ?? 0) % rest.length;
    const source = rest[index];
    const event = source?.queue[source.position];
    if (source === undefined || event === undefined) {
      rest.splice(index, 1);
    } else {
      merged.push(event);
      source.position++;
    }
  }
  return merged;
}
