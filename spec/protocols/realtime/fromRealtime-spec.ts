import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { commitLines } from '../../../src/operators/commitLines.js';
import { detectProtocol, fromRealtime } from '../../../src/protocols/index.js';
import { collect } from '../../support/collect.js';
import { marbles } from '../../support/marbles.js';
import { textsOf } from '../../support/producerLaws.js';
import { readWithReasons } from '../../support/showEvent.js';

const read = (...events: unknown[]) => readWithReasons(events, fromRealtime());
const ordersOf = async (...events: unknown[]) =>
  (await collect(from(events).pipe(fromRealtime()))).flatMap((event) =>
    'order' in event ? [`${event.kind} ${event.id} ${String(event.order)}`] : [],
  );

describe('fromRealtime, of OpenAI', () => {
  const at = (type: string, fields: object, output_index = 0, response_id = 'r') => ({
    type: `response.${type}`,
    event_id: 'e',
    response_id,
    item_id: `item${output_index}`,
    output_index,
    content_index: 0,
    ...fields,
  });
  const text = (delta: string, outputIndex?: number, response?: string) =>
    at('output_text.delta', { delta }, outputIndex, response);
  const textDone = (value: string) => at('output_text.done', { text: value });
  const itemDone = (fields: object, outputIndex?: number) =>
    at(
      'output_item.done',
      { item: { id: `item${outputIndex ?? 0}`, type: 'message', ...fields } },
      outputIndex,
    );
  const created = (id?: string) => ({ type: 'response.created', event_id: 'e', response: { id } });
  const done = (fields: object = { status: 'completed' }, id = 'r') => ({
    type: 'response.done',
    event_id: 'e',
    response: { id, output: [], ...fields },
  });
  const input = (name: string, fields: object, item_id = 'u') => ({
    type: `conversation.item.input_audio_transcription.${name}`,
    event_id: 'e',
    item_id,
    content_index: 0,
    ...fields,
  });

  it(
    'emits text as it is streamed, and ends it with its item',
    marbles((m) => {
      const source = m.hot('  -a-b-c-d-|', {
        a: text('He'),
        b: text('y'),
        c: textDone('Hey!'),
        d: itemDone({ status: 'completed' }),
      });
      const subscribed = '    ^--------!';
      const expected = '      -a-b---d-|';
      const answer = { kind: 'answer', id: 'r/0/0' } as const;
      m.expect(source.pipe(fromRealtime())).toBeObservable(expected, {
        a: { type: 'delta', ...answer, delta: 'He', order: [1, 0, 0] },
        b: { type: 'delta', ...answer, delta: 'y' },
        d: { type: 'end', ...answer, text: 'Hey!', finishReason: 'completed' },
      });
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );

  it(
    'ends finished texts when the source completes before the item',
    marbles((m) => {
      const source = m.cold(' -a-b-|', { a: text('a'), b: textDone('a') });
      const expected = '      -a---(b|)';
      const answer = { kind: 'answer', id: 'r/0/0' } as const;
      m.expect(source.pipe(fromRealtime())).toBeObservable(expected, {
        a: { type: 'delta', ...answer, delta: 'a', order: [1, 0, 0] },
        b: { type: 'end', ...answer, text: 'a' },
      });
    }),
  );

  it.each([
    { name: 'output_text', kind: 'answer', final: 'text' },
    { name: 'text', kind: 'answer', final: 'text' },
    { name: 'output_audio_transcript', kind: 'transcript', final: 'transcript' },
    { name: 'audio_transcript', kind: 'transcript', final: 'transcript' },
    { name: 'function_call_arguments', kind: 'tool', final: 'arguments' },
    { name: 'mcp_call_arguments', kind: 'tool', final: 'arguments' },
    { name: 'reasoning_summary_text', kind: 'reasoning', final: 'text' },
  ])('reads response.$name as $kind', async ({ name, kind, final }) => {
    expect(
      await read(at(`${name}.delta`, { delta: 'a' }), at(`${name}.done`, { [final]: 'ab' }), done()),
    ).toStrictEqual([`delta ${kind} r/0/0 a`, `end ${kind} r/0/0 = ab [completed]`]);
  });

  it.each([
    { event: at('output_audio.delta', { delta: 'AAAA' }) },
    { event: at('output_text.delta', { delta: '' }) },
    { event: at('output_item.added', { item: { type: 'message' } }) },
    { event: { type: 'conversation.item.added', item: { role: 'user', content: [{ text: 'x' }] } } },
    { event: input('segment', { text: 'x' }) },
    { event: { type: 'rate_limits.updated', rate_limits: [] } },
  ])('ignores $event.type', async ({ event }) => {
    expect(await read(event)).toStrictEqual([]);
  });

  it.each([
    {
      title: 'a part',
      event: at('content_part.done', { part: { type: 'text', text: 'ab' } }),
      stream: 'answer r/0/0',
    },
    {
      title: 'a part with audio',
      event: at('content_part.done', { part: { type: 'audio', transcript: 'ab' } }),
      stream: 'transcript r/0/0',
    },
    {
      title: 'an item',
      event: itemDone({ content: [{ type: 'output_audio', transcript: 'ab' }] }),
      stream: 'transcript r/0/0',
    },
    { title: 'a call', event: itemDone({ arguments: 'ab' }), stream: 'tool r/0/0' },
    {
      title: 'a response',
      event: done({ output: [{ id: 'x', content: [{ type: 'text', text: 'ab' }] }] }),
      stream: 'answer r/0/0',
    },
  ])('reads the text of $title that was not streamed', async ({ event, stream }) => {
    expect(await read(event)).toStrictEqual([`delta ${stream} `, `end ${stream} = ab`]);
  });

  it('reads the output of a tool that the provider ran', async () => {
    expect(await read(itemDone({ type: 'mcp_call', arguments: '{}', output: 'x' }))).toStrictEqual([
      'delta tool r/0/0 ',
      'delta output r/0/0 ',
      'end tool r/0/0 = {}',
      'end output r/0/0 = x',
    ]);
  });

  it('ends a text once', async () => {
    const content = [{ type: 'output_text', text: 'a' }];
    expect(
      await read(
        text('a'),
        textDone('a'),
        at('content_part.done', { part: { type: 'text', text: 'a' } }),
        itemDone({ status: 'completed', content }),
        done({ status: 'completed', output: [{ id: 'item0', content }] }),
        done({ status: 'completed', output: [{ id: 'item0', content }] }),
      ),
    ).toStrictEqual(['delta answer r/0/0 a', 'end answer r/0/0 = a [completed]']);
  });

  it.each([
    { details: { type: 'incomplete', reason: 'max_output_tokens' }, word: 'max_output_tokens' },
    { details: { type: 'incomplete', reason: 'content_filter' }, word: 'content_filter' },
    { details: undefined, word: 'incomplete' },
  ])('emits the reason why an item is incomplete: $word', async ({ details, word }) => {
    expect(
      await read(
        text('a'),
        textDone('a'),
        itemDone({ status: 'incomplete' }),
        done({ status: 'incomplete', status_details: details }),
      ),
    ).toStrictEqual(['delta answer r/0/0 a', `end answer r/0/0 = a [${word}]`]);
  });

  it('emits that the user interrupted a response', async () => {
    expect(
      await read(
        at('output_audio_transcript.delta', { delta: 'a' }),
        done({ status: 'cancelled', status_details: { type: 'cancelled', reason: 'turn_detected' } }),
      ),
    ).toStrictEqual(['delta transcript r/0/0 a', 'end transcript r/0/0 [turn_detected]']);
  });

  it('fails the open streams of a failed response', async () => {
    const error = { type: 'server_error' };
    expect(
      await read(
        text('a', 0),
        textDone('a'),
        text('b', 1),
        done({ status: 'failed', status_details: { type: 'failed', error } }),
        text('c', 0, 's'),
      ),
    ).toStrictEqual([
      'delta answer r/0/0 a',
      'delta answer r/1/0 b',
      'end answer r/0/0 = a [failed]',
      'error answer r/1/0 {"type":"server_error"}',
      'delta answer s/0/0 c',
    ]);
  });

  it('fails open streams with an error of the server', async () => {
    const error = { type: 'server_error', message: 'no' };
    expect(
      await read(text('a'), input('delta', { delta: 'b' }), { type: 'error', event_id: 'e', error }),
    ).toStrictEqual([
      'delta answer r/0/0 a',
      'delta input u/0 b',
      'error answer r/0/0 {"type":"server_error","message":"no"}',
      'error input u/0 {"type":"server_error","message":"no"}',
    ]);
  });

  it('fails no stream with an error about a request', async () => {
    const error = { type: 'invalid_request_error', code: 'conversation_already_has_active_response' };
    expect(await read(text('a'), { type: 'error', event_id: 'e', error }, text('b'))).toStrictEqual([
      'delta answer r/0/0 a',
      'delta answer r/0/0 b',
    ]);
  });

  it('separates overlapping responses', async () => {
    expect(
      await read(created('r'), created('s'), text('a', 0, 'r'), text('b', 0, 's'), text('c', 0, 'r'), done()),
    ).toStrictEqual([
      'delta answer r/0/0 a',
      'delta answer s/0/0 b',
      'delta answer r/0/0 c',
      'end answer r/0/0 [completed]',
    ]);
  });

  it('numbers responses without an id', async () => {
    const delta = (value: string) => ({ type: 'response.text.delta', delta: value });
    const end = { type: 'response.done', response: { status: 'completed' } };
    expect(await read(created(), delta('a'), end, delta('b'), created(), delta('c'))).toStrictEqual([
      'delta answer 1/0/0 a',
      'end answer 1/0/0 [completed]',
      'delta answer 2/0/0 b',
      'end answer 2/0/0',
      'delta answer 3/0/0 c',
    ]);
  });

  it('separates items without an index by their ids', async () => {
    const delta = (item_id: string, value: string) => ({
      type: 'response.text.delta',
      item_id,
      delta: value,
    });
    expect(
      await read(delta('i', 'a'), delta('j', 'b'), delta('i', 'c'), {
        type: 'response.done',
        response: { output: [{ id: 'j', content: [{ type: 'text', text: 'b!' }] }] },
      }),
    ).toStrictEqual([
      'delta answer 1/i/0 a',
      'delta answer 1/j/0 b',
      'delta answer 1/i/0 c',
      'end answer 1/j/0 = b!',
      'end answer 1/i/0',
    ]);
  });

  it('reads the speech of the user, streamed or complete', async () => {
    expect(
      await read(
        input('delta', { delta: 'a' }, 'u'),
        input('completed', { transcript: 'x' }, 'v'),
        input('completed', { transcript: 'ab' }, 'u'),
        input('completed', { transcript: '' }, 'w'),
      ),
    ).toStrictEqual(['delta input u/0 a', 'delta input v/0 ', 'end input v/0 = x', 'end input u/0 = ab']);
  });

  it('fails a transcription that failed', async () => {
    expect(
      await read(input('delta', { delta: 'a' }), input('failed', { error: { code: 'c' } })),
    ).toStrictEqual(['delta input u/0 a', 'error input u/0 {"code":"c"}']);
  });

  it('numbers speech of the user without an item', async () => {
    const name = { item_id: undefined };
    expect(
      await read(
        input('delta', { ...name, delta: 'a' }),
        input('completed', { ...name, transcript: 'a' }),
        input('delta', { ...name, delta: 'b' }),
      ),
    ).toStrictEqual(['delta input input/1/0 a', 'end input input/1/0 = a', 'delta input input/2/0 b']);
  });

  it('places the speech of the user before the response, even if its transcript arrives later', async () => {
    expect(
      await ordersOf(
        { type: 'input_audio_buffer.committed', item_id: 'u' },
        created('r'),
        text('a'),
        { type: 'conversation.item.added', item: { id: 'v', role: 'user' } },
        { type: 'conversation.item.added', item: { id: 'item0', role: 'assistant' } },
        input('delta', { delta: 'b' }, 'u'),
        created('s'),
        text('c', 0, 's'),
        input('delta', { delta: 'd' }, 'v'),
      ),
    ).toStrictEqual(['answer r/0/0 2,0,0', 'input u/0 1,0,0', 'answer s/0/0 4,0,0', 'input v/0 3,0,0']);
  });

  it('deletes the oldest places of items without a transcript', async () => {
    const items = Array.from({ length: 1001 }, (_, index) => ({
      type: 'input_audio_buffer.committed',
      item_id: `i${index}`,
    }));
    expect(
      await ordersOf(...items, input('delta', { delta: 'a' }, 'i1'), input('delta', { delta: 'b' }, 'i0')),
    ).toStrictEqual(['input i1/0 2,0,0', 'input i0/0 1002,0,0']);
  });

  const side = (name: string, delta: string) => ({ type: `session.${name}_transcript.delta`, delta });
  const session = (id?: string) => ({ type: 'session.created', event_id: 'e', session: { id } });

  it('reads both sides of a translation', async () => {
    expect(
      await read(session('t'), side('input', 'a'), side('output', 'b'), side('input', 'c'), {
        type: 'session.closed',
      }),
    ).toStrictEqual([
      'delta input t a',
      'delta transcript t b',
      'delta input t c',
      'end input t',
      'end transcript t',
    ]);
  });

  it('gives new ids to each translation', async () => {
    expect(
      await read(
        side('output', 'a'),
        { type: 'session.closed' },
        side('output', 'b'),
        session(),
        side('output', 'c'),
      ),
    ).toStrictEqual([
      'delta transcript 1 a',
      'end transcript 1',
      'delta transcript 2 b',
      'end transcript 2',
      'delta transcript 3 c',
    ]);
  });

  it('ends everything with a new session', async () => {
    expect(await read(text('a'), input('delta', { delta: 'b' }), session('t'), text('c'))).toStrictEqual([
      'delta answer r/0/0 a',
      'delta input u/0 b',
      'end answer r/0/0',
      'end input u/0',
      'delta answer r/0/0 c',
    ]);
  });

  describe('GPT-Live', () => {
    const delegated = (event: object, delegation_id?: string) => ({
      type: 'response.event',
      event_id: 'e',
      delegation_id,
      event,
    });
    const begin = (id: string, delegation: string) =>
      delegated(
        { type: 'response.created', response: { id, status: 'in_progress', output: [] } },
        delegation,
      );
    const end = (type: string, response: object, delegation: string) =>
      delegated(
        { type: `response.${type}`, response: { status: type, output: [], ...response } },
        delegation,
      );
    const json = (delta: string, delegation?: string) =>
      delegated(
        { type: 'response.function_call_arguments.delta', item_id: 'f', output_index: 0, delta },
        delegation,
      );

    it('is read like a translation', async () => {
      const started = { type: 'session.started', event_id: 'e', session: { id: 'live' } };
      expect(
        await read(started, side('input', 'a'), side('output', 'b'), { type: 'session.closed' }),
      ).toStrictEqual([
        'delta input live a',
        'delta transcript live b',
        'end input live',
        'end transcript live',
      ]);
    });

    it('separates the responses of delegations', async () => {
      expect(
        await read(
          begin('r', 'd1'),
          begin('s', 'd2'),
          json('{', 'd1'),
          json('[', 'd2'),
          json('}', 'd1'),
          end('completed', { id: 'r' }, 'd1'),
          begin('t', 'd1'),
          json('0', 'd1'),
          end('incomplete', { id: 's', incomplete_details: { reason: 'max_output_tokens' } }, 'd2'),
          end('failed', { id: 't', error: { code: 'c' } }, 'd1'),
        ),
      ).toStrictEqual([
        'delta tool r/0/0 {',
        'delta tool s/0/0 [',
        'delta tool r/0/0 }',
        'end tool r/0/0 [completed]',
        'delta tool t/0/0 0',
        'end tool s/0/0 [max_output_tokens]',
        'error tool t/0/0 {"code":"c"}',
      ]);
    });

    it('names a response after its delegation if its start is missing', async () => {
      expect(await read(json('{', 'd'), json('}'))).toStrictEqual([
        'delta tool d/0/0 {',
        'delta tool 2/0/0 }',
      ]);
    });

    it('has reasoning', async () => {
      const summary = (summary_index: number, delta: string) =>
        delegated({
          type: 'response.reasoning_summary_text.delta',
          item_id: 'i',
          output_index: 0,
          summary_index,
          delta,
        });
      const item = { id: 'i', type: 'reasoning', content: [], summary: [{ text: 'a' }, { text: 'bc' }] };
      const itemEnd = delegated({ type: 'response.output_item.done', output_index: 0, item });
      expect(await read(summary(0, 'a'), summary(1, 'b'), itemEnd)).toStrictEqual([
        'delta reasoning 1/0/0 a',
        'delta reasoning 1/0/1 b',
        'end reasoning 1/0/0 = a',
        'end reasoning 1/0/1 = bc',
      ]);
    });
  });

  it('recognizes a replay as late', async () => {
    const events = [created('r'), text('a\n'), textDone('a\n'), itemDone({}), done()];
    const commits = await collect(from([...events, ...events]).pipe(fromRealtime(), commitLines()));
    expect(textsOf(commits.filter(({ type }) => type !== 'drop'))).toStrictEqual({ 'answer r/0/0': 'a\n' });
  });
});

describe('fromRealtime, of Gemini', () => {
  const content = (fields: object) => ({ serverContent: fields });
  const parts = (...list: object[]) => content({ modelTurn: { parts: list } });
  const heard = (text: string, finished?: boolean) => content({ inputTranscription: { text, finished } });
  const said = (text: string) => content({ outputTranscription: { text } });

  it(
    'emits transcripts as they are streamed, and ends them with the turn',
    marbles((m) => {
      const source = m.hot('  -a-b-c---|', {
        a: heard('a'),
        b: said('b'),
        c: content({ turnComplete: true }),
      });
      const subscribed = '    ^--------!';
      const expected = '      -a-b-(cd)|';
      m.expect(source.pipe(fromRealtime())).toBeObservable(expected, {
        a: { type: 'delta', kind: 'input', id: '1/1', delta: 'a', order: [1, 0, 1] },
        b: { type: 'delta', kind: 'transcript', id: '1/1', delta: 'b', order: [1, 1, 1] },
        c: { type: 'end', kind: 'input', id: '1/1' },
        d: { type: 'end', kind: 'transcript', id: '1/1' },
      });
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );

  it.each([
    { kind: 'answer', part: { text: 'x' } },
    { kind: 'reasoning', part: { text: 'x', thought: true } },
  ])('ends $kind when the generation is complete', async ({ kind, part }) => {
    expect(await read(parts(part), content({ generationComplete: true }))).toStrictEqual([
      `delta ${kind} 1/1 x`,
      `end ${kind} 1/1`,
    ]);
  });

  it.each([
    { kind: 'code', message: parts({ executableCode: { code: 'x' } }) },
    { kind: 'output', message: parts({ codeExecutionResult: { output: 'x' } }) },
  ])('reads $kind, which is always complete', async ({ kind, message }) => {
    expect(await read(message, message)).toStrictEqual([
      `delta ${kind} 1/1 `,
      `end ${kind} 1/1 = x`,
      `delta ${kind} 1/2 `,
      `end ${kind} 1/2 = x`,
    ]);
  });

  it('reads the arguments of calls', async () => {
    const functionCalls = [{ id: 'a', name: 'f', args: { x: 1 } }, { id: 'b', name: 'g' }, null];
    expect(await read({ toolCall: { functionCalls } }, parts({ functionCall: { args: {} } }))).toStrictEqual([
      'delta tool 1/1 ',
      'end tool 1/1 = {"x":1}',
      'delta tool 1/2 ',
      'end tool 1/2 = {}',
      'delta tool 1/3 ',
      'end tool 1/3 = {}',
    ]);
  });

  it.each([
    { message: content({ interimInputTranscription: { text: 'x' } }) },
    { message: content({ waitingForInput: true }) },
    { message: { goAway: { timeLeft: '1s' } } },
    { message: { sessionResumptionUpdate: { newHandle: 'x' } } },
    { message: { toolCallCancellation: { ids: ['a'] } } },
    { message: { usageMetadata: { totalTokenCount: 1 } } },
    { message: { error: 'x' } },
  ])('ignores $message', async ({ message }) => {
    expect(await read(said('a'), message, said('b'))).toStrictEqual([
      'delta transcript 1/1 a',
      'delta transcript 1/1 b',
    ]);
  });

  it('ends a finished transcription', async () => {
    expect(await read(heard('a', true), heard('b', false), heard('', true))).toStrictEqual([
      'delta input 1/1 a',
      'end input 1/1',
      'delta input 1/2 b',
      'end input 1/2',
    ]);
  });

  it('ends the speech of the model when the user interrupts it, but not that of the user', async () => {
    expect(
      await read(said('a'), parts({ text: 'b' }), heard('c'), content({ interrupted: true }), heard('d')),
    ).toStrictEqual([
      'delta transcript 1/1 a',
      'delta answer 1/1 b',
      'delta input 1/1 c',
      'end answer 1/1 [interrupted]',
      'end transcript 1/1 [interrupted]',
      'delta input 1/1 d',
    ]);
  });

  it('emits the reason why a turn is complete', async () => {
    const end = content({ turnComplete: true, turnCompleteReason: 'MALFORMED_FUNCTION_CALL' });
    expect(await read(heard('a'), parts({ text: 'b' }), end)).toStrictEqual([
      'delta input 1/1 a',
      'delta answer 1/1 b',
      'end input 1/1',
      'end answer 1/1 [MALFORMED_FUNCTION_CALL]',
    ]);
  });

  it('loses no text that arrives after the end of a generation or of a turn', async () => {
    expect(
      await read(
        parts({ text: 'a' }),
        content({ generationComplete: true }),
        parts({ text: 'b' }),
        content({ turnComplete: true }),
        content({ turnComplete: true }),
        said('c'),
      ),
    ).toStrictEqual([
      'delta answer 1/1 a',
      'end answer 1/1',
      'delta answer 1/2 b',
      'end answer 1/2',
      'delta transcript 2/1 c',
    ]);
  });

  it('gives new ids to a session that follows', async () => {
    expect(await read(said('a'), { setupComplete: {} }, said('b'))).toStrictEqual([
      'delta transcript 1/1 a',
      'end transcript 1/1',
      'delta transcript 2/1 b',
    ]);
  });

  it('fails the open streams with an error', async () => {
    expect(await read(said('a'), { error: { code: 500 } }, said('b'))).toStrictEqual([
      'delta transcript 1/1 a',
      'error transcript 1/1 {"code":500}',
      'delta transcript 2/1 b',
    ]);
  });

  it('reads the messages of the SDK, which have a getter for audio', async () => {
    const message = Object.create(
      { data: 'AQID' },
      {
        serverContent: { value: { outputTranscription: { text: 'a' } } },
      },
    ) as object;
    expect(await read(message)).toStrictEqual(['delta transcript 1/1 a']);
    expect(detectProtocol([message])).toMatchObject({ protocol: 'realtime' });
  });
});
