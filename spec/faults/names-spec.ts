import { from, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { commitLines, type DeltaEvent, resequence } from '../../src/index.js';
import { byStream, textOf } from '../support/arbitraries.js';
import { collect } from '../support/collect.js';
import { FaultyScheduler } from './faultyScheduler.js';
import { outcome, pipelines } from './pipelines.js';

const megabyte = 2 ** 20;

const ids = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '',
  ' ',
  '0',
  '-0',
  '00',
  'undefined',
  'null',
  'NaN',
  'x'.repeat(megabyte),
  `${'x'.repeat(megabyte - 1)}y`,
  `${'x'.repeat(megabyte)}x`,
  '\0',
  '\u0001',
  '\u001b[2J',
  '\u001b]0;title\u0007',
  '\u007f',
  '\u009b31m',
  '\r',
  '\n',
  '\r\n',
  '\u2028',
  '\u202e',
  '\u200b',
  '│',
  'a │ b',
  'a│',
  '│a',
  '\u00e9',
  'e\u0301',
  '\ud83d',
  '\ude00',
  '\u{1F600}',
  'a/1',
  '["answer","a"]',
];

/** Kinds and ids that would be the same if they were joined, with whatever is put between them. */
const pairs = ['│', ' │ ', ' ', '\0', '/', ':', ',', '","', '|', '\n', '__proto__'].flatMap((joint) => [
  { kind: 'a', id: `b${joint}c` },
  { kind: `a${joint}b`, id: 'c' },
  { kind: `a${joint}b${joint}c`, id: '' },
  { kind: '', id: `a${joint}b${joint}c` },
]);

/** An id in a few characters, with its length. */
const short = (id: string) => `${JSON.stringify(id.slice(0, 20))} (${id.length})`;

/** Each name has a text of its own, in deltas that come in turns. */
function eventsOf(names: readonly { readonly kind: string; readonly id: string }[]): readonly DeltaEvent[] {
  return [
    ...names.map(({ kind, id }) => ({ type: 'start', kind, id }) as const),
    ...names.map(({ kind, id }, i) => ({ type: 'delta', kind, id, delta: `${i} ` }) as const),
    ...names.map(({ kind, id }, i) => ({ type: 'delta', kind, id, delta: `is ${i}` }) as const),
    ...names.map(({ kind, id }) => ({ type: 'end', kind, id }) as const),
  ];
}

describe.each(pipelines)('$name', ({ connect }) => {
  const valuesOf = async (events: readonly DeltaEvent[]) => {
    const scheduler = new FaultyScheduler();
    const values = collect(from(events).pipe(connect({ scheduler })));
    scheduler.advance(60_000);
    return values;
  };

  it('keeps streams apart by their ids, whatever those are', async () => {
    const names = ids.map((id) => ({ kind: 'answer', id }));
    const expected = ids.map((id, i) => `${id} end: "${i} is ${i}"`);
    expect(new Set(outcome(await valuesOf(eventsOf(names))))).toStrictEqual(new Set(expected));
  });

  it('keeps streams apart by their kinds, and never takes a kind and an id for others', async () => {
    const expected = pairs.map(({ id }, i) => `${id} end: "${i} is ${i}"`);
    expect(new Set(outcome(await valuesOf(eventsOf(pairs))))).toStrictEqual(new Set(expected));
  });
});

describe('commitLines', () => {
  it.each(ids.map((id) => ({ title: short(id), id })))(
    'gives the id $title as it is, remembers it, and opens its next generation',
    async ({ id }) => {
      const events: readonly DeltaEvent[] = [
        ...eventsOf([{ kind: 'answer', id }]),
        { type: 'delta', kind: 'answer', id, delta: 'late' },
        ...eventsOf([{ kind: 'answer', id }]),
      ];
      const commits = await collect(from(events).pipe(commitLines()));
      const streams = [...byStream(commits)];
      expect(streams.map(([stream]) => stream)).toStrictEqual([
        { kind: 'answer', id, generation: 0 },
        { kind: 'answer', id, generation: 1 },
      ]);
      expect(streams.map(([, ofStream]) => textOf(ofStream))).toStrictEqual(['0 is 0', '0 is 0']);
      expect(commits.filter(({ type }) => type === 'drop')).toHaveLength(1);
    },
  );
});

describe('resequence', () => {
  it('keeps scopes apart by what the option says, also if that is a strange object', async () => {
    const scopes: readonly unknown[] = [
      ...ids,
      undefined,
      null,
      NaN,
      0,
      {},
      [],
      Symbol('x'),
      Object.create(null),
    ];
    const values = [1, 0, 2].flatMap((number) => scopes.map((scope) => ({ scope, number })));
    const output = from(values).pipe(
      resequence({ seq: ({ number }) => number, scope: ({ scope }) => scope }),
      toArray(),
    );
    const [seen = []] = await collect(output);
    for (const scope of scopes) {
      const numbers = seen.filter((value) => Object.is(value.scope, scope)).map(({ number }) => number);
      expect(numbers).toStrictEqual([0, 1, 2]);
    }
  });
});
