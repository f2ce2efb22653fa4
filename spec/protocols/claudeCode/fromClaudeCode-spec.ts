import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { commitLines } from '../../../src/operators/commitLines.js';
import { fromClaudeCode } from '../../../src/protocols/index.js';
import { collect } from '../../support/collect.js';
import { marbles } from '../../support/marbles.js';
import { toText } from '../../support/show.js';
import { readAsText } from '../../support/showEvent.js';

const session = { session_id: 's1', uuid: 'u1' };
const text = (value: string) => ({ type: 'text', text: value });
const thinking = (value: string) => ({ type: 'thinking', thinking: value, signature: 'x' });
const call = (id: string, input: unknown = { a: 1 }) => ({ type: 'tool_use', id, name: 'Bash', input });
const toolResult = (id: string, content: unknown) => ({ type: 'tool_result', tool_use_id: id, content });

const line = (type: string, fields: object, agent: string | null = null) => ({
  type,
  ...fields,
  parent_tool_use_id: agent,
  ...session,
});
const assistant = (id: string | undefined, content: readonly unknown[], agent?: string) =>
  line('assistant', { message: { id, role: 'assistant', content } }, agent);
const user = (content: unknown, agent?: string) =>
  line('user', { message: { role: 'user', content } }, agent);
const streamed = (event: object, agent?: string) => line('stream_event', { event }, agent);
const messageStart = (id: string, agent?: string) =>
  streamed({ type: 'message_start', message: { id, content: [] } }, agent);
const blockStart = (index: number, block: object, agent?: string) =>
  streamed({ type: 'content_block_start', index, content_block: block }, agent);
const blockDelta = (index: number, delta: object, agent?: string) =>
  streamed({ type: 'content_block_delta', index, delta }, agent);
const textDelta = (value: string, index = 0, agent?: string) =>
  blockDelta(index, { type: 'text_delta', text: value }, agent);
const thinkingDelta = (value: string, index = 0) =>
  blockDelta(index, { type: 'thinking_delta', thinking: value });
const inputDelta = (json: string, index = 0) =>
  blockDelta(index, { type: 'input_json_delta', partial_json: json });
const blockStop = (index: number, agent?: string) => streamed({ type: 'content_block_stop', index }, agent);
const messageStop = (agent?: string) => streamed({ type: 'message_stop' }, agent);
const init = line('system', { subtype: 'init' });
const result = (value: string, fields: object = {}) =>
  line('result', { subtype: 'success', is_error: false, result: value, ...fields });

const read = (events: readonly unknown[]) => readAsText(events, fromClaudeCode());

