import { existsSync, readdirSync, readFileSync } from 'node:fs';

import { from, type Observable, type OperatorFunction } from 'rxjs';
import { describe, expect, it } from 'vitest';

import type { DeltaEvent } from '../../src/index.js';
import { commitLines } from '../../src/operators/commitLines.js';
import {
  decodeText,
  fromCodex,
  fromOpenAIResponses,
  parseJSONLines,
  parseSSE,
} from '../../src/protocols/index.js';
import { byStream, textOf } from '../support/arbitraries.js';
import { collect } from '../support/collect.js';

/** Real streams, and the texts that have to come out of each; they are not there on every machine. */
const recordings = new URL('../../../shared/recordings/', import.meta.url);

interface Recording {
  readonly file: string;
  readonly operator: () => OperatorFunction<unknown, DeltaEvent>;
}

function recordingsOf(folder: string, operator: Recording['operator']): readonly Recording[] {
  const texts = new URL(`texts/${folder}/`, recordings);
  return existsSync(texts)
    ? readdirSync(texts).map((name) => ({ file: `${folder}/${name.replace(/\.json$/, '')}`, operator }))
    : [];
}

const found = [
  ...recordingsOf('codex', () => fromCodex()),
  ...recordingsOf('openai-responses', () => fromOpenAIResponses()),
];

function expectedTexts(file: string): readonly string[] {
  const json = readFileSync(new URL(`texts/${file}.json`, recordings), 'utf8');
  const { streams } = JSON.parse(json) as { streams: { text: string }[] };
  return streams.map(({ text }) => text).sort();
}

function read({ file, operator }: Recording, chunkLength: number): Observable<DeltaEvent> {
  const bytes = Uint8Array.from(readFileSync(new URL(file, recordings)));
  const chunks = Array.from({ length: Math.ceil(bytes.length / chunkLength) }, (_, index) =>
    bytes.subarray(index * chunkLength, (index + 1) * chunkLength),
  );
  const text = from(chunks).pipe(decodeText());
  const values: Observable<unknown> = file.endsWith('.sse')
    ? text.pipe(parseSSE())
    : text.pipe(parseJSONLines());
  return values.pipe(operator());
}

/** The text of each stream that `commitLines` makes of the events, by kind and id. */
async function committedTexts(events: readonly DeltaEvent[]): Promise<ReadonlyMap<string, string>> {
  const commits = await collect(from(events).pipe(commitLines()));
  return new Map(
    [...byStream(commits)].map(([{ kind, id }, ofStream]) => [`${kind} ${id}`, textOf(ofStream)]),
  );
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
  it(`are there, ${found.length} of them, where there is their folder`, () => {
    expect(found.length > 0).toBe(existsSync(recordings));
  });

  it.each(found)('$file gives its texts', async (recording) => {
    const texts = await committedTexts(await collect(read(recording, 65_536)));
    expect([...texts.values()].sort()).toStrictEqual(expectedTexts(recording.file));
  });

  it.each(found)('$file ends with its texts', async (recording) => {
    const events = await collect(read(recording, 65_536));
    const texts = await committedTexts(events);
    for (const [stream, text] of fullTexts(events)) {
      expect([stream, text]).toStrictEqual([stream, texts.get(stream)]);
    }
  });

  it.each(found)('$file gives the same events, however it is cut', async (recording) => {
    const whole = await collect(read(recording, 16_777_216));
    expect(await collect(read(recording, 61))).toStrictEqual(whole);
  });
});
