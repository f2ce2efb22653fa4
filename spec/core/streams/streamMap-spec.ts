import { describe, expect, it } from 'vitest';

import { StreamMap } from '../../../src/core/streams/streamMap.js';

type Key = readonly [kind: string, generation: number, id: string];

const stream: Key = ['answer', 0, 'a'];

describe('StreamMap', () => {
  it('finds a stream by its kind, generation and id', () => {
    const map = new StreamMap<string>();
    map.set(...stream, 'value');
    expect(map.get(...stream)).toBe('value');
  });

  it.each<{ title: string; other: Key }>([
    { title: 'kind', other: ['reasoning', 0, 'a'] },
    { title: 'id', other: ['answer', 0, 'b'] },
    { title: 'id that objects have', other: ['answer', 0, '__proto__'] },
    { title: 'generation', other: ['answer', 1, 'a'] },
    { title: 'cut between the names', other: ['answera', 0, ''] },
  ])('distinguishes streams by their $title', ({ other }) => {
    const map = new StreamMap<string>();
    map.set(...stream, 'value');
    expect(map.get(...other)).toBeUndefined();
    map.set(...other, 'other');
    expect(map.get(...stream)).toBe('value');
    expect(map.get(...other)).toBe('other');
    map.delete(...stream);
    expect(map.get(...stream)).toBeUndefined();
    expect(map.get(...other)).toBe('other');
  });

  it('has the latest value, even right after a look-up', () => {
    const map = new StreamMap<string>();
    expect(map.get(...stream)).toBeUndefined();
    map.set(...stream, 'one');
    expect(map.get(...stream)).toBe('one');
    map.set(...stream, 'two');
    expect(map.get(...stream)).toBe('two');
    map.delete(...stream);
    expect(map.get(...stream)).toBeUndefined();
  });

  it('keeps nothing of deleted streams', () => {
    const map = new StreamMap<string>();
    map.set(...stream, 'value');
    map.set('answer', 1, 'a', 'value');
    map.delete(...stream);
    map.delete('answer', 1, 'a');
    map.delete('never set', 0, 'a');
    expect(map.kinds).toStrictEqual(new Map());
  });
});
