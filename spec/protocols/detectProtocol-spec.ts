import { existsSync, readdirSync, readFileSync } from 'node:fs';

import { of } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { detectProtocol, parseJSONArray, parseJSONLines, parseSSE } from '../../src/protocols/index.js';
import { collect } from '../support/collect.js';
import { corruptions } from '../support/corruptions.js';

const chunk = { id: 'c', choices: [{ index: 0, delta: { content: 'a' } }] };
const candidate = { content: { role: 'model', parts: [{ text: 'a' }] } };
const session = { session_id: 's', parent_tool_use_id: null };

const events: readonly { readonly protocol: string; readonly event: object; readonly reason: string }[] = [
  {
    protocol: 'openai-responses',
    event: { type: 'response.created', response: { id: 'r' } },
    reason: 'the type "response.created"',
  },
  {
    protocol: 'openai-responses',
    event: { type: 'response.output_text.delta', delta: 'a' },
    reason: 'the type "response.output_text.delta"',
  },
  {
    protocol: 'openai-responses',
    event: { object: 'response', status: 'completed', output: [] },
    reason: 'the object "response"',
  },
  {
    protocol: 'openai-chat',
    event: { ...chunk, object: 'chat.completion.chunk' },
    reason: 'the object "chat.completion.chunk"',
  },
  {
    protocol: 'openai-chat',
    event: { object: 'text_completion', choices: [{ text: 'a' }] },
    reason: 'the object "text_completion"',
  },
  {
    protocol: 'openai-chat',
    event: { object: 'text.completion', choices: [{ text: 'a' }] },
    reason: 'the object "text.completion"',
  },
  { protocol: 'openai-chat', event: chunk, reason: 'choices with a delta' },
  {
    protocol: 'anthropic',
    event: { type: 'message_start', message: {} },
    reason: 'the type "message_start"',
  },
  {
    protocol: 'anthropic',
    event: { type: 'content_block_delta', index: 0, delta: {} },
    reason: 'the type "content_block_delta"',
  },
  {
    protocol: 'anthropic',
    event: { type: 'completion', id: 'c', completion: 'a', stop_reason: null },
    reason: 'the type "completion"',
  },
  {
    protocol: 'realtime',
    event: { type: 'response.output_text.delta', event_id: 'e', response_id: 'r', delta: 'a' },
    reason: 'the type "response.output_text.delta" and an event_id',
  },
  {
    protocol: 'realtime',
    event: { type: 'response.created', response: { object: 'realtime.response', id: 'r' }, event_id: 'e' },
    reason: 'the type "response.created" and a realtime object',
  },
  {
    protocol: 'realtime',
    event: { type: 'session.created', event_id: 'e', session: { type: 'translation' } },
    reason: 'the type "session.created" and an event_id',
  },
  {
    protocol: 'realtime',
    event: { type: 'session.output_transcript.delta', delta: 'a' },
    reason: 'the type "session.output_transcript.delta"',
  },
  {
    protocol: 'realtime',
    event: { type: 'conversation.item.input_audio_transcription.delta', item_id: 'i', delta: 'a' },
    reason: 'the type "conversation.item.input_audio_transcription.delta"',
  },
  {
    protocol: 'realtime',
    event: { type: 'response.event', event_id: 'e', event: { type: 'response.created', sequence_number: 0 } },
    reason: 'the type "response.event"',
  },
  { protocol: 'realtime', event: { serverContent: { turnComplete: true } }, reason: 'a serverContent' },
  {
    protocol: 'ollama',
    event: {
      model: 'm',
      created_at: '2026-01-01T00:00:00Z',
      message: { role: 'assistant', content: 'a' },
      done: false,
    },
    reason: 'a message, created_at and done',
  },
  {
    protocol: 'ollama',
    event: { model: 'm', created_at: '2026-01-01T00:00:00Z', response: 'a', done: true },
    reason: 'a response, created_at and done',
  },
  {
    protocol: 'langgraph',
    event: { type: 'event', method: 'messages', params: { namespace: [], data: {} } },
    reason: 'the method "messages" and a namespace',
  },
  {
    protocol: 'langgraph',
    event: ['messages', [{ type: 'ai', content: 'a' }, { langgraph_node: 'n' }]],
    reason: 'a message and metadata of LangGraph',
  },
  {
    protocol: 'langgraph',
    event: [{ type: 'ai', content: 'a' }, { langgraph_node: 'n' }],
    reason: 'a message and metadata of LangGraph',
  },
  {
    protocol: 'langgraph',
    event: { event: 'messages/partial', data: [{ type: 'ai', content: 'a', response_metadata: {} }] },
    reason: 'a message of LangChain',
  },
  {
    protocol: 'langgraph',
    event: [{ type: 'ai', content: 'a', additional_kwargs: {} }],
    reason: 'a message of LangChain',
  },
  { protocol: 'realtime', event: { setupComplete: {} }, reason: 'a setupComplete' },
  {
    protocol: 'realtime',
    event: { toolCall: { functionCalls: [{ id: 'c', name: 'f' }] } },
    reason: 'a toolCall with functionCalls',
  },
  {
    protocol: 'bedrock',
    event: { contentBlockDelta: { contentBlockIndex: 0, delta: { text: 'a' } } },
    reason: 'a contentBlockDelta',
  },
  { protocol: 'bedrock', event: { messageStart: { role: 'assistant' } }, reason: 'a messageStart' },
  { protocol: 'bedrock', event: { messageStop: { stopReason: 'end_turn' } }, reason: 'a messageStop' },
  {
    protocol: 'cohere',
    event: { type: 'content-delta', index: 0, delta: { message: { content: { text: 'a' } } } },
    reason: 'the type "content-delta"',
  },
  {
    protocol: 'cohere',
    event: { type: 'message-end', delta: { finish_reason: 'COMPLETE' } },
    reason: 'the type "message-end"',
  },
  { protocol: 'gemini', event: { candidates: [candidate] }, reason: 'candidates with content' },
  {
    protocol: 'gemini',
    event: { candidates: [{ finishReason: 'STOP' }] },
    reason: 'candidates with content',
  },
  {
    protocol: 'gemini',
    event: { usageMetadata: {}, modelVersion: 'gemini' },
    reason: 'a modelVersion and usageMetadata',
  },
  {
    protocol: 'gemini',
    event: { event_type: 'step.delta', index: 0, delta: {} },
    reason: 'the event_type "step.delta"',
  },
  {
    protocol: 'gemini',
    event: { promptFeedback: { blockReason: 'SAFETY' } },
    reason: 'a promptFeedback with a blockReason',
  },
  { protocol: 'ai-sdk', event: { type: 'start-step' }, reason: 'the type "start-step"' },
  { protocol: 'ai-sdk', event: { type: 'text-delta', id: '0', delta: 'a' }, reason: 'the type "text-delta"' },
  {
    protocol: 'ai-sdk',
    event: { type: 'tool-input-start', toolCallId: 'c' },
    reason: 'the type "tool-input-start"',
  },
  { protocol: 'ag-ui', event: { type: 'RUN_STARTED' }, reason: 'the type "RUN_STARTED"' },
  { protocol: 'ag-ui', event: { type: 'TEXT_MESSAGE_CHUNK' }, reason: 'the type "TEXT_MESSAGE_CHUNK"' },
  {
    protocol: 'ag-ui',
    event: { type: 'REASONING_MESSAGE_CONTENT' },
    reason: 'the type "REASONING_MESSAGE_CONTENT"',
  },
  { protocol: 'codex', event: { kind: 'codex_event', payload: {} }, reason: 'the kind "codex_event"' },
  {
    protocol: 'codex',
    event: { id: '1', msg: { type: 'agent_message_delta', delta: 'a' } },
    reason: 'a message of the type "agent_message_delta"',
  },
  {
    protocol: 'codex',
    event: { type: 'thread.started', thread_id: 't' },
    reason: 'the type "thread.started"',
  },
  { protocol: 'codex', event: { type: 'item.completed', item: {} }, reason: 'the type "item.completed"' },
  {
    protocol: 'codex',
    event: { method: 'item/agentMessage/delta', params: {} },
    reason: 'the method "item/agentMessage/delta"',
  },
  {
    protocol: 'claude-code',
    event: { type: 'system', subtype: 'init', ...session },
    reason: 'the type "system" and the subtype "init"',
  },
  {
    protocol: 'claude-code',
    event: { type: 'assistant', message: { content: [] }, ...session },
    reason: 'the type "assistant"',
  },
  {
    protocol: 'claude-code',
    event: { type: 'stream_event', event: { type: 'message_start' }, ...session },
    reason: 'the type "stream_event"',
  },
  ...[
    { method: 'initialize', params: { protocolVersion: 1 } },
    { method: 'session/prompt', params: { sessionId: 's', prompt: [] } },
  ].map((message) => ({
    protocol: 'acp',
    event: { jsonrpc: '2.0', ...message },
    reason: `the method "${message.method}"`,
  })),
  {
    protocol: 'acp',
    event: { method: 'session/update', params: { sessionId: 's', update: { sessionUpdate: 'plan' } } },
    reason: 'the session update "plan"',
  },
  {
    protocol: 'acp',
    event: { sessionId: 's', update: { sessionUpdate: 'agent_message_chunk', content: {} } },
    reason: 'the session update "agent_message_chunk"',
  },
  {
    protocol: 'acp',
    event: { jsonrpc: '2.0', id: 1, result: { stopReason: 'end_turn' } },
    reason: 'the stopReason "end_turn"',
  },
  {
    protocol: 'a2a',
    event: { jsonrpc: '2.0', id: 1, result: { kind: 'artifact-update', taskId: 't', artifact: {} } },
    reason: 'an update of a task: artifact-update',
  },
  {
    protocol: 'a2a',
    event: { statusUpdate: { taskId: 't', status: { state: 'TASK_STATE_WORKING' } } },
    reason: 'an update of a task: status-update',
  },
  {
    protocol: 'a2a',
    event: { result: { kind: 'task', id: 't', status: { state: 'submitted' } } },
    reason: 'a task',
  },
  {
    protocol: 'a2a',
    event: {
      result: { kind: 'message', role: 'agent', messageId: 'm', parts: [{ kind: 'text', text: 'a' }] },
    },
    reason: 'a message with parts',
  },
  ...[
    { method: 'initialize', params: { protocolVersion: '2025-06-18' } },
    { method: 'tools/call', params: { name: 'f' } },
    { method: 'notifications/message', params: { level: 'info', data: 'a' } },
    { method: 'notifications/progress', params: { progressToken: 1, progress: 1 } },
    { method: 'tools/list' },
    { method: 'notifications/initialized' },
  ].map((message) => ({
    protocol: 'mcp',
    event: { jsonrpc: '2.0', ...message },
    reason: `the method "${message.method}"`,
  })),
  {
    protocol: 'mcp',
    event: { jsonrpc: '2.0', id: 1, result: { protocolVersion: '2025-06-18', serverInfo: {} } },
    reason: 'the serverInfo of a server',
  },
  {
    protocol: 'mcp',
    event: { jsonrpc: '2.0', id: 1, result: { tools: [{ name: 'f', inputSchema: {} }] } },
    reason: 'a list of tools',
  },
  {
    protocol: 'mcp',
    event: { jsonrpc: '2.0', id: 1, result: { content: [{ type: 'text', text: 'a' }] } },
    reason: 'a result with content',
  },
  {
    protocol: 'go-test',
    event: { Action: 'run', Package: 'p', Test: 'TestA' },
    reason: 'the action "run" of a package',
  },
  {
    protocol: 'go-test',
    event: { Action: 'build-output', ImportPath: 'p', Output: 'a' },
    reason: 'the action "build-output" of a package',
  },
  {
    protocol: 'go-test',
    event: { Action: 'run', Test: 'TestA' },
    reason: 'the action "run" of a test',
  },
  {
    protocol: 'go-test',
    event: { Action: 'output', Output: 'a' },
    reason: 'the action "output" of a test',
  },
  {
    protocol: 'docker',
    event: { log: 'a\n', stream: 'stdout', time: 't' },
    reason: 'a log and nothing but what belongs to it',
  },
  { protocol: 'docker', event: { log: 'a' }, reason: 'a log and nothing but what belongs to it' },
  {
    protocol: 'docker',
    event: { log: 'a', container_id: 'c', source: 'stdout', label: 'x' },
    reason: 'a log and a container_id',
  },
  {
    protocol: 'docker',
    event: { MESSAGE: 'a', CONTAINER_ID: 'c', _PID: '1' },
    reason: 'a MESSAGE and a CONTAINER_ID',
  },
  {
    protocol: 'kubernetes',
    event: { log: 'a', stream: 'stdout', time: 't', _p: 'F' },
    reason: 'a log and the tag "F"',
  },
  {
    protocol: 'kubernetes',
    event: { message: 'a', stream: 'stdout', logtag: 'P' },
    reason: 'a log and the tag "P"',
  },
  {
    protocol: 'kubernetes',
    event: { log: 'a\n', stream: 'stdout', kubernetes: { pod_name: 'web' } },
    reason: 'a log and the name of a pod',
  },
  {
    protocol: 'kubernetes',
    event: { message: 'a', kubernetes: { pod: { name: 'web' } } },
    reason: 'a log and the name of a pod',
  },
  {
    protocol: 'deltas',
    event: { type: 'delta', kind: 'answer', id: '1', delta: 'a' },
    reason: 'the type "delta" with a kind and an id',
  },
  {
    protocol: 'deltas',
    event: { type: 'start', kind: 'answer', id: '1' },
    reason: 'the type "start" with a kind and an id',
  },
];

