import { existsSync, readdirSync, readFileSync } from 'node:fs';

import type { ProtocolName } from '../../src/protocols/index.js';
import { outputsOf, sharedRecordings } from '../support/shared.js';

/** The bytes of one connection, and the texts that have to come out, sorted. */
export interface Recording {
  readonly name: string;
  readonly protocol: ProtocolName;
  readonly framing: 'sse' | 'jsonl' | 'json';
  readonly bytes: Uint8Array;
  readonly texts: readonly string[];
}

const bundled = new URL('../../examples/recordings/', import.meta.url);

/** What is in the recordings of this project, read by eye. */
const bundledTexts: Readonly<Record<string, { protocol: ProtocolName; texts: readonly string[] }>> = {
  'ag-ui.sse': {
    protocol: 'ag-ui',
    texts: ['A page is wanted.', 'I search\nand I write.', '{"query":"rxjs"}', 'Done.'],
  },
  'ai-sdk.sse': {
    protocol: 'ai-sdk',
    texts: ['I need the time.', 'One moment, please.\n', '{"zone": "UTC"}', 'It is noon.'],
  },
  'anthropic.sse': {
    protocol: 'anthropic',
    texts: [
      'They ask for the weather.',
      'I look it up:\nin Paris and in Rome.',
      '{"city": "Paris"}',
      '{"city":"Rome"}',
    ],
  },
  'claude-code.jsonl': {
    protocol: 'claude-code',
    texts: [
      'The names are in the changelog.\nI send a reader.',
      '{"prompt": "Who wrote release 2?"}',
      'Ada and Grace.',
      'Ada and Grace.',
      'Release 2 was written by:\n- Ada\n- Grace',
    ],
  },
  'codex.jsonl': {
    protocol: 'codex',
    texts: [
      '**Looking for the tests**',
      'cart.test.js\norder.test.js\n',
      'There are two tests:\none for carts, one for orders.',
    ],
  },
  'docker.jsonl': {
    protocol: 'docker',
    texts: [
      'listening on port 8080\nGET /report?columns=name,price,stock,supplier,updated 200\nGET /health 204\n',
      'slow query: 812 ms\n',
    ],
  },
  'gemini.json': {
    protocol: 'gemini',
    texts: [
      'A sum is wanted.\n',
      'I calculate it:\nThe sum is 10.',
      'numbers = [2, 3, 5]\nprint(sum(numbers))\n',
      '{"title":"The sum","values":[10]}',
    ],
  },
  'go-test.jsonl': {
    protocol: 'go-test',
    texts: [
      '=== RUN   TestAdd\n=== PAUSE TestAdd\n=== CONT  TestAdd\ncart: adding 3 apples\n--- PASS: TestAdd (0.02s)\n',
      '=== RUN   TestRemove\n=== PAUSE TestRemove\n=== CONT  TestRemove\ncart: removing 1 pear\n--- FAIL: TestRemove (0.01s)\n',
      'FAIL\nFAIL\texample.com/shop/cart\t0.03s\n',
    ],
  },
  'openai-chat.sse': {
    protocol: 'openai-chat',
    texts: ['Two greetings are wanted.', 'Good morning,\nhow are you?\n', 'Hello\nthere', '{"hands":2}'],
  },
  'openai-responses.sse': {
    protocol: 'openai-responses',
    texts: ['**Counting the words**', '{"text":"…"}', 'It has seven words:\nthree are verbs.'],
  },
};

/** The longer ones, all of OpenAI Responses. Their deltas are added up here. */
const longRecordings = ['turn-1.sse', 'turn-2.sse', 'turn-3.sse', 'two-files.sse'];

const asBundled: readonly Recording[] = [
  ...Object.entries(bundledTexts).map(([file, { protocol, texts }]) =>
    recording(file, protocol, readBytes(bundled, file), texts),
  ),
  ...longRecordings.map((file) => {
    const bytes = readBytes(bundled, file);
    return recording(file, 'openai-responses', bytes, addedUp(bytes));
  }),
];

