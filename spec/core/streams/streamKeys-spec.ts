import fc from 'fast-check';
import { noop } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';

import { OpenStream } from '../../../src/core/streams/openStream.js';
import { StreamKeys } from '../../../src/core/streams/streamKeys.js';
import type { StreamRef } from '../../../src/index.js';

const ref = (id: string, generation = 0): StreamRef => ({ kind: 'k', id, generation });

class SilentStream extends OpenStream<string> {
  opened = noop;
  delta = noop;
  close = noop;
}

describe('StreamKeys', () => {
  it('deletes the key that was closed first', () => {
    const keys = new StreamKeys(2);
    for (const id of ['a', 'b', 'c']) {
      keys.close(ref(id), false);
    }
    expect(['a', 'b', 'c'].filter((id) => keys.get('k', id) !== undefined)).toStrictEqual(['b', 'c']);
  });

  it('knows which streams their producer did not end', () => {
    const keys = new StreamKeys(2);
    const [ended, evicted] = [ref('a'), ref('b')];
    keys.close(ended, false);
    keys.close(evicted, true);
    expect([ended, evicted].map((closed) => keys.isInterrupted(closed))).toStrictEqual([false, true]);
  });

  it('deletes the mark of an interrupted stream with its key', () => {
    const keys = new StreamKeys(1);
    keys.close(ref('a'), true);
    keys.close(ref('b'), false);
    expect(keys).toMatchObject({ interrupted: new Set() });
  });

  it('finds the open streams of all kinds, in the order of opening', () => {
    const keys = new StreamKeys<string>(2);
    const open = (kind: string, id: string, firstEvent: number, lastEvent: number) => {
      const stream = Object.assign(new SilentStream({ kind, id, generation: 0 }), { firstEvent, lastEvent });
      keys.set(stream.ref, stream);
      return stream;
    };
    const last = open('k', 'c', 3, 3);
    const first = open('k', 'a', 1, 4);
    const second = open('other', 'b', 2, 2);
    keys.close(ref('closed'), false);
    expect(keys.openStreams()).toStrictEqual([first, second, last]);
    expect(keys.openStreams(3)).toStrictEqual([second, last]);
  });

  it('remembers the same keys as a list of the latest closings, for every sequence of closings', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 300, size: 'max' }),
        fc.integer({ min: 0, max: 5 }),
        (ids, maxRemembered) => {
          const keys = new StreamKeys(maxRemembered);
          let latest: string[] = [];
          for (const id of ids) {
            const known = keys.get('k', id);
            expect(known !== undefined).toBe(latest.includes(id));
            keys.close(ref(id), false, known as StreamRef | undefined);
            latest = [...latest.filter((other) => other !== id), id];
            latest.splice(0, latest.length - maxRemembered);
            expect(keys.remembered).toBe(latest.length);
          }
        },
      ),
    );
  });

  it.each([
    { closings: 19, refs: 20 },
    { closings: 20, refs: 2 },
    { closings: 10_000, refs: 7 },
  ])(
    'holds $refs refs when one of two keys was closed $closings times, so their number is bounded',
    ({ closings, refs }) => {
      const keys = new StreamKeys(10);
      keys.close(ref('b'), false);
      for (let generation = 0; generation < closings; generation++) {
        keys.close(ref('a', generation), false, keys.get('k', 'a') as StreamRef | undefined);
      }
      expect(keys.closed).toHaveLength(refs);
      expect(keys.closed[0]).toStrictEqual(ref('b'));
      expect(keys.closed.at(-1)).toStrictEqual(ref('a', closings - 1));
    },
  );

  it('looks each of two kinds up once, however they alternate', () => {
    const keys = new StreamKeys(10);
    keys.close(ref('a'), false);
    keys.get('third', 'a');
    keys.get('fourth', 'a');
    const lookUp = vi.spyOn(keys.kinds, 'get');
    for (const kind of ['k', 'other', 'other', 'k', 'other', 'k']) {
      expect(keys.get(kind, 'a')).toStrictEqual(kind === 'k' ? ref('a') : undefined);
    }
    expect(lookUp.mock.calls).toStrictEqual([['k'], ['other']]);
  });

  it.each([{ kinds: ['a', 'b'] }, { kinds: ['b', 'a'] }, { kinds: ['a'] }])(
    'finds a key of a kind that was deleted and is set again, after look-ups of $kinds',
    ({ kinds }) => {
      const keys = new StreamKeys(1);
      keys.close({ kind: 'a', id: '1', generation: 0 }, false);
      keys.close({ kind: 'b', id: '1', generation: 0 }, false);
      for (const kind of kinds) {
        expect(keys.get(kind, '1') === undefined).toBe(kind === 'a');
      }
      const again = { kind: 'a', id: '1', generation: 1 };
      keys.close(again, false);
      expect(keys.get('a', '1')).toBe(again);
      expect(keys.get('b', '1')).toBeUndefined();
    },
  );

  it('removes the refs of deleted keys without looking the keys up again', () => {
    const keys = new StreamKeys(2);
    const lookUp = vi.spyOn(keys, 'get');
    const closings = 100;
    for (let count = 0; count < closings; count++) {
      keys.close(ref(String(count)), false);
    }
    expect(keys.closed.length).toBeLessThan(30);
    // One for each key that was deleted.
    expect(lookUp).toHaveBeenCalledTimes(closings - 2);
  });
});
