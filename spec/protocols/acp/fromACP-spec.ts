import { from, NEVER, Subject } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';

import { commitLines } from '../../../src/operators/commitLines.js';
import { type ACPKind, fromACP } from '../../../src/protocols/index.js';
import { collect } from '../../support/collect.js';
import { marbles } from '../../support/marbles.js';
import { textsOf } from '../../support/producerLaws.js';
import { readWithReasons } from '../../support/showEvent.js';

const read = (...events: unknown[]) => readWithReasons(events, fromACP());
const textsFrom = async (...events: unknown[]) =>
  textsOf(await collect(from(events).pipe(fromACP(), commitLines())));

const update = (fields: object, sessionId = 's') => ({
  jsonrpc: '2.0',
  method: 'session/update',
  params: { sessionId, update: fields },
});
const chunk = (sessionUpdate: string, text: string, messageId?: string, sessionId?: string) =>
  update({ sessionUpdate, content: { type: 'text', text }, messageId }, sessionId);
const said = (text: string, messageId?: string, sessionId?: string) =>
  chunk('agent_message_chunk', text, messageId, sessionId);
const thought = (text: string, messageId?: string) => chunk('agent_thought_chunk', text, messageId);
const user = (text: string) => chunk('user_message_chunk', text);
const prompt = (id: number, sessionId = 's') => ({
  jsonrpc: '2.0',
  id,
  method: 'session/prompt',
  params: { sessionId, prompt: [{ type: 'text', text: 'hello' }] },
});
const answered = (id: number, stopReason = 'end_turn') => ({ jsonrpc: '2.0', id, result: { stopReason } });
const content = (...texts: string[]) =>
  texts.map((text) => ({ type: 'content', content: { type: 'text', text } }));
const call = (toolCallId: string, fields: object = {}) =>
  update({ sessionUpdate: 'tool_call', toolCallId, title: 'f', ...fields });
const callUpdate = (toolCallId: string, fields: object) =>
  update({ sessionUpdate: 'tool_call_update', toolCallId, ...fields });

const answer = { kind: 'answer' as ACPKind, id: 's/1' };
const first = { type: 'delta' as const, ...answer, delta: 'a', order: [1, 0] };
const next = { type: 'delta' as const, ...answer, delta: 'b' };
const end = { type: 'end' as const, ...answer, finishReason: 'end_turn' };
const again = { type: 'start' as const, ...answer };

