import { describe, expect, it } from 'vitest';

import { fullIds, ShortIds } from '../../src/cli/shortIds.js';
import { callOf, ValueIds } from '../../src/cli/valueIds.js';
import type { StreamRef } from '../../src/index.js';

const stream = (id: string, kind = 'tool'): StreamRef => ({ kind, id, generation: 0 });

describe('callOf', () => {
  it.each([
    ['call_1#/a/b', 'call_1'],
    ['call_1#', 'call_1'],
    ['r/1#/a#/b', 'r/1'],
    ['r#1/2#/a', 'r#1/2'],
    ['call_1', 'call_1'],
    ['', ''],
  ])('finds in %s the call %s', (id, call) => {
    expect(callOf(id)).toBe(call);
  });
});

describe('ValueIds', () => {
  it('shows the short id of the call, and the full pointer', () => {
    const ids = new ValueIds(new ShortIds());
    ids.add(stream('a/r/1#/x/y'));
    ids.add(stream('a/r/1#/x/z'));
    const { version } = ids;
    expect(ids.of(stream('a/r/1#/x/z'))).toBe('a#/x/z');
    ids.add(stream('a/r/2#'));
    expect(ids.version).not.toBe(version);
    expect([ids.of(stream('a/r/1#/x/y')), ids.of(stream('a/r/2#'))]).toStrictEqual(['a/r/1#/x/y', 'a/r/2#']);
  });

  it('does not change the ids of other kinds', () => {
    const ids = new ValueIds(new ShortIds());
    ids.add(stream('a#/1', 'answer'));
    expect(ids.of(stream('a#/1', 'answer'))).toBe('a#');
    expect(new ValueIds(fullIds).of(stream('a/1#/x'))).toBe('a/1#/x');
  });
});
