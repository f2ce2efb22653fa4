import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { fullIds, ShortIds } from '../../src/cli/shortIds.js';
import type { StreamRef } from '../../src/index.js';

const stream = (id: string, kind = 'answer'): StreamRef => ({ kind, id, generation: 0 });

function shown(ids: readonly string[], maxIds?: number): readonly string[] {
  const short = new ShortIds(maxIds);
  ids.forEach((id) => short.add(stream(id)));
  return ids.map((id) => short.of(stream(id)));
}

describe('ShortIds', () => {
  it.each([
    { ids: ['a.sse/resp_1/1/0', 'b.sse/resp_2/1/0'], short: ['a.sse', 'b.sse'] },
    { ids: ['a/r/1', 'a/r/2', 'a/s/1', 'b'], short: ['a/r/1', 'a/r/2', 'a/s', 'b'] },
    { ids: ['a', 'a/1'], short: ['a', 'a/1'] },
    { ids: ['/web', '/db'], short: ['/web', '/db'] },
    { ids: ['./a/log/m', '../b/log/m'], short: ['./a', '../b'] },
    { ids: ['', '/', 'a'], short: ['', '/', 'a'] },
    { ids: ['__proto__/1', 'constructor/1'], short: ['__proto__', 'constructor'] },
  ])('shows $ids as $short', ({ ids, short }) => {
    expect(shown(ids)).toStrictEqual(short);
  });

  it('compares the ids of one kind', () => {
    const short = new ShortIds();
    [stream('a/1'), stream('a/2', 'tool'), { ...stream('a/1'), generation: 1 }].forEach((each) => {
      short.add(each);
    });
    expect(short.of(stream('a/1'))).toBe('a');
  });

  it('shows more of an id once another one begins like it', () => {
    const short = new ShortIds();
    short.add(stream('a/1'));
    const { version } = short;
    expect(short.of(stream('a/1'))).toBe('a');
    short.add(stream('a/2'));
    expect(short.of(stream('a/1'))).toBe('a/1');
    expect(short.version).not.toBe(version);
  });

  it('shows unique beginnings of ids', () => {
    const part = fc.constantFrom('', 'a', 'b', 'ab');
    const id = fc.array(part, { maxLength: 20 }).map((parts) => parts.join('/'));
    fc.assert(
      fc.property(fc.uniqueArray(id, { maxLength: 12 }), (ids) => {
        const short = shown(ids);
        expect(new Set(short).size).toBe(ids.length);
        ids.forEach((each, index) => {
          expect(each.startsWith(short[index] ?? 'none')).toBe(true);
        });
      }),
    );
  });

  it('shows full ids beyond the number that it compares', () => {
    expect(shown(['a/1', 'b/1'], 2)).toStrictEqual(['a', 'b']);
    expect(shown(['a/1', 'b/1', 'c/1', 'd/1'], 2)).toStrictEqual(['a/1', 'b/1', 'c/1', 'd/1']);
  });
});

describe('fullIds', () => {
  it('shows full ids', () => {
    expect(fullIds.of(stream('a/1'))).toBe('a/1');
  });
});
