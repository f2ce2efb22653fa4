import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { commitLines } from '../../../src/operators/commitLines.js';
import { fromAnthropic } from '../../../src/protocols/index.js';
import { collect } from '../../support/collect.js';
import { marbles } from '../../support/marbles.js';
import { toText } from '../../support/show.js';
import { readAsText } from '../../support/showEvent.js';

const read = (...events: unknown[]) => readAsText(events, fromAnthropic());

const messageStart = (id?: string) => ({ type: 'message_start', message: { id, content: [] } });
const messageStop = { type: 'message_stop' };
const blockStart = (index: number, block: object) => ({
  type: 'content_block_start',
  index,
  content_block: block,
});
const blockDelta = (index: number, delta: object) => ({ type: 'content_block_delta', index, delta });
const blockStop = (index: number) => ({ type: 'content_block_stop', index });
const text = (index: number, value: string) => blockDelta(index, { type: 'text_delta', text: value });
const json = (index: number, value: string) =>
  blockDelta(index, { type: 'input_json_delta', partial_json: value });

describe('fromAnthropic', () => {
  it(
    'reads a text as it is streamed',
    marbles((m) => {
      const source = m.hot('  -a-b-c-d-e-f-|', {
        a: messageStart('msg_1'),
        b: text(0, 'He'),
        c: text(0, 'y'),
        d: blockStop(0),
        e: { type: 'message_delta', delta: { stop_reason: 'end_turn' } },
        f: messageStop,
      });
      const expected = '      ---b-c---e---|';
      const answer = { kind: 'answer', id: 'msg_1/0' } as const;
      m.expect(source.pipe(fromAnthropic())).toBeObservable(expected, {
        b: { type: 'delta', ...answer, delta: 'He', order: [1, 0] },
        c: { type: 'delta', ...answer, delta: 'y' },
        e: { type: 'end', ...answer, finishReason: 'end_turn' },
      });
    }),
  );

  it.each([
    { delta: { type: 'text_delta', text: 'x' }, kind: 'answer' },
    { delta: { type: 'thinking_delta', thinking: 'x' }, kind: 'reasoning' },
    { delta: { type: 'input_json_delta', partial_json: 'x' }, kind: 'tool' },
    { delta: { type: 'compaction_delta', content: 'x', encrypted_content: null }, kind: 'reasoning' },
  ])('reads a $delta.type as $kind', async ({ delta, kind }) => {
    expect(await read(messageStart('m'), blockDelta(2, delta), blockStop(2))).toStrictEqual([
      `delta ${kind} m/2 x`,
      `end ${kind} m/2`,
    ]);
  });

  it.each([
    { type: 'signature_delta', signature: 'x' },
    { type: 'citations_delta', citation: { cited_text: 'x' } },
    { type: 'compaction_delta', content: null, encrypted_content: 'x' },
  ])('ignores a $type', async (delta) => {
    expect(await read(messageStart('m'), blockDelta(0, delta), blockStop(0))).toStrictEqual([]);
  });

  it('ignores the results of a search by the provider', async () => {
    const result = { type: 'web_search_tool_result', content: [{ title: 'x' }] };
    expect(await read(messageStart('m'), blockStart(0, result), blockStop(0))).toStrictEqual([]);
  });

  it.each([
    {
      type: 'bash_code_execution_tool_result',
      content: { type: 'bash_code_execution_result', stdout: 'a\n', stderr: 'b\n', return_code: 1 },
      output: 'a\nb\n',
    },
    {
      type: 'code_execution_tool_result',
      content: { type: 'code_execution_result', stdout: 'a\n', stderr: '', return_code: 0 },
      output: 'a\n',
    },
    {
      type: 'text_editor_code_execution_tool_result',
      content: { type: 'text_editor_code_execution_view_result', content: 'a', file_type: 'text' },
      output: 'a',
    },
    { type: 'advisor_tool_result', content: { type: 'advisor_result', text: 'a' }, output: 'a' },
    { type: 'mcp_tool_result', content: 'a', output: 'a' },
    {
      type: 'mcp_tool_result',
      content: [{ type: 'text', text: 'a' }, { type: 'image' }, { type: 'text', text: 'b' }],
      output: 'ab',
    },
  ])('reads the text of a $type as output', async ({ type, content, output }) => {
    const events = [messageStart('m'), blockStart(1, { type, content }), blockStop(1)];
    expect(await read(...events)).toStrictEqual(['delta output m/1 ', `end output m/1 = ${output}`]);
  });

  it.each([
    { type: 'bash_code_execution_tool_result', content: { error_code: 'unavailable' } },
    { type: 'advisor_tool_result', content: { type: 'advisor_redacted_result', encrypted_content: 'x' } },
    { type: 'mcp_tool_result', content: [] },
    { type: 'mcp_tool_result', content: null },
  ])('opens no stream for a $type without text: $content', async (result) => {
    expect(await read(messageStart('m'), blockStart(0, result), blockStop(0))).toStrictEqual([]);
  });

  it.each([
    { block: { type: 'text', text: 'a' }, delta: { type: 'text_delta', text: 'b' }, kind: 'answer' },
    {
      block: { type: 'thinking', thinking: 'a' },
      delta: { type: 'thinking_delta', thinking: 'b' },
      kind: 'reasoning',
    },
    {
      block: { type: 'compaction', content: 'a' },
      delta: { type: 'compaction_delta', content: 'b' },
      kind: 'reasoning',
    },
  ])('begins with the text in the start of a block of $block.type', async ({ block, delta, kind }) => {
    expect(await read(messageStart('m'), blockStart(0, block), blockDelta(0, delta))).toStrictEqual([
      `delta ${kind} m/0 a`,
      `delta ${kind} m/0 b`,
    ]);
  });

  describe('the arguments of a call', () => {
    const call = (type: string, input: unknown) => blockStart(1, { type, id: 'toolu_1', name: 'f', input });

    it.each(['tool_use', 'server_tool_use', 'mcp_tool_use'])('of a %s are streamed', async (type) => {
      const events = [messageStart('m'), call(type, {}), json(1, '{"x":'), json(1, '1}'), blockStop(1)];
      expect(await read(...events)).toStrictEqual([
        'delta tool m/1 ',
        'delta tool m/1 {"x":',
        'delta tool m/1 1}',
        'end tool m/1',
      ]);
    });

    it('may arrive with the start of the block', async () => {
      const whole = call('tool_use', { x: 1 });
      const expected = ['delta tool m/1 ', 'end tool m/1 = {"x":1}'];
      expect(await read(messageStart('m'), whole, blockStop(1))).toStrictEqual(expected);
      expect(await read(messageStart('m'), whole, messageStop)).toStrictEqual(expected);
      expect(await read(messageStart('m'), whole, blockStop(1), messageStop)).toStrictEqual(expected);
    });

    it('are the streamed ones, if both exist', async () => {
      const events = [messageStart('m'), call('tool_use', { x: 1 }), json(1, '{ "x": 1 }'), blockStop(1)];
      expect(await read(...events)).toStrictEqual(['delta tool m/1 { "x": 1 }', 'end tool m/1']);
    });

    it.each(['tool_use', 'server_tool_use', 'mcp_tool_use'])(
      'are an empty text if a %s has none',
      async (type) => {
        const expected = ['delta tool m/1 ', 'end tool m/1'];
        expect(await read(messageStart('m'), call(type, {}), blockStop(1))).toStrictEqual(expected);
        expect(await read(messageStart('m'), call(type, {}), json(1, ''), blockStop(1))).toStrictEqual(
          expected,
        );
      },
    );

    it('are an empty text if JSON cannot represent them', async () => {
      const circular: { self?: unknown } = {};
      circular.self = circular;
      expect(await read(messageStart('m'), call('tool_use', circular), blockStop(1))).toStrictEqual([
        'delta tool m/1 ',
        'end tool m/1',
      ]);
    });
  });

  it('reads the blocks in the start of a message', async () => {
    const content = [
      { type: 'code_execution_tool_result', content: { stdout: '1' } },
      { type: 'tool_use', input: { x: 1 } },
      { type: 'text', text: 'a' },
    ];
    const start = { type: 'message_start', message: { id: 'm', content, stop_reason: 'tool_use' } };
    expect(await collect(from([start, text(3, 'b'), messageStop]).pipe(fromAnthropic()))).toStrictEqual([
      { type: 'delta', kind: 'output', id: 'm/0', delta: '', order: [1, 0] },
      { type: 'end', kind: 'output', id: 'm/0', text: '1' },
      { type: 'delta', kind: 'answer', id: 'm/2', delta: 'a', order: [1, 2] },
      { type: 'delta', kind: 'answer', id: 'm/3', delta: 'b', order: [1, 3] },
      { type: 'delta', kind: 'tool', id: 'm/1', delta: '', order: [1, 1] },
      { type: 'end', kind: 'tool', id: 'm/1', text: '{"x":1}', finishReason: 'tool_use' },
      { type: 'end', kind: 'answer', id: 'm/2', finishReason: 'tool_use' },
      { type: 'end', kind: 'answer', id: 'm/3', finishReason: 'tool_use' },
    ]);
  });

  describe('several messages', () => {
    it('have separate ids, and consecutive places', async () => {
      const events = [messageStart('m1'), text(0, 'a'), messageStop, messageStart('m2'), text(0, 'b')];
      expect(await collect(from(events).pipe(fromAnthropic()))).toMatchObject([
        { id: 'm1/0', order: [1, 0] },
        { type: 'end', id: 'm1/0' },
        { id: 'm2/0', order: [2, 0] },
      ]);
    });

    it('are numbered if they have no id', async () => {
      expect(
        await read(text(0, 'a'), messageStart(), text(0, 'b'), messageStart(''), text(0, 'c')),
      ).toStrictEqual([
        'delta answer 1/0 a',
        'end answer 1/0',
        'delta answer 2/0 b',
        'end answer 2/0',
        'delta answer 3/0 c',
      ]);
    });

    it('end each other', async () => {
      expect(
        await read(messageStart('m1'), text(0, 'a'), json(1, 'b'), messageStart('m2'), text(0, 'c')),
      ).toStrictEqual([
        'delta answer m1/0 a',
        'delta tool m1/1 b',
        'end answer m1/0',
        'end tool m1/1',
        'delta answer m2/0 c',
      ]);
    });
  });

  it('ends the open blocks of a message with it', async () => {
    expect(await read(messageStart('m'), text(0, 'a'), messageStop, messageStop)).toStrictEqual([
      'delta answer m/0 a',
      'end answer m/0',
    ]);
  });

  it('reads text completions', async () => {
    const completion = (id: string | undefined, value: string, stop_reason: string | null = null) => ({
      type: 'completion',
      id,
      completion: value,
      stop_reason,
    });
    const events = [
      completion('c1', 'a'),
      completion('c1', 'b'),
      completion('c1', '', 'stop_sequence'),
      completion('c2', 'c'),
      completion('c3', 'd'),
      messageStart('m'),
    ];
    expect(await collect(from(events).pipe(fromAnthropic()))).toStrictEqual([
      { type: 'delta', kind: 'answer', id: 'c1/0', delta: 'a', order: [1, 0] },
      { type: 'delta', kind: 'answer', id: 'c1/0', delta: 'b' },
      { type: 'end', kind: 'answer', id: 'c1/0', finishReason: 'stop_sequence' },
      { type: 'delta', kind: 'answer', id: 'c2/0', delta: 'c', order: [2, 0] },
      { type: 'end', kind: 'answer', id: 'c2/0' },
      { type: 'delta', kind: 'answer', id: 'c3/0', delta: 'd', order: [3, 0] },
      { type: 'end', kind: 'answer', id: 'c3/0' },
    ]);
  });

  it('numbers text completions without an id', async () => {
    const completion = (value: string, stop_reason?: string) => ({
      type: 'completion',
      completion: value,
      stop_reason,
    });
    expect(
      await read(completion('a'), completion('b', 'max_tokens'), completion('c', 'max_tokens')),
    ).toStrictEqual([
      'delta answer 1/0 a',
      'delta answer 1/0 b',
      'end answer 1/0',
      'delta answer 2/0 c',
      'end answer 2/0',
    ]);
  });

  it('emits the text of a replay once', async () => {
    const message = [messageStart('m'), text(0, 'a'), text(0, 'b'), blockStop(0), messageStop];
    const commits = await collect(
      from([...message, ...message]).pipe(fromAnthropic(), commitLines(), toText()),
    );
    expect(commits.filter((commit) => commit !== 'drop late')).toStrictEqual([
      'open m/0',
      'line m/0 0 ab',
      'close m/0 end 1',
    ]);
  });

  it('fails only the open streams at an error', async () => {
    const error = { type: 'overloaded_error', message: 'boom' };
    const call = blockStart(2, { type: 'tool_use', input: { x: 1 } });
    expect(
      await read(
        messageStart('m'),
        text(0, 'a'),
        blockStop(0),
        text(1, 'b'),
        call,
        { type: 'error', error },
        messageStop,
      ),
    ).toStrictEqual([
      'delta answer m/0 a',
      'end answer m/0',
      'delta answer m/1 b',
      `error answer m/1 ${JSON.stringify(error)}`,
    ]);
  });

  it('uses the event if an error has no object', async () => {
    expect(await read(text(0, 'a'), { type: 'error' })).toStrictEqual([
      'delta answer 1/0 a',
      'error answer 1/0 {"type":"error"}',
    ]);
  });
});
