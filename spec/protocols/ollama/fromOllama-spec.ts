import { describe, expect, it } from 'vitest';

import { fromOllama } from '../../../src/protocols/index.js';
import { marbles } from '../../support/marbles.js';
import { readWithReasons } from '../../support/showEvent.js';

const read = (...events: unknown[]) => readWithReasons(events, fromOllama());

const chunk = (fields: object) => ({
  model: 'm',
  created_at: '2026-01-01T00:00:00Z',
  done: false,
  ...fields,
});
const chat = (message: object) => chunk({ message: { role: 'assistant', content: '', ...message } });
const generate = (fields: object) => chunk({ response: '', ...fields });
const done = (reason?: string) => chunk({ done: true, done_reason: reason, eval_count: 1 });
const call = (name: string, values?: unknown) => ({ function: { name, arguments: values } });

describe('fromOllama', () => {
  it(
    'emits text as it is streamed',
    marbles((m) => {
      const source = m.hot('  -a-b-c-|', {
        a: chat({ content: 'He' }),
        b: chat({ content: 'y' }),
        c: done('stop'),
      });
      const subscribed = '    ^------!';
      const expected = '      -a-b-c-|';
      const answer = { kind: 'answer', id: '1' } as const;
      m.expect(source.pipe(fromOllama())).toBeObservable(expected, {
        a: { type: 'delta', ...answer, delta: 'He', order: [1, 1] },
        b: { type: 'delta', ...answer, delta: 'y' },
        c: { type: 'end', ...answer, finishReason: 'stop' },
      });
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );

  it.each([
    { title: 'a chat', events: [chat({ thinking: 'a' }), chat({ content: 'b' })] },
    { title: 'a completion', events: [generate({ thinking: 'a' }), generate({ response: 'b' })] },
    { title: 'one chunk', events: [chat({ thinking: 'a', content: 'b' })] },
  ])('separates the reasoning of $title from its answer', async ({ events }) => {
    expect(await read(...events, done('length'))).toStrictEqual([
      'delta reasoning 1 a',
      'delta answer 1 b',
      'end reasoning 1 [length]',
      'end answer 1 [length]',
    ]);
  });

  it('reads calls, which are complete', async () => {
    expect(
      await read(
        chat({ tool_calls: [call('f', { x: [1] }), call('g', {})] }),
        chat({ tool_calls: [call('h', '{"y": 2}'), call('i'), null] }),
        done('stop'),
      ),
    ).toStrictEqual([
      'delta tool 1/0 ',
      'end tool 1/0 = {"x":[1]}',
      'delta tool 1/1 ',
      'end tool 1/1 = {}',
      'delta tool 1/2 ',
      'end tool 1/2 = {"y": 2}',
    ]);
  });

  it('reads a response that is not streamed', async () => {
    expect(await read(chunk({ response: 'a', done: true, done_reason: 'stop' }))).toStrictEqual([
      'delta answer 1 a',
      'end answer 1 [stop]',
    ]);
  });

  it('gives new ids to a response that follows', async () => {
    expect(
      await read(
        chat({ content: 'a', tool_calls: [call('f', {})] }),
        done(),
        chat({ content: 'b', tool_calls: [call('f', {})] }),
      ),
    ).toStrictEqual([
      'delta answer 1 a',
      'delta tool 1/0 ',
      'end tool 1/0 = {}',
      'end answer 1',
      'delta answer 2 b',
      'delta tool 2/0 ',
      'end tool 2/0 = {}',
    ]);
  });

  it('fails the open streams with an error', async () => {
    expect(await read(chat({ content: 'a' }), { error: 'no memory' }, chat({ content: 'b' }))).toStrictEqual([
      'delta answer 1 a',
      'error answer 1 "no memory"',
      'delta answer 2 b',
    ]);
  });

  it.each([
    { title: 'a model that was loaded', event: chunk({ done: true, done_reason: 'load' }) },
    { title: 'empty text', event: chat({}) },
    { title: 'images', event: chat({ images: ['AAAA'] }) },
    { title: 'progress', event: { status: 'pulling manifest', total: 1, completed: 1 } },
  ])('ignores $title', async ({ event }) => {
    expect(await read(event)).toStrictEqual([]);
  });
});
