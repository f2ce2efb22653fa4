import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { splitArguments } from '../../src/cli/splitArguments.js';
import type { DeltaEvent, DropCommit } from '../../src/index.js';
import { collect } from '../support/collect.js';
import { marbles } from '../support/marbles.js';

const start = (id: string): DeltaEvent => ({ type: 'start', kind: 'tool', id });
const delta = (id: string, text: string): DeltaEvent => ({ type: 'delta', kind: 'tool', id, delta: text });
const end = (id: string): DeltaEvent => ({ type: 'end', kind: 'tool', id });

const never = (drop: DropCommit) => {
  throw new Error(`dropped ${drop.reason}`);
};

describe('splitArguments', () => {
  it(
    'gives values while they come in, and passes everything else in place',
    marbles((m) => {
      const other: DeltaEvent = { type: 'delta', kind: 'answer', id: 'a', delta: '{' };
      const source = m.hot('  -s-a---t---b---e-|', {
        s: start('a'),
        a: delta('a', '{"x":"1'),
        t: other,
        b: delta('a', '2"}'),
        e: end('a'),
      });
      const subscribed = '    ^----------------!';
      const expected = '      ---(xy)t---(zw)--|';
      m.expect(source.pipe(splitArguments(never))).toBeObservable(expected, {
        x: start('a#/x'),
        y: delta('a#/x', '1'),
        t: other,
        z: delta('a#/x', '2'),
        w: end('a#/x'),
      });
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );

  it(
    'holds the start of a call until its first character, at most to the end of the source',
    marbles((m) => {
      const values = { s: start('a'), w: delta('a', ' '), a: delta('a', 'x'), t: start('b') };
      const source = m.hot('  -s-w--a--t--|', values);
      const expected = '      ------(swa)-(t|)';
      m.expect(source.pipe(splitArguments(never))).toBeObservable(expected, values);
    }),
  );

  it(
    'fails the open value with the source, and unsubscribes',
    marbles((m) => {
      const values = {
        a: delta('a', '{"x":"'),
        x: start('a#/x'),
        f: { type: 'error', kind: 'tool', id: 'a#/x', error: 'error' } as DeltaEvent,
      };
      const source = m.cold('          -a--#', values);
      m.expect(source.pipe(splitArguments(never))).toBeObservable('-x--(f#)', values);
      m.expect(source).toHaveSubscriptions('^---!');
      const open = m.hot('-a---', values);
      m.expect(open.pipe(splitArguments(never)), '^--!').toBeObservable('-x-', values);
      m.expect(open).toHaveSubscriptions('^--!');
    }),
  );

  it('fails a call once: its open value, or else the whole', async () => {
    const events: DeltaEvent[] = [
      ...[delta('a', '{"x":"1'), end('a')],
      ...[delta('b', '{"x":"1",'), end('b')],
      ...[
        delta('c', '{"x":"1",'),
        { type: 'error', kind: 'tool', id: 'c', error: new Error('lost') } as const,
      ],
    ];
    const split = await collect(from(events).pipe(splitArguments(never)));
    expect(split.filter(({ type }) => type === 'error')).toMatchObject([
      { id: 'a#/x', error: { name: 'IncompleteJSONError' } },
      { id: 'b#', error: { name: 'IncompleteJSONError' } },
      { id: 'c#', error: { message: 'lost' } },
    ]);
  });

  it('takes the next life of a call anew', async () => {
    const events = [delta('a', '{"x":1}'), end('a'), start('a'), delta('a', 'plain'), end('a')];
    const split = await collect(from(events).pipe(splitArguments(never)));
    expect(split).toStrictEqual([
      start('a#/x'),
      delta('a#/x', '1'),
      end('a#/x'),
      start('a'),
      delta('a', 'plain'),
      end('a'),
    ]);
  });

  it('releases white space that never ends, and calls that are too many', async () => {
    const blank = Array.from({ length: 150 }, () => delta('a', '\n'));
    expect(await collect(from(blank).pipe(splitArguments(never)))).toStrictEqual(blank);
    const starts = Array.from({ length: 10_001 }, (_, number) => start(String(number)));
    const [first, ...others] = await collect(
      from([...starts, delta('10000', 'x')]).pipe(splitArguments(never)),
    );
    expect(first).toStrictEqual(start('0'));
    expect(others.slice(0, 2)).toStrictEqual([start('10000'), delta('10000', 'x')]);
    expect(others).toHaveLength(10_001);
  });

  it('can be subscribed to twice', async () => {
    const split = from([delta('a', '{"x":1'), delta('a', '}'), end('a')]).pipe(splitArguments(never));
    expect(await collect(split)).toStrictEqual(await collect(split));
    expect(await collect(split)).toHaveLength(3);
  });
});
