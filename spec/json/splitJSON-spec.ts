import fc from 'fast-check';
import { from, Subject, take } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { commitLines, type DeltaEvent } from '../../src/index.js';
import { splitJSON, type SplitJSONOptions } from '../../src/json/index.js';
import { pieces } from '../support/arbitraries.js';
import { collect } from '../support/collect.js';
import { brokenText, jsonSource, jsonText } from '../support/json.js';
import { marbles } from '../support/marbles.js';
import { sharedCases } from '../support/shared.js';

const start = (id: string, order?: readonly number[]): DeltaEvent =>
  order === undefined ? { type: 'start', kind: 'tool', id } : { type: 'start', kind: 'tool', id, order };
const delta = (id: string, text: string): DeltaEvent => ({ type: 'delta', kind: 'tool', id, delta: text });
const end = (id: string, text?: string): DeltaEvent =>
  text === undefined ? { type: 'end', kind: 'tool', id } : { type: 'end', kind: 'tool', id, text };

const failure: DeltaEvent = { type: 'error', kind: 'tool', id: 'a', error: new Error('lost') };

/** Joins the deltas of one stream that follow each other, and names errors. */
function joined(events: readonly DeltaEvent[]): readonly unknown[] {
  const result: DeltaEvent[] = [];
  for (const event of events) {
    const last = result.at(-1);
    if (event.type === 'delta' && last?.type === 'delta' && last.id === event.id) {
      result[result.length - 1] = { ...last, delta: last.delta + event.delta };
    } else {
      result.push(event.type === 'error' ? { ...event, error: (event.error as Error).name } : event);
    }
  }
  return result;
}

/** An event with the name of its error, on one line. */
function describeEvent(event: unknown): string {
  const { type, id, delta: text = '', error = '' } = event as Record<string, string>;
  return `${type} ${id} ${text}${error}`.trimEnd();
}

const split = (events: readonly DeltaEvent[], options?: SplitJSONOptions) =>
  collect(from(events).pipe(splitJSON(options)));

interface SplitCase {
  readonly title: string;
  readonly events: readonly DeltaEvent[];
  readonly out: readonly unknown[];
}

