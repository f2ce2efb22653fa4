import { EMPTY, from, NEVER, Observable, take, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { type DeltaEvent, commitLines } from '../../src/index.js';
import * as exported from '../../src/protocols/index.js';
import { collect } from '../support/collect.js';
import { compile } from '../support/codeBlocks.js';
import { marbles } from '../support/marbles.js';

const { detectProtocol, protocols } = exported;
const names = Object.keys(protocols) as readonly exported.ProtocolName[];

const a: DeltaEvent = { type: 'delta', kind: 'answer', id: '1', delta: 'a' };
const end: DeltaEvent = { type: 'end', kind: 'answer', id: '1' };

describe('protocols', () => {
  it('has each exported operator that reads a producer, once', () => {
    const sources = ['fromEventSource', 'fromResponse', 'fromStream'];
    const readers = Object.entries(exported)
      .filter(([name]) => name.startsWith('from') && !sources.includes(name))
      .map(([, operator]) => operator);
    const { deltas, ...others } = protocols;
    expect(new Set<unknown>(Object.values(others))).toStrictEqual(new Set<unknown>(readers));
    expect(readers).not.toContain(deltas);
    expect(Object.values(others)).toHaveLength(readers.length);
  });

  it('has the detected name', () => {
    const { protocol } = detectProtocol([{ type: 'message_start', message: {} }]);
    expect(protocol).toBe('anthropic');
    expect(names).toContain(protocol);
  });

  it('compiles with each pair of its operators merged, without annotation', () => {
    const pairs = names.flatMap((one, index) => names.slice(index).map((other) => [one, other] as const));
    const code = [
      `import { type Commit, commitLines } from 'deltalines';`,
      `import { protocols } from 'deltalines/protocols';`,
      `import { merge, NEVER, type Observable } from 'rxjs';`,
      `type Kind<N extends keyof typeof protocols> =`,
      `  ReturnType<(typeof protocols)[N]> extends (source: Observable<unknown>) => Observable<infer E>`,
      `    ? E extends { kind: infer K extends string } ? K : never : never;`,
      `type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;`,
      ...names.map((name, index) => `const s${index} = NEVER.pipe(protocols['${name}']());`),
      `declare const name: keyof typeof protocols;`,
      `export const any = NEVER.pipe(protocols[name](), commitLines());`,
      ...pairs.map(
        ([one, other], index) =>
          `const m${index} = merge(s${names.indexOf(one)}, s${names.indexOf(other)}).pipe(commitLines());\n` +
          `export const t${index}: Same<typeof m${index}, Observable<Commit<Kind<'${one}'> | Kind<'${other}'>>>> = true;`,
      ),
    ].join('\n');
    const block = { file: 'pairs.ts', number: 1, language: 'ts', code, output: undefined } as const;
    const wrong = { ...block, code: code.replace(/Kind<'\w+'>>>> = true/, "'x'>>> = true") };
    const [found, foundInWrong] = [...compile([block, wrong]).values()];
    expect(found).toStrictEqual([]);
    expect(foundInWrong).toHaveLength(1);
  }, 60_000);
});

describe('protocols.deltas', () => {
  it(
    'emits delta events as they arrive',
    marbles((m) => {
      const source = m.hot('  --a-b---|', { a, b: end });
      const subscribed = '    ^-------!';
      const expected = '      --a-b---|';
      m.expect(source.pipe(protocols.deltas())).toBeObservable(expected, { a, b: end });
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );

  it(
    'completes and fails with the source',
    marbles((m) => {
      const boom = new Error('boom');
      m.expect(EMPTY.pipe(protocols.deltas())).toBeObservable('|');
      m.expect(NEVER.pipe(protocols.deltas())).toBeObservable('-');
      m.expect(throwError(() => boom).pipe(protocols.deltas())).toBeObservable('#', undefined, boom);
    }),
  );

  it(
    'emits nothing after unsubscribe',
    marbles((m) => {
      const source = m.hot('  --a-a---|', { a });
      const subscribed = '    ^--!';
      const expected = '      --a-';
      m.expect(source.pipe(protocols.deltas()), '^--!').toBeObservable(expected, { a });
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );

  it('stops a synchronous source', async () => {
    let produced = 0;
    const source = new Observable<unknown>((subscriber) => {
      while (!subscriber.closed && produced < 100) {
        produced++;
        subscriber.next(a);
      }
    });
    expect(await collect(source.pipe(protocols.deltas(), take(1)))).toStrictEqual([a]);
    expect(produced).toBe(1);
  });

  it.each([
    { event: end, named: { ...end, id: 'x/1' } },
    { event: { ...end, id: 1 }, named: { ...end, id: 1 } },
    { event: null, named: null },
    { event: { data: JSON.stringify(a) }, named: { ...a, id: 'x/1' } },
    { event: { data: '{"type":' }, named: { data: '{"type":' } },
  ])('prefixes the id of $event with the connection', async ({ event, named }) => {
    expect(await collect(from([event]).pipe(protocols.deltas({ connection: 'x' })))).toStrictEqual([named]);
  });

  it('ignores messages without an event', async () => {
    expect(await collect(from([{ data: '[DONE]' }]).pipe(protocols.deltas()))).toStrictEqual([]);
  });

  it('emits other values unchanged, so that commitLines drops them', async () => {
    const commits = await collect(from([5, a]).pipe(protocols.deltas(), commitLines()));
    expect(commits[0]).toStrictEqual({ type: 'drop', reason: 'malformed', event: 5 });
    expect(commits[1]).toMatchObject({ type: 'open' });
  });

  it.each([{ connection: 5 }, { connection: null }])(
    'rejects the connection $connection',
    ({ connection }) => {
      expect(() => protocols.deltas({ connection: connection as never })).toThrow(TypeError);
    },
  );
});
