import { concatWith, from, materialize, NEVER, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';

import type { DeltaEvent } from '../../../src/index.js';
import { commitLines } from '../../../src/operators/commitLines.js';
import { fromGemini } from '../../../src/protocols/index.js';
import { collect } from '../../support/collect.js';
import { marbles } from '../../support/marbles.js';
import { toText } from '../../support/show.js';
import { readAsText } from '../../support/showEvent.js';

const read = (...events: unknown[]) => readAsText(events, fromGemini());

const chunk = (parts: readonly unknown[], more: object = {}) => ({
  responseId: 'r',
  candidates: [{ index: 0, content: { role: 'model', parts }, ...more }],
});
const text = (value: string, more?: object) => chunk([{ text: value }], more);
const last = (value: string) => text(value, { finishReason: 'STOP' });
const withId = (event: object, responseId: string | undefined) => ({ ...event, responseId });
const anonymous = (event: object) => withId(event, undefined);

describe('fromGemini', () => {
  it(
    'reads a text as it is streamed',
    marbles((m) => {
      const source = m.hot('  -a-b-c---|', { a: text('He'), b: text('y'), c: last('!') });
      const expected = '      -a-b-(cd)|';
      const answer = { kind: 'answer', id: 'r/0' } as const;
      m.expect(source.pipe(fromGemini())).toBeObservable(expected, {
        a: { type: 'delta', ...answer, delta: 'He', order: [1, 0] },
        b: { type: 'delta', ...answer, delta: 'y' },
        c: { type: 'delta', ...answer, delta: '!' },
        d: { type: 'end', ...answer, finishReason: 'STOP' },
      });
    }),
  );

  it('separates thoughts from the answer', async () => {
    expect(
      await read(
        chunk([
          { text: 'hm', thought: true },
          { text: 'a', thought: false },
        ]),
      ),
    ).toStrictEqual(['delta reasoning r/0 hm', 'delta answer r/0 a']);
  });

  it('separates candidates by their index or position', async () => {
    const two = { responseId: 'r', candidates: [{ content: { parts: [{ text: 'a' }] } }, { index: 5 }] };
    const fifth = { responseId: 'r', candidates: [{ index: 5, content: { parts: [{ text: 'b' }] } }] };
    expect(await read(two, fifth, last('c'))).toStrictEqual([
      'delta answer r/0 a',
      'delta answer r/5 b',
      'delta answer r/0 c',
      'end answer r/0',
    ]);
  });

  it.each([undefined, null])('separates candidates by their position if the index is %s', async (index) => {
    const candidates = ['a', 'b'].map((value) => ({ index, content: { parts: [{ text: value }] } }));
    expect(await read({ responseId: 'r', candidates })).toStrictEqual([
      'delta answer r/0 a',
      'delta answer r/1 b',
    ]);
  });

  it('continues a text after code, and treats each piece of code separately', async () => {
    const code = (value: string) => chunk([{ executableCode: { language: 'PYTHON', code: value } }]);
    const result = chunk([{ codeExecutionResult: { outcome: 'OUTCOME_OK', output: '28' } }]);
    const events = [text('a'), code('x'), result, code('y'), text('b')];
    expect(await collect(from(events).pipe(fromGemini()))).toStrictEqual([
      { type: 'delta', kind: 'answer', id: 'r/0', delta: 'a', order: [1, 0] },
      { type: 'delta', kind: 'code', id: 'r/0/0', delta: 'x', order: [1, 0, 0] },
      { type: 'end', kind: 'code', id: 'r/0/0' },
      { type: 'delta', kind: 'code', id: 'r/0/1', delta: 'y', order: [1, 0, 1] },
      { type: 'end', kind: 'code', id: 'r/0/1' },
      { type: 'delta', kind: 'answer', id: 'r/0', delta: 'b' },
    ]);
  });

  describe('the arguments of a call', () => {
    const call = (value: object) => chunk([{ functionCall: value }]);
    const begin = call({ name: 'f', willContinue: true });
    const partial = (...partialArgs: object[]) => call({ partialArgs, willContinue: true });

    /** The arguments that the values make up. */
    const written = async (...values: object[]) => {
      const events = await collect(
        from([begin, ...values.map((value) => partial(value)), call({})]).pipe(fromGemini()),
      );
      return events.map((event) => (event.type === 'delta' ? event.delta : '')).join('');
    };

    it('may be complete', async () => {
      const whole = (x: number) => ({ functionCall: { name: 'f', args: { x } } });
      expect(await collect(from([chunk([whole(1), whole(2)])]).pipe(fromGemini()))).toStrictEqual([
        { type: 'delta', kind: 'tool', id: 'r/0/0', delta: '', order: [1, 0, 0] },
        { type: 'end', kind: 'tool', id: 'r/0/0', text: '{"x":1}' },
        { type: 'delta', kind: 'tool', id: 'r/0/1', delta: '', order: [1, 0, 1] },
        { type: 'end', kind: 'tool', id: 'r/0/1', text: '{"x":2}' },
      ]);
    });

    it('are emitted as they are streamed', async () => {
      expect(
        await read(
          begin,
          partial({ jsonPath: '$.city', stringValue: 'New ', willContinue: true }),
          partial({ jsonPath: '$.city', stringValue: 'York' }),
          call({}),
        ),
      ).toStrictEqual([
        'delta tool r/0/0 {"city":"New ',
        'delta tool r/0/0 York"',
        'delta tool r/0/0 }',
        'end tool r/0/0',
      ]);
    });

    it.each([
      { title: 'a number', values: [{ jsonPath: '$.x', numberValue: -0.5 }], json: '{"x":-0.5}' },
      { title: 'a boolean', values: [{ jsonPath: '$.x', boolValue: false }], json: '{"x":false}' },
      { title: 'null', values: [{ jsonPath: '$.x', nullValue: 'NULL_VALUE' }], json: '{"x":null}' },
      { title: 'an empty string', values: [{ jsonPath: '$.x', stringValue: '' }], json: '{"x":""}' },
      {
        title: 'what has to be escaped',
        values: [{ jsonPath: '$["a\\b"]', stringValue: '"\n' }],
        json: '{"a\\\\b":"\\"\\n"}',
      },
      {
        title: 'several values',
        values: [
          { jsonPath: '$.x', numberValue: 1 },
          { jsonPath: "$['y']", numberValue: 2 },
        ],
        json: '{"x":1,"y":2}',
      },
      {
        title: 'values in containers',
        values: [
          { jsonPath: '$.list[0].x', numberValue: 1 },
          { jsonPath: '$.list[0].y', numberValue: 2 },
          { jsonPath: '$.list[1].x', numberValue: 3 },
          { jsonPath: '$.z', numberValue: 4 },
        ],
        json: '{"list":[{"x":1,"y":2},{"x":3}],"z":4}',
      },
      {
        title: 'lists in a list',
        values: [
          { jsonPath: '$[0][0]', numberValue: 1 },
          { jsonPath: '$[0][1]', numberValue: 2 },
          { jsonPath: '$[1][0]', numberValue: 3 },
        ],
        json: '[[1,2],[3]]',
      },
      {
        title: 'a string that the next value cuts off',
        values: [
          { jsonPath: '$.x', stringValue: 'a', willContinue: true },
          { jsonPath: '$.y', numberValue: 1 },
        ],
        json: '{"x":"a","y":1}',
      },
      {
        title: 'a string that the end cuts off',
        values: [{ jsonPath: '$.x', stringValue: 'a', willContinue: true }],
        json: '{"x":"a"}',
      },
      {
        title: 'a surrogate pair in two pieces',
        values: [
          { jsonPath: '$.x', stringValue: '\ud83d', willContinue: true },
          { jsonPath: '$.x', stringValue: '\ude00' },
        ],
        json: '{"x":"\\ud83d\\ude00"}',
      },
      {
        title: 'the same place twice',
        values: [
          { jsonPath: '$.x', numberValue: 1 },
          { jsonPath: '$.x', numberValue: 2 },
        ],
        json: '{"x":1,"x":2}',
      },
      {
        title: 'a container in the place of a value',
        values: [
          { jsonPath: '$.x', numberValue: 1 },
          { jsonPath: '$.x.y', numberValue: 2 },
        ],
        json: '{"x":1,"x":{"y":2}}',
      },
      { title: 'an invalid path', values: [{ jsonPath: 'x', numberValue: 1 }], json: '{}' },
      { title: 'a path that breaks off', values: [{ jsonPath: '$.x[', numberValue: 1 }], json: '{}' },
      { title: 'no value', values: [{ jsonPath: '$.x' }, { jsonPath: '$.y', numberValue: NaN }], json: '{}' },
    ])('are JSON of $title', async ({ values, json }) => {
      expect(await written(...values)).toBe(json);
    });

    it('end with their last value if nothing follows', async () => {
      const only = call({ name: 'f', partialArgs: [{ jsonPath: '$.x', numberValue: 1 }] });
      expect(await read(only, last(''))).toStrictEqual([
        'delta tool r/0/0 {"x":1',
        'delta tool r/0/0 }',
        'end tool r/0/0',
      ]);
    });

    it('end with the next call', async () => {
      expect(
        await read(begin, partial({ jsonPath: '$.x', numberValue: 1 }), call({ name: 'g', args: {} })),
      ).toStrictEqual([
        'delta tool r/0/0 {"x":1',
        'end tool r/0/0',
        'delta tool r/0/1 ',
        'end tool r/0/1 = {}',
      ]);
    });

    it.each([
      { title: 'in a call that is not streamed', events: [call({ name: 'f' })] },
      { title: 'in a call that is streamed', events: [begin, call({})] },
    ])('are {} if they are absent $title', async ({ events }) => {
      expect(await read(...events)).toStrictEqual(['delta tool r/0/0 {}', 'end tool r/0/0']);
    });

    it('end once, if the end of the call is sent after its last value', async () => {
      const value = { jsonPath: '$.x', numberValue: 1 };
      const only = call({ name: 'f', partialArgs: [value] });
      expect(await read(only, call({}), call({ name: 'g' }))).toStrictEqual([
        'delta tool r/0/0 {"x":1',
        'delta tool r/0/0 }',
        'end tool r/0/0',
        'delta tool r/0/1 {}',
        'end tool r/0/1',
      ]);
    });
  });

  describe.each(['r', undefined])('a reason to finish in a response with the id %s', (responseId) => {
    const unspecified = (value: string) => text(value, { finishReason: 'FINISH_REASON_UNSPECIFIED' });
    const id = responseId === undefined ? '1/0' : 'r/0';

    /** The events that are emitted before the source completes. */
    const readOpen = (...chunks: object[]) => {
      const seen: DeltaEvent[] = [];
      from(chunks.map((each) => withId(each, responseId)))
        .pipe(concatWith(NEVER), fromGemini())
        .subscribe((event) => seen.push(event));
      return seen;
    };

    it.each([
      { reason: 'none', first: text('a') },
      { reason: 'FINISH_REASON_UNSPECIFIED', first: unspecified('a') },
    ])('ends a candidate after a chunk with $reason', ({ first }) => {
      expect(readOpen(first, last('b'))).toMatchObject([
        { id, delta: 'a' },
        { id, delta: 'b' },
        { id, type: 'end', finishReason: 'STOP' },
      ]);
    });

    it('ends nothing before the source completes, if each chunk has one', async () => {
      const chunks = [last('a'), last('b'), last('c')];
      expect(readOpen(...chunks)).toMatchObject([{ delta: 'a' }, { delta: 'b' }, { delta: 'c' }]);
      expect(await read(...chunks.map((each) => withId(each, responseId)))).toStrictEqual([
        `delta answer ${id} a`,
        `delta answer ${id} b`,
        `delta answer ${id} c`,
        `end answer ${id}`,
      ]);
    });

    it('ends the text when the source fails, if each chunk has one', async () => {
      const source = from([withId(last('a'), responseId)]).pipe(
        concatWith(throwError(() => new Error('boom'))),
      );
      expect(await collect(source.pipe(fromGemini(), materialize()))).toMatchObject([
        { kind: 'N', value: { delta: 'a' } },
        { kind: 'N', value: { type: 'end' } },
        { kind: 'E' },
      ]);
    });

    it('does not hide an error, since older servers send one with each chunk', async () => {
      const source = from([
        withId(last('a'), responseId),
        withId(last('b'), responseId),
        { error: { code: 499 } },
      ]);
      expect(await collect(source.pipe(fromGemini()))).toMatchObject([
        { id, delta: 'a' },
        { id, delta: 'b' },
        { type: 'error', id, error: { code: 499 } },
      ]);
    });

    it('ends nothing while the provider runs code, because the model continues after the result', async () => {
      const code = (value: string, more?: object) =>
        withId(chunk([{ executableCode: { code: value } }], more), responseId);
      const result = withId(chunk([{ codeExecutionResult: { output: '1' } }]), responseId);
      const stop = { finishReason: 'STOP' };
      const continued = [result, withId(text('b'), responseId)];
      const started = [withId(text('a'), responseId), code('x', stop)];
      const finished = withId(last('c'), responseId);
      const expected = [
        { kind: 'answer', id, delta: 'a' },
        { kind: 'code', delta: 'x' },
        { kind: 'code', type: 'end' },
        { kind: 'answer', id, delta: 'b' },
      ];
      expect(readOpen(...started, ...continued)).toMatchObject(expected);
      expect(readOpen(...started, withId(last(''), responseId), ...continued, finished)).toMatchObject([
        ...expected,
        { kind: 'answer', id, delta: 'c' },
        { kind: 'answer', id, type: 'end', finishReason: 'STOP' },
      ]);
      expect(await collect(from([...started, ...continued]).pipe(fromGemini()))).toMatchObject(expected);
    });

    it('ends the text with the source if code without a result is last', async () => {
      const code = chunk([{ executableCode: { code: 'x' } }], { finishReason: 'MAX_TOKENS' });
      const chunks = [text('a'), code].map((each) => withId(each, responseId));
      expect(await collect(from(chunks).pipe(fromGemini()))).toMatchObject([
        { kind: 'answer', id, delta: 'a' },
        { kind: 'code', delta: 'x' },
        { kind: 'code', type: 'end' },
        { kind: 'answer', id, type: 'end', finishReason: 'MAX_TOKENS' },
      ]);
    });

    it('is none if it is unspecified', async () => {
      const source = from([withId(unspecified('a'), responseId)]);
      expect(await collect(source.pipe(fromGemini()))).toMatchObject([{ id, delta: 'a' }]);
    });
  });

  describe('several responses', () => {
    it('have ids of their own, and end each other', async () => {
      const events = [withId(text('a'), 'r1'), withId(text('b'), 'r2'), anonymous(text('c'))];
      expect(await collect(from(events).pipe(fromGemini()))).toMatchObject([
        { id: 'r1/0', order: [1, 0] },
        { type: 'end', id: 'r1/0' },
        { id: 'r2/0', order: [2, 0] },
        { id: 'r2/0', delta: 'c' },
      ]);
    });

    it('are numbered if they have no id', async () => {
      expect(await read(...[text('a'), last('b'), text('c'), last('d')].map(anonymous))).toStrictEqual([
        'delta answer 1/0 a',
        'delta answer 1/0 b',
        'end answer 1/0',
        'delta answer 2/0 c',
        'delta answer 2/0 d',
        'end answer 2/0',
      ]);
    });

    it('are separated by feedback about the prompt, which only the first chunk has', async () => {
      const first = (value: string) => anonymous({ ...last(value), promptFeedback: { safetyRatings: [] } });
      expect(await read(first('a'), anonymous(last('b')), first('c'), anonymous(last('d')))).toStrictEqual([
        'delta answer 1/0 a',
        'delta answer 1/0 b',
        'end answer 1/0',
        'delta answer 2/0 c',
        'delta answer 2/0 d',
        'end answer 2/0',
      ]);
    });

    it('are separated by the first chunk without a finish reason', async () => {
      expect(await read(...[last('a'), text('b')].map(anonymous))).toStrictEqual([
        'delta answer 1/0 a',
        'end answer 1/0',
        'delta answer 2/0 b',
      ]);
    });

    it.each([
      ['no parts', chunk([])],
      ['no content', { candidates: [{ index: 0, groundingMetadata: {} }] }],
      ['an empty text', text('')],
    ])('are separated by a chunk with %s that follows the text', async (_, metadata) => {
      const response = [last('a'), last('b'), metadata];
      expect(await read(...[...response, ...response].map(anonymous))).toStrictEqual([
        'delta answer 1/0 a',
        'delta answer 1/0 b',
        'end answer 1/0',
        'delta answer 2/0 a',
        'delta answer 2/0 b',
        'end answer 2/0',
      ]);
    });
  });

  it('emits the text of a replay once', async () => {
    const response = [text('a'), chunk([{ functionCall: { name: 'f', args: {} } }]), last('b')];
    const other = withId(text('c'), 'other');
    const source = from([...response, other, ...response]);
    const commits = await collect(source.pipe(fromGemini(), commitLines(), toText()));
    expect(commits.filter((commit) => commit.startsWith('line'))).toStrictEqual([
      'line r/0/0 0 {}',
      'line r/0 0 ab',
      'line other/0 0 c',
    ]);
  });

  it.each([
    { title: 'as an event', event: { error: { code: 499, message: 'boom' } } },
    { title: 'beside candidates', event: { ...last(''), error: { code: 499, message: 'boom' } } },
  ])('fails each open stream at an error $title', async ({ event }) => {
    const events = await read(chunk([{ text: 'hm', thought: true }, { text: 'a' }]), event);
    expect(events.slice(0, 2)).toStrictEqual(['delta reasoning r/0 hm', 'delta answer r/0 a']);
    expect(events.slice(2)).toStrictEqual([
      'error reasoning r/0 {"code":499,"message":"boom"}',
      'error answer r/0 {"code":499,"message":"boom"}',
    ]);
  });

  it('fails an answer whose prompt was blocked', async () => {
    const promptFeedback = { blockReason: 'SAFETY', safetyRatings: [] };
    expect(await read({ responseId: 'r', promptFeedback }, withId(text('a'), 's'))).toStrictEqual([
      'delta answer r/0 ',
      `error answer r/0 ${JSON.stringify(promptFeedback)}`,
      'delta answer s/0 a',
    ]);
    expect(await read({ ...text('a'), promptFeedback })).toStrictEqual(['delta answer r/0 a']);
    expect(await read({ promptFeedback: {} })).toStrictEqual([]);
  });

  describe.each(['r', undefined])('a prompt that is blocked, in a response with the id %s', (responseId) => {
    const promptFeedback = { blockReason: 'SAFETY' };
    const readBlocked = (...chunks: object[]) =>
      read(...[...chunks, { promptFeedback }].map((each) => withId(each, responseId)));
    const feedback = JSON.stringify(promptFeedback);
    const id = responseId === undefined ? '1/0' : 'r/0';

    it('fails the texts that have begun', async () => {
      expect(await readBlocked(text('a'))).toStrictEqual([
        `delta answer ${id} a`,
        `error answer ${id} ${feedback}`,
      ]);
      expect(await readBlocked(chunk([{ text: 'hm', thought: true }]))).toStrictEqual([
        `delta reasoning ${id} hm`,
        `error reasoning ${id} ${feedback}`,
      ]);
    });

    it('fails an empty answer if no text has begun', async () => {
      expect(await readBlocked(chunk([]))).toStrictEqual([
        `delta answer ${id} `,
        `error answer ${id} ${feedback}`,
      ]);
    });
  });

  it('does not fail a finished answer if the next prompt is blocked', async () => {
    const promptFeedback = { blockReason: 'SAFETY' };
    expect(await read(anonymous(last('a')), { promptFeedback })).toStrictEqual([
      'delta answer 1/0 a',
      'end answer 1/0',
      'delta answer 2/0 ',
      `error answer 2/0 ${JSON.stringify(promptFeedback)}`,
    ]);
    expect(await read(text('a'), last('b'), withId({ promptFeedback }, 'r'))).toStrictEqual([
      'delta answer r/0 a',
      'delta answer r/0 b',
      'end answer r/0',
    ]);
  });

  it('fails the open steps of an interaction', async () => {
    const delta = { event_type: 'step.delta', index: 0, delta: { type: 'text', text: 'a' } };
    expect(await read(delta, { event_type: 'error', error: { message: 'boom' } })).toStrictEqual([
      'delta answer 1/0 a',
      'error answer 1/0 {"message":"boom"}',
    ]);
  });
});
