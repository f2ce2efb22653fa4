import { concatWith, from, materialize, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { fromAGUI } from '../../../src/protocols/index.js';
import { collect } from '../../support/collect.js';
import { marbles } from '../../support/marbles.js';
import { readAsText } from '../../support/showEvent.js';

const read = (...events: unknown[]) => readAsText(events, fromAGUI());

const runStarted = { type: 'RUN_STARTED', threadId: 't', runId: 'r' };
const runFinished = { type: 'RUN_FINISHED', threadId: 't', runId: 'r' };
const start = (messageId: string) => ({ type: 'TEXT_MESSAGE_START', messageId, role: 'assistant' });
const content = (messageId: string, delta: string) => ({ type: 'TEXT_MESSAGE_CONTENT', messageId, delta });
const end = (messageId: string) => ({ type: 'TEXT_MESSAGE_END', messageId });
const chunk = (messageId: string | undefined, delta?: string) => ({
  type: 'TEXT_MESSAGE_CHUNK',
  messageId,
  delta,
});
const user = { id: 'u', role: 'user', content: 'hello' };
const assistant = (id: string, text: string) => ({ id, role: 'assistant', content: text });
const snapshot = (...messages: unknown[]) => ({ type: 'MESSAGES_SNAPSHOT', messages });

describe('fromAGUI', () => {
  it(
    'reads a text as it is streamed',
    marbles((m) => {
      const source = m.hot('  -a-b-c-d-e-|', {
        a: runStarted,
        b: start('m'),
        c: content('m', 'He'),
        d: content('m', 'y'),
        e: end('m'),
      });
      const expected = '      -----c-d-e-|';
      const answer = { kind: 'answer', id: 'm' } as const;
      m.expect(source.pipe(fromAGUI())).toBeObservable(expected, {
        c: { type: 'delta', ...answer, delta: 'He', order: [0] },
        d: { type: 'delta', ...answer, delta: 'y' },
        e: { type: 'end', ...answer },
      });
    }),
  );

  it.each([
    { name: 'TEXT_MESSAGE', content: 'CONTENT', id: 'messageId', kind: 'answer' },
    { name: 'REASONING_MESSAGE', content: 'CONTENT', id: 'messageId', kind: 'reasoning' },
    { name: 'TOOL_CALL', content: 'ARGS', id: 'toolCallId', kind: 'tool' },
  ])('reads $name as $kind, with a start and in chunks', async ({ name, content: piece, id, kind }) => {
    expect(
      await read(
        { type: `${name}_START`, [id]: 'x' },
        { type: `${name}_${piece}`, [id]: 'x', delta: 'a' },
        { type: `${name}_END`, [id]: 'x' },
        { type: `${name}_CHUNK`, [id]: 'y', delta: 'b' },
        { type: `${name}_CHUNK`, delta: 'c' },
        runFinished,
      ),
    ).toStrictEqual([
      `delta ${kind} x a`,
      `end ${kind} x`,
      `delta ${kind} y b`,
      `delta ${kind} y c`,
      `end ${kind} y`,
    ]);
  });

  it('reads thoughts without an id', async () => {
    const thought = (delta: string) => [
      { type: 'THINKING_TEXT_MESSAGE_START' },
      { type: 'THINKING_TEXT_MESSAGE_CONTENT', delta },
      { type: 'THINKING_TEXT_MESSAGE_END' },
    ];
    const bare = { type: 'THINKING_TEXT_MESSAGE_CONTENT', delta: 'c' };
    expect(
      await read({ type: 'THINKING_START' }, ...thought('a'), ...thought('b'), bare, {
        type: 'THINKING_END',
      }),
    ).toStrictEqual([
      'delta reasoning thinking a',
      'end reasoning thinking',
      'delta reasoning thinking/2 b',
      'end reasoning thinking/2',
      'delta reasoning thinking/3 c',
      'end reasoning thinking/3',
    ]);
  });

  it('places texts in the order of their start', async () => {
    const events = [start('a'), start('b'), content('b', '1'), content('a', '2')];
    expect(await collect(from(events).pipe(fromAGUI()))).toMatchObject([
      { id: 'b', order: [1] },
      { id: 'a', order: [0] },
    ]);
  });

  describe('chunks', () => {
    it('of several messages may be interleaved', async () => {
      expect(
        await read(chunk('a', '1'), chunk('b', '2'), chunk('a', '3'), chunk(undefined, '4'), runFinished),
      ).toStrictEqual([
        'delta answer a 1',
        'delta answer b 2',
        'delta answer a 3',
        'delta answer a 4',
        'end answer a',
        'end answer b',
      ]);
    });

    it('begin another text in another run', async () => {
      expect(
        await read(chunk('a', '1'), runFinished, runStarted, chunk('a', '2'), runFinished),
      ).toStrictEqual(['delta answer a 1', 'end answer a', 'delta answer a/2 2', 'end answer a/2']);
    });

    it('without an id are ignored if no text is open', async () => {
      expect(
        await read(chunk(undefined, 'x'), chunk('a', '1'), runFinished, chunk(undefined, 'x')),
      ).toStrictEqual(['delta answer a 1', 'end answer a']);
    });

    it('may be empty', async () => {
      expect(await read(chunk('a'), chunk('a', ''), chunk(undefined, '1'))).toStrictEqual([
        'delta answer a 1',
      ]);
    });
  });

  describe('an id that comes again', () => {
    it('is another text if it starts again', async () => {
      expect(
        await read(start('m'), content('m', 'a'), end('m'), start('m'), content('m', 'b'), end('m')),
      ).toStrictEqual(['delta answer m a', 'end answer m', 'delta answer m/2 b', 'end answer m/2']);
    });

    it('is a late delta otherwise', async () => {
      expect(await read(start('m'), content('m', 'a'), end('m'), content('m', 'b'), end('m'))).toStrictEqual([
        'delta answer m a',
        'end answer m',
        'delta answer m b',
      ]);
    });
  });

  describe('a snapshot', () => {
    it('repeats no streamed text that has another id in it', async () => {
      const renamed = snapshot(user, assistant('other', 'Hey'));
      expect(
        await read(start('m'), content('m', 'He'), content('m', 'y'), end('m'), renamed, runFinished),
      ).toStrictEqual(['delta answer m He', 'delta answer m y', 'end answer m']);
      expect(await read(chunk('m', 'Hey'), renamed, renamed, runFinished)).toStrictEqual([
        'delta answer m Hey',
        'end answer m',
      ]);
    });

    it('repeats no streamed text whose id belongs to another message in it', async () => {
      const message = { ...assistant('m', ''), toolCalls: [] };
      expect(
        await read(
          content('m', 'Hey'),
          end('m'),
          snapshot(user, message, assistant('n', 'Hey')),
          runFinished,
        ),
      ).toStrictEqual(['delta answer m Hey', 'end answer m']);
    });

    it('repeats no text of an id that was used several times', async () => {
      const texts = ['Hey', 'Bye'].flatMap((text) => [start('m'), content('m', text), end('m')]);
      const messages = snapshot(user, assistant('m', 'Hey'), assistant('n', 'Bye'));
      expect(await read(...texts, messages, runFinished)).toStrictEqual([
        'delta answer m Hey',
        'end answer m',
        'delta answer m/2 Bye',
        'end answer m/2',
      ]);
    });

    it('repeats no text whose id changes in each snapshot', async () => {
      const [first, second] = ['x', 'y'].map((id) => snapshot(user, assistant(id, 'Hey')));
      expect(await read(content('m', 'Hey'), end('m'), first, second, runFinished)).toStrictEqual([
        'delta answer m Hey',
        'end answer m',
      ]);
    });

    it.each([
      { name: 'another length', messages: [assistant('n', 'Heyo')], text: 'Heyo' },
      { name: 'another beginning', messages: [assistant('n', 'Hay')], text: 'Hay' },
      { name: 'another kind', messages: [{ ...assistant('n', 'Hey'), role: 'reasoning' }], text: 'Hey' },
      { name: 'the same text', messages: [assistant('m', 'Hey'), assistant('n', 'Hey')], text: 'Hey' },
      {
        name: 'the text of an earlier turn',
        messages: [assistant('m', 'Hey'), user, assistant('n', 'Hey')],
        text: 'Hey',
      },
    ])('emits a text that was not streamed, with $name', async ({ messages, text }) => {
      const events = await read(content('m', 'Hey'), end('m'), snapshot(user, ...messages), runFinished);
      expect(events.slice(2)).toStrictEqual([
        expect.stringMatching(/^delta (?:answer|reasoning) n $/),
        expect.stringMatching(new RegExp(`^end (?:answer|reasoning) n.*${text}`)),
      ]);
    });

    it('has the full text of an open message, which is used when it ends', async () => {
      expect(
        await read(content('m', 'He'), snapshot(user, assistant('m', 'Hey')), end('m'), runFinished),
      ).toStrictEqual(['delta answer m He', 'end answer m = Hey']);
      expect(await read(content('m', 'He'), snapshot(assistant('m', 'Hey')), runFinished)).toStrictEqual([
        'delta answer m He',
        'end answer m = Hey',
      ]);
    });

    it('is ignored for a message that has started again, whose full text includes its beginning', async () => {
      const beginning = [start('m'), content('m', 'He'), end('m'), start('m')];
      const whole = snapshot(user, assistant('m', 'Hey'));
      expect(await read(...beginning, content('m', 'y'), whole, end('m'), runFinished)).toStrictEqual([
        'delta answer m He',
        'end answer m',
        'delta answer m/2 y',
        'end answer m/2',
      ]);
      expect(await read(...beginning, whole, runFinished)).toStrictEqual([
        'delta answer m He',
        'end answer m',
      ]);
    });

    it('is ignored if the text has continued', async () => {
      expect(
        await read(content('m', 'He'), snapshot(assistant('m', 'He')), content('m', 'y'), end('m')),
      ).toStrictEqual(['delta answer m He', 'delta answer m y', 'end answer m']);
    });

    it('has the texts that were not streamed, which are emitted at the end of the run', async () => {
      const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } };
      const messages = snapshot(
        user,
        { id: 't', role: 'reasoning', content: 'hm' },
        { ...assistant('m', 'a'), toolCalls: [call] },
        { id: 'x', role: 'tool', toolCallId: 'c', content: 'result' },
      );
      const expected = [
        'delta reasoning t ',
        'end reasoning t = hm',
        'delta answer m ',
        'end answer m = a',
        'delta tool c ',
        'end tool c = {}',
      ];
      expect(await read(messages, messages, runFinished, messages, runFinished)).toStrictEqual(expected);
      expect(await read(messages, { type: 'RUN_ERROR', message: 'boom' })).toStrictEqual(expected);
    });

    it('has no effect on texts before the last message of the user', async () => {
      expect(await read(snapshot(assistant('m', 'a'), user), runFinished)).toStrictEqual([]);
    });

    it('does not repeat ended texts', async () => {
      expect(
        await read(start('m'), content('m', 'a'), end('m'), snapshot(assistant('m', 'a')), runFinished),
      ).toStrictEqual(['delta answer m a', 'end answer m']);
    });

    it('does not emit empty texts', async () => {
      expect(
        await read(content('m', 'a'), snapshot(assistant('m', ''), assistant('n', '')), runFinished),
      ).toStrictEqual(['delta answer m a', 'end answer m']);
    });

    it('is emitted when the source completes or fails', async () => {
      const events = from([content('open', 'a'), snapshot(assistant('m', 'b'))]);
      const expected = [
        { kind: 'N', value: { id: 'open' } },
        { kind: 'N', value: { id: 'm', delta: '', order: [1] } },
        { kind: 'N', value: { type: 'end', id: 'm', text: 'b' } },
      ];
      expect(await collect(events.pipe(fromAGUI(), materialize()))).toMatchObject([
        ...expected,
        { kind: 'C' },
      ]);
      const failing = events.pipe(concatWith(throwError(() => new Error('boom'))));
      expect(await collect(failing.pipe(fromAGUI(), materialize()))).toMatchObject([
        ...expected,
        { kind: 'E' },
      ]);
    });

    it.each([
      { messages: 5 },
      { messages: [null, 5, {}, { role: 'assistant' }, { role: 'assistant', id: 5, content: 'x' }] },
      {
        messages: [
          { role: 'assistant', id: 'x', content: [], toolCalls: [null, { id: 'c', function: null }] },
        ],
      },
    ])('without messages has no effect: $messages', async ({ messages }) => {
      expect(await read({ type: 'MESSAGES_SNAPSHOT', messages }, runFinished)).toStrictEqual([]);
    });
  });

  describe('a run', () => {
    const open = [content('m', 'a'), { type: 'TOOL_CALL_ARGS', toolCallId: 'c', delta: '{' }, start('n')];
    const opened = ['delta answer m a', 'delta tool c {'];

    it.each([runFinished, runStarted])('ends the open streams with $type', async (event) => {
      expect(await read(runStarted, ...open, event)).toStrictEqual([...opened, 'end answer m', 'end tool c']);
    });

    it('that fails fails the open streams', async () => {
      const error = { type: 'RUN_ERROR', message: 'boom' };
      const shown = JSON.stringify(error);
      expect(await read(runStarted, ...open, error, runFinished)).toStrictEqual([
        ...opened,
        `error answer m ${shown}`,
        `error tool c ${shown}`,
      ]);
    });
  });

  it.each([
    { type: 'STATE_SNAPSHOT', snapshot: {} },
    { type: 'TOOL_CALL_RESULT', messageId: 'm', toolCallId: 'c', content: 'x' },
    { type: 'RAW', event: { type: 'TEXT_MESSAGE_END', messageId: 'm' } },
    { type: 'TEXT_MESSAGE_START' },
    { type: 'TEXT_MESSAGE_CONTENT', delta: 'x' },
    { type: 'TEXT_MESSAGE_END' },
    { type: 'TEXT_MESSAGE_END', messageId: 'unknown' },
  ])('ignores %j', async (event) => {
    expect(await read(content('m', 'a'), event, content('m', 'b'))).toStrictEqual([
      'delta answer m a',
      'delta answer m b',
    ]);
  });
});