describe('splitJSON', () => {
  it.each(sharedCases('json-split.json') as unknown as readonly SplitCase[])(
    '$title',
    async ({ events, out }) => {
      expect(joined(await split(events))).toStrictEqual(out);
    },
  );

  it(
    'gives the values of a text while it comes in, and completes with the source',
    marbles((m) => {
      const source = m.hot('  -a---b--c--e-|', {
        a: delta('a', '{"q":"y'),
        b: delta('a', 'z'),
        c: delta('a', '"}'),
        e: end('a'),
      });
      const subscribed = '    ^------------!';
      const expected = '      -(sy)z--g----|';
      m.expect(source.pipe(splitJSON())).toBeObservable(expected, {
        s: start('a#/q'),
        y: delta('a#/q', 'y'),
        z: delta('a#/q', 'z'),
        g: end('a#/q'),
      });
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );

  it(
    'fails the open value with the source',
    marbles((m) => {
      const source = m.cold(' -a---#', { a: delta('a', '"y') });
      const subscribed = '    ^----!';
      const expected = '      -(sy)(f#)';
      m.expect(source.pipe(splitJSON())).toBeObservable(expected, {
        s: start('a#'),
        y: delta('a#', 'y'),
        f: { type: 'error', kind: 'tool', id: 'a#', error: 'error' },
      });
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );

  it(
    'is empty for an empty source, silent for a silent one, and unsubscribes',
    marbles((m) => {
      const operator = splitJSON();
      m.expect(m.cold<DeltaEvent>('---|').pipe(operator)).toBeObservable('---|');
      const never = m.cold<DeltaEvent>('-');
      m.expect(never.pipe(operator), '^---!').toBeObservable('-');
      m.expect(never).toHaveSubscriptions('^---!');
      const source = m.hot('  ---a-', { a: delta('a', '"y') });
      m.expect(source.pipe(operator), '^-!').toBeObservable('---');
      m.expect(source).toHaveSubscriptions('^-!');
    }),
  );

  it('makes an error of an unfinished value when the source completes', async () => {
    expect(joined(await split([delta('a', '["x')]))).toStrictEqual([
      start('a#/0'),
      delta('a#/0', 'x'),
      { type: 'error', kind: 'tool', id: 'a#/0', error: 'IncompleteJSONError' },
    ]);
  });

  it('passes the error of a JSON stream on to its open value', async () => {
    const error = new Error('lost');
    const events = await split([delta('a', '["x'), { type: 'error', kind: 'tool', id: 'a', error }]);
    expect(events.at(-1)).toStrictEqual({ type: 'error', kind: 'tool', id: 'a#/0', error });
  });

  it.each([
    { how: 'has an error before its first character', events: [failure], name: 'Error' },
    { how: 'has an error between two values', events: [delta('a', '["x",'), failure], name: 'Error' },
    { how: 'has an error after its root', events: [delta('a', '"x"'), failure], name: 'Error' },
    {
      how: 'is evicted between two values',
      events: [delta('a', '["x",'), delta('b', '[')],
      name: 'IncompleteJSONError',
    },
    { how: 'is nested deeper than maxDepth', events: [delta('a', '["x",[[')], name: 'RangeError' },
    { how: 'has a name longer than maxNameLength', events: [delta('a', '{"1234')], name: 'RangeError' },
  ])('fails the whole value of a JSON stream that $how', async ({ events, name }) => {
    const seen = joined(await split(events, { maxStreams: 1, maxDepth: 2, maxNameLength: 3 }));
    expect(seen.slice(-2)).toStrictEqual([
      start('a#'),
      { type: 'error', kind: 'tool', id: 'a#', error: name },
    ]);
  });

  it(
    'fails the whole value with the source if no value is open',
    marbles((m) => {
      const source = m.cold(' -a---#', { a: delta('a', '["",') });
      const expected = '      -(se)(wf#)';
      m.expect(source.pipe(splitJSON())).toBeObservable(expected, {
        s: start('a#/0'),
        e: end('a#/0'),
        w: start('a#'),
        f: { type: 'error', kind: 'tool', id: 'a#', error: 'error' },
      });
    }),
  );

  it('places the whole value that fails after the values before it', async () => {
    const events = await split([{ ...delta('a', '["x",'), order: [4] } as DeltaEvent, failure]);
    expect(events.at(-2)).toStrictEqual(start('a#', [4, 1]));
  });

  it('makes a SyntaxError of text that is not JSON, and passes over the rest', async () => {
    expect(joined(await split([delta('a', '["x\n'), delta('a', '","y"]'), end('a')]))).toStrictEqual([
      start('a#/0'),
      delta('a#/0', 'x'),
      { type: 'error', kind: 'tool', id: 'a#/0', error: 'SyntaxError' },
    ]);
  });

  it.each([
    { text: '', events: [] },
    { text: ' \n', events: [] },
    { text: '\ufeff1', events: [] },
    { text: '[', events: [] },
    { text: '{"x', events: [] },
    { text: '{"x":', events: [] },
    { text: '{"x":1,', events: ['start a#/x', 'delta a#/x 1', 'end a#/x'] },
    { text: '"', events: ['start a#', 'error a# IncompleteJSONError'] },
    { text: '"x\\', events: ['start a#', 'delta a# x', 'error a# IncompleteJSONError'] },
    { text: '"x\\u00', events: ['start a#', 'delta a# x', 'error a# IncompleteJSONError'] },
    { text: '"x\\ud83d', events: ['start a#', 'delta a# x', 'error a# IncompleteJSONError'] },
    { text: '"x\\q"', events: ['start a#', 'delta a# x', 'error a# SyntaxError'] },
    { text: 'tru', events: ['start a#', 'error a# IncompleteJSONError'] },
    { text: 'trux', events: ['start a#', 'error a# SyntaxError'] },
    { text: '-', events: ['start a#', 'error a# IncompleteJSONError'] },
    { text: '1.', events: ['start a#', 'error a# IncompleteJSONError'] },
    { text: '1.x', events: ['start a#', 'error a# SyntaxError'] },
    { text: '12', events: ['start a#', 'delta a# 12', 'end a#'] },
    { text: '[12', events: ['start a#/0', 'delta a#/0 12', 'end a#/0'] },
    { text: '"x""y"', events: ['start a#', 'delta a# x', 'end a#'] },
    { text: '{"x":1}{"x":2}', events: ['start a#/x', 'delta a#/x 1', 'end a#/x'] },
  ])('makes of the text $text, which ends or breaks there: $events', async ({ text, events }) => {
    for (const parts of [[text], text.split('')]) {
      const seen = joined(await split([...parts.map((part) => delta('a', part)), end('a')]));
      expect(seen.map(describeEvent)).toStrictEqual(events);
    }
  });

  it('passes events of other kinds and malformed ones untouched, in place', async () => {
    const other = { type: 'delta', kind: 'answer', id: 'a', delta: '{' } as const;
    const malformed = { type: 'delta', kind: 'tool', id: 'a', delta: 7 } as unknown as DeltaEvent;
    const none = null as unknown as DeltaEvent;
    const events = await split([other, delta('a', '1'), malformed, none, end('a')]);
    expect(events).toStrictEqual([other, start('a#'), malformed, none, delta('a#', '1'), end('a#')]);
    expect(events[0]).toBe(other);
  });

  it('reads the kinds that it is told', async () => {
    const text = { type: 'delta', kind: 'answer', id: 'a', delta: '"x"' } as const;
    expect(await split([text, delta('b', '"y"')], { kinds: ['answer'] })).toStrictEqual([
      { type: 'start', kind: 'answer', id: 'a#' },
      { type: 'delta', kind: 'answer', id: 'a#', delta: 'x' },
      { type: 'end', kind: 'answer', id: 'a#' },
      delta('b', '"y"'),
    ]);
  });

  it('keeps the JSON stream too, each event before those of its values', async () => {
    const events = [delta('a', '"x'), delta('a', '"'), end('a')];
    expect(await split(events, { keep: true })).toStrictEqual([
      events[0],
      start('a#'),
      delta('a#', 'x'),
      events[1],
      end('a#'),
      events[2],
    ]);
  });

  it('numbers the values behind the order of the JSON stream', async () => {
    const events = await split([{ ...delta('a', '[1,{"x":true},"y"]'), order: [4, 2] } as DeltaEvent]);
    expect(events.filter(({ type }) => type === 'start')).toStrictEqual([
      start('a#/0', [4, 2, 0]),
      start('a#/1/x', [4, 2, 1]),
      start('a#/2', [4, 2, 2]),
    ]);
  });

  it('opens the next generation for a name that is said twice', async () => {
    const commits = await collect(
      from([delta('a', '{"x":"1","x":"2"}'), end('a')]).pipe(splitJSON(), commitLines()),
    );
    expect(commits.filter(({ type }) => type === 'open')).toMatchObject([
      { stream: { id: 'a#/x', generation: 0 } },
      { stream: { id: 'a#/x', generation: 1 } },
    ]);
  });

  it('reads the rest from the full text of the producer', async () => {
    expect(joined(await split([delta('a', '{"x":"on'), end('a', '{"x":"one","y":2}')]))).toStrictEqual([
      start('a#/x'),
      delta('a#/x', 'one'),
      end('a#/x'),
      start('a#/y'),
      delta('a#/y', '2'),
      end('a#/y'),
    ]);
  });

  it.each([
    { maxRetained: 7, events: [start('a#/x'), delta('a#/x', 'one'), end('a#/x')] },
    {
      maxRetained: 6,
      events: [
        start('a#/x'),
        delta('a#/x', 'o'),
        { type: 'error', kind: 'tool', id: 'a#/x', error: 'IncompleteJSONError' },
      ],
    },
  ])('compares the full text with at most $maxRetained characters', async ({ maxRetained, events }) => {
    const source = [delta('a', '{"x":"o'), end('a', '{"x":"one"}')];
    expect(joined(await split(source, { maxRetained }))).toStrictEqual(events);
  });

  it('gives late events to onDrop', async () => {
    const drops: unknown[] = [];
    const late = delta('a', 'x');
    await split([delta('a', '1'), end('a'), late], { onDrop: (drop) => drops.push(drop) });
    expect(drops).toStrictEqual([{ type: 'drop', reason: 'late', event: late }]);
  });

  it('gives up the least recent JSON stream beyond maxStreams, and drops its further events as late', async () => {
    const drops: unknown[] = [];
    const further = [delta('a', '","z"]'), end('a')];
    const events = await split([delta('a', '["x'), delta('b', '"y'), ...further, delta('b', '"'), end('b')], {
      maxStreams: 1,
      onDrop: ({ event }) => drops.push(event),
    });
    expect(joined(events)).toStrictEqual([
      start('a#/0'),
      delta('a#/0', 'x'),
      { type: 'error', kind: 'tool', id: 'a#/0', error: 'IncompleteJSONError' },
      start('b#'),
      delta('b#', 'y'),
      end('b#'),
    ]);
    expect(drops).toStrictEqual(further);
  });

  it('gives up one of the JSON streams beyond maxStreams, and goes on with the others', async () => {
    const ids = Array.from({ length: 101 }, (_, number) => String(number));
    const source = ['{"x":"', 'y', '"}'].flatMap((text) => ids.map((id) => delta(id, text)));
    const events = await split([...source, ...ids.map((id) => end(id))], { maxStreams: 100 });
    expect(events.filter(({ type }) => type === 'error')).toMatchObject([{ id: '0#/x' }]);
    expect(events.filter(({ type }) => type === 'end')).toHaveLength(100);
  });

  it.each([
    { options: { maxDepth: 1 }, text: '["x",[', id: 'a#' },
    { options: { maxNameLength: 3 }, text: '[12345', id: 'a#/0' },
  ])('bounds one stream alone by $options', async ({ options, text, id }) => {
    const events = joined(await split([delta('a', text), delta('b', '"y"')], options));
    expect(events.slice(-3)).toStrictEqual([start('b#'), delta('b#', 'y'), end('b#')]);
    const errors = events.filter((event) => (event as DeltaEvent).type === 'error');
    expect(errors).toMatchObject([{ id, error: 'RangeError' }]);
  });

  it('stops in the middle of a delta when it is unsubscribed', () => {
    const seen: DeltaEvent[] = [];
    let pulled = 0;
    function* source() {
      for (const text of ['[1,2,3,4]', 'never read']) {
        pulled++;
        yield delta('a', text);
      }
    }
    from(source())
      .pipe(splitJSON(), take(2))
      .subscribe((event) => seen.push(event));
    expect(seen).toStrictEqual([start('a#/0'), delta('a#/0', '1')]);
    expect(pulled).toBe(1);
  });

  it('handles an event that a subscriber pushes after those of the current one', () => {
    const source = new Subject<DeltaEvent>();
    const seen: string[] = [];
    source.pipe(splitJSON()).subscribe((event) => {
      seen.push(`${event.type} ${event.id}`);
      if (seen.length === 1) {
        source.next(delta('b', '"y"'));
      }
    });
    source.next(delta('a', '"x"'));
    expect(seen).toStrictEqual(['start a#', 'delta a#', 'end a#', 'start b#', 'delta b#', 'end b#']);
  });

  it('can be subscribed to twice', async () => {
    const values = from([delta('a', '"x"'), end('a')]).pipe(splitJSON());
    expect(await collect(values)).toStrictEqual(await collect(values));
    expect(await collect(values)).toStrictEqual([start('a#'), delta('a#', 'x'), end('a#')]);
  });

  it('gives the same from every way to cut the text', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(jsonText, brokenText).chain((text) => fc.tuple(fc.constant(text), pieces(text))),
        async ([text, parts]) => {
          const whole = await split([delta('a', text), end('a')]);
          const cut = await split([...parts.map((part) => delta('a', part)), end('a')]);
          expect(joined(cut)).toStrictEqual(joined(whole));
        },
      ),
    );
  });

  it('gives each scalar value as a stream from start to end, wherever the text is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        jsonSource.chain((source) => fc.tuple(fc.constant(source), pieces(source.text))),
        async ([source, parts]) => {
          const events = await split([...parts.map((part) => delta('a', part)), end('a')]);
          const expected = source.scalars.flatMap(([pointer, text]) => [
            start(`a#${pointer}`),
            ...(text === '' ? [] : [delta(`a#${pointer}`, text)]),
            end(`a#${pointer}`),
          ]);
          expect(joined(events)).toStrictEqual(expected);
          const deltas = events.flatMap((event) => (event.type === 'delta' ? [event.delta] : ['']));
          const isPairCut = deltas.some(
            (text, index) =>
              /[\ud800-\udbff]$/.test(text) && /^[\udc00-\udfff]/.test(deltas[index + 1] ?? ''),
          );
          expect(isPairCut).toBe(false);
          expect(
            deltas.filter((text, index) => text === '' && events[index]?.type === 'delta'),
          ).toStrictEqual([]);
        },
      ),
    );
  });

  it('gives each scalar value of a text as a stream of its text', async () => {
    await fc.assert(
      fc.asyncProperty(jsonText, async (text) => {
        const texts: [string, string][] = [];
        for (const event of await split([delta('a', text), end('a')])) {
          const last = texts.at(-1);
          if (event.type === 'start') {
            texts.push([event.id, '']);
          } else if (event.type === 'delta' && last !== undefined) {
            last[1] += event.delta;
          }
        }
        expect(Object.fromEntries(texts)).toStrictEqual(Object.fromEntries(scalars('a#', JSON.parse(text))));
      }),
    );
  });

  it.each([
    { options: { kinds: 'tool' }, error: 'The option kinds is "tool", but must be an array of strings' },
    { options: { keep: 1 }, error: 'The option keep is 1, but must be true or false' },
    {
      options: { maxDepth: -1 },
      error: 'The option maxDepth is -1, but must be a whole number from 0, or Infinity',
    },
    {
      options: { maxNameLength: 0 },
      error: 'The option maxNameLength is 0, but must be a whole number from 1, or Infinity',
    },
    {
      options: { maxStreams: 0 },
      error: 'The option maxStreams is 0, but must be a whole number from 1, or Infinity',
    },
    {
      options: { maxRetained: 1.5 },
      error: 'The option maxRetained is 1.5, but must be a whole number from 0, or Infinity',
    },
    { options: { onDrop: 'log' }, error: 'The option onDrop is "log", but must be a function' },
  ])('throws at once for $options', ({ options, error }) => {
    expect(() => splitJSON(options as unknown as SplitJSONOptions)).toThrow(error);
  });
});

/** The scalar values of a value, each with its id and its text. A number has the text of `JSON.stringify`. */
function scalars(id: string, value: unknown): [string, string][] {
  if (typeof value !== 'object' || value === null) {
    return [[id, typeof value === 'string' ? value : JSON.stringify(value)]];
  }
  return Object.entries(value).flatMap(([key, member]) =>
    scalars(`${id}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, member),
  );
}