describe('fromClaudeCode', () => {
  it(
    'reads an answer as it is streamed',
    marbles((m) => {
      const source = m.hot('  -a-b-c-d-e-f-g-|', {
        a: messageStart('msg_1'),
        b: textDelta('He'),
        c: textDelta('y'),
        d: assistant('msg_1', [text('Hey')]),
        e: blockStop(0),
        f: streamed({ type: 'message_delta', delta: { stop_reason: 'end_turn' } }),
        g: messageStop(),
      });
      const expected = '      ---b-c-----f---|';
      m.expect(source.pipe(fromClaudeCode())).toBeObservable(expected, {
        b: { type: 'delta', kind: 'answer', id: '1/0', delta: 'He', order: [1, 0] },
        c: { type: 'delta', kind: 'answer', id: '1/0', delta: 'y' },
        f: { type: 'end', kind: 'answer', id: '1/0', text: 'Hey', finishReason: 'end_turn' },
      });
    }),
  );

  it(
    'reads a complete answer, in its place',
    marbles((m) => {
      const source = m.hot('  -a---|', { a: assistant('msg_1', [text('Hey')]) });
      const expected = '      -(ab)|';
      m.expect(source.pipe(fromClaudeCode())).toBeObservable(expected, {
        a: { type: 'start', kind: 'answer', id: '1/0', order: [1, 0] },
        b: { type: 'end', kind: 'answer', id: '1/0', text: 'Hey' },
      });
    }),
  );

  describe('a message', () => {
    it('has blocks of several kinds', async () => {
      expect(
        await read([init, assistant('msg_1', [thinking('Hm'), text('Hey'), call('toolu_1'), text('Bye')])]),
      ).toStrictEqual([
        'start reasoning 1/0',
        'end reasoning 1/0 = Hm',
        'start answer 1/1',
        'end answer 1/1 = Hey',
        'start tool 1/2',
        'end tool 1/2 = {"a":1}',
        'start answer 1/3',
        'end answer 1/3 = Bye',
      ]);
    });

    it('may arrive in several events, and has the same ids as a streamed one', async () => {
      const whole = [
        assistant('msg_1', [thinking('Hm')]),
        assistant('msg_1', [{ type: 'redacted_thinking', data: 'x' }]),
        assistant('msg_1', [text('Hey')]),
      ];
      const pieces = [
        messageStart('msg_1'),
        blockStart(0, thinking('')),
        thinkingDelta('Hm', 0),
        whole[0],
        blockStop(0),
        blockStart(1, { type: 'redacted_thinking', data: 'x' }),
        whole[1],
        blockStop(1),
        blockStart(2, text('')),
        textDelta('Hey', 2),
        whole[2],
        blockStop(2),
        messageStop(),
      ];
      expect(await read(whole)).toStrictEqual([
        'start reasoning 1/0',
        'end reasoning 1/0 = Hm',
        'start answer 1/2',
        'end answer 1/2 = Hey',
      ]);
      expect(await read(pieces)).toStrictEqual([
        'delta reasoning 1/0 Hm',
        'end reasoning 1/0 = Hm',
        'delta answer 1/2 Hey',
        'end answer 1/2 = Hey',
      ]);
    });

    it('is followed by another', async () => {
      expect(await read([assistant('msg_1', [text('a')]), assistant('msg_2', [text('b')])])).toStrictEqual([
        'start answer 1/0',
        'end answer 1/0 = a',
        'start answer 2/0',
        'end answer 2/0 = b',
      ]);
    });

    it('is separate if it has no id', async () => {
      expect(await read([assistant(undefined, [text('a')]), assistant(undefined, [text('b')])])).toContain(
        'end answer 2/0 = b',
      );
    });

    it('has a new id if its own id was used before', async () => {
      const events = [messageStart('msg_1'), textDelta('a'), messageStop()];
      expect(await read([...events, ...events])).toStrictEqual([
        'delta answer 1/0 a',
        'end answer 1/0',
        'delta answer 2/0 a',
        'end answer 2/0',
      ]);
    });

    it('ends its open streams when the next one begins', async () => {
      expect(
        await read([messageStart('msg_1'), textDelta('a'), messageStart('msg_2'), textDelta('b')]),
      ).toStrictEqual(['delta answer 1/0 a', 'end answer 1/0', 'delta answer 2/0 b']);
    });

    it('begins with its first piece if its start is missing', async () => {
      expect(await read([textDelta('a', 3), blockStop(3)])).toStrictEqual([
        'delta answer 1/3 a',
        'end answer 1/3',
      ]);
    });
  });

  describe('a block', () => {
    it('is not repeated after it was streamed and has stopped', async () => {
      expect(
        await read([textDelta('a'), blockStop(0), textDelta('late'), messageStart('msg_2')]),
      ).toStrictEqual(['delta answer 1/0 a', 'end answer 1/0']);
      expect(
        await read([messageStart('msg_1'), textDelta('a'), blockStop(0), assistant('msg_1', [text('a')])]),
      ).toStrictEqual(['delta answer 1/0 a', 'end answer 1/0']);
    });

    it('may begin with a text', async () => {
      expect(await read([blockStart(0, text('a')), textDelta('b'), blockStop(0)])).toStrictEqual([
        'delta answer 1/0 a',
        'delta answer 1/0 b',
        'end answer 1/0',
      ]);
    });

    it('of arguments keeps the streamed text', async () => {
      expect(
        await read([
          messageStart('msg_1'),
          blockStart(0, call('toolu_1', {})),
          inputDelta('{"a": '),
          inputDelta('1}'),
          assistant('msg_1', [call('toolu_1')]),
        ]),
      ).toStrictEqual(['delta tool 1/0 {"a": ', 'delta tool 1/0 1}', 'end tool 1/0']);
    });

    it('of arguments has their text if nothing was streamed', async () => {
      expect(
        await read([
          messageStart('msg_1'),
          blockStart(0, call('toolu_1', {})),
          inputDelta(''),
          assistant('msg_1', [call('toolu_1', {})]),
          blockStop(0),
        ]),
      ).toStrictEqual(['start tool 1/0', 'end tool 1/0 = {}']);
    });

    it('without a text opens no stream', async () => {
      expect(
        await read([
          messageStart('msg_1'),
          blockStart(0, thinking('')),
          blockDelta(0, { type: 'signature_delta', signature: 'x' }),
          assistant('msg_1', [thinking('')]),
          blockStop(0),
          assistant('msg_1', [text('')]),
        ]),
      ).toStrictEqual([]);
    });
  });

  describe('the result of a tool', () => {
    it.each([
      { title: 'a text', content: 'one\ntwo' },
      { title: 'parts', content: [text('one'), { type: 'image', source: {} }, text('two')] },
    ])('has the id of its call: $title', async ({ content }) => {
      expect(
        (await read([assistant('msg_1', [call('toolu_1')]), user([toolResult('toolu_1', content)])])).slice(
          2,
        ),
      ).toStrictEqual(['start output 1/0', 'end output 1/0 = one\ntwo']);
    });

    it('may arrive before the next call of the same message', async () => {
      expect(
        await read([
          assistant('msg_1', [call('toolu_1')]),
          user([toolResult('toolu_1', 'a')]),
          assistant('msg_1', [call('toolu_2')]),
          user([toolResult('toolu_2', 'b')]),
        ]),
      ).toStrictEqual([
        'start tool 1/0',
        'end tool 1/0 = {"a":1}',
        'start output 1/0',
        'end output 1/0 = a',
        'start tool 1/1',
        'end tool 1/1 = {"a":1}',
        'start output 1/1',
        'end output 1/1 = b',
      ]);
    });

    it('has a new id if its call is unknown or already has a result', async () => {
      expect(
        (
          await read([
            assistant('msg_1', [call('toolu_1')]),
            user([toolResult('toolu_1', 'a'), toolResult('toolu_1', 'b'), toolResult('x', 'c')]),
          ])
        ).slice(2),
      ).toStrictEqual([
        'start output 1/0',
        'end output 1/0 = a',
        'start output 2/0',
        'end output 2/0 = b',
        'start output 3/0',
        'end output 3/0 = c',
      ]);
    });

    it.each([{ content: '' }, { content: [] }, { content: undefined }, { content: 5 }])(
      'opens no stream without a text: $content',
      async ({ content }) => {
        expect(
          (await read([assistant('msg_1', [call('toolu_1')]), user([toolResult('toolu_1', content)])])).slice(
            2,
          ),
        ).toStrictEqual([]);
      },
    );

    it('is distinguished from a message of the user', async () => {
      expect(await read([user('hello'), user([text('hello')])])).toStrictEqual([]);
    });
  });

  describe('a subagent', () => {
    it('has separate streams', async () => {
      expect(
        await read([
          messageStart('msg_1'),
          textDelta('ma', 0),
          messageStart('msg_2', 'toolu_1'),
          textDelta('su', 0, 'toolu_1'),
          textDelta('in', 0),
          textDelta('b', 0, 'toolu_1'),
          messageStop('toolu_1'),
          textDelta('!', 0),
        ]),
      ).toStrictEqual([
        'delta answer 1/0 ma',
        'delta answer toolu_1/2/0 su',
        'delta answer 1/0 in',
        'delta answer toolu_1/2/0 b',
        'end answer toolu_1/2/0',
        'delta answer 1/0 !',
      ]);
    });

    it('and another one at the same time do not end each other', async () => {
      expect(
        await read([
          textDelta('a', 0, 'toolu_1'),
          textDelta('b', 0, 'toolu_2'),
          textDelta('a', 0, 'toolu_1'),
          textDelta('b', 0, 'toolu_2'),
        ]),
      ).toStrictEqual([
        'delta answer toolu_1/1/0 a',
        'delta answer toolu_2/2/0 b',
        'delta answer toolu_1/1/0 a',
        'delta answer toolu_2/2/0 b',
      ]);
    });

    it('ends with the result of its call', async () => {
      expect(
        await read([
          assistant('msg_1', [call('toolu_1')]),
          textDelta('a', 0, 'toolu_1'),
          user([toolResult('toolu_1', 'done')]),
        ]),
      ).toStrictEqual([
        'start tool 1/0',
        'end tool 1/0 = {"a":1}',
        'delta answer toolu_1/2/0 a',
        'end answer toolu_1/2/0',
        'start output 1/0',
        'end output 1/0 = done',
      ]);
    });
  });

  describe('a run', () => {
    it('has a result that repeats its answer', async () => {
      expect(await read([init, assistant('msg_1', [text('a')]), result('a')])).toStrictEqual([
        'start answer 1/0',
        'end answer 1/0 = a',
      ]);
      expect(await read([textDelta('a'), result('a')])).toStrictEqual([
        'delta answer 1/0 a',
        'end answer 1/0',
      ]);
    });

    it('has a result of its own if there was no answer', async () => {
      const events = [assistant('msg_1', [text('sub')], 'toolu_1'), result('a'), result('b'), result('')];
      expect((await read(events)).slice(2)).toStrictEqual([
        'start answer 2/0',
        'end answer 2/0 = a',
        'start answer 3/0',
        'end answer 3/0 = b',
      ]);
    });

    it('ends the open streams of all agents', async () => {
      expect(
        (await read([textDelta('a'), textDelta('b', 0, 'toolu_1'), result('a')])).slice(2),
      ).toStrictEqual(['end answer 1/0', 'end answer toolu_1/2/0']);
    });

    it('fails the open streams if it failed', async () => {
      const failed = result('boom', { is_error: true, subtype: 'error_during_execution' });
      const error = JSON.stringify(failed);
      expect(
        (
          await read([
            textDelta('a'),
            textDelta('b', 0, 'toolu_1'),
            assistant('msg_2', []),
            textDelta('c'),
            failed,
          ])
        ).slice(4),
      ).toStrictEqual([`error answer 3/0 ${error}`, `error answer toolu_1/2/0 ${error}`]);
    });

    it('without an end ends when the next begins', async () => {
      expect(await read([textDelta('a'), init, textDelta('b')])).toStrictEqual([
        'delta answer 1/0 a',
        'end answer 1/0',
        'delta answer 2/0 b',
      ]);
    });
  });

  it('fails the open streams of the message that an error is about', async () => {
    const error = { type: 'overloaded_error', message: 'Overloaded' };
    const events = [textDelta('a'), textDelta('b', 0, 'toolu_1'), streamed({ type: 'error', error })];
    expect((await read(events)).slice(2)).toStrictEqual([`error answer 1/0 ${JSON.stringify(error)}`]);
  });

  it('emits each line once, whatever the form', async () => {
    const commits = await collect(
      from([
        init,
        messageStart('msg_1'),
        textDelta('1\n'),
        textDelta('2'),
        assistant('msg_1', [text('1\n2')]),
        blockStop(0),
        messageStop(),
        result('1\n2'),
      ]).pipe(fromClaudeCode(), commitLines(), toText()),
    );
    expect(commits).toStrictEqual(['open 1/0', 'line 1/0 0 1$', 'line 1/0 1 2', 'close 1/0 end 2']);
  });

  it('prefixes every id with the connection', async () => {
    expect(
      await readAsText(
        [textDelta('a'), assistant('msg_1', [text('b')], 'toolu_1')],
        fromClaudeCode({ connection: 'x' }),
      ),
    ).toStrictEqual(['delta answer x/1/0 a', 'start answer x/toolu_1/2/0', 'end answer x/toolu_1/2/0 = b']);
  });
});
