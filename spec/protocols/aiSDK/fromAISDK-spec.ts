import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { fromAISDK } from '../../../src/protocols/index.js';
import { collect } from '../../support/collect.js';
import { marbles } from '../../support/marbles.js';
import { readAsText } from '../../support/showEvent.js';

const read = (...parts: unknown[]) => readAsText(parts, fromAISDK());

const start = (messageId?: string) => ({ type: 'start', messageId });
const finish = { type: 'finish' };
const startStep = { type: 'start-step' };
const finishStep = { type: 'finish-step' };
const textStart = (id: string) => ({ type: 'text-start', id });
const textDelta = (id: string, delta: string) => ({ type: 'text-delta', id, delta });
const textEnd = (id: string) => ({ type: 'text-end', id });
const inputDelta = (toolCallId: string, inputTextDelta: string) => ({
  type: 'tool-input-delta',
  toolCallId,
  inputTextDelta,
});
const inputAvailable = (toolCallId: string, input: unknown) => ({
  type: 'tool-input-available',
  toolCallId,
  toolName: 'f',
  input,
});

describe('fromAISDK', () => {
  it(
    'reads a text as it is streamed',
    marbles((m) => {
      const source = m.hot('  -a-b-c-d-e-f-|', {
        a: start('m'),
        b: textStart('0'),
        c: textDelta('0', 'He'),
        d: textDelta('0', 'y'),
        e: textEnd('0'),
        f: { type: 'finish-step', finishReason: 'stop' },
      });
      const expected = '      -----c-d---f-|';
      const answer = { kind: 'answer', id: 'm/0' } as const;
      m.expect(source.pipe(fromAISDK())).toBeObservable(expected, {
        c: { type: 'delta', ...answer, delta: 'He', order: [1, 0] },
        d: { type: 'delta', ...answer, delta: 'y' },
        f: { type: 'end', ...answer, finishReason: 'stop' },
      });
    }),
  );

  it('reads the parts of fullStream', async () => {
    expect(
      await read(
        { type: 'start' },
        { type: 'reasoning-start', id: '0' },
        { type: 'reasoning-delta', id: '0', text: 'hm' },
        { type: 'reasoning-end', id: '0' },
        textStart('0'),
        { type: 'text-delta', id: '0', text: 'a' },
        textEnd('0'),
        { type: 'tool-input-start', id: 'call_1', toolName: 'f' },
        { type: 'tool-input-delta', id: 'call_1', delta: '{}' },
        { type: 'tool-input-end', id: 'call_1' },
        { type: 'tool-call', toolCallId: 'call_1', toolName: 'f', input: {} },
        finish,
      ),
    ).toStrictEqual([
      'delta reasoning 1/0 hm',
      'end reasoning 1/0',
      'delta answer 1/0 a',
      'end answer 1/0',
      'delta tool 1/call_1 {}',
      'end tool 1/call_1',
    ]);
  });

  it('places parts in the order of their start', async () => {
    const events = [start('m'), textStart('a'), textStart('b'), textDelta('b', '1'), textDelta('a', '2')];
    expect(await collect(from(events).pipe(fromAISDK()))).toMatchObject([
      { id: 'm/b', order: [1, 1] },
      { id: 'm/a', order: [1, 0] },
    ]);
  });

  it('tells open texts and reasoning apart, whatever their ids have in common', async () => {
    const reasoningDelta = (id: string, delta: string) => ({ type: 'reasoning-delta', id, delta });
    const deltas = [
      textDelta('a1', 'a'),
      textDelta('b1', 'b'),
      reasoningDelta('a1', 'c'),
      textDelta('', 'd'),
    ];
    expect(
      await read(
        start('m'),
        ...deltas,
        ...deltas,
        textEnd('a1'),
        textDelta('a1', 'late'),
        ...deltas.slice(1),
      ),
    ).toStrictEqual([
      'delta answer m/a1 a',
      'delta answer m/b1 b',
      'delta reasoning m/a1 c',
      'delta answer m/ d',
      'delta answer m/a1 a',
      'delta answer m/b1 b',
      'delta reasoning m/a1 c',
      'delta answer m/ d',
      'end answer m/a1',
      'delta answer m/a1 late',
      'delta answer m/b1 b',
      'delta reasoning m/a1 c',
      'delta answer m/ d',
    ]);
  });

  it('takes the text from the field that has one', async () => {
    expect(
      await read(
        start('m'),
        textDelta('0', 'a'),
        { type: 'text-delta', id: '0', delta: null, text: 'b' },
        {
          type: 'text-delta',
          id: '0',
          delta: 5,
          text: 'c',
        },
      ),
    ).toStrictEqual(['delta answer m/0 a', 'delta answer m/0 b', 'delta answer m/0 c']);
  });

  describe('the input of a tool', () => {
    it('is the streamed text, whatever the final JSON is', async () => {
      const events = [
        start('m'),
        inputDelta('c', '{ "x"'),
        inputDelta('c', ': 1 }'),
        inputAvailable('c', { x: 1 }),
      ];
      expect(await read(...events)).toStrictEqual([
        'delta tool m/c { "x"',
        'delta tool m/c : 1 }',
        'end tool m/c',
      ]);
    });

    it.each([
      { input: { x: 1 }, text: '{"x":1}' },
      { input: 'x', text: 'x' },
      { input: null, text: 'null' },
    ])('is emitted complete if it was not streamed: $text', async ({ input, text }) => {
      expect(await read(start('m'), inputAvailable('c', input))).toStrictEqual([
        'delta tool m/c ',
        `end tool m/c = ${text}`,
      ]);
    });

    it('is emitted once', async () => {
      const available = inputAvailable('c', {});
      expect(await read(start('m'), available, available, finish)).toHaveLength(2);
    });

    it('opens no stream if it is absent', async () => {
      const begin = { type: 'tool-input-start', toolCallId: 'c' };
      expect(await read(start('m'), begin, inputAvailable('c', undefined), finish)).toStrictEqual([]);
    });

    it('may fail alone', async () => {
      const error = { type: 'tool-input-error', toolCallId: 'c', errorText: 'boom' };
      expect(
        await read(start('m'), textDelta('0', 'a'), inputDelta('c', '{'), error, error, textEnd('0')),
      ).toStrictEqual(['delta answer m/0 a', 'delta tool m/c {', 'error tool m/c "boom"', 'end answer m/0']);
    });
  });

  describe('an id that comes again', () => {
    const part = (text: string) => [textStart('0'), textDelta('0', text), textEnd('0')];

    it('is another stream, in the same step or the next', async () => {
      expect(
        await read(start('m'), startStep, ...part('a'), ...part('b'), finishStep, startStep, ...part('c')),
      ).toStrictEqual([
        'delta answer m/0 a',
        'end answer m/0',
        'delta answer m/0/2 b',
        'end answer m/0/2',
        'delta answer m/0/3 c',
        'end answer m/0/3',
      ]);
    });

    it('is another stream if the end of the first is missing', async () => {
      expect(
        await read(start('m'), textStart('0'), textDelta('0', 'a'), textStart('0'), textDelta('0', 'b')),
      ).toStrictEqual(['delta answer m/0 a', 'end answer m/0', 'delta answer m/0/2 b']);
    });

    it('is the same stream if its start arrives late or twice', async () => {
      expect(
        await read(textDelta('0', 'a'), textStart('0'), textDelta('0', 'b'), textEnd('0')),
      ).toStrictEqual(['delta answer 1/0 a', 'delta answer 1/0 b', 'end answer 1/0']);
      expect(await read(textStart('0'), textStart('0'), textDelta('0', 'a'))).toStrictEqual([
        'delta answer 1/0 a',
      ]);
    });

    it('is a late delta if it does not start again', async () => {
      expect(await read(start('m'), ...part('a'), textDelta('0', 'b'), textEnd('0'))).toStrictEqual([
        'delta answer m/0 a',
        'end answer m/0',
        'delta answer m/0 b',
      ]);
    });

    it('is another stream in another message', async () => {
      const message = (id?: string) => [start(id), ...part('a'), finish];
      expect(await read(...message('m1'), ...message('m2'), ...message(), ...message())).toStrictEqual([
        'delta answer m1/0 a',
        'end answer m1/0',
        'delta answer m2/0 a',
        'end answer m2/0',
        'delta answer 3/0 a',
        'end answer 3/0',
        'delta answer 4/0 a',
        'end answer 4/0',
      ]);
    });

    it('is another stream if a message is continued', async () => {
      expect(await read(start('m'), ...part('a'), finish, start('m'), ...part('b'))).toStrictEqual([
        'delta answer m/0 a',
        'end answer m/0',
        'delta answer m/0/2 b',
        'end answer m/0/2',
      ]);
    });

    it('is the same stream if a message is replayed before it has finished', async () => {
      expect(await read(start('m'), ...part('a'), start('m'), ...part('a'))).toStrictEqual([
        'delta answer m/0 a',
        'end answer m/0',
        'delta answer m/0 a',
        'end answer m/0',
      ]);
    });

    it('is recognized only among the last ten thousand', async () => {
      const others = Array.from({ length: 10_000 }, (_, index) => part(`${index}`)).flatMap((events, index) =>
        events.map((event) => ({ ...event, id: `other-${index}` })),
      );
      const events = await read(start('m'), ...part('a'), ...others, ...part('b'));
      expect(events.slice(-2)).toStrictEqual(['delta answer m/0 b', 'end answer m/0']);
    });
  });

  it.each(['{"type":"text-delta","id":"0","delta":"x"}', '{"type":', 'x'])(
    'ignores data of the application that is the text %s',
    async (data) => {
      const parts = [start('m'), { type: 'data-note', data }, textDelta('0', 'a')];
      expect(await read(...parts)).toStrictEqual(['delta answer m/0 a']);
    },
  );

  it('reads the messages of an EventSource, which have a type', async () => {
    const data = JSON.stringify(textDelta('0', 'a'));
    expect(await read(new MessageEvent('message', { data }))).toStrictEqual(['delta answer 1/0 a']);
  });

  describe('the end', () => {
    const open = [textDelta('0', 'a'), inputDelta('c', '{')];
    const opened = ['delta answer m/0 a', 'delta tool m/c {'];
    const ended = ['end answer m/0', 'end tool m/c'];

    it.each([
      { title: 'a step', parts: [finishStep] },
      { title: 'a message', parts: [finish] },
      { title: 'a message that is aborted', parts: [{ type: 'abort' }] },
      { title: 'a message that another one ends', parts: [start('m2')] },
    ])('of $title ends the open streams', async ({ parts }) => {
      expect(await read(start('m'), ...open, ...parts)).toStrictEqual([...opened, ...ended]);
    });

    it('of one step of two that overlap ends nothing', async () => {
      const [first, ...rest] = await read(
        start('m'),
        startStep,
        startStep,
        textDelta('0', 'a'),
        finishStep,
        textDelta('0', 'b'),
        finishStep,
      );
      expect([first, ...rest]).toStrictEqual(['delta answer m/0 a', 'delta answer m/0 b', 'end answer m/0']);
    });
  });

  it.each([
    { error: { type: 'error', errorText: 'boom' }, shown: '"boom"' },
    { error: { type: 'error', error: { message: 'boom' } }, shown: '{"message":"boom"}' },
    { error: { type: 'error' }, shown: '{"type":"error"}' },
  ])('fails each open stream at $error', async ({ error, shown }) => {
    expect(await read(start('m'), textDelta('0', 'a'), textStart('1'), error, finish)).toStrictEqual([
      'delta answer m/0 a',
      `error answer m/0 ${shown}`,
    ]);
  });

  it.each([
    { type: 'data-x', id: '0', data: { delta: 'x' } },
    { type: 'source-url', sourceId: '0', url: 'x' },
    { type: 'tool-output-available', toolCallId: 'c', output: 'x' },
    { type: 'message-metadata', messageMetadata: {} },
    { type: 'text-delta', id: '0', delta: '' },
    { type: 'text-delta', delta: 'x' },
    { type: 'text-start' },
    { type: 'text-end' },
    { type: 'tool-input-error' },
  ])('ignores $type', async (part) => {
    const events = await collect(
      from([start('m'), textDelta('0', 'a'), part, textDelta('0', 'b')]).pipe(fromAISDK()),
    );
    expect(events).toMatchObject([{ delta: 'a' }, { delta: 'b' }]);
  });
});