describe('detectProtocol', () => {
  it.each(events)('finds $protocol in $event', ({ protocol, event, reason }) => {
    const found = { protocol, reason: `event 1 has ${reason}` };
    expect(detectProtocol([event])).toStrictEqual(found);
    expect(detectProtocol([{ data: JSON.stringify(event) }])).toStrictEqual(found);
    expect(detectProtocol([{ type: 'ping' }, event, event])).toStrictEqual({
      protocol,
      reason: `event 2 has ${reason}`,
    });
  });

  it.each([
    { event: {} },
    { event: [] },
    { event: null },
    { event: 'response.created' },
    { event: 1 },
    { event: { type: 'error', error: { message: 'overloaded' } } },
    { event: { type: 'start' } },
    { event: { type: 'response.output_text.delta', response_id: 'r', delta: 'a' } },
    { event: { type: 'session.created', properties: {} } },
    { event: ['messages', [{ type: 'ai', content: 'a' }, {}]] },
    { event: ['values', { messages: [] }] },
    { event: [{ type: 'ai', content: 'a' }] },
    { event: { model: 'm', created_at: '2026-01-01T00:00:00Z', done: false } },
    { event: { data: '[{"type":' } },
    { event: { type: 'content-end', index: 0 } },
    { event: { type: 'message-end' } },
    { event: { messageStart: {} } },
    { event: { type: 'finish' } },
    { event: { type: 'message', content: 'a' } },
    { event: { type: 'text-delta', textDelta: 'a' } },
    { event: { type: 'delta', id: '1', delta: 'a' } },
    { event: { type: 'delta', kind: 'answer', id: 1, delta: 'a' } },
    { event: { type: 'assistant', content: 'a' } },
    { event: { type: 'CUSTOM', name: 'a' } },
    { event: { choices: ['a', 'b'] } },
    { event: { candidates: ['a', 'b'] } },
    { event: { id: '1', msg: 'task_started' } },
    { event: { method: 'notifications/message', params: {} } },
    { event: { method: 'item/agentMessage/delta' } },
    { event: { Action: 'run' } },
    { event: { Action: 'output', Output: 1 } },
    { event: { Action: 'buy', Test: 'TestA' } },
    { event: { Action: 'run', Output: 'a' } },
    { event: { log: 'a', level: 'info' } },
    { event: { message: 'a', stream: 'stdout' } },
    { event: { message: 'a', kubernetes: {} } },
    { event: { stream: 'stdout', logtag: 'F' } },
    { event: '2026-01-01 00:00:00 stdout F a' },
    { event: '[info] a' },
    { event: 'STDOUT: hello' },
    { event: 'STDERR: {"jsonrpc":"2.0"}' },
    { event: { jsonrpc: '2.0', id: 1, result: {} } },
    { event: { method: 'initialize', params: { protocolVersion: 1 } } },
    { event: { stopReason: 'end_turn' } },
    { event: { task: { id: 't' } } },
    { event: { id: 't', status: 'ok' } },
    { event: { id: 1, result: { content: [{ type: 'text', text: 'a' }] } } },
    { event: { data: '[DONE]' } },
    { event: { data: '{"type":' } },
  ])('finds nothing in $event', ({ event }) => {
    expect(detectProtocol([event])).toStrictEqual({
      protocol: 'unknown',
      reason: 'no sign of a protocol; events looked at: 1',
    });
  });

  it.each([
    { line: '2026-01-01T00:00:00Z stdout F a', protocol: 'kubernetes', reason: 'the form of a CRI log line' },
    { line: 'STDIN: {"jsonrpc":"2.0"}', protocol: 'mcp', reason: 'a message of JSON-RPC on a pipe' },
    { line: '[pod/web-1/app] a', protocol: 'kubernetes', reason: 'the prefix of kubectl logs' },
  ])('finds $protocol in the line $line', ({ line, protocol, reason }) => {
    expect(detectProtocol(['plain', line])).toStrictEqual({ protocol, reason: `event 2 has ${reason}` });
  });

  it('finds nothing without events', () => {
    expect(detectProtocol([])).toStrictEqual({
      protocol: 'unknown',
      reason: 'no sign of a protocol; events looked at: 0',
    });
  });

  it('treats a record of a container in a pod as one of Kubernetes', () => {
    const record = { log: 'a', container_id: 'c', kubernetes: { pod_name: 'web' } };
    expect(detectProtocol([record]).protocol).toBe('kubernetes');
  });

  it('does not choose between several', () => {
    expect(detectProtocol([{ type: 'message_start' }, { type: 'message_stop' }, { log: 'a' }])).toStrictEqual(
      {
        protocol: 'ambiguous',
        candidates: ['anthropic', 'docker'],
        reason:
          'anthropic: event 1 has the type "message_start"; docker: event 3 has a log and nothing but what belongs to it',
      },
    );
    const both = { ...chunk, candidates: [candidate] };
    expect(detectProtocol([both])).toMatchObject({
      protocol: 'ambiguous',
      candidates: ['openai-chat', 'gemini'],
    });
  });

  it('recognizes a numbered event of a response, even with an event_id', () => {
    const event = { type: 'response.output_text.delta', delta: 'a', event_id: 'e', sequence_number: 1 };
    expect(detectProtocol([event])).toMatchObject({ protocol: 'openai-responses' });
  });

  it('never confuses protocols, whatever a field contains', () => {
    for (const { protocol, event } of events) {
      for (const corrupted of corruptions(event)) {
        expect([protocol, 'unknown']).toContain(detectProtocol([corrupted]).protocol);
      }
    }
  });
});

