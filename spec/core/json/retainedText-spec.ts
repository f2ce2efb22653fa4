import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { RetainedText } from '../../../src/core/json/retainedText.js';
import { pieces } from '../../support/arbitraries.js';
import { stringsIn } from '../../support/held.js';

function retain(parts: readonly string[], maxLength = Infinity): RetainedText {
  const text = new RetainedText(maxLength);
  parts.forEach((part) => {
    text.append(part);
  });
  return text;
}

describe('RetainedText', () => {
  it.each([
    { parts: ['a', 'b'], text: 'abc', rest: 'c' },
    { parts: ['a', 'b'], text: 'ab', rest: '' },
    { parts: [], text: 'ab', rest: 'ab' },
    { parts: [], text: '', rest: '' },
    { parts: ['a', 'b'], text: 'a', rest: undefined },
    { parts: ['a', 'b'], text: 'axb', rest: undefined },
    { parts: ['a', 'b'], text: '', rest: undefined },
  ])('finds the rest $rest of $text after $parts', ({ parts, text, rest }) => {
    expect(retain(parts).restOf(text)).toBe(rest);
  });

  it('finds the rest of a long text, wherever that was cut, and one different character anywhere', () => {
    const long = Array.from({ length: 3_000 }, (_, index) => `${index} `).join('');
    fc.assert(
      fc.property(pieces(long), fc.nat(long.length - 1), (parts, index) => {
        const retained = retain(parts);
        expect(retained.restOf(`${long}rest`)).toBe('rest');
        const other = `${long.slice(0, index)}x${long.slice(index + 1)}`;
        expect(retained.restOf(`${other}rest`)).toBeUndefined();
        expect(retain(long.split('')).restOf(`${long}rest`)).toBe('rest');
      }),
      { numRuns: 20 },
    );
  });

  it.each([
    { parts: ['a', 'b'], maxLength: 2, rest: 'c' },
    { parts: ['a', 'b'], maxLength: 1, rest: undefined },
    { parts: ['a', 'b', ''], maxLength: 0, rest: undefined },
    { parts: ['', ''], maxLength: 0, rest: 'abc' },
  ])('retains at most $maxLength characters of $parts', ({ parts, maxLength, rest }) => {
    expect(retain(parts, maxLength).restOf('abc')).toBe(rest);
  });

  it('holds nothing once it is cleared, or too long', () => {
    const cleared = retain(['a', 'b'.repeat(5_000), 'c']);
    cleared.clear();
    expect(stringsIn(cleared).join('')).toBe('');
    expect(stringsIn(retain(['a', 'b'.repeat(5_000), 'c'], 5_001)).join('')).toBe('');
  });

  it('holds many short pieces in few strings of limited length', () => {
    const strings = stringsIn(retain(Array.from({ length: 3_000 }, () => '0123456789')));
    expect(strings.length).toBeLessThanOrEqual(30_000 / 4_096 + 1);
    expect(Math.max(...strings.map(({ length }) => length))).toBeLessThan(4_096 + 10);
  });
});
