import fc from 'fast-check';
import { concat, from, of, Subscriber, take, throwError } from 'rxjs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { parseJSONArray, type ParseJSONArrayOptions } from '../../../src/protocols/index.js';
import { pieces } from '../../support/arbitraries.js';
import { collect } from '../../support/collect.js';
import { marbles } from '../../support/marbles.js';

const parse = (chunks: readonly string[], options?: ParseJSONArrayOptions) =>
  collect(from(chunks).pipe(parseJSONArray(options)));

describe('parseJSONArray', () => {
  it(
    'emits each element as soon as it is complete',
    marbles((m) => {
      const source = m.hot('  -a-b-c-d-e-|', { a: '[{"a":1}', b: ',{"a"', c: ':2}', d: ',3', e: ']' });
      const expected = '      -a---c---e-|';
      m.expect(source.pipe(parseJSONArray())).toBeObservable(expected, { a: { a: 1 }, c: { a: 2 }, e: 3 });
    }),
  );

  it('emits the elements, however the text is cut', async () => {
    const json = fc
      .array(fc.jsonValue())
      .map((values) => ({ values, text: JSON.stringify(values, null, 1) }));
    const cut = json.chain(({ values, text }) => pieces(text).map((chunks) => ({ values, chunks })));
    await fc.assert(
      fc.asyncProperty(cut, async ({ values, chunks }) => {
        expect(await parse(chunks)).toStrictEqual(JSON.parse(JSON.stringify(values)));
      }),
    );
  });

  it.each([
    { title: 'no element', text: '[]', values: [] },
    { title: 'white space', text: ' \n[ 1 , 2 ]\n ', values: [1, 2] },
    { title: 'a byte order mark', text: '\uFEFF[1]', values: [1] },
    {
      title: 'strings with all that has a meaning outside',
      text: '["a,]}","\\"[\\\\",3]',
      values: ['a,]}', '"[\\', 3],
    },
    { title: 'arrays in an array', text: '[[1,[2]],{"a":[3]}]', values: [[1, [2]], { a: [3] }] },
    { title: 'an object', text: '{"a":[1,2]}', values: [{ a: [1, 2] }] },
    { title: 'one array after the other', text: '[1]\n[2]', values: [1, 2] },
    { title: 'nothing', text: '', values: [] },
    { title: 'nothing but white space', text: ' \n', values: [] },
  ])('accepts $title', async ({ text, values }) => {
    expect(await parse([text])).toStrictEqual(values);
    expect(await parse(text.split(''))).toStrictEqual(values);
  });

  describe('an array that was cut off', () => {
    it.each([
      { text: '[{"a":1},{"a":2}', values: [{ a: 1 }, { a: 2 }] },
      { text: '["a","b" ', values: ['a', 'b'] },
      { text: '[1,[2]', values: [1, [2]] },
      { text: '[{"a":1},{"a":2', values: [{ a: 1 }] },
      { text: '["a","b', values: ['a'] },
      { text: '[1,23', values: [1] },
      { text: '[1,tr', values: [1] },
      { text: '[1,', values: [1] },
      { text: '[', values: [] },
      { text: '{"a":1', values: [] },
    ])('emits the complete elements of $text', async ({ text, values }) => {
      expect(await parse([text])).toStrictEqual(values);
    });
  });

  it.each([
    { text: '[1,oops]', message: 'Element 2 is not valid JSON; it begins with "oops"' },
    { text: '[1] 2', message: 'After element 1, the text is not a JSON array: "2"' },
    { text: 'null', message: 'At its beginning, the text is not a JSON array: "n"' },
  ])('fails at $text', async ({ text, message }) => {
    await expect(parse([text])).rejects.toThrow(new SyntaxError(message));
  });

  it('drops an unfinished element when the source fails', () => {
    const boom = new Error('boom');
    const seen: unknown[] = [];
    concat(
      of('[1,{"a":'),
      throwError(() => boom),
    )
      .pipe(parseJSONArray())
      .subscribe({ next: (value) => seen.push(value), error: (error: unknown) => seen.push(error) });
    expect(seen).toStrictEqual([1, boom]);
  });

  it('fails at an element that is too long, in an array or not', async () => {
    const tooLong = new RangeError(
      'Element 1 is longer than the option maxElementLength allows: 3 code units',
    );
    expect(await parse(['[123,', '"a', '"]'], { maxElementLength: 3 })).toStrictEqual([123, 'a']);
    await expect(parse(['["a', 'b"]'], { maxElementLength: 3 })).rejects.toThrow(tooLong);
    await expect(parse(['{"a', 'b'], { maxElementLength: 3 })).rejects.toThrow(tooLong);
  });

  it('stops in the middle of a chunk when it is unsubscribed', async () => {
    const next = vi.spyOn(Subscriber.prototype, 'next');
    onTestFinished(() => {
      next.mockRestore();
    });
    expect(await collect(of('["a","b"]').pipe(parseJSONArray(), take(1)))).toStrictEqual(['a']);
    expect(next).toHaveBeenCalledWith('a');
    expect(next).not.toHaveBeenCalledWith('b');
  });

  it.each([0, 1.5, NaN, '5', null])('rejects %s for maxElementLength', (maxElementLength) => {
    expect(() => parseJSONArray({ maxElementLength: maxElementLength as never })).toThrow(/maxElementLength/);
  });

  it('fails at a chunk that is not text', async () => {
    const chunks = from([5 as never]);
    await expect(collect(chunks.pipe(parseJSONArray()))).rejects.toThrow(
      new TypeError(
        'parseJSONArray reads text (use decodeText for bytes), but was given a value of type Number',
      ),
    );
  });
});
