import { describe, expect, it } from 'vitest';

import { copyText } from '../../../src/core/text/copyText.js';
import { heapUsed } from '../../support/heapUsed.js';

const megabyte = 2 ** 20;

describe('copyText', () => {
  it.each(['', 'text', 'a "quoted" \\ text\r\n\t\0', '\ud83d', '\udc68\ud83d', '\u2028🧑‍🚀', '__proto__'])(
    'returns the same text: %j',
    (text) => {
      expect(copyText(text)).toBe(text);
    },
  );

  it('returns a text whose JSON would not fit into a string', () => {
    const text = '\u0001'.repeat(100_000_000);
    expect(copyText(text)).toBe(text);
  });

  it('frees the string that the text was cut from', () => {
    const texts: string[] = [];
    const before = heapUsed();
    for (let number = 0; number < 100; number++) {
      texts.push(copyText(`${number} `.repeat(megabyte / 4).slice(0, 64)));
    }
    expect(heapUsed() - before).toBeLessThan(megabyte);
    expect(texts).toHaveLength(100);
  });

  it('frees the pieces that the text was concatenated from', () => {
    const texts: string[] = [];
    const before = heapUsed();
    for (let number = 0; number < 1_000; number++) {
      let text = '';
      for (let piece = 0; piece < 1_024; piece++) {
        text += 'xy';
      }
      texts.push(copyText(text));
    }
    expect(heapUsed() - before).toBeLessThan(4 * megabyte);
    expect(texts).toHaveLength(1_000);
  });
});
