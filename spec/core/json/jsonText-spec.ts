import { describe, expect, it } from 'vitest';

import type { JSONVisitor } from '../../../src/core/json/jsonParser.js';
import { JSONText } from '../../../src/core/json/jsonText.js';
import { stringsIn } from '../../support/held.js';

/** Two texts of the same length with the same 64-bit hash, by a hash that is fast and not cryptographic. */
const COLLISION = [
  '胏瑸姩誹豩頱榬殅墂窕淰寄良酐曵搳匲盃铰滰強謇璣执嗢密蜶朕亗毾樊寨坊俎繈棲衮勫戙隸桄郉燠殀慗骹陗隥杧惪沸荔渻騡骋堪徔皢楧諰試迮缧',
  '駧潀杹浥珿缣酳籊犸佼滘箍啄歓嵻蜲豈舘逞霋魈娖湧焲嗢密蜶棻朥幊樊寨坊企晭紪駠誅碝隸桄郉豙禙硙婉嚶爆鍿睞扤怶趎剼骋堪徔皢楧諰煶譐諭',
] as const;

const ignore = () => undefined;

function textOf(
  { maxLength, maxRetained = 1_000 }: { readonly maxLength?: number; readonly maxRetained?: number },
  { string, fail }: Pick<JSONVisitor, 'string' | 'fail'>,
): JSONText {
  return new JSONText(
    { maxDepth: 9, maxNameLength: 9, maxRetained },
    {
      openArray: ignore,
      openObject: ignore,
      name: ignore,
      closeContainer: ignore,
      openString: ignore,
      string,
      closeString: ignore,
      openLiteral: ignore,
      closeLiteral: ignore,
      fail,
    },
    maxLength,
  );
}

function read(
  deltas: readonly string[],
  fullText: string | undefined,
  limits: { readonly maxLength?: number; readonly maxRetained?: number } = {},
) {
  let string = '';
  const errors: unknown[] = [];
  const text = textOf(limits, { string: (part) => (string += part), fail: (error) => errors.push(error) });
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
    {
      title: 'ignores a text that only a hash takes for the received one',
      deltas: [`{"a":"${COLLISION[0]}`],
      fullText: `{"a":"${COLLISION[1]}"}`,
      result: `${COLLISION[0]} IncompleteJSONError`,
    },
    { title: 'ignores a shorter text', deltas: ['"ab'], fullText: '"a', result: 'ab IncompleteJSONError' },
    { title: 'ignores an empty text', deltas: ['"ab"'], fullText: '', result: 'ab ' },
    { title: 'reads nothing twice', deltas: ['"ab"'], fullText: '"ab"', result: 'ab ' },
    { title: 'fails without any text', deltas: [], fullText: undefined, result: ' IncompleteJSONError' },
  ])('$title', ({ deltas, fullText, result }) => {
    expect(read(deltas, fullText)).toBe(result);
  });

  it('fails beyond its longest text', () => {
    expect(read(['"ab', 'c"'], undefined, { maxLength: 5 })).toBe('abc ');
    expect(read(['"ab', 'cd"'], undefined, { maxLength: 5 })).toBe('ab RangeError');
  });

  it('names its longest text in the error', () => {
    const errors: unknown[] = [];
    const text = textOf({ maxLength: 3 }, { string: ignore, fail: (error) => errors.push(error) });
    text.append('"abc"');
    expect(errors).toStrictEqual([new RangeError('The JSON is longer than 3 characters')]);
  });

  it('retains nothing of a text that is not JSON', () => {
    const text = textOf({}, { string: ignore, fail: ignore });
    text.append('[1, ');
    text.append('oops');
    text.append('2]');
    expect(stringsIn(text).join()).not.toMatch(/1|oops|2/);
  });

  it.each([
    { maxRetained: 3, result: 'abc ' },
    { maxRetained: 2, result: 'ab IncompleteJSONError' },
  ])('ignores the full text after $maxRetained retained characters', ({ maxRetained, result }) => {
    expect(read(['"a', 'b'], '"abc"', { maxRetained })).toBe(result);
  });

  it('reads the full text if nothing was received and nothing is retained', () => {
    expect(read([], '"abc"', { maxRetained: 0 })).toBe('abc ');
  });
});
