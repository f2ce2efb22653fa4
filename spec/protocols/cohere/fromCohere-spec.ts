import { describe, expect, it } from 'vitest';

import { fromCohere } from '../../../src/protocols/index.js';
import { marbles } from '../../support/marbles.js';
import { readAsText } from '../../support/showEvent.js';

const read = (...events: unknown[]) => readAsText(events, fromCohere());

const start = (id?: string) => ({ id, type: 'message-start', delta: { message: { role: 'assistant' } } });
const content = (value: object, index = 0) => ({
  type: 'content-delta',
  index,
  delta: { message: { content: value } },
});
const text = (value: string, index?: number) => content({ text: value }, index);
const plan = (value: string) => ({ type: 'tool-plan-delta', delta: { message: { tool_plan: value } } });
const call = (type: string, value: string, index = 0) => ({
  type,
  index,
  delta: { message: { tool_calls: { function: { arguments: value } } } },
});
const end = (type: string, index = 0) => ({ type, index });
const messageEnd = (more: object = {}) => ({
  type: 'message-end',
  delta: { finish_reason: 'COMPLETE', ...more },
});

describe('fromCohere', () => {
  it(
    'emits text as it is streamed',
    marbles((m) => {
      const source = m.hot('  -a-b-c-d-e-|', {
        a: start('m'),
        b: text('He'),
        c: text('y'),
        d: end('content-end'),
        e: { type: 'message-end', delta: { finish_reason: 'COMPLETE' } },
      });
      const subscribed = '    ^----------!';
      const expected = '      ---b-c---e-|';
      const answer = { kind: 'answer', id: 'm/0' } as const;
      m.expect(source.pipe(fromCohere())).toBeObservable(expected, {
        b: { type: 'delta', ...answer, delta: 'He', order: [1, 1, 0] },
        c: { type: 'delta', ...answer, delta: 'y' },
        e: { type: 'end', ...answer, finishReason: 'COMPLETE' },
      });
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );

  it('reads thinking as reasoning', async () => {
    const begin = { ...content({ type: 'thinking', thinking: 'h' }), type: 'content-start' };
    expect(await read(start('m'), begin, content({ thinking: 'm' }), end('content-end'))).toStrictEqual([
      'delta reasoning m/0 h',
      'delta reasoning m/0 m',
      'end reasoning m/0',
    ]);
  });

  it('reads the plan as reasoning that ends with the message', async () => {
    expect(await read(start('m'), plan('I '), plan('will'), messageEnd())).toStrictEqual([
      'delta reasoning m/plan I ',
      'delta reasoning m/plan will',
      'end reasoning m/plan',
    ]);
  });

  it('separates a call from content with the same index', async () => {
    const calls = [call('tool-call-start', ''), call('tool-call-delta', '{}'), end('tool-call-end')];
    expect(await read(start('m'), text('a'), ...calls, text('b'), messageEnd())).toStrictEqual([
      'delta answer m/0 a',
      'delta tool m/0 ',
      'delta tool m/0 {}',
      'end tool m/0',
      'delta answer m/0 b',
      'end answer m/0',
    ]);
  });

  it('opens the stream of a call without arguments', async () => {
    expect(await read(start('m'), call('tool-call-start', ''), end('tool-call-end'))).toStrictEqual([
      'delta tool m/0 ',
      'end tool m/0',
    ]);
  });

  it('numbers messages without an id', async () => {
    expect(await read(text('a'), messageEnd(), start(), text('b'), start(), text('c'))).toStrictEqual([
      'delta answer 1/0 a',
      'end answer 1/0',
      'delta answer 2/0 b',
      'end answer 2/0',
      'delta answer 3/0 c',
    ]);
  });

  it('fails the open streams of a message that ends with an error', async () => {
    const error = 'out of memory';
    expect(await read(start('m'), text('a'), messageEnd({ finish_reason: 'ERROR', error }))).toStrictEqual([
      'delta answer m/0 a',
      'error answer m/0 "out of memory"',
    ]);
  });

  it('ignores citations and ends outside a message', async () => {
    const citation = {
      type: 'citation-start',
      index: 0,
      delta: { message: { citations: { text: 'x' } } },
    };
    expect(await read(end('content-end'), start('m'), citation, end('citation-end'))).toStrictEqual([]);
  });
});
