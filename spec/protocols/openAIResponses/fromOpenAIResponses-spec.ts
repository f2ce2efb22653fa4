import { from, of } from 'rxjs';
import { describe, expect, it } from 'vitest';

import type { DeltaEvent } from '../../../src/index.js';
import { commitLines } from '../../../src/operators/commitLines.js';
import {
  type ConnectionOptions,
  fromOpenAIResponses,
  type OpenAIResponsesKind,
} from '../../../src/protocols/index.js';
import { collect } from '../../support/collect.js';
import { marbles } from '../../support/marbles.js';
import { toText } from '../../support/show.js';

const read = (events: readonly unknown[], options?: ConnectionOptions) =>
  collect(from(events).pipe(fromOpenAIResponses(options)));

const created = (id?: string) => ({ type: 'response.created', response: { id } });
const completed = (id: string, ...output: unknown[]) => ({
  type: 'response.completed',
  response: { id, output },
});
const place = (output: number, content = 0) => ({ output_index: output, content_index: content });
const textDelta = (delta: string, at = place(0)) => ({ type: 'response.output_text.delta', delta, ...at });
const textDone = (text: string, at = place(0)) => ({ type: 'response.output_text.done', text, ...at });
const itemAdded = (output: number, item: unknown) => ({
  type: 'response.output_item.added',
  output_index: output,
  item,
});
const itemDone = (output: number, item: unknown) => ({
  type: 'response.output_item.done',
  output_index: output,
  item,
});
const message = (...texts: string[]) => ({
  type: 'message',
  content: texts.map((text) => ({ type: 'output_text', text })),
});

type Event = DeltaEvent<OpenAIResponsesKind>;

const answer = { kind: 'answer', id: 'resp_1/0/0' } as const;
const opening = (delta: string): Event => ({ type: 'delta', ...answer, delta, order: [1, 0, 0] });
const delta = (text: string): Event => ({ type: 'delta', ...answer, delta: text });
const end = (text?: string): Event =>
  text === undefined ? { type: 'end', ...answer } : { type: 'end', ...answer, text };

