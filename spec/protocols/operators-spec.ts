import {
  EMPTY,
  from,
  NEVER,
  Observable,
  type OperatorFunction,
  Subject,
  take,
  throwError,
  toArray,
} from 'rxjs';
import { describe, expect, it } from 'vitest';

import {
  decodeText,
  fromA2A,
  fromACP,
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
  fromOllama,
  fromKubernetes,
  fromMCP,
  fromOpenAIChat,
  fromOpenAIResponses,
  fromRealtime,
  parseJSONArray,
  parseJSONLines,
  parseSSE,
} from '../../src/protocols/index.js';
import { collect } from '../support/collect.js';
import { marbles } from '../support/marbles.js';

interface Row {
  readonly name: string;
  readonly operator: () => OperatorFunction<unknown, unknown>;
  /** An input that gives at least one value for each. */
  readonly input: readonly unknown[];
  readonly output: readonly unknown[];
  /** An input after which the operator holds something back. */
  readonly unfinished: unknown;
}

/** So that one table can hold all operators. */
const widen = <T>(operator: OperatorFunction<T, unknown>) => operator as OperatorFunction<unknown, unknown>;

const codexDelta = (delta: string) => ({ id: '1', msg: { type: 'agent_message_delta', delta } });
const claudeDelta = (text: string) => ({
  type: 'stream_event',
  event: { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } },
});
const textDelta = (delta: string) => ({
  type: 'response.output_text.delta',
  output_index: 0,
  content_index: 0,
  delta,
});

const logMessage = (data: string) => ({
  method: 'notifications/message',
  params: { level: 'info', data },
});
const acpDelta = (text: string) => ({
  sessionId: 's',
  update: { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } },
});
const a2aDelta = (text: string) => ({
  kind: 'artifact-update',
  taskId: 't',
  artifact: { artifactId: 'a', parts: [{ kind: 'text', text }] },
  append: true,
});
const chatDelta = (content: string) => ({ id: 'c', choices: [{ index: 0, delta: { content } }] });
const anthropicDelta = (text: string) => ({
  type: 'content_block_delta',
  index: 0,
  delta: { type: 'text_delta', text },
});
const bedrockDelta = (text: string) => ({ contentBlockDelta: { contentBlockIndex: 0, delta: { text } } });
const cohereDelta = (text: string) => ({
  type: 'content-delta',
  index: 0,
  delta: { message: { content: { text } } },
});
const realtimeDelta = (delta: string) => ({
  type: 'response.output_text.delta',
  event_id: 'e',
  response_id: 'r',
  item_id: 'i',
  output_index: 0,
  content_index: 0,
  delta,
});
const liveText = (text: string) => ({ serverContent: { modelTurn: { parts: [{ text }] } } });
const ollamaChunk = (content: string) => ({ message: { role: 'assistant', content }, done: false });
const langGraphChunk = (content: string) => ['messages', [{ type: 'AIMessageChunk', id: 'm', content }, {}]];
const langGraphDelta = (text: string) => ({
  type: 'event',
  method: 'messages',
  params: {
    namespace: [],
    data: { event: 'content-block-delta', run_id: 'r', index: 0, delta: { type: 'text-delta', text } },
  },
});
const geminiDelta = (text: string) => ({ candidates: [{ content: { parts: [{ text }] } }] });
const aiSDKDelta = (delta: string) => ({ type: 'text-delta', id: '0', delta });
const agUIDelta = (delta: string) => ({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta });

