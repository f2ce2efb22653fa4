import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { commitLines } from '../../src/operators/commitLines.js';
import {
  type ConnectionOptions,
  fromA2A,
  fromACP,
  fromClaudeCode,
  fromCodex,
  fromDocker,
  fromGoTest,
  fromKubernetes,
  fromMCP,
  fromOpenAIResponses,
} from '../../src/protocols/index.js';
import { byStream } from '../support/arbitraries.js';
import { collect } from '../support/collect.js';
import { corruptions, replaceAt } from '../support/corruptions.js';
import { keepsTheLawsOfProducers, type Producer } from '../support/producerLaws.js';

const claudeEvent = (event: object) => ({ type: 'stream_event', event, parent_tool_use_id: null });
const goEvent = (Action: string, Test: string, Output?: string) => ({ Action, Package: 'p', Test, Output });
const logEvent = (id: string, type: string, fields: object) => ({ id, msg: { type, ...fields } });
const logMessage = (data: string, logger?: string) => ({
  jsonrpc: '2.0',
  method: 'notifications/message',
  params: { level: 'info', logger, data },
});
const kubernetesNames = (pod: string) => ({
  namespace_name: 'n',
  pod_name: pod,
  container_name: 'c',
  docker_id: '1',
});
const responseDelta = (delta: string) => ({
  type: 'response.output_text.delta',
  output_index: 0,
  content_index: 0,
  delta,
});

