import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';

import type { Commit } from '../../src/index.js';
import { commitLines } from '../../src/operators/commitLines.js';
import {
  type ConnectionOptions,
  fromAGUI,
  fromAISDK,
  fromAnthropic,
  fromBedrock,
  fromCohere,
  fromGemini,
  fromLangGraph,
  fromOllama,
  fromOpenAIChat,
  fromRealtime,
} from '../../src/protocols/index.js';
import { byStream } from '../support/arbitraries.js';
import { collect } from '../support/collect.js';
import { corruptions, replaceAt } from '../support/corruptions.js';
import { keepsTheLawsOfProducers, type Producer, textsOf } from '../support/producerLaws.js';

const chunk = (id: string, choice: object) => ({
  id,
  object: 'chat.completion.chunk',
  choices: [{ index: 0, ...choice }],
});

// What every reader of a producer has in common.
const rows: readonly Producer[] = [
  {
    name: 'fromOpenAIChat',
    operator: fromOpenAIChat,
    events: (id) => [
      chunk(id, { delta: { role: 'assistant', content: '', reasoning_content: 'hm' } }),
      chunk(id, { delta: { content: 'a', refusal: 'no', audio: { transcript: 'oh' } } }),
      chunk(id, {
        delta: { tool_calls: [{ index: 0, id: 'call_1', function: { name: 'f', arguments: '{}' } }] },
      }),
      chunk(id, { delta: { function_call: { name: 'f', arguments: '[]' } } }),
      chunk(id, { delta: { content: [{ type: 'text', text: 'b' }] } }),
      chunk(id, { delta: {}, message: { content: 'ab' }, finish_reason: 'stop' }),
      { id, choices: [], usage: {} },
    ],
    texts: (id) => ({
      [`reasoning ${id}/0`]: 'hm',
      [`answer ${id}/0`]: 'ab',
      [`refusal ${id}/0`]: 'no',
      [`transcript ${id}/0`]: 'oh',
      [`tool ${id}/0/0`]: '{}',
      [`tool ${id}/0/function`]: '[]',
    }),
    delta: (text) => chunk('c1', { delta: { content: text } }),
  },
  {
    name: 'fromAnthropic',
    operator: fromAnthropic,
    events: (id) => [
      { type: 'message_start', message: { id, content: [] } },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'ping' },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'a' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'b' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'content_block_start', index: 1, content_block: { type: 'tool_use', input: { x: 1 } } },
      { type: 'content_block_stop', index: 1 },
      { type: 'message_delta', delta: { stop_reason: 'tool_use' } },
      { type: 'message_stop' },
    ],
    texts: (id) => ({ [`answer ${id}/0`]: 'ab', [`tool ${id}/1`]: '{"x":1}' }),
    delta: (text) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
  },
  {
    name: 'fromBedrock',
    operator: fromBedrock,
    events: (id) => [
      { messageStart: { role: 'assistant' } },
      { contentBlockDelta: { contentBlockIndex: 0, delta: { reasoningContent: { text: 'hm' } } } },
      { contentBlockDelta: { contentBlockIndex: 0, delta: { reasoningContent: { signature: 'x' } } } },
      { contentBlockStop: { contentBlockIndex: 0 } },
      { contentBlockDelta: { contentBlockIndex: 1, delta: { text: 'a' } } },
      { contentBlockDelta: { contentBlockIndex: 1, delta: { text: 'b' } } },
      { contentBlockStart: { contentBlockIndex: 2, start: { toolUse: { toolUseId: id, name: 'f' } } } },
      { contentBlockDelta: { contentBlockIndex: 2, delta: { toolUse: { input: '{}' } } } },
      { contentBlockDelta: { contentBlockIndex: 3, delta: { toolResult: [{ text: 'x' }] } } },
      { messageStop: { stopReason: 'end_turn' } },
      { metadata: { usage: {} } },
    ],
    texts: () => ({ 'reasoning 1/0': 'hm', 'answer 1/1': 'ab', 'tool 1/2': '{}', 'output 1/3': 'x' }),
    delta: (text) => ({ contentBlockDelta: { contentBlockIndex: 0, delta: { text } } }),
  },
  {
    name: 'fromCohere',
    operator: fromCohere,
    events: (id) => {
      const at = (type: string, index: number, message: object) => ({ type, index, delta: { message } });
      return [
        { id, type: 'message-start', delta: { message: { role: 'assistant' } } },
        { type: 'tool-plan-delta', delta: { message: { tool_plan: 'hm' } } },
        at('content-start', 0, { content: { type: 'text', text: '' } }),
        at('content-delta', 0, { content: { text: 'a' } }),
        at('content-delta', 0, { content: { text: 'b' } }),
        at('citation-start', 0, { citations: { text: 'x' } }),
        { type: 'content-end', index: 0 },
        at('tool-call-start', 0, { tool_calls: { id, function: { name: 'f', arguments: '' } } }),
        at('tool-call-delta', 0, { tool_calls: { function: { arguments: '{}' } } }),
        { type: 'tool-call-end', index: 0 },
        { type: 'message-end', delta: { finish_reason: 'COMPLETE' } },
      ];
    },
    texts: (id) => ({ [`reasoning ${id}/plan`]: 'hm', [`answer ${id}/0`]: 'ab', [`tool ${id}/0`]: '{}' }),
    delta: (text) => ({ type: 'content-delta', index: 0, delta: { message: { content: { text } } } }),
  },
  {
    name: 'fromRealtime',
    operator: fromRealtime,
    events: (id) => {
      const at = (type: string, output_index: number, fields: object) => ({
        type: `response.${type}`,
        response_id: id,
        output_index,
        ...fields,
      });
      return [
        { type: 'response.created', event_id: 'e', response: { id } },
        at('output_audio_transcript.delta', 0, { content_index: 0, delta: 'o' }),
        at('output_audio_transcript.done', 0, { content_index: 0, transcript: 'oh' }),
        at('output_item.done', 0, {
          item: { id: 'i', status: 'completed', content: [{ type: 'output_audio', transcript: 'oh' }] },
        }),
        at('output_text.delta', 1, { delta: 'a' }),
        at('function_call_arguments.done', 2, { arguments: '{}' }),
        {
          type: 'response.done',
          response: {
            id,
            status: 'completed',
            output: [
              { id: 'i' },
              { content: [{ text: 'ab' }] },
              {},
              { type: 'mcp_call', arguments: '[]', output: 'x' },
            ],
          },
        },
      ];
    },
    texts: (id) => ({
      [`transcript ${id}/0/0`]: 'oh',
      [`answer ${id}/1/0`]: 'ab',
      [`tool ${id}/2/0`]: '{}',
      [`tool ${id}/3/0`]: '[]',
      [`output ${id}/3/0`]: 'x',
    }),
    delta: (delta) => ({ type: 'response.output_text.delta', response_id: 'r', delta }),
  },
  {
    name: 'fromRealtime, of speech',
    operator: fromRealtime,
    events: (id) => {
      const input = (name: string, item_id: string, fields: object) => ({
        type: `conversation.item.input_audio_transcription.${name}`,
        item_id,
        content_index: 0,
        ...fields,
      });
      return [
        { type: 'session.created', event_id: 'e', session: { id } },
        { type: 'input_audio_buffer.committed', item_id: id },
        { type: 'conversation.item.added', item: { id: `${id}!`, role: 'user' } },
        input('delta', id, { delta: 'h' }),
        input('completed', `${id}!`, { transcript: 'oh' }),
        input('completed', id, { transcript: 'hi' }),
        { type: 'session.input_transcript.delta', delta: 'ah' },
        { type: 'session.output_transcript.delta', delta: 'eh' },
        { type: 'session.closed', event_id: 'e' },
      ];
    },
    texts: (id) => ({
      [`input ${id}/0`]: 'hi',
      [`input ${id}!/0`]: 'oh',
      [`input ${id}`]: 'ah',
      [`transcript ${id}`]: 'eh',
    }),
    delta: (delta) => ({ type: 'session.output_transcript.delta', delta }),
  },
  {
    name: 'fromRealtime, of Gemini',
    operator: fromRealtime,
    events: (id) => [
      { setupComplete: { sessionId: id } },
      { serverContent: { inputTranscription: { text: 'h' } } },
      { serverContent: { inputTranscription: { text: 'i', finished: true } } },
      { serverContent: { modelTurn: { parts: [{ text: 'hm', thought: true }, { text: 'a' }] } } },
      {
        serverContent: {
          modelTurn: {
            parts: [
              { inlineData: { mimeType: 'audio/pcm', data: 'AQID' } },
              { executableCode: { code: 'f()' } },
              { codeExecutionResult: { outcome: 'OUTCOME_OK', output: 'x' } },
            ],
          },
          outputTranscription: { text: 'oh' },
        },
      },
      { toolCall: { functionCalls: [{ id, name: 'f', args: { x: 1 } }] } },
      { toolCallCancellation: { ids: [id] } },
      { serverContent: { modelTurn: { parts: [{ text: 'b' }] }, generationComplete: true } },
      { serverContent: { turnComplete: true }, usageMetadata: {} },
      { goAway: { timeLeft: '1s' } },
    ],
    texts: () => ({
      'input 1/1': 'hi',
      'reasoning 1/1': 'hm',
      'answer 1/1': 'ab',
      'code 1/1': 'f()',
      'output 1/1': 'x',
      'transcript 1/1': 'oh',
      'tool 1/1': '{"x":1}',
    }),
    delta: (text) => ({ serverContent: { outputTranscription: { text } } }),
  },
  {
    name: 'fromOllama',
    operator: fromOllama,
    events: (id) => [
      { model: id, message: { role: 'assistant', thinking: 'hm' }, done: false },
      { model: id, message: { role: 'assistant', content: 'a' }, done: false },
      { model: id, response: 'b', done: false },
      { model: id, message: { tool_calls: [{ function: { name: 'f', arguments: { x: 1 } } }] }, done: false },
      { model: id, message: { role: 'assistant', content: '' }, done: true, done_reason: 'stop' },
    ],
    texts: () => ({ 'reasoning 1': 'hm', 'answer 1': 'ab', 'tool 1/0': '{"x":1}' }),
    delta: (content) => ({ message: { content } }),
  },
  {
    name: 'fromLangGraph, of messages',
    operator: fromLangGraph,
    events: (id) => {
      const chunk = (fields: object) => [
        'messages',
        [{ type: 'AIMessageChunk', id, ...fields }, { langgraph_node: 'n' }],
      ];
      return [
        ['values', { messages: [{ type: 'human', id: `${id}?`, content: 'x' }] }],
        chunk({ additional_kwargs: { reasoning: { summary: [{ index: 0, text: 'hm' }] } } }),
        chunk({ content: [{ type: 'text', index: 0, text: 'a' }] }),
        chunk({ tool_call_chunks: [{ index: 1, id: 'c', name: 'f', args: '{' }] }),
        chunk({ tool_call_chunks: [{ index: 1, args: '}' }] }),
        chunk({ response_metadata: { finish_reason: 'stop' } }),
        ['values', { messages: [{ type: 'ai', id, content: 'ab', tool_calls: [{ id: 'c', args: {} }] }] }],
      ];
    },
    texts: (id) => ({ [`reasoning ${id}/0`]: 'hm', [`answer ${id}`]: 'ab', [`tool ${id}/0`]: '{}' }),
    delta: (content) => ['messages', [{ type: 'AIMessageChunk', id: 'm', content }, {}]],
  },
  {
    name: 'fromLangGraph, of the second protocol',
    operator: fromLangGraph,
    events: (id) => {
      const event = (method: string, data: object) => ({
        type: 'event',
        method,
        params: { namespace: ['n'], data },
      });
      const at = (name: string, fields: object) => event('messages', { event: name, run_id: 'r', ...fields });
      const delta = (index: number, value: object) => at('content-block-delta', { index, delta: value });
      return [
        at('message-start', { id, role: 'ai' }),
        delta(0, { type: 'reasoning-delta', reasoning: 'hm' }),
        delta(1, { type: 'text-delta', text: 'a' }),
        at('content-block-finish', { index: 1, content: { type: 'text', text: 'ab' } }),
        delta(2, { type: 'block-delta', fields: { type: 'input_json_delta', input: '{' } }),
        delta(2, { type: 'block-delta', fields: { type: 'tool_call_chunk', args: '{}' } }),
        event('tools', { event: 'tool-output-delta', tool_call_id: 'c', delta: 'x' }),
        event('tools', { event: 'tool-finished', tool_call_id: 'c' }),
        at('message-finish', { reason: 'stop' }),
        event('lifecycle', { event: 'completed' }),
      ];
    },
    texts: (id) => ({
      [`reasoning ${id}/0`]: 'hm',
      [`answer ${id}/1`]: 'ab',
      [`tool ${id}/2`]: '{}',
      'output c': 'x',
    }),
    delta: (text) => ({
      type: 'event',
      method: 'messages',
      params: {
        namespace: [],
        data: { event: 'content-block-delta', index: 0, delta: { type: 'text-delta', text } },
      },
    }),
  },
  {
    name: 'fromGemini',
    operator: fromGemini,
    events: (id) => {
      const part = (value: object, more: object = {}) => ({
        responseId: id,
        candidates: [{ index: 0, content: { parts: [value] }, ...more }],
      });
      return [
        part({ text: 'hm', thought: true }),
        part({ text: 'a' }),
        part({ executableCode: { language: 'PYTHON', code: 'x' } }),
        part({ codeExecutionResult: { output: '1' } }),
        part({ functionCall: { name: 'f', args: { x: 1 } } }),
        part({ functionCall: { name: 'f', willContinue: true } }),
        part({ functionCall: { partialArgs: [{ jsonPath: '$.x', stringValue: 'y' }], willContinue: true } }),
        part({ functionCall: {} }),
        part({ text: 'b' }, { finishReason: 'STOP' }),
      ];
    },
    texts: (id) => ({
      [`reasoning ${id}/0`]: 'hm',
      [`answer ${id}/0`]: 'ab',
      [`code ${id}/0/0`]: 'x',
      [`tool ${id}/0/0`]: '{"x":1}',
      [`tool ${id}/0/1`]: '{"x":"y"}',
    }),
    delta: (text) => ({ candidates: [{ content: { parts: [{ text }] } }] }),
  },
  {
    name: 'fromGemini, interactions',
    operator: fromGemini,
    events: (id) => {
      const step = (index: number, step: object) => ({ event_type: 'step.start', index, step });
      const delta = (index: number, value: object) => ({ event_type: 'step.delta', index, delta: value });
      const stop = (index: number) => ({ event_type: 'step.stop', index });
      return [
        { event_type: 'interaction.created', interaction: { id, status: 'in_progress' } },
        step(0, { type: 'thought' }),
        delta(0, { type: 'thought_summary', content: { type: 'text', text: 'hm' } }),
        delta(0, { type: 'thought_signature', signature: 'x' }),
        stop(0),
        step(1, { type: 'function_call', name: 'f', arguments: {} }),
        delta(1, { type: 'arguments_delta', arguments: '{"x":1}' }),
        stop(1),
        step(2, { type: 'function_call', name: 'f', arguments: { y: 1 } }),
        stop(2),
        step(3, { type: 'code_execution_call', arguments: { code: 'c' } }),
        stop(3),
        step(4, { type: 'code_execution_result', result: 'r' }),
        stop(4),
        step(5, { type: 'mcp_server_tool_result', result: [{ type: 'text', text: 'm' }] }),
        stop(5),
        step(6, { type: 'model_output', content: [{ type: 'text', text: 'a' }] }),
        delta(6, { type: 'text', text: 'b' }),
        stop(6),
        { event_type: 'interaction.completed', interaction: { id, status: 'completed' } },
      ];
    },
    texts: (id) => ({
      [`reasoning ${id}/0`]: 'hm',
      [`tool ${id}/1`]: '{"x":1}',
      [`tool ${id}/2`]: '{"y":1}',
      [`code ${id}/3`]: 'c',
      [`output ${id}/4`]: 'r',
      [`output ${id}/5`]: 'm',
      [`answer ${id}/6`]: 'ab',
    }),
    delta: (text) => ({ event_type: 'step.delta', index: 0, delta: { type: 'text', text } }),
  },
  {
    name: 'fromAISDK',
    operator: fromAISDK,
    events: (id) => [
      { type: 'start', messageId: 'm1' },
      { type: 'start-step' },
      { type: 'reasoning-start', id },
      { type: 'reasoning-delta', id, delta: 'hm' },
      { type: 'reasoning-end', id },
      { type: 'text-start', id },
      { type: 'text-delta', id, delta: 'a' },
      { type: 'tool-input-start', toolCallId: id, toolName: 'f' },
      { type: 'tool-input-delta', toolCallId: id, inputTextDelta: '{ }' },
      { type: 'text-delta', id, delta: 'b' },
      { type: 'tool-input-available', toolCallId: id, toolName: 'f', input: {} },
      { type: 'text-end', id },
      { type: 'tool-output-available', toolCallId: id, output: 'x' },
      { type: 'finish-step' },
      { type: 'finish' },
    ],
    texts: (id) => ({ [`reasoning m1/${id}`]: 'hm', [`answer m1/${id}`]: 'ab', [`tool m1/${id}`]: '{ }' }),
    delta: (text) => ({ type: 'text-delta', id: '0', delta: text }),
  },
  {
    name: 'fromAGUI',
    operator: fromAGUI,
    events: (id) => [
      { type: 'RUN_STARTED', threadId: 't', runId: 'r' },
      { type: 'REASONING_MESSAGE_CHUNK', messageId: id, delta: 'hm' },
      { type: 'TEXT_MESSAGE_START', messageId: id, role: 'assistant' },
      { type: 'TEXT_MESSAGE_CONTENT', messageId: id, delta: 'a' },
      { type: 'TOOL_CALL_START', toolCallId: id, toolCallName: 'f' },
      { type: 'TOOL_CALL_ARGS', toolCallId: id, delta: '{}' },
      { type: 'TEXT_MESSAGE_CONTENT', messageId: id, delta: 'b' },
      { type: 'TOOL_CALL_END', toolCallId: id },
      { type: 'TEXT_MESSAGE_END', messageId: id },
      {
        type: 'MESSAGES_SNAPSHOT',
        messages: [
          { id: 'u', role: 'user', content: 'x' },
          { id, role: 'assistant', content: 'ab', toolCalls: [{ id, function: { arguments: '{}' } }] },
        ],
      },
      { type: 'RUN_FINISHED', threadId: 't', runId: 'r' },
    ],
    texts: (id) => ({ [`reasoning ${id}`]: 'hm', [`answer ${id}`]: 'ab', [`tool ${id}`]: '{}' }),
    delta: (text) => ({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'm1', delta: text }),
  },
];

