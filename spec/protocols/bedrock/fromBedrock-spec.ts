import { describe, expect, it } from 'vitest';

import { fromBedrock } from '../../../src/protocols/index.js';
import { marbles } from '../../support/marbles.js';
import { readAsText } from '../../support/showEvent.js';

const read = (...events: unknown[]) => readAsText(events, fromBedrock());

const messageStart = { messageStart: { role: 'assistant' } };
const messageStop = { messageStop: { stopReason: 'end_turn' } };
const block = (contentBlockIndex: number, delta: object) => ({
  contentBlockDelta: { contentBlockIndex, delta },
});
const text = (value: string, index = 0) => block(index, { text: value });
const stop = (contentBlockIndex: number) => ({ contentBlockStop: { contentBlockIndex } });
const toolStart = (contentBlockIndex: number) => ({
  contentBlockStart: { contentBlockIndex, start: { toolUse: { toolUseId: 'call', name: 'f' } } },
});

describe('fromBedrock', () => {
  it(
    'emits text as it is streamed',
    marbles((m) => {
      const source = m.hot('  -a-b-c-d-e-|', {
        a: messageStart,
        b: text('He'),
        c: text('y'),
        d: stop(0),
        e: { messageStop: { stopReason: 'end_turn' } },
      });
      const subscribed = '    ^----------!';
      const expected = '      ---b-c---e-|';
      const answer = { kind: 'answer', id: '1/0' } as const;
      m.expect(source.pipe(fromBedrock())).toBeObservable(expected, {
        b: { type: 'delta', ...answer, delta: 'He', order: [1, 0] },
        c: { type: 'delta', ...answer, delta: 'y' },
        e: { type: 'end', ...answer, finishReason: 'end_turn' },
      });
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );

  it.each([
    { kind: 'reasoning', delta: { reasoningContent: { text: 'x' } } },
    { kind: 'tool', delta: { toolUse: { input: 'x' } } },
    { kind: 'output', delta: { toolResult: [{ text: 'x' }] } },
  ])('reads $kind', async ({ kind, delta }) => {
    expect(await read(block(2, delta), stop(2))).toEqual(
      expect.arrayContaining([`delta ${kind} 1/2 x`, `end ${kind} 1/2`]),
    );
  });

  it.each([
    { title: 'a signature', delta: { reasoningContent: { signature: 'x' } } },
    { title: 'redacted reasoning', delta: { reasoningContent: { redactedContent: 'x' } } },
    { title: 'a citation', delta: { citation: { title: 'x' } } },
    { title: 'an image', delta: { image: { source: {} } } },
    { title: 'a result that is not text', delta: { toolResult: [{ json: {} }] } },
    { title: 'an empty text', delta: { text: '' } },
  ])('ignores $title', async ({ delta }) => {
    expect(await read(block(0, delta), stop(0))).toStrictEqual([]);
  });

  it('opens the stream of a call without arguments', async () => {
    expect(await read(toolStart(1), block(1, { toolUse: { input: '' } }), stop(1))).toStrictEqual([
      'delta tool 1/1 ',
      'end tool 1/1',
    ]);
  });

  it('separates interleaved blocks', async () => {
    expect(
      await read(text('a', 0), text('b', 1), text('c', 0), stop(0), text('d', 1), stop(1)),
    ).toStrictEqual([
      'delta answer 1/0 a',
      'delta answer 1/1 b',
      'delta answer 1/0 c',
      'end answer 1/0',
      'delta answer 1/1 d',
      'end answer 1/1',
    ]);
  });

  it('ends an open block with its message', async () => {
    expect(await read(messageStart, text('a'), messageStop)).toStrictEqual([
      'delta answer 1/0 a',
      'end answer 1/0',
    ]);
  });

  it.each([
    { title: 'a start and a stop', between: [messageStop, messageStart] },
    { title: 'a stop', between: [messageStop] },
    { title: 'a start', between: [messageStart] },
  ])('gives new ids to a message that follows after $title', async ({ between }) => {
    expect(await read(messageStart, text('a'), ...between, text('b'))).toStrictEqual([
      'delta answer 1/0 a',
      'end answer 1/0',
      'delta answer 2/0 b',
    ]);
  });

  it.each([
    'internalServerException',
    'modelStreamErrorException',
    'serviceUnavailableException',
    'throttlingException',
    'validationException',
  ])('fails the open streams with a %s', async (name) => {
    const error = { message: 'no' };
    expect(await read(text('a', 0), stop(0), text('b', 1), { [name]: error }, text('c', 1))).toStrictEqual([
      'delta answer 1/0 a',
      'end answer 1/0',
      'delta answer 1/1 b',
      'error answer 1/1 {"message":"no"}',
      'delta answer 2/1 c',
    ]);
  });
});