describe('fromACP', () => {
  it(
    'ends a turn some time after its answer, and appends late chunks until then',
    marbles((m) => {
      const source = m.hot('  par 199ms b 600ms |', {
        p: prompt(1),
        a: said('a'),
        r: answered(1),
        b: said('b'),
      });
      const subscribed = '    ^-- 199ms - 600ms !';
      const expected = '      -a- 199ms b 249ms e 350ms |';
      m.expect(source.pipe(fromACP())).toBeObservable(expected, { a: first, b: next, e: end });
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );

  it(
    'opens the next generation for even later chunks',
    marbles((m) => {
      const source = m.hot('  par 999ms b 999ms |', {
        p: prompt(1),
        a: said('a'),
        r: answered(1),
        b: said('b'),
      });
      const expected = '      -a- 249ms e 749ms (sb) 246ms e 749ms |';
      m.expect(source.pipe(fromACP())).toBeObservable(expected, { a: first, e: end, s: again, b: next });
    }),
  );

  it(
    'waits for the given time, with the given scheduler',
    marbles((m) => {
      const other = new TestScheduler(() => undefined);
      const source = m.hot('  par 999ms |', { p: prompt(1), a: said('a'), r: answered(1) });
      const expected = '      -a- 9ms e 989ms |';
      m.expect(source.pipe(fromACP({ gracePeriod: 10, scheduler: m.scheduler }))).toBeObservable(expected, {
        a: first,
        e: end,
      });
      const never = '         -a- 999ms (e|)';
      m.expect(source.pipe(fromACP({ gracePeriod: 10, scheduler: other }))).toBeObservable(never, {
        a: first,
        e: end,
      });
      m.expect(source.pipe(fromACP({ gracePeriod: Infinity }))).toBeObservable(never, { a: first, e: end });
    }),
  );

  it('leaves no timer after unsubscribe', () => {
    const scheduler = new TestScheduler(() => undefined);
    const source = new Subject<unknown>();
    const subscription = source.pipe(fromACP({ scheduler })).subscribe();
    source.next(said('a'));
    source.next(answered(1));
    expect(scheduler.actions).toHaveLength(1);
    subscription.unsubscribe();
    scheduler.flush();
    expect(scheduler.actions).toHaveLength(0);
  });

  it.each([
    { options: { gracePeriod: 0 }, error: RangeError },
    { options: { gracePeriod: '1' }, error: TypeError },
    { options: { scheduler: {} }, error: TypeError },
  ])('throws for the options $options', ({ options, error }) => {
    expect(() => NEVER.pipe(fromACP(options as never))).toThrow(error);
  });

  describe('a chunk after the answer', () => {
    it('belongs to the turn if prompts were seen', async () => {
      expect(
        await textsFrom(prompt(1), said('He'), answered(1), said('y'), prompt(2), said('b'), answered(2)),
      ).toStrictEqual({ 'answer s/1': 'Hey', 'answer s/2': 'b' });
    });

    it('belongs to its message if that has an id', async () => {
      expect(
        await textsFrom(said('He', 'm'), answered(1), said('y', 'm'), said('b', 'n'), answered(2)),
      ).toStrictEqual({ 'answer s/m': 'Hey', 'answer s/n': 'b' });
    });

    it('begins a turn otherwise', async () => {
      expect(await textsFrom(said('a'), answered(1), said('b'), answered(2))).toStrictEqual({
        'answer s/1': 'a',
        'answer s/2': 'b',
      });
    });

    it('is not lost if its message has ended', async () => {
      expect(await read(said('a', 'm'), said('b', 'n'), said('c', 'm'))).toStrictEqual([
        'delta answer s/m a',
        'end answer s/m',
        'delta answer s/n b',
        'end answer s/n',
        'start answer s/m',
        'delta answer s/m c',
      ]);
    });
  });

  it('accepts the objects of the SDK', async () => {
    const events = [prompt(1).params, said('a').params, { stopReason: 'max_tokens' }];
    expect(await collect(from(events).pipe(fromACP()))).toStrictEqual([
      first,
      { ...end, finishReason: 'max_tokens' },
    ]);
  });

  it('separates thoughts from the answer, however they are interleaved', async () => {
    expect(await textsFrom(thought('h'), said('a'), thought('m'), said('b'))).toStrictEqual({
      'reasoning s/1': 'hm',
      'answer s/2': 'ab',
    });
  });

  it('separates the messages of a history', async () => {
    expect(await textsFrom(user('q'), user('1'), said('a'), said('b'), user('q2'), said('c'))).toStrictEqual({
      'input s/1': 'q1',
      'answer s/2': 'ab',
      'input s/3': 'q2',
      'answer s/4': 'c',
    });
  });

  it('begins a message without an id after a call, and continues one with an id', async () => {
    expect(await textsFrom(said('a'), call('c'), said('b'))).toStrictEqual({
      'answer s/1': 'a',
      'answer s/2': 'b',
    });
    expect(await textsFrom(said('a', 'm'), call('c'), said('b', 'm'))).toStrictEqual({ 'answer s/m': 'ab' });
  });

  it('distinguishes a number from an id', async () => {
    expect(await textsFrom(said('a', '1'), call('c'), thought('x'), user('u'), said('b'))).toStrictEqual({
      'answer s/1': 'a',
      'reasoning s/1': 'x',
      'input s/2': 'u',
      'answer s/3': 'b',
    });
  });

  it('separates sessions, and finds the answered one', async () => {
    expect(
      await collect(
        from([
          prompt(1, 's'),
          prompt(2, 't'),
          said('a', undefined, 's'),
          said('b', undefined, 't'),
          answered(2, 'cancelled'),
        ]).pipe(fromACP()),
      ),
    ).toStrictEqual([
      first,
      { type: 'delta', kind: 'answer', id: 't/1', delta: 'b', order: [2, 0] },
      { type: 'end', kind: 'answer', id: 't/1', finishReason: 'cancelled' },
    ]);
  });

  it('fails a turn whose prompt fails', async () => {
    const error = { code: -32603, message: 'overloaded' };
    expect(await read(prompt(1), said('a'), { id: 1, error }, { id: 7, error })).toStrictEqual([
      'delta answer s/1 a',
      `error answer s/1 ${JSON.stringify(error)}`,
    ]);
  });

  describe('a call', () => {
    it('emits its arguments before its output', async () => {
      expect(
        await read(
          call('c', { status: 'pending', rawInput: {} }),
          callUpdate('c', { rawInput: { path: 'x' } }),
          callUpdate('c', { status: 'in_progress' }),
          callUpdate('c', { content: content('on') }),
          callUpdate('c', { content: content('one', 'two') }),
          callUpdate('c', { status: 'completed', content: content('one', 'two') }),
        ),
      ).toStrictEqual([
        'delta tool s/c {"path":"x"}',
        'end tool s/c',
        'delta output s/c/0 on',
        'delta output s/c/0 e',
        'delta output s/c/1 two',
        'end output s/c/0',
        'end output s/c/1',
      ]);
    });

    it('restarts an output that was replaced', async () => {
      expect(
        await read(call('c', { content: content('wait') }), callUpdate('c', { content: content('done') })),
      ).toStrictEqual([
        'delta output s/c/0 wait',
        'end output s/c/0',
        'start output s/c/0',
        'delta output s/c/0 done',
      ]);
    });

    it('emits raw output that is text if there is no content', async () => {
      const failed = callUpdate('c', { status: 'failed', rawOutput: 'no such file' });
      expect(await collect(from([call('c', { rawInput: 5 }), failed]).pipe(fromACP()))).toStrictEqual([
        { type: 'delta', kind: 'tool', id: 's/c', delta: '5', order: [1, 0] },
        { type: 'end', kind: 'tool', id: 's/c' },
        { type: 'delta', kind: 'output', id: 's/c/0', delta: 'no such file', order: [1, 1] },
        { type: 'end', kind: 'output', id: 's/c/0', finishReason: 'failed' },
      ]);
    });

    it('emits waiting arguments at the end', async () => {
      expect(await read(call('c', { rawInput: { a: 1 } }))).toStrictEqual([
        'delta tool s/c {"a":1}',
        'end tool s/c',
      ]);
    });

    it('is read from a request for permission', async () => {
      const toolCall = { toolCallId: 'c', status: 'in_progress', rawInput: { a: 1 } };
      expect(
        await read({ id: 5, method: 'session/request_permission', params: { sessionId: 's', toolCall } }),
      ).toStrictEqual(['delta tool s/c {"a":1}', 'end tool s/c']);
    });
  });

  it('reads version 2', async () => {
    const blocks = [{ type: 'text', text: 'ab' }];
    expect(
      await read(
        update({ sessionUpdate: 'state_update', state: 'running' }),
        said('a', 'm'),
        update({ sessionUpdate: 'agent_message', messageId: 'm', content: blocks }),
        update({ sessionUpdate: 'tool_call_content_chunk', toolCallId: 'c', content: content('x')[0] }),
        update({ sessionUpdate: 'tool_call_content_chunk', toolCallId: 'c', content: content('y')[0] }),
        update({ sessionUpdate: 'state_update', state: 'idle', stopReason: 'end_turn' }),
        update({ sessionUpdate: 'state_update', state: 'running' }),
      ),
    ).toStrictEqual([
      'delta answer s/m a',
      'delta answer s/m b',
      'delta output s/c/0 x',
      'delta output s/c/0 y',
      'end answer s/m [end_turn]',
      'end output s/c/0',
    ]);
  });

  it('ignores other updates and messages', async () => {
    expect(
      await read(
        update({ sessionUpdate: 'plan', entries: [] }),
        update({ sessionUpdate: 'agent_message_chunk', content: { type: 'image', data: 'x' } }),
        { id: 1, result: { sessionId: 's' } },
        { id: 2, method: 'fs/read_text_file', params: { sessionId: 's', path: 'x' } },
        answered(3),
      ),
    ).toStrictEqual([]);
  });
});
