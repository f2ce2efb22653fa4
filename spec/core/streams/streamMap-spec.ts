import { describe, expect, it, vi } from 'vitest';

import { StreamMap } from '../../../src/core/streams/streamMap.js';
import type { StreamRef } from '../../../src/index.js';

const streamOf = (kind: string, generation: number, id: string): StreamRef => ({ kind, generation, id });

const stream = streamOf('answer', 0, 'a');

describe('StreamMap', () => {
  it('finds a stream by its kind, generation and id', () => {
    const map = new StreamMap<string>();
    map.set(stream, 'value');
    expect(map.get(stream)).toBe('value');
  });

  it.each([
    { title: 'kind', other: streamOf('reasoning', 0, 'a') },
    { title: 'id', other: streamOf('answer', 0, 'b') },
    { title: 'id that objects have', other: streamOf('answer', 0, '__proto__') },
    { title: 'generation', other: streamOf('answer', 1, 'a') },
    { title: 'cut between the names', other: streamOf('answera', 0, '') },
  ])('distinguishes streams by their $title', ({ other }) => {
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

  it('has the latest value, even right after a look-up', () => {
    const map = new StreamMap<string>();
    expect(map.get(stream)).toBeUndefined();
    map.set(stream, 'one');
    expect(map.get(stream)).toBe('one');
    map.set(stream, 'two');
    expect(map.get(stream)).toBe('two');
    map.delete(stream);
    expect(map.get(stream)).toBeUndefined();
  });

  it('keeps nothing of deleted streams', () => {
    const map = new StreamMap<string>();
    map.set(stream, 'value');
    map.set(streamOf('answer', 1, 'a'), 'value');
    map.delete(stream);
    map.delete(streamOf('answer', 1, 'a'));
    map.delete(streamOf('never set', 0, 'a'));
    expect(map.kinds).toStrictEqual(new Map());
  });

  it.each([
    { how: 'the last one was deleted', empty: (map: StreamMap<string>) => map.delete(stream) },
    { how: 'it was cleared', empty: (map: StreamMap<string>) => map.clear() },
  ])('keeps a stream that is set after $how', ({ empty }) => {
    const map = new StreamMap<string>();
    map.set(stream, 'one');
    empty(map);
    expect(map.get(stream)).toBeUndefined();
    expect(map.kinds).toStrictEqual(new Map());
    map.set(stream, 'two');
    expect(map.get(streamOf('other', 0, 'a'))).toBeUndefined();
    expect(map.get(stream)).toBe('two');
  });

  it('looks a kind up once for successive events of it', () => {
    const map = new StreamMap<string>();
    map.set(stream, 'value');
    map.get(streamOf('other', 0, 'a'));
    const lookUp = vi.spyOn(map.kinds, 'get');
    for (const id of ['a', 'b', 'a']) {
      map.get(streamOf('answer', 0, id));
    }
    expect(lookUp).toHaveBeenCalledOnce();
  });
});
