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

/** Kinds and ids that would be equal if they were joined with a separator. */
const pairs = ['│', ' │ ', ' ', '\0', '/', ':', ',', '","', '|', '\n', '__proto__'].flatMap((separator) => [
  { kind: 'a', id: `b${separator}c` },
  { kind: `a${separator}b`, id: 'c' },
  { kind: `a${separator}b${separator}c`, id: '' },
  { kind: '', id: `a${separator}b${separator}c` },
]);

/** The first characters of an id, and its length. */
const short = (id: string) => `${JSON.stringify(id.slice(0, 20))} (${id.length})`;

/** Gives each stream its own text, in interleaved deltas. */
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

  it('keeps streams with different ids apart, whatever the ids', async () => {
    const names = ids.map((id) => ({ kind: 'answer', id }));
    const expected = ids.map((id, i) => `${id} end: "${i} is ${i}"`);
    expect(new Set(outcome(await valuesOf(eventsOf(names))))).toStrictEqual(new Set(expected));
  });

  it('keeps streams with different kinds apart, and never confuses two pairs of kind and id', async () => {
    const expected = pairs.map(({ id }, i) => `${id} end: "${i} is ${i}"`);
    expect(new Set(outcome(await valuesOf(eventsOf(pairs))))).toStrictEqual(new Set(expected));
  });
});

describe('commitLines', () => {
  it.each(ids.map((id) => ({ title: short(id), id })))(
    'emits the id $title unchanged, remembers it, and opens its next generation',
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
  it('keeps scopes apart, whatever values identify them', async () => {
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
