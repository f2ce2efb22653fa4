import fc from 'fast-check';
import { identity } from 'rxjs';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';

import { truncateStart, padToWidth } from '../../src/cli/displayWidth.js';
import { escapeControls } from '../../src/index.js';

describe('truncateStart', () => {
  it.each([
    { text: 'abcdef', columns: 6, expected: 'abcdef' },
    { text: 'abcdef', columns: 5, expected: '…cdef' },
    { text: 'abcdef', columns: 1, expected: '…' },
    { text: 'abcdef', columns: 0, expected: '' },
    { text: 'abcdef', columns: -1, expected: '' },
    { text: '', columns: 3, expected: '' },
    { text: '漢字漢字', columns: 8, expected: '漢字漢字' },
    { text: '漢字漢字', columns: 7, expected: '…字漢字' },
    { text: '漢字漢字', columns: 6, expected: '…漢字' },
    { text: 'ab🙂', columns: 4, expected: 'ab🙂' },
    { text: 'ab🙂', columns: 3, expected: '…🙂' },
    { text: 'ab🙂', columns: 2, expected: '…' },
    { text: 'cafe\u0301s', columns: 5, expected: 'cafe\u0301s' },
    { text: 'cafe\u0301s', columns: 4, expected: '…fe\u0301s' },
    { text: 'cafe\u0301s', columns: 3, expected: '…e\u0301s' },
    { text: 'a👩‍👩‍👧b', columns: 4, expected: 'a👩‍👩‍👧b' },
    { text: 'a👩‍👩‍👧b', columns: 3, expected: '…b' },
  ])('fits $text into $columns columns', ({ text, columns, expected }) => {
    expect(truncateStart(text, columns, identity)).toBe(expected);
  });

  it('counts escapes', () => {
    expect(truncateStart('a\u001b[2Jb', 8, escapeControls)).toBe('a\\x1b[2Jb'.slice(-8).replace(/^./, '…'));
  });

  it('never exceeds the columns, and fills them with narrow characters', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        fc.integer({ min: 0, max: 40 }),
        (text, columns) => {
          expect(stringWidth(truncateStart(text, columns, identity))).toBeLessThanOrEqual(columns);
        },
      ),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), fc.integer({ min: 0, max: 40 }), (text, columns) => {
        expect(truncateStart(text, columns, identity)).toHaveLength(Math.min(text.length, columns));
      }),
    );
  });

  it('does not read all of a long text', () => {
    let escaped = 0;
    const count = (text: string) => {
      escaped += text.length;
      return text;
    };
    expect(truncateStart(`${'x'.repeat(1_000_000)}end`, 4, count)).toBe('…end');
    expect(escaped).toBeLessThan(100);
  });
});

describe('padToWidth', () => {
  it.each([
    { text: 'ab', expected: 'ab  ' },
    { text: '漢', expected: '漢  ' },
    { text: 'abcde', expected: 'abcde' },
  ])('pads $text to 4 columns', ({ text, expected }) => {
    expect(padToWidth(text, 4)).toBe(expected);
  });
});
