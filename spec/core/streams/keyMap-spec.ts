import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { KeyMap } from '../../../src/core/streams/keyMap.js';

const action = fc.record({
  type: fc.constantFrom('set', 'delete', 'get'),
  kind: fc.constantFrom('', 'a', 'a:b', '__proto__'),
  id: fc.constantFrom('', 'b:c', 'c', '__proto__'),
  value: fc.nat(),
});

describe('KeyMap', () => {
  it('has what a map has whose keys are the two names, whatever happens in between', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60, size: 'max' }), (actions) => {
        const map = new KeyMap<number>();
        const model = new Map<string, number>();
        for (const { type, kind, id, value } of actions) {
          const key = JSON.stringify([kind, id]);
          if (type === 'set') {
            map.set(kind, id, value);
            model.set(key, value);
          } else if (type === 'delete') {
            map.delete(kind, id);
            model.delete(key);
          }
          expect(map.get(kind, id)).toBe(model.get(key));
        }
        const kinds = new Set([...model.keys()].map((key) => (JSON.parse(key) as string[])[0]));
        expect(new Set(map.kinds.keys())).toStrictEqual(kinds);
      }),
    );
  });
});
