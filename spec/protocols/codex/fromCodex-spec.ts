import { concat, from, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { type ConnectionOptions, fromCodex } from '../../../src/protocols/index.js';
import { collect } from '../../support/collect.js';
import { marbles } from '../../support/marbles.js';

/** A line of the log. */
const event = (type: string, fields: object = {}, id = '1') => ({
  kind: 'codex_event',
  payload: { id, msg: { type, ...fields } },
});

const answerDelta = (delta: string, id?: string) => event('agent_message_delta', { delta }, id);
const answer = (message: string, id?: string) => event('agent_message', { message }, id);
const reasoningDelta = (delta: string) => event('agent_reasoning_delta', { delta });
const reasoning = (text: string) => event('agent_reasoning', { text });
const sectionBreak = event('agent_reasoning_section_break');
const rawDelta = (delta: string) => event('agent_reasoning_raw_content_delta', { delta });
const raw = (text: string) => event('agent_reasoning_raw_content', { text });
const outputDelta = (chunk: unknown, stream = 'stdout', id?: string) =>
  event('exec_command_output_delta', { call_id: 'call_1', stream, chunk }, id);
const commandEnd = (stdout: unknown, stderr: unknown = '', id?: string) =>
  event('exec_command_end', { call_id: 'call_1', stdout, stderr, exit_code: 0 }, id);
const over = event('task_complete');

const base64 = (text: string) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

/** The events in words, for example `answer 1/0 +He` and `answer 1/0 =Hey`, or `answer 1/0 =` without a text. */
async function read(events: readonly unknown[], options?: ConnectionOptions): Promise<readonly string[]> {
  return (await collect(from(events).pipe(fromCodex(options)))).map((out) => {
    const name = `${out.kind} ${out.id}`;
    switch (out.type) {
      case 'delta':
        return `${name} +${out.delta}`;
      case 'end':
        return `${name} =${out.text ?? ''}`;
      case 'error':
        return `${name} !${(out.error as { message: string }).message}`;
      case 'start':
        return `${name} start`;
    }
  });
}

describe('fromCodex', () => {
  it(
    'reads an answer as it is streamed',
    marbles((m) => {
      const source = m.hot('  -a-b-c-|', { a: answerDelta('He'), b: answerDelta('y'), c: answer('Hey') });
      const expected = '      -a-b-c-|';
      m.expect(source.pipe(fromCodex())).toBeObservable(expected, {
        a: { type: 'delta', kind: 'answer', id: '1/0', delta: 'He' },
        b: { type: 'delta', kind: 'answer', id: '1/0', delta: 'y' },
        c: { type: 'end', kind: 'answer', id: '1/0', text: 'Hey' },
      });
    }),
  );

  it('accepts bare events', async () => {
    expect(await read([answerDelta('a').payload])).toStrictEqual(['answer 1/0 +a']);
  });

  describe('an answer', () => {
    it('is followed by another', async () => {
      expect(await read([answerDelta('a'), answer('a'), answerDelta('b'), answer('b')])).toStrictEqual([
        'answer 1/0 +a',
        'answer 1/0 =a',
        'answer 1/1 +b',
        'answer 1/1 =b',
      ]);
    });

    it('is emitted if it was not streamed', async () => {
      expect(await read([answer('a'), answer(''), answer('b')])).toStrictEqual([
        'answer 1/0 =a',
        'answer 1/1 =b',
      ]);
    });

    it('is separate from that of another submission', async () => {
      expect(
        await read([
          answerDelta('wor', '2'),
          answerDelta('hel', '1'),
          answerDelta('ld', '2'),
          answerDelta('lo', '1'),
          answer('hello', '1'),
          answer('world', '2'),
        ]),
      ).toStrictEqual([
        'answer 1/0 +wor',
        'answer 2/0 +hel',
        'answer 1/0 +ld',
        'answer 2/0 +lo',
        'answer 2/0 =hello',
        'answer 1/0 =world',
      ]);
    });
  });

  describe('reasoning', () => {
    it('is cut into sections, none of them empty', async () => {
      expect(
        await read([sectionBreak, reasoningDelta('a'), sectionBreak, sectionBreak, reasoningDelta('b')]),
      ).toStrictEqual(['reasoning 1/0 +a', 'reasoning 1/1 +b']);
    });

    it('may have its full texts after later sections have begun', async () => {
      expect(
        await read([
          reasoningDelta('one'),
          sectionBreak,
          reasoningDelta('two'),
          reasoning('one'),
          reasoningDelta('!'),
          reasoning('two!'),
          reasoningDelta('three'),
        ]),
      ).toStrictEqual([
        'reasoning 1/0 +one',
        'reasoning 1/1 +two',
        'reasoning 1/0 =one',
        'reasoning 1/1 +!',
        'reasoning 1/1 =two!',
        'reasoning 1/2 +three',
      ]);
    });

    const threeSections = [
      reasoningDelta('one'),
      sectionBreak,
      reasoningDelta('two'),
      sectionBreak,
      reasoningDelta('three'),
    ];

    it.each([
      {
        title: 'a full text that is missing does not shift the others',
        finals: ['two!', 'three!'],
        ends: ['reasoning 1/1 =two!', 'reasoning 1/2 =three!', 'reasoning 1/0 ='],
      },
      {
        title: 'a full text that begins like none is that of the oldest',
        finals: ['uno', 'two!', 'three!'],
        ends: ['reasoning 1/0 =uno', 'reasoning 1/1 =two!', 'reasoning 1/2 =three!'],
      },
      {
        title: 'an additional full text is a separate section',
        finals: ['one', 'two', 'three', 'four'],
        ends: ['reasoning 1/0 =one', 'reasoning 1/1 =two', 'reasoning 1/2 =three', 'reasoning 1/3 =four'],
      },
    ])('$title', async ({ finals, ends }) => {
      const events = [...threeSections, ...finals.map(reasoning), over];
      expect((await read(events)).slice(3)).toStrictEqual(ends);
    });

    it('is compared only by its beginning', async () => {
      const beginning = 'a'.repeat(40);
      const events = [
        reasoningDelta('one'),
        sectionBreak,
        reasoningDelta(`${beginning}b`),
        reasoning(`${beginning}c`),
      ];
      expect((await read(events)).slice(2)).toStrictEqual([`reasoning 1/1 =${beginning}c`]);
    });

    it('is separate from raw reasoning', async () => {
      expect(
        await read([
          reasoningDelta('a'),
          rawDelta('b'),
          rawDelta('c'),
          raw('bc'),
          reasoning('a'),
          rawDelta('d'),
        ]),
      ).toStrictEqual([
        'reasoning 1/0 +a',
        'reasoning 1/raw/0 +b',
        'reasoning 1/raw/0 +c',
        'reasoning 1/raw/0 =bc',
        'reasoning 1/0 =a',
        'reasoning 1/raw/1 +d',
      ]);
    });
  });

  describe('a command', () => {
    it.each([
      { title: 'numbers', chunk: [0x61, 0x62] },
      { title: 'Base64', chunk: 'YWI=' },
    ])('has outputs from $title', async ({ chunk }) => {
      expect(
        await read([outputDelta(chunk), outputDelta(chunk, 'stderr'), commandEnd('ab', 'ab')]),
      ).toStrictEqual(['stdout call_1 +ab', 'stderr call_1 +ab', 'stdout call_1 =ab', 'stderr call_1 =ab']);
    });

    it('may have cut characters, separately on each output', async () => {
      expect(
        await read([
          outputDelta([0xc3]),
          outputDelta([0xe2, 0x82], 'stderr'),
          outputDelta([0xa9]),
          outputDelta([0xac], 'stderr'),
        ]),
      ).toStrictEqual(['stdout call_1 +é', 'stderr call_1 +€']);
    });

    it('keeps a byte order mark', async () => {
      expect(await read([outputDelta([0xef, 0xbb, 0xbf, 0x61])])).toStrictEqual(['stdout call_1 +\uFEFFa']);
    });

    it.each([
      { title: 'its end', last: commandEnd('a'), end: 'stdout call_1 =' },
      { title: 'the end of the task', last: over, end: 'stdout call_1 =' },
      { title: 'an error', last: event('error', { message: 'boom' }), end: 'stdout call_1 !boom' },
    ])('has half a character replaced at $title', async ({ last, end }) => {
      expect(await read([outputDelta([0x61, 0xc3]), last])).toStrictEqual([
        'stdout call_1 +a',
        'stdout call_1 +\uFFFD',
        end,
      ]);
    });

    it('without an end has half a character replaced when the source completes', async () => {
      expect(await read([outputDelta([0xc3])])).toStrictEqual(['stdout call_1 +\uFFFD']);
    });

    it('has half a character replaced before an error of the source', () => {
      const boom = new Error('boom');
      const seen: unknown[] = [];
      concat(
        from([outputDelta([0xc3])]),
        throwError(() => boom),
      )
        .pipe(fromCodex())
        .subscribe({ next: ({ type }) => seen.push(type), error: (error: unknown) => seen.push(error) });
      expect(seen).toStrictEqual(['delta', boom]);
    });

    const long = 'x'.repeat(5_120);

    it.each([
      { title: 'is its text', deltas: ['a'], stdout: 'ab', end: '=ab' },
      { title: 'is just not cut', deltas: ['x'], stdout: long.slice(1), end: `=${long.slice(1)}` },
      { title: 'is cut', deltas: ['x'], stdout: long, end: '=' },
      { title: 'is cut, counted in bytes', deltas: ['é'], stdout: 'é'.repeat(2_560), end: '=' },
      { title: 'is cut, but all there is', deltas: [], stdout: long, end: `=${long}` },
      { title: 'is empty', deltas: ['a'], stdout: '', end: '=' },
      { title: 'is about something else', deltas: ['a'], stdout: 'command timed out', end: '=' },
      { title: 'is of a wrong type', deltas: ['a'], stdout: 5, end: '=' },
    ])('has a full text that $title', async ({ deltas, stdout, end }) => {
      const events = [...deltas.map((text) => outputDelta(base64(text))), commandEnd(stdout)];
      expect((await read(events)).slice(deltas.length)).toStrictEqual([`stdout call_1 ${end}`]);
    });

    it('without output opens no stream', async () => {
      expect(await read([commandEnd('', '')])).toStrictEqual([]);
    });

    it('ends only its outputs with text', async () => {
      expect(await read([outputDelta([0x61]), commandEnd('a', '')])).toStrictEqual([
        'stdout call_1 +a',
        'stdout call_1 =a',
      ]);
    });

    it('may be a patch', async () => {
      const end = event('patch_apply_end', { call_id: 'call_1', stdout: 'a', stderr: '', success: true });
      expect(await read([outputDelta([0x61]), end])).toStrictEqual(['stdout call_1 +a', 'stdout call_1 =a']);
    });

    it('has a new id if the id of its call is used again', async () => {
      expect(
        await read([
          outputDelta([0x61]),
          commandEnd('a'),
          outputDelta([0x62]),
          commandEnd('b'),
          commandEnd('c'),
        ]),
      ).toStrictEqual([
        'stdout call_1 +a',
        'stdout call_1 =a',
        'stdout call_1/2 +b',
        'stdout call_1/2 =b',
        'stdout call_1/3 =c',
      ]);
    });

    it('is separate from one with the same id in another submission', async () => {
      expect(
        await read([
          outputDelta([0x61], 'stdout', '1'),
          outputDelta([0x62], 'stdout', '2'),
          outputDelta([0x63], 'stdout', '1'),
        ]),
      ).toStrictEqual(['stdout call_1 +a', 'stdout call_1/2 +b', 'stdout call_1 +c']);
    });

    it('is recognized by its id among 10,000 calls', async () => {
      const end = (index: number) =>
        event('exec_command_end', { call_id: `call_${index}`, stdout: 'a', stderr: '' });
      const ids = await read(Array.from({ length: 10_003 }, (_, index) => end(index % 10_001)));
      // The 10,001st call pushed out the first, whose return pushed out the second.
      expect(ids.slice(-2)).toStrictEqual(['stdout call_0 =a', 'stdout call_1 =a']);
      expect(await read([end(0), end(1), end(0)])).toContain('stdout call_0/2 =a');
    });
  });

  describe('the end', () => {
    const open = [answerDelta('a'), reasoningDelta('b'), rawDelta('c'), outputDelta([0x64])];
    const ends = ['reasoning 1/0 =', 'reasoning 1/raw/0 =', 'answer 1/0 =', 'stdout call_1 ='];

    it.each(['task_complete', 'turn_complete', 'turn_aborted', 'shutdown_complete', 'session_configured'])(
      '%s ends the open streams',
      async (type) => {
        expect((await read([...open, event(type), event(type)])).slice(4)).toStrictEqual(ends);
      },
    );

    it('error fails the open streams', async () => {
      const events = [...open, event('error', { message: 'boom' })];
      expect((await read(events)).slice(4)).toStrictEqual(ends.map((end) => end.replace('=', '!boom')));
    });

    it.each(['task_complete', 'turn_aborted', 'error'])('%s does not end other submissions', async (type) => {
      expect(await read([answerDelta('a', '2'), event(type, {}, '1'), answerDelta('b', '2')])).toStrictEqual([
        'answer 1/0 +a',
        'answer 1/0 +b',
      ]);
    });

    it('of a session ends all submissions, whose ids start again', async () => {
      expect(
        await read([answerDelta('a'), event('session_configured', {}, '0'), answerDelta('b')]),
      ).toStrictEqual(['answer 1/0 +a', 'answer 1/0 =', 'answer 2/0 +b']);
    });
  });

  it.each([
    { title: 'null', odd: null },
    { title: 'text', odd: 'text' },
    { title: 'no payload', odd: { kind: 'codex_event' } },
    { title: 'another kind of line', odd: { kind: 'op', payload: answerDelta('x').payload } },
    { title: 'no message', odd: { id: '1' } },
    { title: 'no id', odd: { msg: answerDelta('x').payload.msg } },
    { title: 'an id of a wrong type', odd: { id: 1, msg: answerDelta('x').payload.msg } },
    { title: 'an unknown type', odd: event('new_delta', { delta: 'x' }) },
    { title: 'a delta of a wrong type', odd: event('agent_message_delta', { delta: 5 }) },
    { title: 'an empty delta', odd: answerDelta('') },
    { title: 'a full text of a wrong type', odd: event('agent_message', { message: null }) },
    { title: 'no call_id', odd: event('exec_command_output_delta', { stream: 'stdout', chunk: [0x61] }) },
    { title: 'no call_id at an end', odd: event('exec_command_end', { stdout: 'a' }) },
    { title: 'another output', odd: outputDelta([0x61], 'toString') },
    { title: 'no bytes', odd: outputDelta(undefined) },
    { title: 'a byte that is too large', odd: outputDelta([256]) },
    { title: 'a negative byte', odd: outputDelta([-1]) },
    { title: 'a byte that is no number', odd: outputDelta(['a']) },
    { title: 'broken Base64', odd: outputDelta('a') },
  ])('ignores unknown events: $title', async ({ odd }) => {
    expect(await read([answerDelta('a'), odd, answerDelta('b')])).toStrictEqual([
      'answer 1/0 +a',
      'answer 1/0 +b',
    ]);
  });

  describe('the events of codex exec --json', () => {
    const item = (type: string, fields: object) => ({
      type: `item.${type}`,
      item: { id: 'item_0', ...fields },
    });
    const threadStarted = { type: 'thread.started', thread_id: 't' };
    const turnStarted = { type: 'turn.started' };
    const turnCompleted = { type: 'turn.completed', usage: {} };

    it.each([
      { fields: { type: 'agent_message', text: 'a' }, stream: 'answer', text: 'a' },
      { fields: { type: 'plan', text: 'a' }, stream: 'answer', text: 'a' },
      { fields: { type: 'reasoning', text: 'a' }, stream: 'reasoning', text: 'a' },
      { fields: { type: 'command_execution', aggregated_output: 'a' }, stream: 'output', text: 'a' },
      { fields: { type: 'mcp_tool_call', arguments: { a: 1 } }, stream: 'tool', text: '{"a":1}' },
      { fields: { item_type: 'assistant_message', text: 'a' }, stream: 'answer', text: 'a' },
      { fields: { item_type: 'reasoning', text: 'a' }, stream: 'reasoning', text: 'a' },
    ])('have the text of $fields', async ({ fields, stream, text }) => {
      expect(
        await read([threadStarted, turnStarted, item('completed', fields), turnCompleted]),
      ).toStrictEqual([`${stream} 1/item_0 =${text}`]);
    });

    it('have the new part of an output', async () => {
      const command = (output: string) => ({ type: 'command_execution', aggregated_output: output });
      expect(
        await read([
          item('started', command('')),
          item('updated', command('a')),
          item('updated', command('a')),
          item('updated', command('abc')),
          item('completed', command('abcd')),
        ]),
      ).toStrictEqual(['output 1/item_0 +a', 'output 1/item_0 +bc', 'output 1/item_0 =abcd']);
    });

    it('have a text once that is complete from the start', async () => {
      const call = { type: 'mcp_tool_call', arguments: {} };
      expect(await read([item('started', call), item('completed', call)])).toStrictEqual([
        'tool 1/item_0 +{}',
        'tool 1/item_0 ={}',
      ]);
    });

    const content = (...texts: readonly string[]) => texts.map((text) => ({ type: 'text', text }));

    it.each([
      { title: 'a text', fields: { result: { content: content('a') } }, text: 'a' },
      { title: 'several texts', fields: { result: { content: content('a', 'b') } }, text: 'a\nb' },
      {
        title: 'a text and the same as JSON',
        fields: { result: { content: content('a'), structured_content: { a: 1 } } },
        text: 'a',
      },
      {
        title: 'only JSON',
        fields: { result: { content: [{ type: 'image' }], structured_content: { a: 1 } } },
        text: '{"a":1}',
      },
      { title: 'an error', fields: { result: null, error: { message: 'boom' } }, text: 'boom' },
    ])('have the result of an MCP tool: $title', async ({ fields, text }) => {
      const call = { type: 'mcp_tool_call', arguments: {} };
      expect(
        await read([item('started', { ...call, result: null }), item('completed', { ...call, ...fields })]),
      ).toStrictEqual(['tool 1/item_0 +{}', 'tool 1/item_0 ={}', `output 1/item_0 =${text}`]);
    });

    it.each(['turn.completed', 'turn.started', 'thread.started', 'session.created', 'session.resumed'])(
      '%s ends the open streams',
      async (type) => {
        const message = item('updated', { type: 'agent_message', text: 'a' });
        expect(await read([message, { type }, message])).toStrictEqual([
          'answer 1/item_0 +a',
          'answer 1/item_0 =',
          'answer 2/item_0 +a',
        ]);
      },
    );

    it('turn.failed fails the open streams', async () => {
      const failed = { type: 'turn.failed', error: { message: 'boom' } };
      expect(
        await read([
          item('updated', { type: 'agent_message', text: 'a' }),
          item('started', { id: 'item_1', type: 'command_execution', aggregated_output: '' }),
          failed,
          failed,
        ]),
      ).toStrictEqual(['answer 1/item_0 +a', 'answer 1/item_0 !boom']);
    });

    it.each([
      { title: 'an error, which a turn may survive', odd: { type: 'error', message: 'Reconnecting... 1/5' } },
      { title: 'a list of things to do', odd: item('completed', { type: 'todo_list', items: [] }) },
      { title: 'a change of files', odd: item('completed', { type: 'file_change', changes: [] }) },
      { title: 'no item', odd: { type: 'item.completed' } },
      {
        title: 'an item without an id',
        odd: { type: 'item.completed', item: { type: 'agent_message', text: 'x' } },
      },
      { title: 'a text of a wrong type', odd: item('completed', { type: 'agent_message', text: 5 }) },
      { title: 'an empty text', odd: item('completed', { type: 'agent_message', text: '' }) },
      { title: 'arguments that are none', odd: item('completed', { type: 'mcp_tool_call' }) },
      {
        title: 'arguments that JSON cannot say',
        odd: item('completed', { type: 'mcp_tool_call', arguments: 1n }),
      },
    ])('are ignored if they have no text: $title', async ({ odd }) => {
      expect(await read([odd])).toStrictEqual([]);
    });
  });

  describe('the notifications of the app server', () => {
    const place = { threadId: 't1', turnId: 'u1' };
    const notify = (method: string, params: object) => ({ method, params: { ...place, ...params } });
    const delta = (name: string, text: unknown, fields: object = {}) =>
      notify(`item/${name}`, { itemId: 'i', delta: text, ...fields });
    const completed = (item: object) => notify('item/completed', { item: { id: 'i', ...item } });
    const turnCompleted = (fields: object = {}) =>
      notify('turn/completed', { turn: { id: 'u1', items: [], status: 'completed', ...fields } });

    it.each([
      { name: 'agentMessage/delta', item: { type: 'agentMessage', text: 'ab!' }, stream: 'answer 1/i' },
      { name: 'plan/delta', item: { type: 'plan', text: 'ab!' }, stream: 'answer 1/i' },
      {
        name: 'reasoning/summaryTextDelta',
        fields: { summaryIndex: 1 },
        item: { type: 'reasoning', summary: ['', 'ab!'], content: [] },
        stream: 'reasoning 1/i/summary/1',
      },
      {
        name: 'reasoning/textDelta',
        fields: { contentIndex: 0 },
        item: { type: 'reasoning', summary: [], content: ['ab!'] },
        stream: 'reasoning 1/i/0',
      },
      {
        name: 'commandExecution/outputDelta',
        item: { type: 'commandExecution', aggregatedOutput: 'ab!' },
        stream: 'output 1/i',
      },
    ])('have text as it is streamed: $name', async ({ name, fields, item, stream }) => {
      expect(await read([delta(name, 'a', fields), delta(name, 'b', fields), completed(item)])).toStrictEqual(
        [`${stream} +a`, `${stream} +b`, `${stream} =ab!`],
      );
      expect(await read([completed(item)])).toStrictEqual([`${stream} =ab!`]);
    });

    it('have the arguments and the result of an MCP tool', async () => {
      const call = { type: 'mcpToolCall', arguments: { a: 1 } };
      const result = { content: [], structuredContent: { b: 2 } };
      expect(await read([completed({ ...call, result, error: null })])).toStrictEqual([
        'tool 1/i ={"a":1}',
        'output 1/i ={"b":2}',
      ]);
    });

    it('end all texts of an item, even those without a full text', async () => {
      expect(
        await read([
          delta('fileChange/outputDelta', 'a'),
          completed({ type: 'fileChange', changes: [] }),
          delta('reasoning/summaryTextDelta', 'b', { summaryIndex: 0 }),
          completed({ type: 'reasoning', summary: [] }),
        ]),
      ).toStrictEqual([
        'output 1/i +a',
        'output 1/i =',
        'reasoning 1/i/summary/0 +b',
        'reasoning 1/i/summary/0 =',
      ]);
    });

    it.each([
      { title: 'is cut', output: 'a' },
      { title: 'is empty', output: '' },
      { title: 'is about something else', output: 'command timed out' },
      { title: 'is of a wrong type', output: null },
    ])('keep the deltas of an output whose full text $title', async ({ output }) => {
      expect(
        await read([
          delta('commandExecution/outputDelta', 'ab'),
          completed({ type: 'commandExecution', aggregatedOutput: output }),
        ]),
      ).toStrictEqual(['output 1/i +ab', 'output 1/i =']);
    });

    it('separate turns and threads, which are numbered', async () => {
      const message = (fields: object) => delta('agentMessage/delta', 'a', fields);
      expect(
        await read([
          message({}),
          message({ turnId: 'u2' }),
          message({ threadId: 't2' }),
          turnCompleted({ id: 'u2' }),
          message({}),
          turnCompleted({ status: 'interrupted' }),
        ]),
      ).toStrictEqual([
        'answer 1/i +a',
        'answer 2/i +a',
        'answer 3/i +a',
        'answer 2/i =',
        'answer 1/i +a',
        'answer 1/i =',
      ]);
    });

    it('fail the open streams of a failed turn', async () => {
      expect(
        await read([
          delta('agentMessage/delta', 'a'),
          turnCompleted({ status: 'failed', error: { message: 'boom' } }),
        ]),
      ).toStrictEqual(['answer 1/i +a', 'answer 1/i !boom']);
    });

    it.each([
      { title: 'an unknown method', odd: notify('item/new/delta', { itemId: 'i', delta: 'x' }) },
      { title: 'a method that all objects have', odd: notify('constructor', { itemId: 'i', delta: 'x' }) },
      { title: 'no parameters', odd: { method: 'item/agentMessage/delta' } },
      { title: 'no item', odd: notify('item/agentMessage/delta', { delta: 'x' }) },
      { title: 'an empty delta', odd: delta('agentMessage/delta', '') },
      { title: 'a delta of a wrong type', odd: delta('agentMessage/delta', 5) },
      { title: 'no index', odd: delta('reasoning/textDelta', 'x') },
      {
        title: 'an item that began',
        odd: notify('item/started', { item: { id: 'i', type: 'agentMessage', text: '' } }),
      },
      { title: 'an answer to a request', odd: { id: 1, result: { thread: {} } } },
      { title: 'an error, which a turn may survive', odd: notify('error', { error: {}, willRetry: true }) },
      { title: 'an unknown turn', odd: turnCompleted() },
    ])('are ignored if they have no text: $title', async ({ odd }) => {
      expect(await read([odd])).toStrictEqual([]);
    });
  });

  it('prefixes every id with the connection', async () => {
    expect(
      await read([answerDelta('a'), rawDelta('b'), outputDelta([0x63])], { connection: 'x' }),
    ).toStrictEqual(['answer x/1/0 +a', 'reasoning x/1/raw/0 +b', 'stdout x/call_1 +c']);
    const completed = { type: 'item.completed', item: { id: 'item_0', type: 'agent_message', text: 'a' } };
    expect(await read([completed], { connection: 'x' })).toStrictEqual(['answer x/1/item_0 =a']);
  });
});
