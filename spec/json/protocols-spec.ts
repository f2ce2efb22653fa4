import { from, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { commitLines, type DeltaEvent } from '../../src/index.js';
import { splitJSON } from '../../src/json/index.js';
import {
  fromAGUI,
  fromAISDK,
  fromAnthropic,
  fromGemini,
  fromOpenAIChat,
  fromOpenAIResponses,
} from '../../src/protocols/index.js';
import { collect } from '../support/collect.js';

/** The arguments of a call that writes a file, in the pieces that a model sends. */
const PIECES = ['{"path":"a', '.txt","content":"one\\ntw', 'o\\n', 'three"}'];
const TEXT = PIECES.join('');

interface Producer {
  readonly name: string;
  readonly events: readonly unknown[];
  readonly read: (source: Observable<unknown>) => Observable<DeltaEvent>;
}

const chatChunk = (index: number, call: object) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta: { tool_calls: [{ index, ...call }] }, finish_reason: null }],
});

const geminiPart = (functionCall: object) => ({
  responseId: 'r1',
  candidates: [{ index: 0, content: { role: 'model', parts: [{ functionCall }] } }],
});

const producers: readonly Producer[] = [
  {
    name: 'OpenAI Responses',
    read: (source) => source.pipe(fromOpenAIResponses() as never),
    events: [
      { type: 'response.created', sequence_number: 0, response: { id: 'resp_1', output: [] } },
      {
        type: 'response.output_item.added',
        sequence_number: 1,
        output_index: 0,
        item: { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'write_file', arguments: '' },
      },
      ...PIECES.map((delta, index) => ({
        type: 'response.function_call_arguments.delta',
        sequence_number: 2 + index,
        item_id: 'fc_1',
        output_index: 0,
        delta,
      })),
      {
        type: 'response.function_call_arguments.done',
        sequence_number: 6,
        item_id: 'fc_1',
        output_index: 0,
        arguments: TEXT,
      },
    ],
  },
  {
    name: 'OpenAI chat completions',
    read: (source) => source.pipe(fromOpenAIChat() as never),
    events: [
      chatChunk(0, { id: 'call_1', type: 'function', function: { name: 'write_file', arguments: '' } }),
      ...PIECES.map((piece) => chatChunk(0, { function: { arguments: piece } })),
      { id: 'chatcmpl-1', choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] },
    ],
  },
  {
    name: 'Anthropic',
    read: (source) => source.pipe(fromAnthropic() as never),
    events: [
      { type: 'message_start', message: { id: 'msg_1', role: 'assistant', content: [] } },
      {
        type: 'content_block_start',
        index: 0,
        content_block: { type: 'tool_use', id: 'toolu_1', name: 'write_file', input: {} },
      },
      ...['', ...PIECES].map((partial_json) => ({
        type: 'content_block_delta',
        index: 0,
        delta: { type: 'input_json_delta', partial_json },
      })),
      { type: 'content_block_stop', index: 0 },
      { type: 'message_stop' },
    ],
  },
  {
    name: 'Gemini',
    read: (source) => source.pipe(fromGemini() as never),
    events: [
      geminiPart({ id: 'call_1', name: 'write_file', willContinue: true }),
      geminiPart({ partialArgs: [{ jsonPath: '$.path', stringValue: 'a.txt' }], willContinue: true }),
      ...['one\ntw', 'o\n'].map((stringValue) =>
        geminiPart({
          partialArgs: [{ jsonPath: '$.content', stringValue, willContinue: true }],
          willContinue: true,
        }),
      ),
      geminiPart({ partialArgs: [{ jsonPath: '$.content', stringValue: 'three' }], willContinue: true }),
      geminiPart({}),
    ],
  },
  {
    name: 'the AI SDK',
    read: (source) => source.pipe(fromAISDK() as never),
    events: [
      { type: 'start', messageId: 'm1' },
      { type: 'tool-input-start', toolCallId: 'call_1', toolName: 'write_file' },
      ...PIECES.map((inputTextDelta) => ({ type: 'tool-input-delta', toolCallId: 'call_1', inputTextDelta })),
      {
        type: 'tool-input-available',
        toolCallId: 'call_1',
        toolName: 'write_file',
        input: JSON.parse(TEXT) as unknown,
      },
      { type: 'finish' },
    ],
  },
  {
    name: 'AG-UI',
    read: (source) => source.pipe(fromAGUI() as never),
    events: [
      { type: 'RUN_STARTED', threadId: 't1', runId: 'r1' },
      { type: 'TOOL_CALL_START', toolCallId: 'call_1', toolCallName: 'write_file' },
      ...PIECES.map((delta) => ({ type: 'TOOL_CALL_ARGS', toolCallId: 'call_1', delta })),
      { type: 'TOOL_CALL_END', toolCallId: 'call_1' },
      { type: 'RUN_FINISHED', threadId: 't1', runId: 'r1' },
    ],
  },
];

describe('splitJSON behind a protocol', () => {
  it.each(producers)('gives the lines of a file that a tool call writes: $name', async ({ events, read }) => {
    const commits = await collect(read(from(events)).pipe(splitJSON(), commitLines()));
    const lines = commits.flatMap((commit) =>
      commit.type === 'line' ? [`${commit.stream.id.replace(/^.*#/, '')} ${commit.text}`] : [],
    );
    expect(lines).toStrictEqual(['/path a.txt', '/content one', '/content two', '/content three']);
    const closes = commits.flatMap((commit) => (commit.type === 'close' ? [commit.reason] : []));
    expect(closes).toStrictEqual(['end', 'end']);
  });
});
