import { describe, expect, it } from 'vitest';

import { JSONText } from '../../../src/core/json/jsonText.js';

function read(deltas: readonly string[], fullText: string | undefined, maxLength?: number) {
  let string = '';
  const errors: unknown[] = [];
  const ignore = () => undefined;
  const text = new JSONText(
    { maxDepth: 9, maxNameLength: 9 },
    {
      openArray: ignore,
      openObject: ignore,
      name: ignore,
      closeContainer: ignore,
      openString: ignore,
      string: (part) => (string += part),
      closeString: ignore,
      openLiteral: ignore,
      closeLiteral: ignore,
      fail: (error) => errors.push(error),
    },
    maxLength,
  );
  deltas.forEach((delta) => {
    text.append(delta);
  });
  text.end(fullText);
  return `${string} ${errors.map((error) => (error as Error).name).join()}`;
}

describe('JSONText', () => {
  it.each([
    { title: 'reads the rest of the full text', deltas: ['"a', 'b'], fullText: '"abc"', result: 'abc ' },
    {
      title: 'reads the full text if nothing was received',
      deltas: [],
      fullText: '"abc"',
      result: 'abc ',
    },
    {
      title: 'ignores another text',
      deltas: ['"a', 'b'],
      fullText: '"xbc"',
      result: 'ab IncompleteJSONError',
    },
    { title: 'ignores a shorter text', deltas: ['"ab'], fullText: '"a', result: 'ab IncompleteJSONError' },
    { title: 'ignores an empty text', deltas: ['"ab"'], fullText: '', result: 'ab ' },
    { title: 'reads nothing twice', deltas: ['"ab"'], fullText: '"ab"', result: 'ab ' },
    { title: 'fails without any text', deltas: [], fullText: undefined, result: ' IncompleteJSONError' },
  ])('$title', ({ deltas, fullText, result }) => {
    expect(read(deltas, fullText)).toBe(result);
  });

  it('fails beyond its longest text', () => {
    expect(read(['"ab', 'c"'], undefined, 5)).toBe('abc ');
    expect(read(['"ab', 'cd"'], undefined, 5)).toBe('ab RangeError');
  });
});
