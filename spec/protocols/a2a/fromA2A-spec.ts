import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { commitLines } from '../../../src/operators/commitLines.js';
import { fromA2A } from '../../../src/protocols/index.js';
import { collect } from '../../support/collect.js';
import { marbles } from '../../support/marbles.js';
import { textsOf } from '../../support/producerLaws.js';
import { readAsText } from '../../support/showEvent.js';

const read = (...events: unknown[]) => readAsText(events, fromA2A());

const respond = (result: object) => ({ jsonrpc: '2.0', id: 1, result });
const parts = (text: string) => [
  { kind: 'data', data: {} },
  { kind: 'text', text },
];
const artifact = (text: string, append?: boolean, lastChunk?: boolean, artifactId = 'a', taskId = 't') =>
  respond({
    kind: 'artifact-update',
    taskId,
    contextId: 'c',
    artifact: { artifactId, parts: parts(text) },
    append,
    lastChunk,
  });
const message = (messageId: string | undefined, text: string, role = 'agent') => ({
  kind: 'message',
  role,
  messageId,
  parts: parts(text),
});
const status = (state: string, said?: object, final = false) =>
  respond({ kind: 'status-update', taskId: 't', contextId: 'c', status: { state, message: said }, final });

describe('fromA2A', () => {
  it(
    'emits an artifact as it is streamed',
    marbles((m) => {
      const source = m.hot('  -a-b-c----|', {
        a: artifact('He', false),
        b: artifact('', true),
        c: artifact('y', true, true),
      });
      const subscribed = '    ^---------!';
      const expected = '      -a---(ce)-|';
      const answer = { kind: 'answer', id: 't/a' } as const;
      m.expect(source.pipe(fromA2A())).toBeObservable(expected, {
        a: { type: 'delta', ...answer, delta: 'He', order: [1, 0] },
        c: { type: 'delta', ...answer, delta: 'y' },
        e: { type: 'end', ...answer },
      });
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );

  it('separates interleaved artifacts and tasks', async () => {
    const events = [
      artifact('a'),
      artifact('b', false, false, 'b'),
      artifact('c', false, false, 'a', 'u'),
      artifact('A', true),
      artifact('C', true, true, 'a', 'u'),
      artifact('B', true, true, 'b'),
    ];
    expect(textsOf(await collect(from(events).pipe(fromA2A(), commitLines())))).toStrictEqual({
      'answer t/a': 'aA',
      'answer t/b': 'bB',
      'answer u/a': 'cC',
    });
  });

  describe('an update of an artifact', () => {
    it('opens it, even with append', async () => {
      expect(await read(artifact('b', true))).toStrictEqual(['delta answer t/a b']);
    });

    it('restarts it without append', async () => {
      expect(await read(artifact('draft'), artifact('te', false), artifact('xt', true, true))).toStrictEqual([
        'delta answer t/a draft',
        'end answer t/a',
        'start answer t/a',
        'delta answer t/a te',
        'delta answer t/a xt',
        'end answer t/a',
      ]);
    });

    it('has the full text without append, if it is the last chunk', async () => {
      expect(await read(artifact('te'), artifact('xt', true), artifact('text', false, true))).toStrictEqual([
        'delta answer t/a te',
        'delta answer t/a xt',
        'end answer t/a = text',
      ]);
    });

    it('ends it with an empty last chunk', async () => {
      expect(await read(artifact('text'), artifact('', undefined, true))).toStrictEqual([
        'delta answer t/a text',
        'end answer t/a',
      ]);
    });

    it('is the next generation after the last chunk, unless it repeats the text', async () => {
      expect(
        await read(
          artifact('a', false, true),
          artifact('a', false, true),
          artifact('b', true),
          status('completed', undefined, true),
          artifact('c', true, true),
        ),
      ).toStrictEqual([
        'delta answer t/a a',
        'end answer t/a',
        'start answer t/a',
        'delta answer t/a b',
        'end answer t/a',
        'start answer t/a',
        'delta answer t/a c',
        'end answer t/a',
      ]);
    });
  });

  describe('a status', () => {
    it('has a complete message', async () => {
      expect(
        await read(
          status('working', message('m1', 'looking')),
          status('working', message('m1', 'looking')),
          status('working', message('m1', 'looking it up')),
          status('working', message(undefined, 'found')),
          status('working', message(undefined, 'found')),
        ),
      ).toStrictEqual([
        'delta output t/message/m1 looking',
        'end output t/message/m1',
        'start output t/message/m1',
        'delta output t/message/m1  it up',
        'end output t/message/m1',
        'delta output t/message/1 found',
        'end output t/message/1',
        'delta output t/message/2 found',
        'end output t/message/2',
      ]);
    });

    it.each([
      { state: 'completed', reason: {} },
      { state: 'canceled', reason: { finishReason: 'canceled' } },
      { state: 'TASK_STATE_INPUT_REQUIRED', reason: { finishReason: 'input-required' } },
    ])('ends the open streams: $state', async ({ state, reason }) => {
      const events = await collect(from([artifact('a'), status(state)]).pipe(fromA2A()));
      expect(events.at(-1)).toStrictEqual({ type: 'end', kind: 'answer', id: 't/a', ...reason });
    });

    it('ends the open streams only if it is final', async () => {
      const events = [artifact('a'), status('working'), status('working', undefined, true)];
      expect(await collect(from(events.slice(0, 2)).pipe(fromA2A()))).toHaveLength(1);
      expect(await collect(from(events).pipe(fromA2A()))).toHaveLength(2);
    });

    it('fails the open streams', async () => {
      expect(await read(artifact('a'), status('failed'))).toStrictEqual([
        'delta answer t/a a',
        'error answer t/a {"state":"failed"}',
      ]);
    });
  });

  it('fails the open streams with a JSON-RPC error', async () => {
    const error = { code: -32603, message: 'boom' };
    expect(await read(artifact('a'), { jsonrpc: '2.0', id: 1, error })).toStrictEqual([
      'delta answer t/a a',
      `error answer t/a ${JSON.stringify(error)}`,
    ]);
  });

  it('reads a message instead of a task', async () => {
    expect(
      await read(respond(message('m', 'hi')), respond({ ...message('n', 'ho'), taskId: 't' })),
    ).toStrictEqual([
      'delta answer -/message/m hi',
      'end answer -/message/m',
      'delta answer t/message/n ho',
      'end answer t/message/n',
    ]);
  });

  it('reads the current state of a task', async () => {
    const task = (text: string, state: string) =>
      respond({
        kind: 'task',
        id: 't',
        history: [message('q', 'what?', 'user'), message('r', 'wait')],
        artifacts: [{ artifactId: 'a', parts: parts(text) }],
        status: { state },
      });
    expect(await read(task('te', 'working'), artifact('xt', true), task('texts', 'completed'))).toStrictEqual(
      [
        'delta input t/message/q what?',
        'end input t/message/q',
        'delta output t/message/r wait',
        'end output t/message/r',
        'delta answer t/a te',
        'delta answer t/a xt',
        'delta answer t/a s',
        'end answer t/a',
      ],
    );
  });

  it.each([
    {
      version: '0.1',
      events: [
        {
          result: { id: 't', artifact: { index: 2, parts: [{ type: 'text', text: 'a' }], lastChunk: true } },
        },
        {
          result: {
            id: 't',
            status: { state: 'working', message: { role: 'agent', parts: [{ text: 'b' }] } },
          },
        },
      ],
      texts: { 'answer t/artifact/2': 'a', 'output t/message/1': 'b' },
    },
    {
      version: '1 in JSON',
      events: [
        {
          artifactUpdate: {
            taskId: 't',
            artifact: { artifactId: 'a', parts: [{ text: 'a' }] },
            lastChunk: true,
          },
        },
        respond({
          statusUpdate: {
            taskId: 't',
            status: {
              state: 'TASK_STATE_WORKING',
              message: { messageId: 'm', role: 'ROLE_AGENT', parts: [{ text: 'b' }] },
            },
          },
        }),
        {
          task: {
            id: 't',
            history: [{ messageId: 'q', role: 'ROLE_USER', parts: [{ text: 'c' }] }],
            status: { state: 'TASK_STATE_COMPLETED' },
          },
        },
        { message: { messageId: 'n', role: 'ROLE_AGENT', content: [{ text: 'd' }] } },
      ],
      texts: {
        'answer t/a': 'a',
        'output t/message/m': 'b',
        'input t/message/q': 'c',
        'answer -/message/n': 'd',
      },
    },
    {
      version: '1 in the SDK',
      events: [
        {
          payload: {
            $case: 'artifactUpdate',
            value: {
              taskId: 't',
              artifact: { artifactId: 'a', parts: [{ content: { $case: 'text', value: 'a' } }] },
              append: false,
              lastChunk: false,
            },
          },
        },
        {
          payload: {
            $case: 'statusUpdate',
            value: { taskId: 't', status: { state: 5, message: undefined } },
          },
        },
      ],
      texts: { 'answer t/a': 'a' },
    },
  ])('reads version $version', async ({ events, texts }) => {
    const commits = await collect(from(events).pipe(fromA2A(), commitLines()));
    expect(textsOf(commits)).toStrictEqual(texts);
    expect(commits.at(-1)).toMatchObject({ type: 'close', reason: 'end' });
  });

  it('ignores other messages', async () => {
    expect(
      await read(
        respond({}),
        { artifactUpdate: {} },
        { payload: { $case: 'task', value: {} } },
        { message: 'overloaded' },
        { kind: 'push', id: 't', status: { state: 'working' } },
      ),
    ).toStrictEqual([]);
  });
});