// What every operator has in common. Each is given a source that is its own, so a row shows a fresh start as well.
const rows: readonly Row[] = [
  {
    name: 'decodeText',
    operator: () => widen(decodeText()),
    input: [Uint8Array.of(0x61), Uint8Array.of(0x62)],
    output: ['a', 'b'],
    unfinished: Uint8Array.of(0xf0, 0x9f),
  },
  {
    name: 'parseSSE',
    operator: () => widen(parseSSE()),
    input: ['data: a\n\n', 'data: b\n\n'],
    output: [{ data: 'a' }, { data: 'b' }],
    unfinished: 'data: c',
  },
  {
    name: 'parseJSONLines',
    operator: () => widen(parseJSONLines()),
    input: ['1\n', '2\n'],
    output: [1, 2],
    unfinished: '"c',
  },
  {
    name: 'fromOpenAIResponses',
    operator: () => fromOpenAIResponses(),
    input: [textDelta('a'), textDelta('b')],
    output: [
      { type: 'delta', kind: 'answer', id: '1/0/0', delta: 'a', order: [1, 0, 0] },
      { type: 'delta', kind: 'answer', id: '1/0/0', delta: 'b' },
    ],
    unfinished: textDelta('c'),
  },
  {
    name: 'fromCodex',
    operator: () => fromCodex(),
    input: [codexDelta('a'), codexDelta('b')],
    output: [
      { type: 'delta', kind: 'answer', id: '1/0', delta: 'a' },
      { type: 'delta', kind: 'answer', id: '1/0', delta: 'b' },
    ],
    unfinished: codexDelta('c'),
  },
  {
    name: 'fromClaudeCode',
    operator: () => fromClaudeCode(),
    input: [claudeDelta('a'), claudeDelta('b')],
    output: [
      { type: 'delta', kind: 'answer', id: '1/0', delta: 'a', order: [1, 0] },
      { type: 'delta', kind: 'answer', id: '1/0', delta: 'b' },
    ],
    unfinished: claudeDelta('c'),
  },
  {
    name: 'fromDocker',
    operator: () => fromDocker(),
    input: [{ log: 'a\n' }, { log: 'b\n' }],
    output: [
      { type: 'delta', kind: 'output', id: 'log', delta: 'a\n' },
      { type: 'delta', kind: 'output', id: 'log', delta: 'b\n' },
    ],
    unfinished: { log: 'c', partial_message: 'true', partial_id: 'x' },
  },
  {
    name: 'fromKubernetes',
    operator: () => fromKubernetes(),
    input: ['2026-01-01T00:00:00Z stdout F a', { log: 'b', stream: 'stderr' }],
    output: [
      { type: 'delta', kind: 'stdout', id: 'log', delta: 'a\n' },
      { type: 'delta', kind: 'stderr', id: 'log', delta: 'b\n' },
    ],
    unfinished: { log: 'c\n' },
  },
  {
    name: 'fromACP',
    operator: () => fromACP(),
    input: [acpDelta('a'), acpDelta('b')],
    output: [
      { type: 'delta', kind: 'answer', id: 's/1', delta: 'a', order: [1, 0] },
      { type: 'delta', kind: 'answer', id: 's/1', delta: 'b' },
    ],
    unfinished: acpDelta('c'),
  },
  {
    name: 'fromA2A',
    operator: () => fromA2A(),
    input: [a2aDelta('a'), a2aDelta('b')],
    output: [
      { type: 'delta', kind: 'answer', id: 't/a', delta: 'a', order: [1, 0] },
      { type: 'delta', kind: 'answer', id: 't/a', delta: 'b' },
    ],
    unfinished: a2aDelta('c'),
  },
  {
    name: 'fromMCP',
    operator: () => fromMCP(),
    input: ['a', logMessage('b')],
    output: [
      { type: 'delta', kind: 'other', id: 'lines', delta: 'a\n' },
      { type: 'delta', kind: 'output', id: 'log', delta: 'b\n' },
    ],
    unfinished: { method: 'tools/call', id: 1, params: { name: 'f' } },
  },
  {
    name: 'fromOpenAIChat',
    operator: () => fromOpenAIChat(),
    input: [chatDelta('a'), chatDelta('b')],
    output: [
      { type: 'delta', kind: 'answer', id: 'c/0', delta: 'a', order: [1, 0] },
      { type: 'delta', kind: 'answer', id: 'c/0', delta: 'b' },
    ],
    unfinished: chatDelta('c'),
  },
  {
    name: 'fromAnthropic',
    operator: () => fromAnthropic(),
    input: [anthropicDelta('a'), anthropicDelta('b')],
    output: [
      { type: 'delta', kind: 'answer', id: '1/0', delta: 'a', order: [1, 0] },
      { type: 'delta', kind: 'answer', id: '1/0', delta: 'b' },
    ],
    unfinished: anthropicDelta('c'),
  },
  {
    name: 'fromBedrock',
    operator: () => fromBedrock(),
    input: [bedrockDelta('a'), bedrockDelta('b')],
    output: [
      { type: 'delta', kind: 'answer', id: '1/0', delta: 'a', order: [1, 0] },
      { type: 'delta', kind: 'answer', id: '1/0', delta: 'b' },
    ],
    unfinished: bedrockDelta('c'),
  },
  {
    name: 'fromCohere',
    operator: () => fromCohere(),
    input: [cohereDelta('a'), cohereDelta('b')],
    output: [
      { type: 'delta', kind: 'answer', id: '1/0', delta: 'a', order: [1, 1, 0] },
      { type: 'delta', kind: 'answer', id: '1/0', delta: 'b' },
    ],
    unfinished: cohereDelta('c'),
  },
  {
    name: 'fromRealtime',
    operator: () => fromRealtime(),
    input: [realtimeDelta('a'), realtimeDelta('b')],
    output: [
      { type: 'delta', kind: 'answer', id: 'r/0/0', delta: 'a', order: [1, 0, 0] },
      { type: 'delta', kind: 'answer', id: 'r/0/0', delta: 'b' },
    ],
    unfinished: realtimeDelta('c'),
  },
  {
    name: 'fromRealtime, of Gemini',
    operator: () => fromRealtime(),
    input: [liveText('a'), liveText('b')],
    output: [
      { type: 'delta', kind: 'answer', id: '1/1', delta: 'a', order: [1, 1, 1] },
      { type: 'delta', kind: 'answer', id: '1/1', delta: 'b' },
    ],
    unfinished: liveText('c'),
  },
  {
    name: 'fromOllama',
    operator: () => fromOllama(),
    input: [ollamaChunk('a'), ollamaChunk('b')],
    output: [
      { type: 'delta', kind: 'answer', id: '1', delta: 'a', order: [1, 1] },
      { type: 'delta', kind: 'answer', id: '1', delta: 'b' },
    ],
    unfinished: ollamaChunk('c'),
  },
  {
    name: 'fromLangGraph, of messages',
    operator: () => fromLangGraph(),
    input: [langGraphChunk('a'), langGraphChunk('b')],
    output: [
      { type: 'delta', kind: 'answer', id: 'm', delta: 'a', order: [1, 1] },
      { type: 'delta', kind: 'answer', id: 'm', delta: 'b' },
    ],
    unfinished: langGraphChunk('c'),
  },
  {
    name: 'fromLangGraph, of the second protocol',
    operator: () => fromLangGraph(),
    input: [langGraphDelta('a'), langGraphDelta('b')],
    output: [
      { type: 'delta', kind: 'answer', id: 'r/0', delta: 'a', order: [1, 0] },
      { type: 'delta', kind: 'answer', id: 'r/0', delta: 'b' },
    ],
    unfinished: langGraphDelta('c'),
  },
  {
    name: 'fromGemini',
    operator: () => fromGemini(),
    input: [geminiDelta('a'), geminiDelta('b')],
    output: [
      { type: 'delta', kind: 'answer', id: '1/0', delta: 'a', order: [1, 0] },
      { type: 'delta', kind: 'answer', id: '1/0', delta: 'b' },
    ],
    unfinished: geminiDelta('c'),
  },
  {
    name: 'fromAISDK',
    operator: () => fromAISDK(),
    input: [aiSDKDelta('a'), aiSDKDelta('b')],
    output: [
      { type: 'delta', kind: 'answer', id: '1/0', delta: 'a', order: [1, 0] },
      { type: 'delta', kind: 'answer', id: '1/0', delta: 'b' },
    ],
    unfinished: aiSDKDelta('c'),
  },
  {
    name: 'fromAGUI',
    operator: () => fromAGUI(),
    input: [agUIDelta('a'), agUIDelta('b')],
    output: [
      { type: 'delta', kind: 'answer', id: 'm', delta: 'a', order: [0] },
      { type: 'delta', kind: 'answer', id: 'm', delta: 'b' },
    ],
    unfinished: agUIDelta('c'),
  },
  {
    name: 'parseJSONArray',
    operator: () => widen(parseJSONArray()),
    input: ['[{"a":1}', ',"b"'],
    output: [{ a: 1 }, 'b'],
    unfinished: '[{"c',
  },
];

