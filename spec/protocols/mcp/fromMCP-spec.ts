import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { commitLines } from '../../../src/operators/commitLines.js';
import { fromMCP, parseJSONLines } from '../../../src/protocols/index.js';
import { collect } from '../../support/collect.js';
import { marbles } from '../../support/marbles.js';
import { textsOf } from '../../support/producerLaws.js';
import { readAsText } from '../../support/showEvent.js';

const read = (...events: unknown[]) => readAsText(events, fromMCP());

const message = (fields: object) => ({ jsonrpc: '2.0', ...fields });
const call = (id: unknown, token?: unknown, input: unknown = {}) =>
  message({
    id,
    method: 'tools/call',
    params: { name: 'f', arguments: input, _meta: { progressToken: token } },
  });
const text = (value: string) => ({ type: 'text', text: value });
const result = (id: unknown, ...content: unknown[]) => message({ id, result: { content } });
const progress = (token: unknown, value?: string) =>
  message({
    method: 'notifications/progress',
    params: { progressToken: token, progress: 1, message: value },
  });
const log = (data: unknown, logger?: string) =>
  message({ method: 'notifications/message', params: { level: 'info', logger, data } });

describe('fromMCP', () => {
  it(
    'emits progress and result of a call as they arrive',
    marbles((m) => {
      const source = m.hot('  -a---b---c----|', {
        a: call(7, 'x', { q: 1 }),
        b: progress('x', 'half'),
        c: result(7, text('done')),
      });
      const subscribed = '    ^-------------!';
      const expected = '      -(ab)c---(def)|';
      m.expect(source.pipe(fromMCP())).toBeObservable(expected, {
        a: { type: 'delta', kind: 'tool', id: '1', delta: '{"q":1}', order: [1, 0] },
        b: { type: 'end', kind: 'tool', id: '1' },
        c: { type: 'delta', kind: 'output', id: '1/progress', delta: 'half\n', order: [1, 1] },
        d: { type: 'end', kind: 'output', id: '1/progress' },
        e: { type: 'delta', kind: 'output', id: '1/0', delta: 'done', order: [1, 2, 0] },
        f: { type: 'end', kind: 'output', id: '1/0' },
      });
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );

  it('emits each text of a result', async () => {
    const resource = { type: 'resource', resource: { uri: 'file:///a', text: 'b' } };
    expect(await read(result(1, text('a'), { type: 'image', data: 'x' }, resource, text('')))).toStrictEqual([
      'delta output 1/0 a',
      'end output 1/0',
      'delta output 1/1 b',
      'end output 1/1',
      'delta output 1/2 ',
      'end output 1/2',
    ]);
  });

  it('emits structured content if there is no text', async () => {
    const structuredContent = { result: 5 };
    expect(
      await read(
        message({ id: 1, result: { content: [], structuredContent } }),
        message({ id: 2, result: { content: [text('5')], structuredContent } }),
      ),
    ).toStrictEqual([
      'delta output 1/0 {"result":5}',
      'end output 1/0',
      'delta output 2/0 5',
      'end output 2/0',
    ]);
  });

  it('emits the contents of a resource', async () => {
    const contents = [
      { uri: 'file:///a', text: 'a' },
      { uri: 'file:///b', blob: 'x' },
    ];
    expect(await read(message({ id: 1, result: { contents } }))).toStrictEqual([
      'delta output 1/0 a',
      'end output 1/0',
    ]);
  });

  it('marks the result of a failed tool', async () => {
    const failed = message({ id: 1, result: { content: [text('no')], isError: true } });
    expect(await collect(from([failed]).pipe(fromMCP()))).toStrictEqual([
      { type: 'delta', kind: 'output', id: '1/0', delta: 'no', order: [1, 2, 0] },
      { type: 'end', kind: 'output', id: '1/0', finishReason: 'isError' },
    ]);
  });

  it('emits what a client samples as an answer', async () => {
    const sampled = { role: 'assistant', model: 'm', stopReason: 'endTurn', content: text('hi') };
    const request = message({ id: 0, method: 'sampling/createMessage', params: { messages: [] } });
    expect(await collect(from([request, message({ id: 0, result: sampled })]).pipe(fromMCP()))).toStrictEqual(
      [
        { type: 'delta', kind: 'answer', id: '1', delta: 'hi', order: [1] },
        { type: 'end', kind: 'answer', id: '1', finishReason: 'endTurn' },
      ],
    );
  });

  it('separates the progress of calls', async () => {
    expect(
      await read(
        call(1, 'a'),
        call('1', 'b'),
        progress('a', 'one'),
        progress('b', 'two'),
        progress('a', 'three\n'),
        result('1', text('x')),
        result(1, text('y')),
      ),
    ).toStrictEqual([
      'delta tool 1 {}',
      'end tool 1',
      'delta tool 2 {}',
      'end tool 2',
      'delta output 1/progress one\n',
      'delta output 2/progress two\n',
      'delta output 1/progress three\n',
      'end output 2/progress',
      'delta output 2/0 x',
      'end output 2/0',
      'end output 1/progress',
      'delta output 1/0 y',
      'end output 1/0',
    ]);
  });

  it('uses the progress token as the request id if the request was not seen', async () => {
    expect(await read(progress(5, 'a'), progress(6, 'b'), result(5, text('x')))).toStrictEqual([
      'delta output 1/progress a\n',
      'delta output 2/progress b\n',
      'end output 1/progress',
      'delta output 1/0 x',
      'end output 1/0',
    ]);
  });

  it('gives calls new numbers when the ids of a session start again', async () => {
    expect(
      await read(call(1), result(1, text('a')), call(1), result(1, text('b')), result(1, text('c'))),
    ).toStrictEqual([
      'delta tool 1 {}',
      'end tool 1',
      'delta output 1/0 a',
      'end output 1/0',
      'delta tool 2 {}',
      'end tool 2',
      'delta output 2/0 b',
      'end output 2/0',
      'delta output 3/0 c',
      'end output 3/0',
    ]);
  });

  it('fails the progress, or else the result, of a failed call', async () => {
    const error = { code: -32602, message: 'no such tool' };
    expect(
      await read(call(1, 1), progress(1, 'a'), message({ id: 1, error }), message({ id: null, error })),
    ).toStrictEqual([
      'delta tool 1 {}',
      'end tool 1',
      'delta output 1/progress a\n',
      `error output 1/progress ${JSON.stringify(error)}`,
      `error output 2/0 ${JSON.stringify(error)}`,
    ]);
  });

  it('ends the progress of a cancelled call', async () => {
    const cancelled = message({ method: 'notifications/cancelled', params: { requestId: 1 } });
    const events = await collect(from([progress(1, 'a'), cancelled]).pipe(fromMCP()));
    expect(events.at(-1)).toStrictEqual({
      type: 'end',
      kind: 'output',
      id: '1/progress',
      finishReason: 'cancelled',
    });
  });

  it('emits each logging message as a line, by logger', async () => {
    expect(
      await read(
        log('a'),
        log('b\n', 'db'),
        log({ msg: 'c', extra: null }, 'db'),
        log({ message: 'd' }),
        log({ code: 5 }),
        log(undefined),
      ),
    ).toStrictEqual([
      'delta output log a\n',
      'delta output log/db b\n',
      'delta output log/db c\n',
      'delta output log d\n',
      'delta output log {"code":5}\n',
    ]);
  });

  it('reads batches', async () => {
    expect(await read([log('a'), log('b')], [])).toStrictEqual([
      'delta output log a\n',
      'delta output log b\n',
    ]);
  });

  it('ignores other messages, and progress without a message', async () => {
    expect(
      await read(
        message({ id: 0, method: 'initialize', params: {} }),
        message({ id: 0, result: { serverInfo: {} } }),
        message({ id: 1, result: { tools: [] } }),
        message({ id: 2, result: { action: 'accept', content: { name: 'x' } } }),
        message({ method: 'tools/call', params: { name: 'f' } }),
        progress(1),
        progress(1, ''),
      ),
    ).toStrictEqual([]);
  });

  it('emits the pipes of a recorded session unchanged', async () => {
    const session = [
      'STDIN: {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"f"}}',
      'STDERR: 10 %\r20 %',
      'STDERR: ',
      'STDERR:',
      'between',
      'STDOUT: {"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"5.0"}]}}',
      '',
    ].join('\n');
    const commits = from([session]).pipe(
      parseJSONLines({ plainLines: true }),
      fromMCP({ connection: 'x' }),
      commitLines(),
    );
    expect(textsOf(await collect(commits))).toStrictEqual({
      'input x/stdio': '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"f"}}\n',
      'stderr x/stdio': '10 %\r20 %\n\n\n',
      'other x/lines': 'between\n',
      'stdout x/stdio': '{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"5.0"}]}}\n',
    });
  });
});