/** Real streams; they are not there on every machine. */
const recordings = new URL('../../../shared/recordings/', import.meta.url);

/** The folders whose protocol is known. All others have to come out as unknown, rather than as something wrong. */
const protocols: ReadonlyMap<string, string> = new Map([
  ['ag-ui', 'ag-ui'],
  ['ai-sdk-ui', 'ai-sdk'],
  ['anthropic', 'anthropic'],
  ['claude-code', 'claude-code'],
  ['bedrock', 'bedrock'],
  ['codex', 'codex'],
  ['cohere', 'cohere'],
  ['docker', 'docker'],
  ['gemini', 'gemini'],
  ['gemini-interactions', 'gemini'],
  ['go-test', 'go-test'],
  ['langgraph', 'langgraph'],
  ['mcp', 'mcp'],
  ['openai-chat', 'openai-chat'],
  ['openai-responses', 'openai-responses'],
  ['realtime', 'realtime'],
]);

const files = existsSync(recordings)
  ? readdirSync(recordings, { recursive: true, encoding: 'utf8' })
      .filter((file) => /^(?!texts\/)[\w-]+\/.*\.(?:sse|txt|json|jsonl|log)$/.test(file))
      .map((file) => ({ file, protocol: protocols.get(file.split('/')[0] ?? '') ?? 'unknown' }))
  : [];

async function eventsOf(file: string): Promise<readonly unknown[]> {
  const text = of(readFileSync(new URL(file, recordings), 'utf8'));
  switch (file.slice(file.lastIndexOf('.'))) {
    case '.sse':
    case '.txt':
      return collect(text.pipe(parseSSE()));
    case '.json':
      return collect(text.pipe(parseJSONArray()));
    default:
      return collect(text.pipe(parseJSONLines({ plainLines: true, onInvalid: () => undefined })));
  }
}

describe('detectProtocol, given the recordings', () => {
  it('has files, where there is their folder', () => {
    expect(files.length > 0).toBe(existsSync(recordings));
  });

  it.each(files)('finds $protocol in $file', async ({ file, protocol }) => {
    const all = await eventsOf(file);
    expect(detectProtocol(all).protocol).toBe(protocol);
    expect(detectProtocol(all.slice(0, 2)).protocol).toBe(protocol);
  });

  it.each(files)('is never wrong about an event of $file alone', async ({ file, protocol }) => {
    const found = new Set((await eventsOf(file)).map((event) => detectProtocol([event]).protocol));
    found.delete('unknown');
    expect([...found]).toStrictEqual(protocol === 'unknown' ? [] : [protocol]);
  });
});