describe.each(rows)('$name', ({ operator, input, output, unfinished }) => {
  const [first, second] = input;
  const [a, b] = output;
  const boom = new Error('boom');

  it(
    'emits as the source does, and completes with it',
    marbles((m) => {
      const source = m.hot('  --1-2---|', { 1: first, 2: second });
      const subscribed = '    ^-------!';
      const expected = '      --a-b---|';
      m.expect(source.pipe(operator())).toBeObservable(expected, { a, b });
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );

  it(
    'completes at once with an empty source',
    marbles((m) => {
      m.expect(EMPTY.pipe(operator())).toBeObservable('|');
    }),
  );

  it(
    'emits nothing with a silent source',
    marbles((m) => {
      m.expect(NEVER.pipe(operator())).toBeObservable('-');
    }),
  );

  it(
    'fails at once with a failing source',
    marbles((m) => {
      m.expect(throwError(() => boom).pipe(operator())).toBeObservable('#', undefined, boom);
    }),
  );

  it(
    'emits the error of the source',
    marbles((m) => {
      const source = m.hot('  --1-#', { 1: first }, boom);
      const subscribed = '    ^---!';
      const expected = '      --a-#';
      m.expect(source.pipe(operator())).toBeObservable(expected, { a }, boom);
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );

  it(
    'emits nothing after unsubscribe',
    marbles((m) => {
      const source = m.hot('  --1-2---|', { 1: first, 2: second });
      const subscribed = '    ^--!';
      const expected = '      --a-';
      m.expect(source.pipe(operator()), '^--!').toBeObservable(expected, { a });
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );

  it('stops a synchronous source', async () => {
    let produced = 0;
    const source = new Observable<unknown>((subscriber) => {
      while (!subscriber.closed && produced < 100) {
        produced++;
        subscriber.next(produced === 1 ? first : second);
      }
      subscriber.complete();
    });
    expect(await collect(source.pipe(operator(), take(1)))).toStrictEqual([a]);
    expect(produced).toBe(1);
  });

  it('starts again with each subscription', () => {
    const source = new Subject<unknown>();
    const result = source.pipe(operator());
    result.subscribe({ error: () => undefined });
    source.next(unfinished);
    const values: unknown[] = [];
    result.pipe(toArray()).subscribe((all) => values.push(...all));
    source.next(first);
    source.next(second);
    source.complete();
    expect(values).toStrictEqual(output);
  });

  it('can be subscribed to twice', async () => {
    const result = from(input).pipe(operator());
    expect(await collect(result)).toStrictEqual(output);
    expect(await collect(result)).toStrictEqual(output);
  });
});

describe.each([
  { name: 'fromOpenAIResponses', operator: fromOpenAIResponses },
  { name: 'fromRealtime', operator: fromRealtime },
  { name: 'fromCodex', operator: fromCodex },
  { name: 'fromOpenAIChat', operator: fromOpenAIChat },
  { name: 'fromAnthropic', operator: fromAnthropic },
  { name: 'fromBedrock', operator: fromBedrock },
  { name: 'fromCohere', operator: fromCohere },
  { name: 'fromOllama', operator: fromOllama },
  { name: 'fromLangGraph', operator: fromLangGraph },
  { name: 'fromGemini', operator: fromGemini },
  { name: 'fromAISDK', operator: fromAISDK },
  { name: 'fromAGUI', operator: fromAGUI },
  { name: 'fromClaudeCode', operator: fromClaudeCode },
  { name: 'fromGoTest', operator: fromGoTest },
  { name: 'fromDocker', operator: fromDocker },
  { name: 'fromKubernetes', operator: fromKubernetes },
  { name: 'fromMCP', operator: fromMCP },
  { name: 'fromACP', operator: fromACP },
  { name: 'fromA2A', operator: fromA2A },
])('the options of $name', ({ operator }) => {
  it.each([
    { connection: 5, message: 'The option connection is 5, but must be a string' },
    { connection: null, message: 'The option connection is null, but must be a string' },
    { connection: ['a'], message: 'The option connection is an array, but must be a string' },
  ])('reject the connection $connection', ({ connection, message }) => {
    expect(() => operator({ connection: connection as never })).toThrow(new TypeError(message));
  });

  it('must be an object', () => {
    expect(() => operator(null as never)).toThrow(TypeError);
  });
});
