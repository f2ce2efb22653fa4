import { describe, expect, it } from 'vitest';

import { StreamMap } from '../../../src/core/streams/streamMap.js';

const stream = { kind: 'answer', id: 'a', generation: 0 };

describe('StreamMap', () => {
  it('knows a stream by its names, whatever object they are in', () => {
    const map = new StreamMap<string>();
    map.set(stream, 'value');
    expect(map.get(stream)).toBe('value');
    expect(map.get({ ...stream })).toBe('value');
    expect(map.get({ ...stream, order: [1] })).toBe('value');
  });

  it.each([
    { title: 'kind', other: { ...stream, kind: 'reasoning' } },
    { title: 'id', other: { ...stream, id: 'b' } },
    { title: 'id that objects have', other: { ...stream, id: '__proto__' } },
    { title: 'generation', other: { ...stream, generation: 1 } },
    { title: 'cut between the names', other: { kind: 'answera', id: '', generation: 0 } },
  ])('tells streams apart by their $title', ({ other }) => {
    const map = new StreamMap<string>();
    map.set(stream, 'value');
    expect(map.get(other)).toBeUndefined();
    map.set(other, 'other');
    expect(map.get(stream)).toBe('value');
    expect(map.get(other)).toBe('other');
    map.delete(stream);
    expect(map.get(stream)).toBeUndefined();
    expect(map.get(other)).toBe('other');
  });

  it('has the latest value, also right after a look-up', () => {
    const map = new StreamMap<string>();
    expect(map.get(stream)).toBeUndefined();
    map.set({ ...stream }, 'one');
    expect(map.get(stream)).toBe('one');
    map.set({ ...stream }, 'two');
    expect(map.get(stream)).toBe('two');
    map.delete({ ...stream });
    expect(map.get(stream)).toBeUndefined();
  });

  it('keeps nothing of what was deleted', () => {
    const map = new StreamMap<string>();
    map.set(stream, 'value');
    map.set({ ...stream, generation: 1 }, 'value');
    map.delete(stream);
    map.delete({ ...stream, generation: 1 });
    map.delete({ ...stream, kind: 'never set' });
    expect(map).toStrictEqual(new StreamMap());
  });
});