const closings = (commits: readonly Commit[]) =>
  commits.flatMap((commit) => (commit.type === 'close' ? [commit.reason] : []));

describe.each(rows)('$name', (producer) => {
  const { operator, events, texts, delta } = producer;
  const read = (values: readonly unknown[], options?: ConnectionOptions) =>
    collect(from(values).pipe(operator(options)));
  const commit = (values: readonly unknown[], options?: ConnectionOptions) =>
    collect(from(values).pipe(operator(options), commitLines()));

  keepsTheLawsOfProducers(producer);

  it('emits each text of the producer, and ends it', async () => {
    const commits = await commit(events('x1'));
    expect(textsOf(commits)).toStrictEqual(texts('x1'));
    expect(closings(commits)).toStrictEqual(Object.keys(texts('x1')).map(() => 'end'));
  });

  it('emits an order only with the first event of a stream', async () => {
    const seen = new Set<string>();
    for (const event of await read(events('x1'))) {
      const stream = `${event.kind} ${event.id}`;
      expect([stream, 'order' in event]).toStrictEqual([stream, !seen.has(stream)]);
      seen.add(stream);
    }
    expect(seen.size).toBe(Object.keys(texts('x1')).length);
  });

  it('emits only well-formed events, whatever a field contains', async () => {
    for (const [index, event] of events('x1').entries()) {
      for (const corrupted of corruptions(event)) {
        const values = replaceAt(events('x1'), index, corrupted);
        const commits = await commit([...values, ...events('x2')]);
        expect(commits.filter(({ type }) => type === 'drop')).not.toContainEqual(
          expect.objectContaining({ reason: 'malformed' }),
        );
        const streams = new Set([...byStream(commits).keys()].map(({ kind, id }) => `${kind} ${id}`));
        expect(closings(commits)).toHaveLength(streams.size);
      }
    }
  });

  it('accepts a delta of 10 MB', async () => {
    const text = 'line\n'.repeat(2_000_000);
    expect(await read([delta(text)])).toMatchObject([{ type: 'delta', delta: text }]);
  });
});