describe('fromOpenAIResponses', () => {
  it(
    'reads a text as it is streamed',
    marbles((m) => {
      const source = m.hot('  -a-b-c-d-e-|', {
        a: created('resp_1'),
        b: textDelta('He'),
        c: textDelta('y'),
        d: textDone('Hey'),
        e: completed('resp_1', message('Hey')),
      });
      const expected = '      ---b-c---e-|';
      m.expect(source.pipe(fromOpenAIResponses())).toBeObservable(expected, {
        b: opening('He'),
        c: delta('y'),
        e: end('Hey'),
      });
    }),
  );

  it.each([
    { name: 'output_text', field: 'text', at: place(1, 2), kind: 'answer', id: '1/2' },
    { name: 'refusal', field: 'refusal', at: place(1, 2), kind: 'refusal', id: '1/2' },
    {
      name: 'reasoning_summary_text',
      field: 'text',
      at: { output_index: 1, summary_index: 2 },
      kind: 'reasoning',
      id: '1/summary/2',
    },
    { name: 'reasoning_text', field: 'text', at: place(1, 2), kind: 'reasoning', id: '1/2' },
    { name: 'function_call_arguments', field: 'arguments', at: { output_index: 1 }, kind: 'tool', id: '1/0' },
    { name: 'custom_tool_call_input', field: 'input', at: { output_index: 1 }, kind: 'tool', id: '1/0' },
    { name: 'mcp_call_arguments', field: 'arguments', at: { output_index: 1 }, kind: 'tool', id: '1/0' },
    { name: 'code_interpreter_call_code', field: 'code', at: { output_index: 1 }, kind: 'code', id: '1/0' },
    {
      name: 'shell_call_command',
      field: 'command',
      at: { output_index: 1, command_index: 2 },
      kind: 'code',
      id: '1/2',
    },
    {
      name: 'apply_patch_call_operation_diff',
      field: 'diff',
      at: { output_index: 1 },
      kind: 'code',
      id: '1/0',
    },
    { name: 'output_audio_transcript', field: 'transcript', at: place(1, 2), kind: 'transcript', id: '1/2' },
    { name: 'audio.transcript', field: 'transcript', at: {}, kind: 'transcript', id: '0/0' },
  ])('reads $name as $kind', async ({ name, field, at, kind, id: position }) => {
    const id = `resp_1/${position}`;
    const order = [1, ...position.replace('summary/', '').split('/').map(Number)];
    const events = await read([
      created('resp_1'),
      { type: `response.${name}.delta`, delta: 'a', ...at },
      { type: `response.${name}.delta`, delta: 'b', ...at },
      { type: `response.${name}.done`, [field]: 'ab', ...at },
    ]);
    expect(events).toStrictEqual([
      { type: 'delta', kind, id, delta: 'a', order },
      { type: 'delta', kind, id, delta: 'b' },
      { type: 'end', kind, id, text: 'ab' },
    ]);
  });

  it.each([
    { item: message('ab'), kind: 'answer', id: '0/0' },
    {
      item: { type: 'message', content: [{}, { type: 'refusal', refusal: 'ab' }] },
      kind: 'refusal',
      id: '0/1',
    },
    {
      item: { type: 'message', content: [{ type: 'output_audio', transcript: 'ab' }] },
      kind: 'transcript',
      id: '0/0',
    },
    {
      item: { type: 'reasoning', summary: [{ type: 'summary_text', text: 'ab' }], content: [] },
      kind: 'reasoning',
      id: '0/summary/0',
    },
    {
      item: { type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'ab' }] },
      kind: 'reasoning',
      id: '0/0',
    },
    { item: { type: 'function_call', arguments: 'ab' }, kind: 'tool', id: '0/0' },
    { item: { type: 'custom_tool_call', input: 'ab' }, kind: 'tool', id: '0/0' },
    { item: { type: 'mcp_call', arguments: 'ab' }, kind: 'tool', id: '0/0' },
    { item: { type: 'code_interpreter_call', code: 'ab' }, kind: 'code', id: '0/0' },
    { item: { type: 'shell_call', action: { commands: ['ab'] } }, kind: 'code', id: '0/0' },
    { item: { type: 'apply_patch_call', operation: { diff: 'ab' } }, kind: 'code', id: '0/0' },
    { item: { type: 'mcp_approval_request', arguments: 'ab' }, kind: 'tool', id: '0/0' },
    { item: { type: 'tool_search_call', arguments: 'ab' }, kind: 'tool', id: '0/0' },
    { item: { type: 'program', code: 'ab' }, kind: 'code', id: '0/0' },
    { item: { type: 'local_shell_call', action: { command: ['ab'] } }, kind: 'code', id: '0/0' },
  ])(
    'reads the text of $item.type, which was not streamed, as $kind',
    async ({ item, kind, id: position }) => {
      const id = `resp_1/${position}`;
      const order = [1, ...position.replace('summary/', '').split('/').map(Number)];
      const expected = [
        // An `end` has no place for the order.
        { type: 'delta', kind, id, delta: '', order },
        { type: 'end', kind, id, text: 'ab' },
      ];
      expect(await read([created('resp_1'), itemDone(0, item)])).toStrictEqual(expected);
      expect(await read([created('resp_1'), completed('resp_1', item)])).toStrictEqual(expected);
      expect(await read([created('resp_1'), itemDone(0, item), completed('resp_1', item)])).toStrictEqual(
        expected,
      );
    },
  );

  it('reads arguments that are an object as JSON', async () => {
    const item = { type: 'tool_search_call', arguments: { paths: ['a'] } };
    expect(await read([itemDone(0, item)])).toMatchObject([
      { delta: '' },
      { type: 'end', kind: 'tool', text: '{"paths":["a"]}' },
    ]);
  });

  it('quotes the arguments of a command like a shell', async () => {
    const item = { type: 'local_shell_call', action: { command: ['ls', '-a', "it's", '', 'a b', 5] } };
    expect(await read([itemDone(0, item)])).toMatchObject([
      { delta: '' },
      { type: 'end', kind: 'code', text: "ls -a 'it'\\''s' '' 'a b'" },
    ]);
  });

  describe('the framing', () => {
    const data = JSON.stringify(textDelta('a'));

    it('accepts messages and events, and ignores data that is not JSON', async () => {
      const messages = [
        { data: JSON.stringify(created('resp_1')) },
        { data },
        { data: '[DONE]' },
        { data: '' },
      ];
      expect(await read(messages)).toStrictEqual([opening('a')]);
    });

    it('emits invalid JSON unchanged, so that commitLines emits a drop', async () => {
      const broken = { data: ` ${data.slice(0, 20)}` };
      const commits = await collect(from([{ data }, broken]).pipe(fromOpenAIResponses(), commitLines()));
      expect(commits).toContainEqual({ type: 'drop', reason: 'malformed', event: broken });
    });
  });

  describe('the place of a text', () => {
    it('distinguishes the parts of one item', async () => {
      const events = await read([
        textDelta('a', place(0, 0)),
        textDelta('b', place(0, 1)),
        textDelta('c', place(0, 0)),
      ]);
      expect(events).toMatchObject([{ id: '1/0/0' }, { id: '1/0/1' }, { id: '1/0/0' }]);
    });

    it('identifies it even if item ids change with every event', async () => {
      const events = await read([
        created('resp_1'),
        { type: 'response.in_progress', response: { id: 'x1' } },
        itemAdded(0, { id: 'x2' }),
        { ...textDelta('a'), item_id: 'x3' },
        { ...textDelta('b'), item_id: 'x4' },
        { ...textDone('ab'), item_id: 'x5' },
        itemDone(0, { ...message('ab'), id: 'x6' }),
        completed('x7', { ...message('ab'), id: 'x8' }),
      ]);
      expect(events).toStrictEqual([opening('a'), delta('b'), end('ab')]);
    });

    const withId = (id: string, type = 'message') => ({ id, type });
    const textOf = (item: string, text: string) => ({
      type: 'response.output_text.delta',
      item_id: item,
      delta: text,
    });

    it('is that of its item, if its events only name the item', async () => {
      const events = [
        created('resp_1'),
        itemAdded(0, withId('rs_1', 'reasoning')),
        { type: 'response.reasoning_summary_text.delta', item_id: 'rs_1', delta: 'a' },
        itemDone(0, withId('rs_1', 'reasoning')),
        itemAdded(1, withId('msg_1')),
        textOf('msg_1', 'b'),
        { type: 'response.output_text.done', item_id: 'msg_1', text: 'bc' },
        { type: 'response.completed', response: {} },
      ];
      expect(await read(events)).toStrictEqual([
        { type: 'delta', kind: 'reasoning', id: 'resp_1/0/summary/0', delta: 'a', order: [1, 0, 0] },
        { type: 'end', kind: 'reasoning', id: 'resp_1/0/summary/0' },
        { type: 'delta', kind: 'answer', id: 'resp_1/1/0', delta: 'b', order: [1, 1, 0] },
        { type: 'end', kind: 'answer', id: 'resp_1/1/0', text: 'bc' },
      ]);
    });

    it('follows those before it, if no event has an output_index', async () => {
      const events = [
        created('resp_1'),
        textOf('msg_1', 'a'),
        textOf('msg_2', 'b'),
        textOf('msg_1', 'c'),
        { type: 'response.output_item.done', item: { id: 'msg_2', ...message('be') } },
        completed('resp_1', { id: 'msg_2', ...message('be') }, { id: 'msg_1', ...message('ac') }),
      ];
      expect(await read(events)).toStrictEqual([
        opening('a'),
        { type: 'delta', kind: 'answer', id: 'resp_1/1/0', delta: 'b', order: [1, 1, 0] },
        delta('c'),
        { type: 'end', kind: 'answer', id: 'resp_1/1/0', text: 'be' },
        end('ac'),
      ]);
    });

    it('is found by its type, if nothing identifies its item', async () => {
      const call = { type: 'response.function_call_arguments.delta', delta: '{}' };
      const events = [
        created('resp_1'),
        { type: 'response.output_text.delta', delta: 'a' },
        call,
        completed(
          'resp_1',
          { type: 'search_results' },
          message('ab'),
          { type: 'function_call', arguments: '{}' },
          message('c'),
        ),
      ];
      expect(await read(events)).toStrictEqual([
        opening('a'),
        { type: 'delta', kind: 'tool', id: 'resp_1/1/0', delta: '{}', order: [1, 1, 0] },
        end('ab'),
        { type: 'end', kind: 'tool', id: 'resp_1/1/0', text: '{}' },
        { type: 'delta', kind: 'answer', id: 'resp_1/3/0', delta: '', order: [1, 3, 0] },
        { type: 'end', kind: 'answer', id: 'resp_1/3/0', text: 'c' },
      ]);
    });

    it('is that of the next item, if an item without a place follows an ended one', async () => {
      const done = (text: string) => ({ type: 'response.output_item.done', item: message(text) });
      expect(await read([created('resp_1'), done('a'), done('b')])).toMatchObject([
        { id: 'resp_1/0/0', delta: '' },
        { id: 'resp_1/0/0', text: 'a' },
        { id: 'resp_1/1/0', delta: '' },
        { id: 'resp_1/1/0', text: 'b' },
      ]);
    });

    it('is not its position in the list of all items, if that lacks some', async () => {
      const item = { ...message('ab'), id: 'msg_1' };
      const events = await read([
        created('resp_1'),
        itemAdded(2, item),
        textDelta('a', place(2)),
        completed('resp_1', item),
      ]);
      expect(events).toMatchObject([
        { type: 'delta', id: 'resp_1/2/0' },
        { type: 'end', id: 'resp_1/2/0', text: 'ab' },
      ]);
    });
  });

  describe('several responses', () => {
    it('have separate ids, and consecutive places', async () => {
      const events = await read([
        created('resp_1'),
        textDelta('a'),
        textDone('a'),
        created('resp_2'),
        textDelta('b'),
      ]);
      expect(events).toMatchObject([
        { id: 'resp_1/0/0', order: [1, 0, 0] },
        { type: 'end', id: 'resp_1/0/0' },
        { id: 'resp_2/0/0', order: [2, 0, 0] },
      ]);
    });

    it('are numbered if they have no id', async () => {
      const events = await read([created(), textDelta('a'), created(), textDelta('b')]);
      expect(events).toMatchObject([{ id: '1/0/0' }, { type: 'end', id: '1/0/0' }, { id: '2/0/0' }]);
    });

    it('end each other', async () => {
      const events = await read([created('resp_1'), textDelta('a'), created('resp_2')]);
      expect(events).toStrictEqual([opening('a'), end()]);
    });

    it.each([
      { title: 'completes', over: completed('resp_1', message('a!')) },
      { title: 'fails', over: { type: 'response.failed', response: { id: 'resp_1', error: {} } } },
      { title: 'has an error', over: { type: 'error', response_id: 'resp_1', error: {} } },
    ])('continue when the previous one $title only after the next was created', async ({ over }) => {
      const events = await read([
        created('resp_1'),
        textDelta('a'),
        created('resp_2'),
        over,
        textDelta('b'),
        over,
        textDone('b'),
      ]);
      expect(events).toMatchObject([
        { type: 'delta', id: 'resp_1/0/0', delta: 'a' },
        { type: 'end', id: 'resp_1/0/0' },
        { type: 'delta', id: 'resp_2/0/0', delta: 'b' },
        { type: 'end', id: 'resp_2/0/0', text: 'b' },
      ]);
    });

    it('continue when the end of the previous one is repeated', async () => {
      const over = completed('resp_1', message('a'));
      const events = await read([
        created('resp_1'),
        textDelta('a'),
        over,
        created('resp_2'),
        textDelta('b'),
        over,
        textDelta('c'),
      ]);
      expect(events).toMatchObject([
        { delta: 'a' },
        { type: 'end', id: 'resp_1/0/0', text: 'a' },
        { delta: 'b', id: 'resp_2/0/0' },
        { delta: 'c', id: 'resp_2/0/0' },
      ]);
    });

    it('continue when an end names none of them, if events name their response', async () => {
      const done = (id: string) => ({ type: 'response.done', response: { id, output: [] } });
      const events = await read([
        { ...textDelta('1'), response_id: 'a' },
        { ...textDelta('2'), response_id: 'b' },
        done('b'),
        done('x'),
        { ...textDelta('3'), response_id: 'a' },
      ]);
      expect(events).toMatchObject([
        { delta: '1', id: 'a/0/0' },
        { delta: '2', id: 'b/0/0' },
        { type: 'end', id: 'b/0/0' },
        { delta: '3', id: 'a/0/0' },
      ]);
    });

    it('overlap if they are in different lanes of a WebSocket', async () => {
      const inLane = (lane: string | undefined, event: object) => ({ ...event, stream_id: lane });
      const events = [
        inLane('x', created('resp_1')),
        inLane('y', created('resp_2')),
        inLane('x', textDelta('a')),
        inLane('y', textDelta('b')),
        inLane(undefined, textDelta('c')),
        inLane('x', { type: 'response.completed', response: {} }),
        inLane('y', created('resp_3')),
        inLane('y', textDelta('d')),
        inLane('y', textDone('d')),
      ];
      expect(await read(events)).toStrictEqual([
        opening('a'),
        { type: 'delta', kind: 'answer', id: 'resp_2/0/0', delta: 'b', order: [2, 0, 0] },
        { type: 'delta', kind: 'answer', id: '3/0/0', delta: 'c', order: [3, 0, 0] },
        end(),
        { type: 'end', kind: 'answer', id: 'resp_2/0/0' },
        { type: 'delta', kind: 'answer', id: 'resp_3/0/0', delta: 'd', order: [4, 0, 0] },
        { type: 'end', kind: 'answer', id: 'resp_3/0/0', text: 'd' },
      ]);
    });

    it('overlap if events name their response', async () => {
      const a = { response_id: 'a' };
      const b = { response_id: 'b' };
      const events = await read([
        created('a'),
        { ...textDelta('1'), ...a },
        created('b'),
        { ...textDelta('2'), ...b },
        { ...textDelta('3'), ...a },
        { type: 'response.done', response: { id: 'a', status: 'completed', output: [] } },
        { ...textDelta('4'), ...b },
      ]);
      expect(events).toMatchObject([
        { delta: '1', id: 'a/0/0', order: [1, 0, 0] },
        { delta: '2', id: 'b/0/0', order: [2, 0, 0] },
        { delta: '3', id: 'a/0/0' },
        { type: 'end', id: 'a/0/0' },
        { delta: '4', id: 'b/0/0' },
      ]);
    });

    it('need no beginning if events name their response', async () => {
      const events = await read([
        { ...textDelta('1'), response_id: 'a' },
        { ...textDelta('2'), response_id: 'b' },
        textDelta('3'),
      ]);
      expect(events).toMatchObject([
        { id: 'a/0/0', order: [1, 0, 0] },
        { id: 'b/0/0', order: [2, 0, 0] },
        { id: 'a/0/0' },
      ]);
    });

    it('begin with the first event that names one, on a resumed connection', async () => {
      const inProgress = { type: 'response.in_progress', response: { id: 'resp_1' } };
      expect(await read([inProgress, textDelta('a')])).toStrictEqual([opening('a')]);
      expect(await read([completed('resp_1', message('a'))])).toStrictEqual([opening(''), end('a')]);
    });

    it.each([
      { type: 'response.queued', over: completed('resp_1') },
      { type: 'response.in_progress', over: completed('resp_1') },
      { type: 'response.in_progress', over: { type: 'error' } },
    ])('begin with $type after $over.type', async ({ type, over }) => {
      const next = { type, response: { id: 'resp_2' } };
      const events = await read([created('resp_1'), textDelta('a'), over, next, textDelta('b')]);
      expect(events.at(-1)).toMatchObject({ id: 'resp_2/0/0', delta: 'b', order: [2, 0, 0] });
    });

    it.each(['resp_1', undefined])('do not begin with late progress of the id %s', async (id) => {
      const late = { type: 'response.in_progress', response: { id } };
      const events = await read([
        created('resp_1'),
        textDelta('a'),
        completed('resp_1'),
        late,
        textDelta('a'),
      ]);
      expect(events).toStrictEqual([opening('a'), end(), opening('a')]);
    });
  });

  describe('a response that is not streamed', () => {
    const whole = (id: string, status: string, ...output: unknown[]) => ({
      object: 'response',
      id,
      status,
      output,
    });

    it('has the texts of its items', async () => {
      expect(await read([whole('resp_1', 'completed', message('a'))])).toStrictEqual([opening(''), end('a')]);
    });

    it('ends with the reason why it is incomplete', async () => {
      const response = {
        ...whole('resp_1', 'incomplete', message('a')),
        incomplete_details: { reason: 'max_output_tokens' },
      };
      expect(await read([response])).toStrictEqual([
        opening(''),
        { ...end('a'), finishReason: 'max_output_tokens' },
      ]);
    });

    it('may be polled, also after its stream was cut off', async () => {
      const events = [
        created('resp_1'),
        textDelta('a'),
        whole('resp_1', 'queued'),
        whole('resp_1', 'in_progress'),
        whole('resp_1', 'completed', message('ab')),
        whole('resp_1', 'completed', message('ab')),
      ];
      expect(await read(events)).toStrictEqual([opening('a'), end('ab')]);
    });

    it('follows the one before it', async () => {
      const events = [whole('resp_1', 'completed', message('a')), whole('resp_2', 'completed', message('b'))];
      expect(await read(events)).toMatchObject([
        { delta: '' },
        { text: 'a' },
        { delta: '', order: [2, 0, 0] },
        { id: 'resp_2/0/0', text: 'b' },
      ]);
    });

    it('fails its open texts', async () => {
      const error = { message: 'boom' };
      const events = [created('resp_1'), textDelta('a'), { ...whole('resp_1', 'failed'), error }];
      expect(await read(events)).toStrictEqual([opening('a'), { type: 'error', ...answer, error }]);
    });
  });

  it('reads an end with the fields of the response in the event itself', async () => {
    const over = {
      type: 'response.incomplete',
      output: [message('ab')],
      incomplete_details: { reason: 'content_filter' },
    };
    expect(await read([created('resp_1'), textDelta('a'), over])).toStrictEqual([
      opening('a'),
      { ...end('ab'), finishReason: 'content_filter' },
    ]);
  });

  describe('a replay of the same response', () => {
    const response = [textDelta('a'), textDelta('b'), textDone('ab'), itemDone(0, message('ab'))];
    const over = completed('resp_1', message('ab'));

    it('has the same ids', async () => {
      const once = [opening('a'), delta('b'), end('ab')];
      expect(await read([created('resp_1'), ...response, over, ...response, over])).toStrictEqual([
        ...once,
        ...once,
      ]);
    });

    it('emits its text once', async () => {
      const source = from([created('resp_1'), ...response, over, created('resp_1'), ...response, over]);
      const commits = await collect(source.pipe(fromOpenAIResponses(), commitLines(), toText()));
      expect(commits.filter((commit) => commit !== 'drop late')).toStrictEqual([
        'open resp_1/0/0',
        'line resp_1/0/0 0 ab',
        'close resp_1/0/0 end 1',
      ]);
    });

    it('of only its end emits nothing', async () => {
      expect(await read([created('resp_1'), over, over])).toStrictEqual([opening(''), end('ab')]);
    });
  });

  describe('the end', () => {
    it('of an item ends only its open texts', async () => {
      const events = await read([
        created('resp_1'),
        textDelta('a', place(0)),
        textDelta('b', place(1)),
        itemDone(0, message('a!')),
      ]);
      expect(events).toMatchObject([
        { delta: 'a' },
        { delta: 'b' },
        { type: 'end', id: 'resp_1/0/0', text: 'a!' },
      ]);
    });

    it('of an item has no text if that is not found', async () => {
      expect(await read([created('resp_1'), textDelta('a'), itemDone(0, { type: 'new' })])).toStrictEqual([
        opening('a'),
        end(),
      ]);
    });

    it('of a missing text opens no stream', async () => {
      const call = { type: 'function_call', arguments: '' };
      expect(await read([created('resp_1'), textDone(''), itemDone(1, call)])).toStrictEqual([]);
    });

    it('with an empty text keeps the streamed text', async () => {
      expect(await read([created('resp_1'), textDelta('a'), textDone('')])).toStrictEqual([
        opening('a'),
        end(),
      ]);
    });

    it.each([
      { state: 'completed', reason: {} },
      { state: 'done', reason: {} },
      { state: 'incomplete', reason: { finishReason: 'incomplete' } },
      { state: 'cancelled', reason: { finishReason: 'cancelled' } },
    ])('of a response that is $state', async ({ state, reason }) => {
      const events = [
        created('resp_1'),
        textDelta('a'),
        { type: `response.${state}`, response: { id: 'resp_1', output: [message('ab', 'c')] } },
      ];
      expect(await read(events)).toMatchObject([
        opening('a'),
        { delta: '', id: 'resp_1/0/1', order: [1, 0, 1] },
        { ...end('ab'), ...reason },
        { type: 'end', id: 'resp_1/0/1', text: 'c', ...reason },
      ]);
    });

    it('of a response that is cancelled without its items', async () => {
      const cancelled = { type: 'response.cancelled', response: { id: 'resp_1' } };
      expect(await read([created('resp_1'), textDelta('a'), cancelled])).toStrictEqual([
        opening('a'),
        { ...end(), finishReason: 'cancelled' },
      ]);
    });
  });

  describe('the output of a tool that the provider ran', () => {
    const logs = (text: string) => ({ type: 'logs', logs: text });

    it.each([
      {
        type: 'code_interpreter_call',
        code: 'x',
        outputs: [logs('a\n'), { type: 'image', url: 'x' }, logs('b')],
        text: 'a\nb',
      },
      { type: 'shell_call_output', output: [{ stdout: 'a\n', stderr: 'b' }], text: 'a\nb' },
      { type: 'local_shell_call_output', output: 'a', text: 'a' },
      { type: 'apply_patch_call_output', output: 'a', text: 'a' },
      { type: 'custom_tool_call_output', output: 'a', text: 'a' },
      {
        type: 'function_call_output',
        output: [{ type: 'output_text', text: 'a' }, { type: 'input_image' }, { text: 'b' }],
        text: 'ab',
      },
      { type: 'program_output', result: 'a', text: 'a' },
      { type: 'mcp_call', arguments: '{}', output: 'a', text: 'a' },
      { type: 'mcp_call', arguments: '{}', output: null, error: 'a', text: 'a' },
    ])('arrives with its item: $type', async ({ text, ...item }) => {
      const events = [created('resp_1'), itemDone(1, { ...item, status: 'completed' })];
      expect((await read(events)).filter(({ kind }) => kind === 'output')).toStrictEqual([
        { type: 'delta', kind: 'output', id: 'resp_1/1/0', delta: '', order: [1, 1, 0] },
        { type: 'end', kind: 'output', id: 'resp_1/1/0', text },
      ]);
    });

    it.each([
      { type: 'code_interpreter_call', outputs: null },
      { type: 'code_interpreter_call', outputs: [{ type: 'image', url: 'x' }, logs('')] },
      { type: 'shell_call_output', output: 'x' },
      { type: 'mcp_call', output: null },
      { type: 'function_call_output', output: [{ type: 'input_image' }] },
      { type: 'program_output', result: '' },
    ])('opens no stream without text: %j', async (item) => {
      expect(await read([created('resp_1'), itemDone(1, item)])).toStrictEqual([]);
    });

    it('is streamed for each command of a shell', async () => {
      const shell = (command: number, content: unknown) => ({
        type: 'response.shell_call_output_content.delta',
        output_index: 1,
        command_index: command,
        delta: content,
      });
      const item = { type: 'shell_call_output', output: [{ stdout: 'ab' }, { stdout: 'c', stderr: 'd' }] };
      const events = [
        created('resp_1'),
        shell(1, { stdout: 'c', stderr: 'd' }),
        shell(0, { stdout: 'a' }),
        shell(0, { stdout: 'b' }),
        shell(0, null),
        { type: 'response.shell_call_output_content.done', output_index: 1, command_index: 0, output: [] },
        itemDone(1, { ...item, status: 'completed' }),
      ];
      const first = { kind: 'output', id: 'resp_1/1/0' };
      const second = { kind: 'output', id: 'resp_1/1/1' };
      expect(await read(events)).toStrictEqual([
        { type: 'delta', ...second, delta: 'cd', order: [1, 1, 1] },
        { type: 'delta', ...first, delta: 'a', order: [1, 1, 0] },
        { type: 'delta', ...first, delta: 'b' },
        { type: 'end', ...first, text: 'ab' },
        { type: 'end', ...second, text: 'cd' },
      ]);
    });
  });

  describe('a failure', () => {
    const error = { code: 'server_error', message: 'boom' };

    it.each([
      { title: 'response.failed', event: { type: 'response.failed', response: { id: 'resp_1', error } } },
      {
        title: 'response.done',
        event: { type: 'response.done', response: { status: 'failed', status_details: { error } } },
      },
      { title: 'error', event: { type: 'error', error } },
    ])('in $title fails each open stream', async ({ event }) => {
      const events = [
        created('resp_1'),
        textDelta('a', place(0)),
        textDone('a', place(0)),
        textDelta('b', place(1)),
        textDelta('c', place(2)),
        event,
      ];
      expect((await read(events)).slice(4)).toStrictEqual([
        { type: 'error', kind: 'answer', id: 'resp_1/1/0', error },
        { type: 'error', kind: 'answer', id: 'resp_1/2/0', error },
      ]);
    });

    it('without an error object has the event as its error', async () => {
      const event = { type: 'error', code: 'server_error', message: 'boom' };
      expect(await read([created('resp_1'), textDelta('a'), event])).toStrictEqual([
        opening('a'),
        { type: 'error', ...answer, error: event },
      ]);
    });

    it('belongs to the response that it names, if events name theirs', async () => {
      const events = [
        { ...textDelta('1'), response_id: 'a' },
        { ...textDelta('2'), response_id: 'b' },
        { type: 'error', error },
        { type: 'error', error, response_id: 'b' },
      ];
      expect((await read(events)).slice(2)).toStrictEqual([
        { type: 'error', kind: 'answer', id: 'b/0/0', error },
      ]);
    });

    it('emits nothing if no stream is open', async () => {
      expect(
        await read([{ type: 'error', error }, created('resp_1'), { type: 'error', error }]),
      ).toStrictEqual([]);
    });
  });

  describe('unknown input', () => {
    const throwing = (name: string) =>
      Object.defineProperty({ ...textDelta('b') }, name, {
        get: () => {
          throw new Error('boom');
        },
      });

    it.each([
      { title: 'undefined', event: undefined },
      { title: 'null', event: null },
      { title: 'text', event: 'text' },
      { title: 'an array', event: [] },
      { title: 'no type', event: {} },
      { title: 'a type of a wrong type', event: { type: 5 } },
      { title: 'an unknown type', event: { type: 'response.new.delta', delta: 'x' } },
      { title: 'a name that all objects have', event: { type: 'toString' } },
      { title: 'a delta of a wrong type', event: { ...textDelta('b'), delta: 5 } },
      { title: 'an empty delta', event: textDelta('') },
      { title: 'an output_index of a wrong type', event: { ...textDelta('b'), output_index: '0' } },
      { title: 'a negative output_index', event: textDelta('b', place(-1)) },
      { title: 'a fraction for content_index', event: textDelta('b', place(0, 0.5)) },
      { title: 'a content_index of a wrong type', event: { ...textDelta('b'), content_index: '0' } },
      { title: 'a final without a place', event: { ...textDone('x'), content_index: '0' } },
      { title: 'an item without a place', event: { ...itemDone(0, message('x')), output_index: -1 } },
      { title: 'an invalid item', event: itemAdded(0, 5) },
      { title: 'an invalid item without a place', event: { type: 'response.output_item.done', item: 5 } },
      { title: 'an object that is no response', event: { object: 'conversation', output: [message('x')] } },
      { title: 'a type that throws', event: throwing('type') },
      { title: 'a delta that throws', event: throwing('delta') },
      { title: 'a data that is no text', event: { data: 5 } },
    ])('is ignored: $title', async ({ event }) => {
      expect(await read([created('resp_1'), textDelta('a'), event, textDelta('c')])).toStrictEqual([
        opening('a'),
        delta('c'),
      ]);
    });

    it.each([
      undefined,
      5,
      { output: 5 },
      {
        output: [null, 5, { type: 'message' }, { type: 'message', content: [null, { type: 'output_text' }] }],
      },
      {
        output: [
          { type: 'shell_call', action: null },
          { type: 'reasoning', summary: {} },
        ],
      },
    ])('in a response is ignored: %j', async (response) => {
      const over = { type: 'response.completed', response };
      expect(await read([created('resp_1'), textDelta('a'), over])).toStrictEqual([opening('a'), end()]);
    });

    it('in a list that cannot be read is ignored', async () => {
      const { proxy, revoke } = Proxy.revocable([], {});
      revoke();
      const over = { type: 'response.completed', response: { output: proxy } };
      expect(await read([created('resp_1'), textDelta('a'), over])).toStrictEqual([opening('a'), end()]);
    });

    it('still ends a text if its full text has a wrong type', async () => {
      const done = { ...textDone('a'), text: 5 };
      expect(await read([created('resp_1'), textDelta('a'), done])).toStrictEqual([opening('a'), end()]);
    });
  });

  it('prefixes every id with the connection', async () => {
    const events = await read([created('resp_1'), textDelta('a'), textDone('a')], { connection: 'a' });
    expect(events).toMatchObject([{ id: 'a/resp_1/0/0' }, { id: 'a/resp_1/0/0' }]);
  });

  it('accepts an empty name', async () => {
    expect(await collect(of(textDelta('a')).pipe(fromOpenAIResponses({ connection: '' })))).toMatchObject([
      { id: '/1/0/0' },
    ]);
  });
});
