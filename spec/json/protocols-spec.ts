import { readFileSync } from 'node:fs';

import { from, map, type Observable, of, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { commitLines, type DeltaEvent } from '../../src/index.js';
import { scanJSON, splitJSON } from '../../src/json/index.js';
import {
  fromAGUI,
  fromAISDK,
  fromAnthropic,
  fromGemini,
  fromOpenAIChat,
  fromOpenAIResponses,
  parseSSE,
} from '../../src/protocols/index.js';
import { collect } from '../support/collect.js';

type Messages = Observable<{ readonly data: string }>;

interface Producer {
  readonly name: string;
  /** The recording in `recordings/`: a call that writes a file. */
  readonly file: string;
  readonly read: (messages: Messages) => Observable<DeltaEvent>;
  /** The id of the call. */
  readonly id: string;
}

const producers: readonly Producer[] = [
  {
    name: 'OpenAI Responses',
    file: 'openai-responses',
    read: (messages) => messages.pipe(fromOpenAIResponses()),
    id: 'resp_1/0/0',
  },
  {
    name: 'OpenAI chat completions',
    file: 'openai-chat',
    read: (messages) => messages.pipe(fromOpenAIChat()),
    id: 'chatcmpl-1/0/0',
  },
  { name: 'Anthropic', file: 'anthropic', read: (messages) => messages.pipe(fromAnthropic()), id: 'msg_1/0' },
  { name: 'Gemini', file: 'gemini', read: (messages) => messages.pipe(fromGemini()), id: 'r1/0/0' },
  { name: 'the AI SDK', file: 'ai-sdk', read: (messages) => messages.pipe(fromAISDK()), id: 'm1/call_1' },
  { name: 'AG-UI', file: 'ag-ui', read: (messages) => messages.pipe(fromAGUI()), id: 'call_1' },
];

const recording = (file: string) => readFileSync(new URL(`recordings/${file}.sse`, import.meta.url), 'utf8');

describe('splitJSON behind a protocol', () => {
  it.each(producers)(
    'gives each line of a file while a call writes it: $name',
    async ({ file, read, id }) => {
      const messages = await collect(of(recording(file)).pipe(parseSSE()));
      const source = new Subject<{ readonly data: string }>();
      const lines: string[] = [];
      const closes: string[] = [];
      read(source)
        .pipe(splitJSON(), commitLines())
        .subscribe((commit) => {
          if (commit.type === 'line') {
            lines.push(`${commit.stream.kind} ${commit.stream.id} ${commit.text}`);
          } else if (commit.type === 'close') {
            closes.push(`${commit.stream.id} ${commit.reason}`);
          }
        });
      // The lines that each message brings, without the messages that bring none.
      const steps = messages
        .map((message) => {
          source.next(message);
          return lines.splice(0);
        })
        .filter((step) => step.length > 0);
      source.complete();
      expect(steps).toStrictEqual([
        [`tool ${id}#/path a.txt`],
        [`tool ${id}#/content one`],
        [`tool ${id}#/content two`],
        [`tool ${id}#/content three`],
      ]);
      expect(lines).toStrictEqual([]);
      expect(closes).toStrictEqual([`${id}#/path end`, `${id}#/content end`]);
    },
  );
});

describe('scanJSON behind a protocol', () => {
  const values = (messages: readonly { readonly data: string }[], { read }: Producer) =>
    collect(
      read(from(messages)).pipe(
        scanJSON({ pointers: [] }),
        map((commit) => ('value' in commit ? commit.value : commit.type)),
      ),
    );

  it.each(producers)('gives the arguments of a whole call: $name', async (producer) => {
    const messages = await collect(of(recording(producer.file)).pipe(parseSSE()));
    expect(await values(messages, producer)).toStrictEqual([
      'open',
      { path: 'a.txt', content: 'one\ntwo\nthree' },
    ]);
  });

  it.each(producers)('gives no arguments of a call that was cut off: $name', async (producer) => {
    const messages = await collect(of(recording(producer.file)).pipe(parseSSE()));
    // Up to the piece that has `o\n`.
    const length = messages.findIndex(({ data }) => data.includes('"o\\')) + 1;
    expect(length).toBeGreaterThan(3);
    expect(await values(messages.slice(0, length), producer)).toStrictEqual(['open', 'close']);
  });
});
