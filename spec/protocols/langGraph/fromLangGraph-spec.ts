import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { fromLangGraph, parseSSE } from '../../../src/protocols/index.js';
import { collect } from '../../support/collect.js';
import { marbles } from '../../support/marbles.js';
import { readWithReasons } from '../../support/showEvent.js';

const read = (...events: unknown[]) => readWithReasons(events, fromLangGraph());

describe('fromLangGraph, of messages', () => {
  const metadata = { langgraph_node: 'model', langgraph_step: 1 };
  const message = (fields: object, type = 'AIMessageChunk') => ({ type, id: 'm', content: '', ...fields });
  const chunk = (fields: object, type?: string) => ['messages', [message(fields, type), metadata]];
  const text = (content: string, id = 'm') => chunk({ content, id });
  const call = (fields: object) => chunk({ tool_call_chunks: [{ type: 'tool_call_chunk', ...fields }] });
  const values = (...messages: object[]) => ['values', { messages }];

  it(
    'emits text as it is streamed, and ends it with the state',
    marbles((m) => {
      const source = m.hot('  -a-b-c-|', {
        a: text('He'),
        b: text('y'),
        c: values(message({ content: 'Hey!' }, 'ai')),
      });
      const subscribed = '    ^------!';
      const expected = '      -a-b-c-|';
      const answer = { kind: 'answer', id: 'm' } as const;
      m.expect(source.pipe(fromLangGraph())).toBeObservable(expected, {
        a: { type: 'delta', ...answer, delta: 'He', order: [1, 1] },
        b: { type: 'delta', ...answer, delta: 'y' },
        c: { type: 'end', ...answer, text: 'Hey!' },
      });
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );

  const tuple = [message({ content: 'a' }), metadata];
  it.each([
    { title: 'a mode', event: ['messages', tuple] },
    { title: 'a namespace and a mode', event: [['sub:1'], 'messages', tuple] },
    { title: 'no mode', event: tuple },
    { title: 'a namespace', event: [['sub:1'], tuple] },
    { title: 'no namespace', event: [[], tuple] },
    { title: 'an event of the SDK', event: { event: 'messages', data: tuple } },
    { title: 'an event of a subgraph', event: { event: 'messages|sub:1', data: tuple } },
    { title: 'a part of a stream', event: { type: 'messages', ns: [], data: tuple } },
    { title: 'a server-sent event', event: { event: 'messages', data: JSON.stringify(tuple) } },
    { title: 'a server-sent event without a name', event: { data: JSON.stringify(tuple) } },
    {
      title: 'the JSON of the library',
      event: [
        'messages',
        [
          {
            lc: 1,
            type: 'constructor',
            id: ['langchain_core', 'messages', 'AIMessageChunk'],
            kwargs: { id: 'm', content: [{ type: 'text', text: 'a', index: 0 }] },
          },
          metadata,
        ],
      ],
    },
  ])('reads a message with $title', async ({ event }) => {
    expect(await read(event)).toStrictEqual(['delta answer m a']);
  });

  it.each([
    { title: 'a message of the user', event: chunk({ content: 'a' }, 'human') },
    { title: 'a message of a tool', event: chunk({ content: 'a', tool_call_id: 'c' }, 'tool') },
    { title: 'a state without messages', event: ['values', { count: 1 }] },
    { title: 'a custom event', event: ['custom', 'a'] },
    { title: 'metadata', event: { event: 'metadata', data: '{"run_id":"r"}' } },
    { title: 'metadata of messages', event: { event: 'messages/metadata', data: { m: {} } } },
    { title: 'an empty list', event: [] },
    { title: 'a namespace without an event', event: [['a']] },
    { title: 'lists in lists', event: [[], [[], [[]]]] },
    { title: 'the end', event: { data: '[DONE]' } },
    { title: 'text', event: { data: 'ping' } },
  ])('ignores $title', async ({ event }) => {
    expect(await read(event)).toStrictEqual([]);
  });

  it.each([
    { title: 'content', fields: { content: [{ type: 'thinking', thinking: 'a', index: 2 }] }, id: 'm/2' },
    { title: 'a block', fields: { content: [{ type: 'reasoning', reasoning: 'a' }] }, id: 'm/0' },
    {
      title: 'the summary of a block',
      fields: { content: [{ type: 'reasoning', index: 1, summary: [{ index: 3, text: 'a' }] }] },
      id: 'm/1/3',
    },
    { title: 'a field', fields: { additional_kwargs: { reasoning_content: 'a' } }, id: 'm/0' },
    {
      title: 'the summary of a field',
      fields: { additional_kwargs: { reasoning: { summary: [{ index: 3, text: 'a' }] } } },
      id: 'm/3',
    },
  ])('reads reasoning of $title', async ({ fields, id }) => {
    expect(await read(chunk(fields))).toStrictEqual([`delta reasoning ${id} a`]);
  });

  it('joins the texts of a message', async () => {
    const content = [{ type: 'text', text: 'a', index: 0 }, { type: 'tool_use', input: '{}' }, 'b'];
    expect(
      await read(chunk({ content }), chunk({ content: [{ type: 'text', text: 'c', index: 2 }] })),
    ).toStrictEqual(['delta answer m a', 'delta answer m b', 'delta answer m c']);
  });

  it('reads the arguments of calls, once', async () => {
    expect(
      await read(
        call({ index: 1, id: 'c', name: 'f', args: '' }),
        call({ index: 1, args: '{"x"' }),
        chunk({ content: [{ type: 'input_json_delta', input: '{"x"' }] }),
        call({ index: 2, id: 'd', name: 'g', args: '{}' }),
        call({ index: 1, args: ':1}' }),
        values(
          message(
            {
              tool_calls: [
                { id: 'c', args: { x: 1 } },
                { id: 'd', args: {} },
              ],
            },
            'ai',
          ),
        ),
      ),
    ).toStrictEqual([
      'delta tool m/0 ',
      'delta tool m/0 {"x"',
      'delta tool m/1 ',
      'delta tool m/1 {}',
      'delta tool m/0 :1}',
      'end tool m/0',
      'end tool m/1',
    ]);
  });

  it.each([{ index: 0 }, {}])('separates calls of the same index %j by their ids', async (place) => {
    expect(
      await read(
        call({ ...place, id: 'c', args: '{' }),
        call({ ...place, args: '}' }),
        call({ ...place, id: 'd', args: '[]' }),
      ),
    ).toStrictEqual([
      'delta tool m/0 ',
      'delta tool m/0 {',
      'delta tool m/0 }',
      'delta tool m/1 ',
      'delta tool m/1 []',
    ]);
  });

  it('reads complete calls', async () => {
    expect(
      await read(chunk({ tool_calls: [{ args: { x: 1 } }, { id: 'd', args: {} }, { id: 'e' }] }, 'ai')),
    ).toStrictEqual(['delta tool m/0 ', 'end tool m/0 = {"x":1}', 'delta tool m/1 ', 'end tool m/1 = {}']);
  });

  it.each([
    { fields: { response_metadata: { finish_reason: 'length' } }, reason: 'length' },
    { fields: { response_metadata: { done_reason: 'stop' } }, reason: 'stop' },
    { fields: { additional_kwargs: { stop_reason: 'max_tokens' } }, reason: 'max_tokens' },
    { fields: { response_metadata: { status: 'completed' } }, reason: 'completed' },
    {
      fields: {
        response_metadata: { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
      },
      reason: 'max_output_tokens',
    },
  ])('emits the reason why a message ended: $reason', async ({ fields, reason }) => {
    const usage = chunk({ usage_metadata: { total_tokens: 1 } });
    const end = `end answer m [${reason}]`;
    expect(await read(text('a'), chunk(fields), usage)).toStrictEqual(['delta answer m a', end]);
    expect(await read(text('a'), chunk(fields), usage, text('b', 'n'))).toStrictEqual([
      'delta answer m a',
      end,
      'delta answer n b',
    ]);
  });

  it('does not end a message with the status of a response in progress', async () => {
    const progress = chunk({ response_metadata: { status: 'in_progress' } });
    expect(await read(text('a'), progress, text('b', 'n'), text('c'))).toStrictEqual([
      'delta answer m a',
      'delta answer n b',
      'delta answer m c',
    ]);
  });

  it('continues with text after the reason', async () => {
    expect(
      await read(text('a'), chunk({ response_metadata: { finish_reason: 'stop' } }), text('b')),
    ).toStrictEqual(['delta answer m a', 'delta answer m b', 'end answer m [stop]']);
  });

  it('ends a message with the chunk that is marked as the last', async () => {
    expect(await read(text('a'), chunk({ chunk_position: 'last' }), text('b', 'n'))).toStrictEqual([
      'delta answer m a',
      'end answer m',
      'delta answer n b',
    ]);
  });

  it.each([
    { title: 'values', event: values(message({ content: 'ab' }, 'ai'), message({ id: 'x' }, 'ai')) },
    { title: 'updates', event: ['updates', { model: { messages: [message({ content: 'ab' }, 'ai')] } }] },
    { title: 'a whole message', event: chunk({ content: 'ab' }, 'ai') },
    {
      title: 'a complete message',
      event: { event: 'messages/complete', data: [message({ content: 'ab' }, 'ai')] },
    },
  ])('ends a message with $title', async ({ event }) => {
    const events = await read(text('a'), event);
    expect(events[0]).toBe('delta answer m a');
    expect(events.at(-1)).toBe('end answer m = ab');
  });

  it('reads messages that repeat the text so far', async () => {
    const partial = (fields: object) => ({ event: 'messages/partial', data: [message(fields, 'ai')] });
    expect(
      await read(
        partial({ content: 'a' }),
        partial({ content: 'ab', additional_kwargs: { reasoning_content: 'c' } }),
        partial({
          content: [
            { type: 'text', text: 'ab' },
            { type: 'thinking', thinking: 'cd' },
          ],
        }),
        partial({ content: 'ab', tool_call_chunks: [{ index: 0, id: 'c', args: '{' }] }),
        partial({ content: 'ab', tool_call_chunks: [{ index: 0, id: 'c', args: '{}' }] }),
      ),
    ).toStrictEqual([
      'delta answer m a',
      'delta answer m b',
      'delta reasoning m/0 c',
      'delta reasoning m/0 d',
      'delta tool m/0 ',
      'delta tool m/0 {',
      'delta tool m/0 }',
    ]);
  });

  it('reads a model that does not stream', async () => {
    expect(
      await read(chunk({ content: 'a', response_metadata: { finish_reason: 'stop' } }, 'ai')),
    ).toStrictEqual(['delta answer m a', 'end answer m [stop]']);
  });

  it('separates messages of parallel nodes', async () => {
    expect(await read(text('a', 'm'), text('b', 'n'), text('c', 'm'))).toStrictEqual([
      'delta answer m a',
      'delta answer n b',
      'delta answer m c',
    ]);
  });

  it('numbers messages without an id', async () => {
    const unnamed = (fields: object) => chunk({ id: undefined, ...fields });
    expect(
      await read(
        unnamed({ content: 'a' }),
        unnamed({ content: 'b', chunk_position: 'last' }),
        unnamed({ content: 'c' }),
      ),
    ).toStrictEqual(['delta answer 1 a', 'delta answer 1 b', 'end answer 1', 'delta answer 2 c']);
  });

  it('fails the open messages with an error', async () => {
    const finished = chunk({ id: 'n', content: 'b', response_metadata: { finish_reason: 'stop' } });
    expect(
      await read(text('a'), finished, { event: 'error', data: '{"error":"E","message":"no"}' }),
    ).toStrictEqual([
      'delta answer m a',
      'delta answer n b',
      'end answer n [stop]',
      'error answer m {"error":"E","message":"no"}',
    ]);
  });

  it('ends the open messages with the run', async () => {
    expect(await read(text('a'), { event: 'end', data: null })).toStrictEqual([
      'delta answer m a',
      'end answer m',
    ]);
  });

  it('reads what a server sends', async () => {
    const wire =
      'event: metadata\ndata: {"run_id":"r"}\n\n' +
      'event: messages\ndata: [{"type":"AIMessageChunk","id":"m","content":"a"},{"langgraph_node":"n"}]\n\n' +
      'event: values\ndata: {"messages":[{"type":"ai","id":"m","content":"a"}]}\n\n';
    expect(await collect(from([wire]).pipe(parseSSE(), fromLangGraph()))).toStrictEqual([
      { type: 'delta', kind: 'answer', id: 'm', delta: 'a', order: [1, 1] },
      { type: 'end', kind: 'answer', id: 'm', text: 'a' },
    ]);
  });

  it('reads what a server sends without the names of the events', async () => {
    expect(
      await read(
        [message({ content: 'a' }, 'ai')],
        [message({ content: 'ab' }, 'ai'), message({ id: 'n', content: 'c' }, 'ai')],
        { messages: [message({ content: 'abd' }, 'ai')] },
        { error: 'E', message: 'no' },
      ),
    ).toStrictEqual([
      'delta answer m a',
      'delta answer m b',
      'delta answer n c',
      'end answer m = abd',
      'error answer n {"error":"E","message":"no"}',
    ]);
  });

  it('emits a broken list unchanged, for a drop', async () => {
    const broken = { event: 'messages', data: '[{"type":' };
    expect(await collect(from([broken]).pipe(fromLangGraph()))).toStrictEqual([broken]);
  });
});

describe('fromLangGraph, of the second protocol', () => {
  const event = (method: string, data: object, params: object = {}) => ({
    type: 'event',
    method,
    params: { namespace: [], timestamp: 0, ...params, data },
  });
  const on = (name: string, fields: object = {}, params?: object) =>
    event('messages', { event: name, run_id: 'r', ...fields }, params);
  const start = (fields: object = {}) => on('message-start', { id: 'm', ...fields });
  const blockStart = (content: object, index = 0) => on('content-block-start', { index, content });
  const delta = (value: object, index = 0) => on('content-block-delta', { index, delta: value });
  const text = (value: string, index?: number) => delta({ type: 'text-delta', text: value }, index);
  const fields = (value: object) => delta({ type: 'block-delta', fields: value });
  const blockFinish = (content: object, index = 0) => on('content-block-finish', { index, content });
  const finish = (reason?: string) => on('message-finish', { reason });

  it(
    'emits text as it is streamed, and ends it when the message ends',
    marbles((m) => {
      const source = m.hot('  -a-b-c-d-e-|', {
        a: start(),
        b: text('He'),
        c: text('y'),
        d: blockFinish({ type: 'text', text: 'Hey' }),
        e: finish('length'),
      });
      const subscribed = '    ^----------!';
      const expected = '      ---b-c---e-|';
      const answer = { kind: 'answer', id: 'm/0' } as const;
      m.expect(source.pipe(fromLangGraph())).toBeObservable(expected, {
        b: { type: 'delta', ...answer, delta: 'He', order: [1, 0] },
        c: { type: 'delta', ...answer, delta: 'y' },
        e: { type: 'end', ...answer, text: 'Hey', finishReason: 'length' },
      });
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );

  it(
    'ends a block when the source completes before the message ends',
    marbles((m) => {
      const source = m.cold(' -a-b-|', { a: text('a'), b: blockFinish({ type: 'text', text: 'a' }) });
      const expected = '      -a---(b|)';
      const answer = { kind: 'answer', id: 'r/0' } as const;
      m.expect(source.pipe(fromLangGraph())).toBeObservable(expected, {
        a: { type: 'delta', ...answer, delta: 'a', order: [1, 0] },
        b: { type: 'end', ...answer, text: 'a' },
      });
    }),
  );

  it('ends a block with the next one', async () => {
    const finished = blockFinish({ type: 'reasoning', reasoning: 'a' });
    expect(
      await read(
        start(),
        delta({ type: 'reasoning-delta', reasoning: 'a' }),
        finished,
        on('usage', { usage: {} }),
        blockStart({ type: 'text', text: 'b' }, 1),
      ),
    ).toStrictEqual(['delta reasoning m/0 a', 'end reasoning m/0 = a', 'delta answer m/1 b']);
  });

  const pieces = ['{"x', '":1', '}'];
  const deltas = pieces.map((input) => fields({ type: 'input_json_delta', input }));
  const snapshots = pieces.map((_, index) =>
    fields({ type: 'tool_call_chunk', id: 'c', args: pieces.slice(0, index + 1).join('') }),
  );
  it.each([
    { title: 'in pieces', events: pieces.map((args) => delta({ type: 'tool-call-delta', args })) },
    { title: 'as all so far', events: snapshots },
    { title: 'in pieces of another provider', events: deltas },
    { title: 'both ways', events: deltas.flatMap((piece, index) => [piece, snapshots[index]]) },
    { title: 'both ways, all so far first', events: snapshots.flatMap((all, index) => [all, deltas[index]]) },
    {
      title: 'in pieces of an earlier server',
      events: pieces.map((args) =>
        on('content-block-delta', { index: 0, content: { type: 'tool_call_chunk', args } }),
      ),
    },
  ])('reads arguments that come $title, once', async ({ events }) => {
    expect(
      await read(
        start(),
        blockStart({ type: 'tool_use', id: 'c', name: 'f', input: '' }),
        ...events,
        blockFinish({ type: 'tool_call', id: 'c', args: { x: 1 } }),
        finish('tool_use'),
      ),
    ).toStrictEqual([
      'delta tool m/0 ',
      ...pieces.map((piece) => `delta tool m/0 ${piece}`),
      'end tool m/0 [tool_use]',
    ]);
  });

  it.each([
    { content: { type: 'input_json_delta', input: '}', args: '{"x": 1}' }, end: ' = {"x": 1}' },
    { content: { type: 'input_json_delta', input: '}' }, end: '' },
    { content: { type: 'tool_call', args: { x: 1 } }, end: ' = {"x":1}' },
    { content: { type: 'invalid_tool_call', args: '{"x' }, end: ' = {"x' },
  ])('reads the arguments of a call that were not streamed from $content', async ({ content, end }) => {
    expect(await read(start(), blockStart({ type: 'tool_call_chunk' }), blockFinish(content))).toStrictEqual([
      'delta tool m/0 ',
      `end tool m/0${end}`,
    ]);
  });

  it.each([
    { role: 'ai', kind: 'answer' },
    { role: 'tool', kind: 'output' },
    { role: 'human', kind: 'input' },
    { role: 'system', kind: 'input' },
  ])('reads text of the role $role as $kind', async ({ role, kind }) => {
    expect(await read(start({ role }), text('a'))).toStrictEqual([`delta ${kind} m/0 a`]);
  });

  it.each([
    { title: 'a result of a tool', content: { type: 'server_tool_result', output: 'a' }, kind: 'output' },
    { title: 'an image', content: { type: 'image', data: 'AAAA' }, kind: undefined },
  ])('reads the text of $title', async ({ content, kind }) => {
    expect(await read(start(), blockFinish(content), finish())).toStrictEqual(
      kind === undefined ? [] : [`delta ${kind} m/0 `, `end ${kind} m/0 = a`],
    );
  });

  it.each([
    { title: 'data', event: delta({ type: 'data-delta', data: 'AAAA' }) },
    { title: 'fields that are not text', event: fields({ type: 'reasoning', signature: 'x' }) },
    { title: 'an unknown delta', event: delta({ type: 'other', text: 'x' }) },
    {
      title: 'a block without an index',
      event: on('content-block-delta', { delta: { type: 'text-delta' } }),
    },
    { title: 'an event without a method', event: { type: 'event', params: { namespace: [] } } },
    { title: 'a checkpoint', event: event('checkpoints', { id: 'x' }) },
    { title: 'values', event: event('values', { messages: [{ type: 'ai', id: 'm', content: 'x' }] }) },
    { title: 'the start of a tool', event: event('tools', { event: 'tool-started', tool_call_id: 'c' }) },
    { title: 'a tool without an id', event: event('tools', { event: 'tool-output-delta', delta: 'x' }) },
  ])('ignores $title', async ({ event: ignored }) => {
    expect(await read(start(), text('a'), ignored, text('b'))).toStrictEqual([
      'delta answer m/0 a',
      'delta answer m/0 b',
    ]);
  });

  it('separates messages of namespaces, nodes and runs', async () => {
    const at = (params: object, run: object, value: string) =>
      event(
        'messages',
        { event: 'content-block-delta', index: 0, delta: { type: 'text-delta', text: value }, ...run },
        params,
      );
    const places = [
      [{ namespace: ['a'] }, {}],
      [{ namespace: ['b'] }, {}],
      [{ namespace: ['b'], node: 'n' }, {}],
      [{ namespace: ['b'], node: 'o' }, { run_id: 'x' }],
      [{ namespace: ['b'], node: 'o' }, { run_id: 'y' }],
    ] as const;
    expect(
      await read(...['a', 'b'].flatMap((value) => places.map(([params, run]) => at(params, run, value)))),
    ).toStrictEqual(
      ['a', 'b'].flatMap((value) => ['1', '2', '3', 'x', 'y'].map((id) => `delta answer ${id}/0 ${value}`)),
    );
  });

  it('assigns events without a run to the latest message', async () => {
    const withoutRun = (value: string) =>
      event('messages', {
        event: 'content-block-delta',
        index: 0,
        delta: { type: 'text-delta', text: value },
      });
    expect(await read(start(), withoutRun('a'), finish(), withoutRun('b'))).toStrictEqual([
      'delta answer m/0 a',
      'end answer m/0',
      'delta answer 2/0 b',
    ]);
  });

  it('gives new ids to messages that follow', async () => {
    const unnamed = event('messages', { event: 'message-start' });
    expect(
      await read(unnamed, text('a'), unnamed, text('b'), start(), text('c'), start({ id: 'n' }), text('d')),
    ).toStrictEqual([
      'delta answer 1/0 a',
      'end answer 1/0',
      'delta answer 2/0 b',
      'end answer 2/0',
      'delta answer m/0 c',
      'end answer m/0',
      'delta answer n/0 d',
    ]);
  });

  it('fails the message that an error is about', async () => {
    const other = (name: string, more: object) => on(name, { run_id: 's', ...more });
    expect(
      await read(
        text('a'),
        other('content-block-delta', { index: 0, delta: { type: 'text-delta', text: 'b' } }),
        on('error', { message: 'no' }),
        other('content-block-delta', { index: 0, delta: { type: 'text-delta', text: 'c' } }),
      ),
    ).toStrictEqual([
      'delta answer r/0 a',
      'delta answer s/0 b',
      'error answer r/0 {"event":"error","run_id":"r","message":"no"}',
      'delta answer s/0 c',
    ]);
  });

  it.each([
    { name: 'completed', end: 'end answer r/0' },
    { name: 'interrupted', end: 'end answer r/0' },
    { name: 'failed', end: 'error answer r/0 {"message":"no"}' },
  ])('closes the messages of a graph that is $name, and of its subgraphs', async ({ name, end }) => {
    const params = { namespace: ['a', 'b'] };
    const data = { event: name, error: { message: 'no' } };
    expect(
      await read(
        on('content-block-delta', { index: 0, delta: { type: 'text-delta', text: 'x' } }, params),
        event('lifecycle', { event: 'started' }, { namespace: ['a'] }),
        event('lifecycle', data, { namespace: ['c'] }),
        event('lifecycle', data, { namespace: ['a'] }),
      ),
    ).toStrictEqual(['delta answer r/0 x', end]);
  });

  it.each([
    { last: { event: 'tool-finished', output: 'ab' }, end: 'end output c' },
    {
      last: { event: 'tool-error', message: 'no' },
      end: 'error output c {"tool_call_id":"c","event":"tool-error","message":"no"}',
    },
  ])('reads the output of a tool, up to $last.event', async ({ last, end }) => {
    const tool = (data: object) => event('tools', { tool_call_id: 'c', ...data });
    expect(
      await read(
        tool({ event: 'tool-output-delta', delta: 'a' }),
        tool({ event: 'tool-output-delta', delta: 'b' }),
        tool(last),
      ),
    ).toStrictEqual(['delta output c a', 'delta output c b', end]);
  });
});
