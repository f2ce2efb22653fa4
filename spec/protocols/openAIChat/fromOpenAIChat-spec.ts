import fc from 'fast-check';
import { concatWith, from, NEVER } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { commitLines } from '../../../src/operators/commitLines.js';
import { fromOpenAIChat } from '../../../src/protocols/index.js';
import { collect } from '../../support/collect.js';
import { marbles } from '../../support/marbles.js';
import { toText } from '../../support/show.js';
import { readAsText } from '../../support/showEvent.js';

const read = (...events: unknown[]) => readAsText(events, fromOpenAIChat());

const chunk = (...choices: object[]) => ({ id: 'c', object: 'chat.completion.chunk', choices });
const delta = (value: object, index = 0) => chunk({ index, delta: value, finish_reason: null });
const content = (text: string, index = 0) => delta({ content: text }, index);
const finish = (index = 0, reason = 'stop') => chunk({ index, delta: {}, finish_reason: reason });
const withId = (event: object, id: string | undefined) => ({ ...event, id });

describe('fromOpenAIChat', () => {
  it(
    'reads a text as it is streamed',
    marbles((m) => {
      const source = m.hot('  -a-b-c-d-e-|', {
        a: delta({ role: 'assistant', content: '', refusal: null }),
        b: content('He'),
        c: content('y'),
        d: finish(),
        e: { id: 'c', choices: [], usage: { total_tokens: 2 } },
      });
      const expected = '      ---b-c---e-|';
      const answer = { kind: 'answer', id: 'c/0' } as const;
      m.expect(source.pipe(fromOpenAIChat())).toBeObservable(expected, {
        b: { type: 'delta', ...answer, delta: 'He', order: [1, 0] },
        c: { type: 'delta', ...answer, delta: 'y' },
        e: { type: 'end', ...answer, finishReason: 'stop' },
      });
    }),
  );

  it.each([
    { title: 'content', value: { content: 'x' }, stream: 'answer c/0' },
    {
      title: 'parts of content',
      value: { content: [{ type: 'text', text: 'x' }] },
      stream: 'answer c/0',
    },
    {
      title: 'parts of content of the type output_text',
      value: { content: [{ type: 'output_text', text: 'x' }] },
      stream: 'answer c/0',
    },
    {
      title: 'parts of reasoning',
      value: { content: [{ type: 'reasoning', text: 'x' }] },
      stream: 'reasoning c/0',
    },
    {
      title: 'a summary of reasoning',
      value: {
        content: [{ type: 'reasoning', summary: [{ type: 'summary_text', text: 'x', signature: 'y' }] }],
      },
      stream: 'reasoning c/0',
    },
    {
      title: 'parts of thinking',
      value: { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'x' }] }] },
      stream: 'reasoning c/0',
    },
    {
      title: 'a part of thinking that is text',
      value: { content: [{ type: 'thinking', thinking: 'x' }] },
      stream: 'reasoning c/0',
    },
    { title: 'reasoning_content', value: { reasoning_content: 'x', content: null }, stream: 'reasoning c/0' },
    { title: 'reasoning', value: { reasoning: 'x', content: '' }, stream: 'reasoning c/0' },
    { title: 'reasoning_text', value: { reasoning_text: 'x', content: '' }, stream: 'reasoning c/0' },
    {
      title: 'all names of reasoning, once',
      value: { reasoning: 'x', reasoning_content: 'x', reasoning_text: 'x' },
      stream: 'reasoning c/0',
    },
    { title: 'refusal', value: { refusal: 'x' }, stream: 'refusal c/0' },
    { title: 'a transcript', value: { audio: { id: 'a', transcript: 'x' } }, stream: 'transcript c/0' },
    {
      title: 'arguments',
      value: { tool_calls: [{ index: 2, function: { arguments: 'x' } }] },
      stream: 'tool c/0/2',
    },
    {
      title: 'the input of a custom tool',
      value: { tool_calls: [{ index: 2, custom: { input: 'x' } }] },
      stream: 'tool c/0/2',
    },
    {
      title: 'arguments of a function',
      value: { function_call: { arguments: 'x' } },
      stream: 'tool c/0/function',
    },
  ])('reads $title', async ({ value, stream }) => {
    expect(await read(delta(value), finish())).toStrictEqual([`delta ${stream} x`, `end ${stream}`]);
  });

  it.each([
    { type: 'image_url', text: 'x' },
    { type: 'text', text: 5 },
    { type: 'thinking', thinking: 5 },
    { type: 'reasoning', summary: 5 },
    'x',
    null,
  ])('ignores the part %j', async (part) => {
    expect(await read(delta({ content: [part] }), finish())).toStrictEqual([]);
  });

  it('emits reasoning before the answer in the same chunk', async () => {
    expect(await read(delta({ content: 'a', reasoning: 'r' }))).toStrictEqual([
      'delta reasoning c/0 r',
      'delta answer c/0 a',
    ]);
  });

  describe('several choices', () => {
    it('are separate streams, each with its end', async () => {
      expect(
        await read(content('a', 0), content('b', 1), finish(1), content('c', 0), finish(0)),
      ).toStrictEqual([
        'delta answer c/0 a',
        'delta answer c/1 b',
        'end answer c/1',
        'delta answer c/0 c',
        'end answer c/0',
      ]);
    });

    it.each([undefined, null])('have their position as index if it is %s', async (index) => {
      const choices = ['a', 'b'].map((content) => ({ index, delta: { content } }));
      expect(await read(chunk(...choices))).toStrictEqual(['delta answer c/0 a', 'delta answer c/1 b']);
    });

    it('of the older interface', async () => {
      const text = (value: string, index: number, reason: string | null = null) => ({
        id: 'cmpl',
        object: 'text_completion',
        choices: [{ text: value, index, logprobs: null, finish_reason: reason }],
      });
      expect(
        await read(text('a', 0), text('b', 1), text('c', 0, 'length'), text('', 1, 'stop')),
      ).toStrictEqual([
        'delta answer cmpl/0 a',
        'delta answer cmpl/1 b',
        'delta answer cmpl/0 c',
        'end answer cmpl/0',
        'end answer cmpl/1',
      ]);
    });
  });

  describe('calls of tools', () => {
    const call = (value: object) => delta({ tool_calls: [value] });

    it('are separated by their index', async () => {
      const events = [
        call({ index: 0, id: 'call_1', function: { name: 'f', arguments: '' } }),
        call({ index: 0, function: { arguments: '{"x"' } }),
        call({ index: 1, id: 'call_2', function: { name: 'g', arguments: '{' } }),
        call({ index: 0, function: { arguments: ':1}' } }),
        call({ index: 1, function: { arguments: '}' } }),
      ];
      expect(await collect(from(events).pipe(fromOpenAIChat()))).toMatchObject([
        { id: 'c/0/0', delta: '{"x"', order: [1, 0, 0] },
        { id: 'c/0/1', delta: '{', order: [1, 0, 1] },
        { id: 'c/0/0', delta: ':1}' },
        { id: 'c/0/1', delta: '}' },
      ]);
    });

    it('are separated by their id if all have the same index', async () => {
      const events = ['call_1', 'call_2', 'call_3'].map((id) =>
        call({ index: 0, id, function: { name: 'f', arguments: '{}' } }),
      );
      expect(await read(...events, finish())).toStrictEqual([
        'delta tool c/0/0 {}',
        'end tool c/0/0',
        'delta tool c/0/0/2 {}',
        'end tool c/0/0/2',
        'delta tool c/0/0/3 {}',
        'end tool c/0/0/3',
      ]);
    });

    it.each([undefined, ''])(
      'are separated by their name if all have the index 0 and the id %j',
      async (id) => {
        const whole = (city: string) =>
          call({ index: 0, id, function: { name: 'f', arguments: JSON.stringify({ city }) } });
        expect(await read(whole('a'), whole('b'), finish())).toStrictEqual([
          'delta tool c/0/0 {"city":"a"}',
          'end tool c/0/0',
          'delta tool c/0/0/2 {"city":"b"}',
          'end tool c/0/0/2',
        ]);
      },
    );

    it('continue if each piece has the name but no id', async () => {
      const piece = (text: string) => call({ index: 0, function: { name: 'f', arguments: text } });
      expect(
        await read(piece('{"x":'), piece('{"y":{}'), piece(''), piece('}'), piece('}'), finish()),
      ).toStrictEqual([
        'delta tool c/0/0 {"x":',
        'delta tool c/0/0 {"y":{}',
        'delta tool c/0/0 }',
        'delta tool c/0/0 }',
        'end tool c/0/0',
      ]);
    });

    it.each([undefined, null])('have their position as index if it is %s', async (index) => {
      const calls = ['1', '2'].map((text) => ({ index, function: { arguments: text } }));
      expect(await read(delta({ tool_calls: calls }))).toStrictEqual([
        'delta tool c/0/0 1',
        'delta tool c/0/1 2',
      ]);
    });

    it('continue if each piece has another id', async () => {
      expect(
        await read(
          call({ index: 0, id: 'x1', function: { name: 'f', arguments: '{' } }),
          call({ index: 0, id: 'x2', function: { arguments: '}' } }),
        ),
      ).toStrictEqual(['delta tool c/0/0 {', 'delta tool c/0/0 }']);
    });

    it('do not end the answer', async () => {
      const toolCall = call({ index: 0, function: { arguments: '{}' } });
      expect(await read(content('a'), toolCall, content('b'), finish(0, 'tool_calls'))).toStrictEqual([
        'delta answer c/0 a',
        'delta tool c/0/0 {}',
        'delta answer c/0 b',
        'end answer c/0',
        'end tool c/0/0',
      ]);
    });
  });

  describe('the message beside a delta', () => {
    const both = (piece: string, whole: string | null, reason: string | null = null) =>
      chunk({ index: 0, delta: { content: piece }, message: { content: whole }, finish_reason: reason });

    it('is the full text if it grows with the deltas', async () => {
      expect(await read(both('He', 'He'), both('y', 'Hey'), both('', 'Hey!', 'stop'))).toStrictEqual([
        'delta answer c/0 He',
        'delta answer c/0 y',
        'end answer c/0 = Hey!',
      ]);
    });

    it('is the full text even if it contradicts the deltas', async () => {
      expect(await read(both('He', 'He'), both('y', 'Hey'), both('', 'Ho', 'stop'))).toContain(
        'end answer c/0 = Ho',
      );
    });

    it('is ignored if it repeats the deltas', async () => {
      expect(await read(both('He', 'He'), both('y', 'y'), both('!', '!', 'stop'))).toStrictEqual([
        'delta answer c/0 He',
        'delta answer c/0 y',
        'delta answer c/0 !',
        'end answer c/0',
      ]);
    });

    it('is ignored if it repeats the deltas and differs at the end', async () => {
      expect(await read(both('He', 'He'), both('y', 'y'), both('', '!', 'stop'))).toContain('end answer c/0');
    });

    it('is the full text after a single delta', async () => {
      expect(await read(both('Hey', 'Hey', 'stop'))).toStrictEqual([
        'delta answer c/0 Hey',
        'end answer c/0 = Hey',
      ]);
    });

    it('is ignored if it is empty', async () => {
      expect(await read(both('Hey', ''), both('', '', 'stop'))).toContain('end answer c/0');
      expect(await read(both('Hey', null), both('', null, 'stop'))).toContain('end answer c/0');
    });

    it('adds no call to the streamed ones', async () => {
      const calls = { tool_calls: [{ id: 'call_1', function: { name: 'f', arguments: '{}' } }] };
      expect(
        await read(chunk({ delta: calls }), chunk({ delta: {}, message: calls, finish_reason: 'stop' })),
      ).toStrictEqual(['delta tool c/0/0 {}', 'end tool c/0/0']);
    });
  });

  describe('a completion that is not streamed', () => {
    const message = {
      content: 'a',
      reasoning_content: 'r',
      tool_calls: [
        { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } },
        { id: 'call_2', type: 'custom', custom: { name: 'g', input: 'x' } },
      ],
    };

    it.each([
      {
        title: 'with a reason to finish',
        event: chunk({ index: 0, message, finish_reason: 'stop' }),
        reason: { finishReason: 'stop' },
      },
      {
        title: 'without one',
        event: { id: 'c', object: 'chat.completion', choices: [{ index: 0, message }] },
        reason: {},
      },
    ])('emits its texts $title', async ({ event, reason }) => {
      expect(await collect(from([event]).pipe(fromOpenAIChat()))).toStrictEqual([
        { type: 'delta', kind: 'reasoning', id: 'c/0', delta: '', order: [1, 0] },
        { type: 'end', kind: 'reasoning', id: 'c/0', text: 'r', ...reason },
        { type: 'delta', kind: 'answer', id: 'c/0', delta: '', order: [1, 0] },
        { type: 'end', kind: 'answer', id: 'c/0', text: 'a', ...reason },
        { type: 'delta', kind: 'tool', id: 'c/0/0', delta: '', order: [1, 0, 0] },
        { type: 'end', kind: 'tool', id: 'c/0/0', text: '{}', ...reason },
        { type: 'delta', kind: 'tool', id: 'c/0/1', delta: '', order: [1, 0, 1] },
        { type: 'end', kind: 'tool', id: 'c/0/1', text: 'x', ...reason },
      ]);
    });
  });

  describe('several completions', () => {
    const role = delta({ role: 'assistant', content: '' });

    it('are separated by their id once the previous one has finished', async () => {
      const events = [content('a'), finish(), content('b')].map((event, index) =>
        withId(event, index < 2 ? 'c1' : 'c2'),
      );
      expect(await collect(from(events).pipe(fromOpenAIChat()))).toMatchObject([
        { id: 'c1/0', order: [1, 0] },
        { type: 'end', id: 'c1/0', finishReason: 'stop' },
        { id: 'c2/0', order: [2, 0] },
      ]);
    });

    it('end each other when another message begins', async () => {
      const events = [
        withId(role, 'c1'),
        withId(content('a'), 'c1'),
        withId(role, 'c2'),
        withId(content('b'), 'c2'),
      ];
      expect(await read(...events)).toStrictEqual([
        'delta answer c1/0 a',
        'end answer c1/0',
        'delta answer c2/0 b',
      ]);
    });

    it('end each other when the id changes, if each chunk has a role', async () => {
      const piece = (text: string) => delta({ role: 'assistant', content: text });
      const events = [withId(piece('a'), 'c1'), withId(piece('b'), 'c1'), withId(piece('c'), 'c2')];
      expect(await read(...events)).toStrictEqual([
        'delta answer c1/0 a',
        'delta answer c1/0 b',
        'end answer c1/0',
        'delta answer c2/0 c',
      ]);
    });

    it('are one if only the first chunk has another id', async () => {
      const piece = (text: string) => delta({ role: 'assistant', content: text });
      const events = [
        withId(piece('a'), 'c1'),
        withId(piece('b'), 'c2'),
        withId(piece('c'), 'c2'),
        withId(piece('d'), 'c2'),
        withId(piece('e'), 'c3'),
      ];
      expect(await read(...events)).toStrictEqual([
        'delta answer c1/0 a',
        'delta answer c1/0 b',
        'delta answer c1/0 c',
        'delta answer c1/0 d',
        'end answer c1/0',
        'delta answer c3/0 e',
      ]);
    });

    it('end each other when the id changes, in the older API', async () => {
      const piece = (text: string, id: string) => ({
        id,
        choices: [{ index: 0, text, finish_reason: null }],
      });
      expect(await read(piece('a', 'c1'), piece('b', 'c1'), piece('c', 'c2'))).toStrictEqual([
        'delta answer c1/0 a',
        'delta answer c1/0 b',
        'end answer c1/0',
        'delta answer c2/0 c',
      ]);
    });

    it('end each other when another message begins, if each delta has a role that is null', async () => {
      const piece = (text: string) => delta({ role: null, content: text });
      const events = [
        withId(role, 'c1'),
        withId(piece('a'), 'c2'),
        withId(piece('b'), 'c3'),
        withId(role, 'c4'),
        withId(piece('c'), 'c5'),
      ];
      expect(await read(...events)).toStrictEqual([
        'delta answer c1/0 a',
        'delta answer c1/0 b',
        'end answer c1/0',
        'delta answer c4/0 c',
      ]);
    });

    it('are one if each chunk has another id', async () => {
      const chunks = [role, content('a'), content('b'), finish(), { choices: [], usage: {} }];
      const events = [...chunks, ...chunks].map((event, index) => withId(event, `c${index}`));
      expect(await read(...events)).toStrictEqual([
        'delta answer c0/0 a',
        'delta answer c0/0 b',
        'end answer c0/0',
        'delta answer c5/0 a',
        'delta answer c5/0 b',
        'end answer c5/0',
      ]);
    });

    it('are one if each chunk has another id and a role', async () => {
      const piece = (text: string) => delta({ role: 'assistant', content: text });
      const events = [piece('a'), piece('b'), piece('c'), finish()].map((event, index) =>
        withId(event, `c${index}`),
      );
      expect(await read(...events)).toStrictEqual([
        'delta answer c0/0 a',
        'delta answer c0/0 b',
        'delta answer c0/0 c',
        'end answer c0/0',
      ]);
    });

    it('are numbered if they have no id', async () => {
      const anonymous = [content('a', 0), content('b', 1), finish(0), finish(1)].map((event) =>
        withId(event, undefined),
      );
      expect(await read(...anonymous, ...anonymous)).toStrictEqual([
        'delta answer 1/0 a',
        'delta answer 1/1 b',
        'end answer 1/0',
        'end answer 1/1',
        'delta answer 2/0 a',
        'delta answer 2/1 b',
        'end answer 2/0',
        'end answer 2/1',
      ]);
    });

    it('do not begin with a chunk without choices', async () => {
      const filters = { id: 'x', choices: [], prompt_filter_results: [] };
      expect(await read(content('a'), filters, withId(content('b'), ''), content('c'))).toStrictEqual([
        'delta answer c/0 a',
        'delta answer c/0 b',
        'delta answer c/0 c',
      ]);
    });
  });

  it('ends a stream once if the finish reason is repeated', async () => {
    expect(await read(content('a'), finish(), finish())).toStrictEqual([
      'delta answer c/0 a',
      'end answer c/0',
    ]);
  });

  it('does not end at an empty finish reason', async () => {
    expect(await read(content('a'), finish(0, ''), content('b'))).toStrictEqual([
      'delta answer c/0 a',
      'delta answer c/0 b',
    ]);
  });

  it('emits the text of a replay once', async () => {
    const completion = [delta({ role: 'assistant' }), content('a'), content('b'), finish()];
    const source = from([...completion, ...completion]);
    const commits = await collect(source.pipe(fromOpenAIChat(), commitLines(), toText()));
    expect(commits.filter((commit) => commit !== 'drop late')).toStrictEqual([
      'open c/0',
      'line c/0 0 ab',
      'close c/0 end 1',
    ]);
  });

  describe('text after the finish reason', () => {
    it('belongs to the choice', async () => {
      const usage = { id: 'c', choices: [], usage: {} };
      expect(await read(content('a'), finish(), content('b'), usage, content('c'))).toStrictEqual([
        'delta answer c/0 a',
        'delta answer c/0 b',
        'end answer c/0',
        'delta answer c/0 c',
      ]);
    });

    it('is missing in the message beside the reason', async () => {
      const finished = chunk({
        index: 0,
        delta: {},
        message: { content: 'a', refusal: 'no' },
        finish_reason: 'stop',
      });
      expect(await read(content('a'), finished, content('b'))).toStrictEqual([
        'delta answer c/0 a',
        'delta answer c/0 b',
        'end answer c/0',
        'delta refusal c/0 ',
        'end refusal c/0 = no',
      ]);
    });

    it('has the last reason', async () => {
      const events = [content('a'), finish(0, 'stop'), content('b'), finish(0, 'length')];
      expect(await collect(from(events).pipe(fromOpenAIChat()))).toMatchObject([
        { delta: 'a' },
        { delta: 'b' },
        { type: 'end', finishReason: 'length' },
      ]);
    });

    it.each([
      { title: 'a chunk about usage', next: { id: 'c', choices: [], usage: {} } },
      { title: 'a chunk without choices', next: { id: 'c', choices: null } },
      { title: 'the end of the messages', next: { data: '[DONE]' } },
      { title: 'a chunk of another choice', next: content('x', 1) },
      { title: 'another completion', next: withId(content('x'), 'c2') },
      { title: 'another beginning', next: delta({ role: 'assistant', content: 'x' }) },
    ])('is not expected after $title', async ({ next }) => {
      expect((await read(content('a'), finish(), next)).slice(0, 2)).toStrictEqual([
        'delta answer c/0 a',
        'end answer c/0',
      ]);
      const events = from([content('a'), finish(), next]).pipe(concatWith(NEVER));
      const seen: unknown[] = [];
      events.pipe(fromOpenAIChat()).subscribe((event) => seen.push(event));
      expect(seen[1]).toMatchObject({ type: 'end', finishReason: 'stop' });
    });

    it('is expected after a chunk of the choice without text', async () => {
      const filters = { id: '', choices: [{ index: 0, finish_reason: null, content_filter_offsets: {} }] };
      expect(await read(content('a'), finish(), filters, content('b'))).toStrictEqual([
        'delta answer c/0 a',
        'delta answer c/0 b',
        'end answer c/0',
      ]);
    });
  });

  describe('the variations of servers', () => {
    const call = (called: object, more: object = { index: 0 }) =>
      delta({ tool_calls: [{ ...more, function: called }] });

    it.each([
      {
        title: 'a role in every chunk',
        events: [delta({ role: 'assistant', content: 'a' }), delta({ role: 'assistant', content: 'b' })],
      },
      { title: 'content that is null', events: [content('a'), delta({ content: null }), content('b')] },
      { title: 'choices that are null', events: [content('a'), { id: 'c', choices: null }, content('b')] },
      {
        title: 'filters',
        events: [
          { id: '', choices: [], prompt_filter_results: [] },
          content('a'),
          { id: '', choices: [{ index: 0, content_filter_results: {} }] },
          content('b'),
        ],
      },
      {
        title: 'usage in the middle',
        events: [content('a'), { id: 'c', choices: [], usage: {} }, content('b')],
      },
      { title: 'no delta', events: [content('a'), chunk({ index: 0 }), content('b')] },
    ])('have the text of one choice: $title', async ({ events }) => {
      expect(await read(...events, finish())).toStrictEqual([
        'delta answer c/0 a',
        'delta answer c/0 b',
        'end answer c/0',
      ]);
    });

    it.each([
      { title: 'text', details: [{ type: 'reasoning.text', text: 'x' }] },
      { title: 'a summary', details: [{ type: 'reasoning.summary', summary: 'x' }] },
      {
        title: 'text beside what is encrypted',
        details: [
          { type: 'reasoning.text', text: 'x' },
          { type: 'reasoning.encrypted', data: 'y' },
        ],
      },
    ])('have reasoning_details alone, with $title', async ({ details }) => {
      expect(await read(delta({ content: '', reasoning: null, reasoning_details: details }))).toStrictEqual([
        'delta reasoning c/0 x',
      ]);
    });

    it('have reasoning_details beside reasoning, emitted once', async () => {
      const details = [{ type: 'reasoning.text', text: 'x' }];
      expect(await read(delta({ reasoning: 'x', reasoning_details: details }))).toStrictEqual([
        'delta reasoning c/0 x',
      ]);
    });

    it('have the content also in the field of the older API, emitted once', async () => {
      const both = (text: string) => chunk({ index: 0, text, delta: { content: text } });
      expect(await read(both('a'), both('b'), both(''), finish())).toStrictEqual([
        'delta answer c/0 a',
        'delta answer c/0 b',
        'end answer c/0',
      ]);
    });

    it('have one call instead of a list', async () => {
      const piece = (text: string) => delta({ tool_calls: { index: 1, function: { arguments: text } } });
      expect(await read(piece('{'), piece('}'), finish())).toStrictEqual([
        'delta tool c/0/1 {',
        'delta tool c/0/1 }',
        'end tool c/0/1',
      ]);
    });

    it('have arguments that are an object, emitted as JSON, once', async () => {
      const events = [call({ name: 'f', arguments: { x: 1 } }), call({ arguments: { x: 1 } })];
      expect(await read(...events, finish())).toStrictEqual(['delta tool c/0/0 {"x":1}', 'end tool c/0/0']);
      const older = delta({ function_call: { name: 'f', arguments: { x: 1 } } });
      expect(await read(older, finish())).toStrictEqual([
        'delta tool c/0/function {"x":1}',
        'end tool c/0/function',
      ]);
    });

    it('have an empty object, emitted only if no arguments follow', async () => {
      const empty = call({ name: 'f', arguments: {} });
      expect(await read(empty, finish())).toStrictEqual(['delta tool c/0/0 {}', 'end tool c/0/0']);
      expect(await read(empty, call({ arguments: '{"x":1}' }), finish())).toStrictEqual([
        'delta tool c/0/0 {"x":1}',
        'end tool c/0/0',
      ]);
    });

    it('have arguments of a message that are an object', async () => {
      const message = {
        content: null,
        tool_calls: [{ id: 'x', function: { name: 'f', arguments: { x: 1 } } }],
      };
      expect(
        await read({ id: 'c', object: 'chat.completion', choices: [{ index: 0, message }] }),
      ).toStrictEqual(['delta tool c/0/0 ', 'end tool c/0/0 = {"x":1}']);
    });

    it.each([
      { title: 'no index', more: {} },
      { title: 'a repeated id', more: { index: 0, id: 'x' } },
      { title: 'an empty id', more: { index: 0, id: '' } },
    ])('have the arguments of calls with $title', async ({ more }) => {
      const events = [
        call({ name: 'f', arguments: '{' }, { ...more, id: 'x' }),
        call({ arguments: '}' }, more),
      ];
      expect(await read(...events, finish())).toStrictEqual([
        'delta tool c/0/0 {',
        'delta tool c/0/0 }',
        'end tool c/0/0',
      ]);
    });
  });

  describe('a failure', () => {
    it.each([
      { title: 'alone', event: { error: { message: 'boom' } } },
      { title: 'beside choices', event: { ...finish(0, 'error'), error: { message: 'boom' } } },
    ])('$title fails each open stream', async ({ event }) => {
      expect(await read(content('a', 0), content('b', 1), finish(1), content('c', 2), event)).toStrictEqual([
        'delta answer c/0 a',
        'delta answer c/1 b',
        'end answer c/1',
        'delta answer c/2 c',
        'error answer c/0 {"message":"boom"}',
        'error answer c/2 {"message":"boom"}',
      ]);
    });

    it.each([
      { choice: { error: { message: 'boom' } }, error: { message: 'boom' } },
      {
        choice: { finish_reason: 'error' },
        error: { index: 0, delta: { content: 'c' }, finish_reason: 'error' },
      },
    ])('of a choice fails only that choice: %j', async ({ choice, error }) => {
      const failed = chunk({ index: 0, delta: { content: 'c' }, ...choice });
      expect(await read(content('a', 0), content('b', 1), failed, finish(1))).toStrictEqual([
        'delta answer c/0 a',
        'delta answer c/1 b',
        'delta answer c/0 c',
        `error answer c/0 ${JSON.stringify(error)}`,
        'end answer c/1',
      ]);
    });

    it('that is null is ignored', async () => {
      expect(await read({ ...content('a'), error: null })).toStrictEqual(['delta answer c/0 a']);
    });
  });

  it('reads chunks that have one text like all others', async () => {
    const text = fc.constantFrom(undefined, null, '', 'x', 'y');
    const delta = fc.record(
      {
        role: fc.constantFrom(null, 'assistant'),
        content: text,
        reasoning_content: text,
        reasoning: text,
        reasoning_text: text,
        refusal: text,
        tool_calls: fc.constantFrom(null, [{ index: 0, id: 't', function: { name: 'f', arguments: '1' } }]),
        function_call: fc.constantFrom(null, { arguments: '2' }),
        audio: fc.constantFrom(null, { transcript: 'z' }),
      },
      { requiredKeys: [] },
    );
    const plain = fc.record({ content: fc.constantFrom('x', 'y') });
    const choice = fc.record({
      index: fc.constantFrom(0, 0, 0, 1, undefined, null),
      delta: fc.oneof({ weight: 2, arbitrary: plain }, delta),
      finish_reason: fc.constantFrom(null, null, null, undefined, 'stop'),
    });
    const chunks = fc.array(
      fc.record({
        id: fc.constantFrom('c', 'c', 'c', 'd', '1', '', undefined),
        object: fc.constantFrom(
          'chat.completion.chunk',
          'chat.completion.chunk',
          undefined,
          'chat.completion',
        ),
        choices: fc.array(choice, { minLength: 1, maxLength: 2 }),
      }),
      { maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(chunks, async (plainChunks) => {
        // An empty text means nothing, but such a chunk is not one that only has a text.
        const others = plainChunks.map((each) => ({
          ...each,
          choices: each.choices.map((one) => ({ ...one, text: '' })),
        }));
        expect(await collect(from(plainChunks).pipe(fromOpenAIChat()))).toStrictEqual(
          await collect(from(others).pipe(fromOpenAIChat())),
        );
      }),
    );
  });
});
