import { from, Observable, take } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { commitLines } from '../../../src/operators/commitLines.js';
import { fromGoTest } from '../../../src/protocols/index.js';
import { collect } from '../../support/collect.js';
import { marbles } from '../../support/marbles.js';
import { toText } from '../../support/show.js';
import { readAsText } from '../../support/showEvent.js';

const event = (Action: string, Test?: string, Output?: string, Package = 'p') => ({
  Time: '2024-01-01T00:00:00Z',
  Action,
  Package,
  ...(Test === undefined ? {} : { Test }),
  ...(Output === undefined ? {} : { Output }),
});
const output = (test: string | undefined, text: string, of?: string) => event('output', test, text, of);
const build = (Action: string, ImportPath: string, Output?: string) => ({ Action, ImportPath, Output });

const read = (events: readonly unknown[]) => readAsText(events, fromGoTest());

describe('fromGoTest', () => {
  it(
    'emits the output of a test as it arrives',
    marbles((m) => {
      const source = m.hot('  -a-b----c-|', {
        a: event('run', 'TestA'),
        b: output('TestA', 'one\n'),
        c: event('pass', 'TestA'),
      });
      const expected = '      ---(bd)-c-|';
      m.expect(source.pipe(fromGoTest())).toBeObservable(expected, {
        b: { type: 'start', kind: 'output', id: 'p/TestA' },
        d: { type: 'delta', kind: 'output', id: 'p/TestA', delta: 'one\n' },
        c: { type: 'end', kind: 'output', id: 'p/TestA' },
      });
    }),
  );

  it.each(['pass', 'fail', 'skip', 'bench'])('ends a test: %s', async (action) => {
    expect(await read([output('TestA', 'a'), event(action, 'TestA'), event(action, 'TestA')])).toStrictEqual([
      'start output p/TestA',
      'delta output p/TestA a',
      'end output p/TestA',
    ]);
  });

  it('ignores other events', async () => {
    expect(
      await read([
        event('start'),
        event('run', 'TestA'),
        event('pause', 'TestA'),
        event('cont', 'TestA'),
        output('TestA', ''),
        event('attr', 'TestA'),
        event('pass', 'TestA'),
        event('pass'),
      ]),
    ).toStrictEqual([]);
  });

  it('separates parallel tests, their subtests and their package', async () => {
    const commits = await collect(
      from([
        output('TestA', 'a half '),
        output('TestB', 'b\n'),
        output('TestA/sub', 'sub '),
        output(undefined, 'ok '),
        output('TestA', 'line\n'),
        output('TestA/sub', 'test\n'),
        output(undefined, 'p\n'),
        event('pass', 'TestA/sub'),
        event('pass', 'TestA'),
        event('pass', 'TestB'),
        event('pass'),
      ]).pipe(fromGoTest(), commitLines(), toText()),
    );
    expect(commits.filter((commit) => commit.startsWith('line'))).toStrictEqual([
      'line p/TestB 0 b$',
      'line p/TestA 0 a half line$',
      'line p/TestA/sub 0 sub test$',
      'line p 0 ok p$',
    ]);
    expect(commits.filter((commit) => commit.startsWith('close'))).toStrictEqual([
      'close p/TestA/sub end 1',
      'close p/TestA end 1',
      'close p/TestB end 1',
      'close p end 1',
    ]);
  });

  it('separates tests with the same name in two packages', async () => {
    expect(await read([output('TestA', 'x', 'p'), output('TestA', 'y', 'q')])).toContain(
      'delta output q/TestA y',
    );
  });

  it.each([
    { first: ['a/b/TestX', undefined], second: ['a/b', 'TestX'], ids: ['package a/b/TestX', 'a/b/TestX'] },
    {
      first: ['a/TestX', 'TestY'],
      second: ['a', 'TestX/TestY'],
      ids: ['package a/TestX TestY', 'a/TestX/TestY'],
    },
    {
      first: ['FuzzOf/ExampleX', undefined],
      second: ['FuzzOf', 'ExampleX'],
      ids: ['package FuzzOf/ExampleX', 'package FuzzOf ExampleX'],
    },
  ] as const)('separates $ids', async ({ first, second, ids }) => {
    const outputOf = ([of, test]: readonly [string, string | undefined]) => output(test, 'x\n', of);
    const events = await collect(from([outputOf(first), outputOf(second)]).pipe(fromGoTest()));
    expect(events.filter(({ type }) => type === 'delta').map(({ id }) => id)).toStrictEqual(ids);
  });

  it('reads the events of a test binary whose package is not named', async () => {
    expect(
      await read([
        { Action: 'start' },
        { Action: 'output', Test: 'TestA', Output: 'a\n' },
        { Action: 'output', Test: 'TestB', Output: 'b\n' },
        { Action: 'pass', Test: 'TestA' },
        { Action: 'output', Output: 'ok\n' },
        { Action: 'pass' },
      ]),
    ).toStrictEqual([
      'start output TestA',
      'delta output TestA a\n',
      'start output TestB',
      'delta output TestB b\n',
      'end output TestA',
      'start output test binary',
      'delta output test binary ok\n',
      'end output TestB',
      'end output test binary',
    ]);
  });

  describe('a test that runs again', () => {
    const run = [event('run', 'TestA'), output('TestA', 'a\n'), event('pass', 'TestA')];

    it('is the next generation of its stream', async () => {
      const commits = await collect(from([...run, ...run]).pipe(fromGoTest(), commitLines(), toText()));
      expect(commits).toStrictEqual([
        'open p/TestA',
        'line p/TestA 0 a$',
        'close p/TestA end 1',
        'open p/TestA/1',
        'line p/TestA/1 0 a$',
        'close p/TestA/1 end 1',
      ]);
    });

    it('ends the run before it that has no end', async () => {
      expect(await read([...run.slice(0, 2), ...run])).toStrictEqual([
        'start output p/TestA',
        'delta output p/TestA a\n',
        'end output p/TestA',
        'start output p/TestA',
        'delta output p/TestA a\n',
        'end output p/TestA',
      ]);
    });

    it('loses no output after its end', async () => {
      expect(await read([...run, output('TestA', 'late\n'), event('pass')])).toStrictEqual([
        'start output p/TestA',
        'delta output p/TestA a\n',
        'end output p/TestA',
        'start output p/TestA',
        'delta output p/TestA late\n',
        'end output p/TestA',
      ]);
    });
  });

  describe('the end of a package', () => {
    it.each(['pass', 'fail', 'skip', 'start'])('%s ends only its open streams', async (action) => {
      const events = [output('TestA', 'a'), output('TestB', 'b'), output('TestA', 'c', 'q'), event(action)];
      expect((await read(events)).slice(6)).toStrictEqual(['end output p/TestA', 'end output p/TestB']);
    });

    it('emits nothing if no stream was open', async () => {
      expect(await read([event('fail'), event('skip', undefined, undefined, 'q')])).toStrictEqual([]);
    });
  });

  describe('a build', () => {
    it('has its output under its import path until it has failed', async () => {
      expect(
        await read([
          build('build-output', 'p [p.test]', '# p\n'),
          build('build-output', 'p [p.test]', 'a.go:1: oops\n'),
          build('build-fail', 'p [p.test]'),
          output(undefined, 'FAIL p [build failed]\n'),
          event('fail'),
        ]),
      ).toStrictEqual([
        'start output build p [p.test]',
        'delta output build p [p.test] # p\n',
        'delta output build p [p.test] a.go:1: oops\n',
        'end output build p [p.test]',
        'start output p',
        'delta output p FAIL p [build failed]\n',
        'end output p',
      ]);
    });

    it.each(['p', 'p [p.test]', 'p_test [p.test]'])(
      'of %s with warnings ends with the tests',
      async (path) => {
        expect(await read([build('build-output', path, 'warning\n'), event('start')])).toStrictEqual([
          `start output build ${path}`,
          `delta output build ${path} warning\n`,
          `end output build ${path}`,
        ]);
      },
    );
  });

  it('stops a synchronous source', async () => {
    let produced = 0;
    const source = new Observable<unknown>((subscriber) => {
      while (!subscriber.closed && produced < 100) {
        produced++;
        subscriber.next(output('TestA', 'a'));
      }
    });
    expect(await collect(source.pipe(fromGoTest(), take(3)))).toHaveLength(3);
    expect(produced).toBe(2);
  });

  it('starts again with each subscription', async () => {
    const result = from([output('TestA', 'a')]).pipe(fromGoTest());
    expect(await collect(result)).toStrictEqual(await collect(result));
  });

  it(
    'emits the error of the source, and nothing after unsubscribe',
    marbles((m) => {
      const boom = new Error('boom');
      const source = m.cold(' -a----#', { a: output('TestA', 'a') }, boom);
      const expected = '      -(bc)-#';
      const values = {
        b: { type: 'start', kind: 'output', id: 'p/TestA' },
        c: { type: 'delta', kind: 'output', id: 'p/TestA', delta: 'a' },
      } as const;
      m.expect(source.pipe(fromGoTest())).toBeObservable(expected, values, boom);
      m.expect(source.pipe(fromGoTest()), '^-----!').toBeObservable('-(bc)-', values);
      m.expect(source).toHaveSubscriptions(['^-----!', '^-----!']);
    }),
  );

  it('prefixes every id with the connection', async () => {
    expect(
      await readAsText([output('TestA', 'a'), event('pass', 'TestA')], fromGoTest({ connection: 'ci' })),
    ).toStrictEqual(['start output ci/p/TestA', 'delta output ci/p/TestA a', 'end output ci/p/TestA']);
  });
});
