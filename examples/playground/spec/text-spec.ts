import { describe, expect, it } from 'vitest';

import { countText, lineText, rowText, timeText } from '../src/text';

describe('rowText', () => {
  it.each([
    ['a\nb', 'a↵b'],
    ['a\r\nb', 'a␍↵b'],
    ['a\tb', 'a⇥b'],
    ['\u001b[31m\u202e', '\\x1b[31m\\u202e'],
    ['<b>bold</b>', '<b>bold</b>'],
  ])('shows %j as %s', (text, shown) => {
    expect(rowText(text)).toBe(shown);
  });

  it('cuts long texts, but no character', () => {
    expect([rowText('abcdef', 4), rowText('abc\u{1f600}', 4)]).toStrictEqual(['abcd…', 'abc…']);
  });
});

describe('lineText', () => {
  it('keeps a line as it is, but for what would be obeyed', () => {
    expect(lineText('a\tb \u0007')).toBe('a\tb \\x07');
  });
});

describe('the other texts', () => {
  it('are in seconds and in words', () => {
    expect([timeText(1234), countText(1, 'line'), countText(1200, 'line')]).toStrictEqual([
      '1.23 s',
      '1 line',
      '1,200 lines',
    ]);
  });
});