/** As they are, and with the line ends that a server on another system would write. */
export const bundledRecordings: readonly Recording[] = asBundled.flatMap((original) => {
  const lines = new TextDecoder().decode(original.bytes).replaceAll('\n', '\r\n');
  const name = `${original.name} with CR LF`;
  return [original, { ...original, name, bytes: new TextEncoder().encode(lines) }];
});

/** One folder has another name than its protocol. */
const sharedFolders: readonly (readonly [folder: string, protocol: ProtocolName])[] = [
  ['ag-ui', 'ag-ui'],
  ['ai-sdk-ui', 'ai-sdk'],
  ['anthropic', 'anthropic'],
  ['bedrock', 'bedrock'],
  ['codex', 'codex'],
  ['cohere', 'cohere'],
  ['docker', 'docker'],
  ['gemini', 'gemini'],
  ['gemini-interactions', 'gemini'],
  ['go-test', 'go-test'],
  ['openai-chat', 'openai-chat'],
  ['openai-responses', 'openai-responses'],
];

/** Real streams, which are not there on every machine. */
export const realRecordings: readonly Recording[] = sharedFolders.flatMap(([folder, protocol]) => {
  const texts = new URL(`texts/${folder}/`, sharedRecordings);
  return existsSync(texts)
    ? readdirSync(texts).map((json) => {
        const file = `${folder}/${json.replace(/\.json$/, '')}`;
        return recording(file, protocol, readBytes(sharedRecordings, file), [
          ...expectedTexts(texts, json),
          ...outputsOf(file),
        ]);
      })
    : [];
});

/** Those of OpenAI Responses whose events are numbered from 0 without gaps, as one server-sent event after another. */
export const numberedRecordings = [...bundledRecordings, ...realRecordings].filter(
  ({ protocol, framing, bytes }) => protocol === 'openai-responses' && framing === 'sse' && isNumbered(bytes),
);

function recording(
  name: string,
  protocol: ProtocolName,
  bytes: Uint8Array,
  texts: readonly string[],
): Recording {
  const ending = name.slice(name.lastIndexOf('.') + 1);
  const framing = ending === 'json' ? 'json' : ending === 'sse' || ending === 'txt' ? 'sse' : 'jsonl';
  return { name, protocol, framing, bytes, texts: [...texts].sort() };
}

function readBytes(folder: URL, file: string): Uint8Array {
  return Uint8Array.from(readFileSync(new URL(file, folder)));
}

function expectedTexts(folder: URL, file: string): readonly string[] {
  const json = readFileSync(new URL(file, folder), 'utf8');
  return (JSON.parse(json) as { streams: { text: string }[] }).streams.map(({ text }) => text);
}

/** The events of a recording, as text: a block of lines each, and an empty line after it. */
export function blocksOf(bytes: Uint8Array): readonly string[] {
  return new TextDecoder()
    .decode(bytes)
    .split(/\n\n|\r\n\r\n/)
    .filter((block) => block.trim() !== '')
    .map((block) => `${block}\n\n`);
}

function eventsOf(bytes: Uint8Array) {
  return blocksOf(bytes).flatMap((block) => {
    const data = /^data: ?(\{.*)$/m.exec(block)?.[1];
    return data === undefined
      ? []
      : [JSON.parse(data) as { type: string; sequence_number?: number; item_id?: string; delta?: string }];
  });
}

function isNumbered(bytes: Uint8Array): boolean {
  return eventsOf(bytes).every((event, index) => event.sequence_number === index);
}

/** The text of each item, of nothing but its deltas. */
function addedUp(bytes: Uint8Array): readonly string[] {
  const texts = new Map<string, string>();
  for (const { type, item_id: item = '', delta } of eventsOf(bytes)) {
    if (delta !== undefined) {
      const key = JSON.stringify([type, item]);
      texts.set(key, (texts.get(key) ?? '') + delta);
    }
  }
  return [...texts.values()];
}
