import { describe, expect, it } from 'vitest';

import { deltaMarbles, type MarbleTable } from '../../src/testing/index.js';
import { delta, end, failure, start } from '../support/events.js';
import { marbles } from '../support/marbles.js';

/** The events of a diagram, in their order. */
const eventsOf = (diagram: string, table: MarbleTable) => Object.values(deltaMarbles(diagram, table)[1]);

describe('deltaMarbles', () => {
  it(
    'creates each event at its time, for cold and hot',
    marbles((m) => {
      const drawn = deltaMarbles('-b-a-(aA)-b-B-|', { a: ['hel', 'lo\n'], b: ['wor', 'ld'] });
      const expected = '          -a-b-(cd)-e-f-|';
      const values = {
        a: delta('b', 'wor'),
        b: delta('a', 'hel'),
        c: delta('a', 'lo\n'),
        d: end('a'),
        e: delta('b', 'ld'),
        f: end('b'),
      };
      m.expect(m.cold(...drawn)).toBeObservable(expected, values);
      m.expect(m.hot(...drawn)).toBeObservable(expected, values);
    }),
  );

  it(
    'does not change times, spaces, subscriptions and failures',
    marbles((m) => {
      const error = new Error('boom');
      const source = m.hot(...deltaMarbles('  -a^-a 10ms 1.5s a  1m a#', { a: ['0', '1', '2', '3'] }), error);
      const expected = '                               --a 10ms 1.5s b  1m c#';
      m.expect(source).toBeObservable(
        expected,
        { a: delta('a', '1'), b: delta('a', '2'), c: delta('a', '3') },
        error,
      );
    }),
  );

  it(
    'treats text that only looks like a time as marbles',
    marbles((m) => {
      const event = { five: start('5'), m: start('m'), s: start('s') };
      const source = m.cold(...deltaMarbles('-5ms - 5s', { 5: event.five, m: event.m, s: event.s }));
      m.expect(source).toBeObservable('         -abc - ac', { a: event.five, b: event.m, c: event.s });
    }),
  );

  it('accepts events for any marble, repeatedly', () => {
    const event = { type: 'delta', kind: 'tool', id: '1', delta: '{}' } as const;
    expect(eventsOf('-A-\u{1F600}-A-|', { A: event, '\u{1F600}': start('x') })).toStrictEqual([
      event,
      start('x'),
      event,
    ]);
  });

  it('ends a stream like its entry', () => {
    const events = eventsOf('(abcdABCD)', {
      a: ['x'],
      b: { deltas: ['x'], text: 'xy' },
      c: { deltas: ['x'], error: 'boom' },
      d: { deltas: ['x'], error: undefined },
    });
    expect(events.slice(4)).toStrictEqual([
      end('a'),
      end('b', 'xy'),
      failure('c', 'boom'),
      failure('d', undefined),
    ]);
  });

  it('names a stream like its entry, and sets the order of its first delta', () => {
    const names = { kind: 'reasoning', id: 'msg_1' } as const;
    expect(eventsOf('aaA', { a: { ...names, order: [1, 2], deltas: ['x', 'y'] } })).toStrictEqual([
      { type: 'delta', ...names, delta: 'x', order: [1, 2] },
      { type: 'delta', ...names, delta: 'y' },
      { type: 'end', ...names },
    ]);
  });

  it('continues after an end, for late events', () => {
    expect(eventsOf('aAaA', { a: ['x', 'late'] })).toStrictEqual([
      delta('a', 'x'),
      end('a'),
      delta('a', 'late'),
      end('a'),
    ]);
  });

  it('accepts a separate entry for the end', () => {
    expect(eventsOf('aA', { a: ['x'], A: start('a') })).toStrictEqual([delta('a', 'x'), start('a')]);
  });

  it('accepts a diagram without marbles', () => {
    expect(deltaMarbles('---|', {})).toStrictEqual(['---|', {}]);
  });

  it('accepts thousands of marbles, but not more than there are characters', () => {
    const draw = (count: number) =>
      deltaMarbles('a'.repeat(count), { a: Array.from({ length: count }, (_, index) => String(index)) });
    expect(Object.values(draw(6_400)[1]).at(-1)).toStrictEqual(delta('a', '6399'));
    expect(() => draw(6_401)).toThrow(
      new RangeError('The diagram has 6401 marbles, but may have at most 6400'),
    );
  });

  it.each([
    {
      diagram: '-a-b-',
      table: { a: ['x'] },
      message: 'The marble "b" is not in the table',
    },
    { diagram: '-B-', table: { a: [] }, message: 'The marble "B" is not in the table' },
    { diagram: '-K-', table: { k: start('k') }, message: 'The marble "K" is not in the table' },
    // The Kelvin sign, whose lower case is a k.
    { diagram: '-\u212a-', table: { k: [] }, message: 'The marble "\u212a" is not in the table' },
    { diagram: '-a-', table: { a: ['x', 'y'] }, message: 'The stream a has 1 marbles, but 2 texts' },
    { diagram: '-a-a-', table: { a: ['x'] }, message: 'The stream a has 2 marbles, but 1 texts' },
    { diagram: '-A-', table: { a: { deltas: ['x'] } }, message: 'The stream a has 0 marbles, but 1 texts' },
    {
      diagram: '-1-',
      table: { 1: ['x'] },
      message: 'The stream "1" of the table must be a lower-case letter from a to z',
    },
    {
      diagram: '-A-',
      table: { A: ['x'] },
      message: 'The stream "A" of the table must be a lower-case letter from a to z',
    },
  ])('throws a RangeError: $message', ({ diagram, table, message }) => {
    expect(() => eventsOf(diagram, table)).toThrow(new RangeError(message));
  });

  it.each([
    { diagram: 5, table: {}, message: 'The diagram is 5, but must be a string' },
    { diagram: '-', table: null, message: 'The table is null, but must be an object' },
    {
      diagram: '-a-',
      table: { a: 'x' },
      message: 'The entry a of the table is "x", but must be a list of texts, a stream or an event',
    },
    { diagram: '-a-', table: { a: [5] }, message: 'The text 0 of the stream a is 5, but must be a string' },
    {
      diagram: '-a-',
      table: { a: { deltas: ['x'], text: 'x', error: 'boom' } },
      message: 'The stream a of the table has a text and an error, but may have only one of them',
    },
    {
      diagram: '-a-',
      table: { a: { deltas: 'x' } },
      message: 'The list of deltas of the stream a is "x", but must be an array',
    },
  ])('throws a TypeError: $message', ({ diagram, table, message }) => {
    expect(() => deltaMarbles(diagram as string, table as never)).toThrow(new TypeError(message));
  });
});
