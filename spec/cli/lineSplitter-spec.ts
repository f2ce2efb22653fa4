import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { LineSplitter } from '../../src/cli/lineSplitter.js';

/** Returns each line with its number, and the numbers of those that are too long. */
function read(chunks: readonly string[], maxLength = Infinity) {
  const tooLong: number[] = [];
  const lines: (readonly [number, string])[] = [];
  const reader = new LineSplitter(maxLength, (number) => tooLong.push(number));
  const readAll = () => {
    for (let line = reader.next(); line !== undefined; line = reader.next()) {
      lines.push([reader.number, line]);
    }
  };
  for (const chunk of chunks) {
    reader.push(chunk);
    readAll();
  }
  reader.end();
  readAll();
  return { lines, tooLong };
}

describe('LineSplitter', () => {
  it.each([
    { text: '', lines: [] },
    { text: 'a', lines: ['a'] },
    { text: 'a\n', lines: ['a'] },
    { text: 'a\nb', lines: ['a', 'b'] },
    { text: 'a\r\nb\r\n', lines: ['a', 'b'] },
    { text: 'a\rb\r', lines: ['a', 'b'] },
    { text: '\n\r\n\r', lines: ['', '', ''] },
    { text: '\r\r\n\n', lines: ['', '', ''] },
  ])('cuts $text', ({ text, lines }) => {
    expect(read([text]).lines).toStrictEqual(lines.map((line, index) => [index + 1, line]));
  });

  it('cuts only at LF if a CR is text', () => {
    const reader = new LineSplitter(Infinity, () => undefined);
    reader.keepsCarriageReturns = true;
    reader.push('a\rb\r');
    expect(reader.next()).toBeUndefined();
    reader.push('\nc\r\r\n');
    expect([reader.next(), reader.next(), reader.next()]).toStrictEqual(['a\rb\r', 'c\r\r', undefined]);
  });

  it('returns a line as soon as a CR ends it', () => {
    const reader = new LineSplitter(Infinity, () => undefined);
    reader.push('a\r');
    expect(reader.next()).toBe('a');
    reader.push('\nb');
    expect(reader.next()).toBeUndefined();
  });

  it('returns the same lines for every cut of the text', () => {
    const chunks = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\n', '\r', '\r\n'), maxLength: 5 }));
    fc.assert(
      fc.property(chunks, fc.integer({ min: 1, max: 6 }), (pieces, maxLength) => {
        expect(read(pieces, maxLength)).toStrictEqual(read([pieces.join('')], maxLength));
      }),
    );
  });

  it('skips a line that is too long, but counts it', () => {
    expect(read(['abc\nabcd\nab', 'cd\nx\nabcd'], 3)).toStrictEqual({
      lines: [
        [1, 'abc'],
        [4, 'x'],
      ],
      tooLong: [2, 3, 5],
    });
  });
});