const rows: readonly Producer[] = [
  {
    name: 'fromOpenAIResponses',
    operator: fromOpenAIResponses,
    events: (id) => [
      { type: 'response.created', response: { id } },
      { type: 'response.output_item.added', output_index: 0, item: { id: 'item_1', type: 'message' } },
      responseDelta('a'),
      { type: 'response.refusal.delta', output_index: 0, content_index: 1, delta: 'no' },
      { type: 'response.output_text.done', output_index: 0, content_index: 0, text: 'ab' },
      {
        type: 'response.output_item.done',
        output_index: 0,
        item: { id: 'item_1', type: 'message', content: [{ type: 'output_text', text: 'ab' }] },
      },
      {
        type: 'response.completed',
        response: {
          id,
          output: [
            { id: 'item_1', type: 'message', content: [{ type: 'output_text', text: 'ab' }] },
            { id: 'item_2', type: 'custom_tool_call', input: 'x' },
          ],
        },
      },
    ],
    texts: (id) => ({ [`answer ${id}/0/0`]: 'ab', [`refusal ${id}/0/1`]: 'no', [`tool ${id}/1/0`]: 'x' }),
    delta: responseDelta,
  },
  {
    name: 'fromCodex, the log',
    operator: fromCodex,
    events: (id) => [
      logEvent('0', 'session_configured', {}),
      logEvent(id, 'agent_reasoning_delta', { delta: 'hm' }),
      logEvent(id, 'agent_message_delta', { delta: 'a' }),
      logEvent(id, 'exec_command_output_delta', { call_id: `call ${id}`, stream: 'stdout', chunk: [97] }),
      logEvent(id, 'exec_command_end', { call_id: `call ${id}`, stdout: 'a', stderr: '' }),
      logEvent(id, 'agent_reasoning', { text: 'hm' }),
      logEvent(id, 'agent_message', { message: 'ab' }),
      logEvent(id, 'task_complete', {}),
    ],
    texts: (id) => ({ 'reasoning 1/0': 'hm', 'answer 1/0': 'ab', [`stdout call ${id}`]: 'a' }),
    delta: (delta) => logEvent('1', 'agent_message_delta', { delta }),
  },
  {
    name: 'fromCodex, codex exec --json',
    operator: fromCodex,
    events: (id) => [
      { type: 'thread.started', thread_id: 't' },
      { type: 'turn.started' },
      { type: 'item.started', item: { id, type: 'command_execution', aggregated_output: '' } },
      { type: 'item.updated', item: { id, type: 'command_execution', aggregated_output: 'a' } },
      { type: 'item.completed', item: { id, type: 'command_execution', aggregated_output: 'ab' } },
      { type: 'item.completed', item: { id: `${id}!`, type: 'mcp_tool_call', arguments: { a: [1] } } },
      { type: 'item.completed', item: { id: `${id}?`, type: 'agent_message', text: 'ab' } },
      { type: 'turn.completed', usage: {} },
    ],
    texts: (id) => ({ [`output 1/${id}`]: 'ab', [`tool 1/${id}!`]: '{"a":[1]}', [`answer 1/${id}?`]: 'ab' }),
    delta: (text) => ({ type: 'item.updated', item: { id: '1', type: 'agent_message', text } }),
  },
  {
    name: 'fromCodex, the app server',
    operator: fromCodex,
    events: (id) => {
      const place = { threadId: id, turnId: id };
      const item = { id, type: 'reasoning', summary: ['hm'], content: ['raw'] };
      return [
        { method: 'turn/started', params: { threadId: id, turn: { id } } },
        {
          method: 'item/started',
          params: { ...place, item: { id, type: 'reasoning', summary: [], content: [] } },
        },
        {
          method: 'item/reasoning/summaryTextDelta',
          params: { ...place, itemId: id, summaryIndex: 0, delta: 'h' },
        },
        { method: 'item/completed', params: { ...place, item } },
        { method: 'item/agentMessage/delta', params: { ...place, itemId: `${id}!`, delta: 'ab' } },
        { method: 'turn/completed', params: { threadId: id, turn: { id, status: 'completed' } } },
      ];
    },
    texts: (id) => ({
      [`reasoning 1/${id}/summary/0`]: 'hm',
      [`reasoning 1/${id}/0`]: 'raw',
      [`answer 1/${id}!`]: 'ab',
    }),
    delta: (delta) => ({ method: 'item/agentMessage/delta', params: { itemId: '1', delta } }),
  },
  {
    name: 'fromClaudeCode',
    operator: fromClaudeCode,
    events: (id) => [
      { type: 'system', subtype: 'init', session_id: 's' },
      claudeEvent({ type: 'message_start', message: { id } }),
      claudeEvent({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
      claudeEvent({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'a' } }),
      {
        type: 'assistant',
        message: { id, content: [{ type: 'text', text: 'ab' }] },
        parent_tool_use_id: null,
      },
      claudeEvent({ type: 'content_block_stop', index: 0 }),
      {
        type: 'assistant',
        message: { id, content: [{ type: 'tool_use', id, input: { a: 1 } }] },
        parent_tool_use_id: null,
      },
      {
        type: 'assistant',
        message: { id, content: [{ type: 'thinking', thinking: 'hm' }] },
        parent_tool_use_id: id,
      },
      {
        type: 'user',
        message: {
          content: [{ type: 'tool_result', tool_use_id: id, content: [{ type: 'text', text: 'x' }] }],
        },
        parent_tool_use_id: null,
      },
      { type: 'result', subtype: 'success', is_error: false, result: 'ab' },
    ],
    texts: (id) => ({
      'answer 1/0': 'ab',
      'tool 1/1': '{"a":1}',
      [`reasoning ${id}/2/0`]: 'hm',
      'output 1/1': 'x',
    }),
    delta: (text) =>
      claudeEvent({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
  },
  {
    name: 'fromGoTest',
    operator: fromGoTest,
    events: (id) => [
      { Action: 'build-output', ImportPath: 'q', Output: 'oops\n' },
      { Action: 'build-fail', ImportPath: 'q' },
      { Action: 'start', Package: 'p' },
      goEvent('run', id),
      goEvent('output', id, 'a'),
      goEvent('output', id, 'b\n'),
      goEvent('pass', id),
      { Action: 'output', Package: 'p', Output: 'ok\n' },
      { Action: 'pass', Package: 'p' },
    ],
    texts: (id) => ({ 'output build q': 'oops\n', [`output p/${id}`]: 'ab\n', 'output p': 'ok\n' }),
    delta: (text) => goEvent('output', 'TestA', text),
  },
  {
    name: 'fromDocker',
    operator: fromDocker,
    events: (id) => [
      { log: 'a', stream: 'stderr', time: '2024-01-01T00:00:00Z' },
      { log: 'b\n', stream: 'stderr', time: '2024-01-01T00:00:00Z' },
      {
        log: 'x',
        source: 'stdout',
        container_id: id,
        partial_message: 'true',
        partial_id: 'p',
        partial_ordinal: '1',
        partial_last: 'false',
      },
      {
        log: 'y',
        source: 'stdout',
        container_id: id,
        partial_message: 'true',
        partial_id: 'p',
        partial_ordinal: '2',
        partial_last: 'true',
      },
    ],
    texts: (id) => ({ 'stderr log': 'ab\n', [`stdout ${id}`]: 'xy\n' }),
    delta: (text) => ({ log: text }),
  },
  {
    name: 'fromKubernetes',
    operator: fromKubernetes,
    events: (id) => [
      { stream: 'stdout', logtag: 'P', message: 'a', kubernetes: kubernetesNames(id) },
      { stream: 'stderr', log: 'x', _p: 'F', kubernetes: kubernetesNames(id) },
      { stream: 'stdout', logtag: 'F', message: 'b', kubernetes: kubernetesNames(id) },
      { stream: 'stdout', log: 'y', kubernetes: { pod: { name: id }, container: { name: id } } },
    ],
    texts: (id) => ({
      [`stdout n/${id}/c`]: 'ab\n',
      [`stderr n/${id}/c`]: 'x\n',
      [`stdout -/${id}/${id}`]: 'y\n',
    }),
    delta: (text) => ({ log: text }),
  },
  {
    name: 'fromMCP',
    operator: fromMCP,
    events: (id) => [
      {
        jsonrpc: '2.0',
        id,
        method: 'tools/call',
        params: { name: 'f', arguments: { a: 1 }, _meta: { progressToken: id } },
      },
      {
        jsonrpc: '2.0',
        method: 'notifications/progress',
        params: { progressToken: id, progress: 1, message: 'hm' },
      },
      logMessage('x', id),
      { jsonrpc: '2.0', id, result: { content: [{ type: 'text', text: 'a' }], isError: false } },
    ],
    texts: (id) => ({
      'tool 1': '{"a":1}',
      'output 1/progress': 'hm\n',
      [`output log/${id}`]: 'x\n',
      'output 1/0': 'a',
    }),
    delta: (text) => logMessage(text),
  },
  {
    name: 'fromACP',
    operator: fromACP,
    events: (id) => {
      const update = (fields: object) => ({
        method: 'session/update',
        params: { sessionId: id, update: fields },
      });
      const chunk = (sessionUpdate: string, text: string) =>
        update({ sessionUpdate, content: { type: 'text', text } });
      return [
        { id: 1, method: 'session/prompt', params: { sessionId: id, prompt: [] } },
        chunk('agent_thought_chunk', 'hm'),
        chunk('agent_message_chunk', 'a'),
        update({ sessionUpdate: 'tool_call', toolCallId: id, rawInput: { x: 1 } }),
        update({
          sessionUpdate: 'tool_call_update',
          toolCallId: id,
          status: 'completed',
          content: [{ type: 'content', content: { type: 'text', text: 'y' } }],
        }),
        chunk('agent_message_chunk', 'b'),
        { id: 1, result: { stopReason: 'end_turn' } },
        chunk('agent_message_chunk', 'c'),
      ];
    },
    texts: (id) => ({
      [`reasoning ${id}/1`]: 'hm',
      [`answer ${id}/2`]: 'a',
      [`tool ${id}/${id}`]: '{"x":1}',
      [`output ${id}/${id}/0`]: 'y',
      [`answer ${id}/3`]: 'bc',
    }),
    delta: (text) => ({
      sessionId: 's',
      update: { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } },
    }),
  },
  {
    name: 'fromA2A',
    operator: fromA2A,
    events: (id) => {
      const update = (kind: string, fields: object) => ({
        id: 1,
        result: { kind, taskId: id, ...fields },
      });
      const said = (text: string) => ({
        messageId: id,
        role: 'agent',
        parts: [{ kind: 'text', text }],
      });
      const artifact = (text: string, fields: object) =>
        update('artifact-update', {
          artifact: { artifactId: id, parts: [{ kind: 'text', text }] },
          ...fields,
        });
      return [
        update('status-update', { status: { state: 'working', message: said('hm') }, final: false }),
        artifact('a', { append: false }),
        artifact('b', { append: true, lastChunk: false }),
        artifact('abc', { append: false, lastChunk: true }),
        update('message', said('d')),
        update('status-update', { status: { state: 'completed' }, final: true }),
      ];
    },
    texts: (id) => ({
      [`output ${id}/message/${id}`]: 'hm',
      [`answer ${id}/${id}`]: 'abc',
      [`answer ${id}/message/${id}`]: 'd',
    }),
    delta: (text) => ({
      kind: 'artifact-update',
      taskId: 't',
      artifact: { artifactId: 'a', parts: [{ kind: 'text', text }] },
    }),
  },
];

describe.each(rows)('$name', (producer) => {
  const { operator, events, delta } = producer;
  const read = (values: readonly unknown[], options?: ConnectionOptions) =>
    collect(from(values).pipe(operator(options)));
  const commit = (values: readonly unknown[]) => collect(from(values).pipe(operator(), commitLines()));

  keepsTheLawsOfProducers(producer);

  it('emits only well-formed events, whatever a field contains', async () => {
    for (const [index, event] of events('x1').entries()) {
      for (const corrupted of corruptions(event)) {
        const commits = await commit([...replaceAt(events('x1'), index, corrupted), ...events('x2')]);
        expect(commits.filter((each) => each.type === 'drop' && each.reason === 'malformed')).toStrictEqual(
          [],
        );
        expect(commits.filter(({ type }) => type === 'close')).toHaveLength(byStream(commits).size);
      }
    }
  });

  it('never ends a stream with an empty text', async () => {
    for (const [index, event] of events('x1').entries()) {
      for (const corrupted of corruptions(event)) {
        const all = await read(replaceAt(events('x1'), index, corrupted));
        expect(all.filter((each) => each.type === 'end' && each.text === '')).toStrictEqual([]);
      }
    }
  });

  it('accepts a delta of 10 MB', async () => {
    const text = 'line\n'.repeat(2_000_000);
    expect((await read([delta(text)])).at(-1)).toMatchObject({ type: 'delta', delta: text });
  });
});
