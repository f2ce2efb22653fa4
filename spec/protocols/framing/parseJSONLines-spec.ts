import fc from 'fast-check';
import { from, of, take } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';

import {
  type InvalidLine,
  parseJSONLines,
  type ParseJSONLinesOptions,
} from '../../../src/protocols/index.js';
import { pieces } from '../../support/arbitraries.js';
import { collect } from '../../support/collect.js';
import { marbles } from '../../support/marbles.js';

const parse = (chunks: Iterable<string>, options?: ParseJSONLinesOptions) =>
  collect(from(chunks).pipe(parseJSONLines(options)));

/** The values, and the numbers and texts of the invalid lines. */
async function parseAll(chunks: Iterable<string>, maxLineLength = 100) {
  const invalid: Omit<InvalidLine, 'error'>[] = [];
  const onInvalid = ({ number, text }: InvalidLine) => invalid.push({ number, text });
  return { values: await parse(chunks, { onInvalid, maxLineLength }), invalid };
}

describe('parseJSONLines', () => {
  it(
    'emits a value at the end of its line',
    marbles((m) => {
      const source = m.hot('  --a-b-c-d-|', { a: '{"x"', b: ':1}\r', c: '\n[2', d: ']' });
      const expected = '      ------x---(y|)';
      m.expect(source.pipe(parseJSONLines())).toBeObservable(expected, { x: { x: 1 }, y: [2] });
    }),
  );

  it.each<{ title: string; text: string; values: readonly unknown[] }>([
    { title: 'reads any value', text: 'null\ntrue\n"a"\n[]\n{}\n', values: [null, true, 'a', [], {}] },
    { title: 'reads LF and CR LF', text: '1\n2\r\n3\n', values: [1, 2, 3] },
    { title: 'ignores blank lines', text: '\n1\n\r\n  \t\n2\n\n', values: [1, 2] },
    { title: 'reads a last line without end', text: '1\n2', values: [1, 2] },
    { title: 'reads a last line that ends in half a line end', text: '1\n2\r', values: [1, 2] },
    { title: 'removes a byte order mark', text: '\uFEFF1\n2\n', values: [1, 2] },
    { title: 'ignores only a byte order mark', text: '\uFEFF', values: [] },
    { title: 'does not take U+2028 for a line end', text: '"\u2028"\n', values: ['\u2028'] },
    {
      title: 'reads a text sequence, in which RS begins each record',
      text: '\u001e{"a":1}\n\u001e\u001e[2]\r\n\u001e\n\u001e"3"\n',
      values: [{ a: 1 }, [2], '3'],
    },
    { title: 'reads records that only RS separates', text: '{"a":1}\u001e2\u001e\n', values: [{ a: 1 }, 2] },
    {
      title: 'leaves out NUL, which a power loss leaves in a file',
      text: '1\n\0\0\0\n\0\0{"a":2}\n{"a":3}\0\0{"a":4}\n\0',
      values: [1, { a: 2 }, { a: 3 }, { a: 4 }],
    },
    { title: 'reads RS and NUL that are escaped', text: '"\\u001e\\u0000"\n', values: ['\u001e\0'] },
  ])('$title', async ({ text, values }) => {
    expect(await parse([text])).toStrictEqual(values);
    expect(await parse(text)).toStrictEqual(values);
  });

  it.each<{ title: string; text: string; values: readonly unknown[] }>([
    { title: 'between records', text: '{"a":1}\none\n[2]\n', values: [{ a: 1 }, 'one', [2]] },
    { title: 'that are JSON by chance', text: '42\nnull\n"a"\n', values: ['42', 'null', '"a"'] },
    { title: 'with white space and CR', text: '  a \r\n b\rc\r\n', values: ['  a \r', ' b\rc\r'] },
    { title: 'that begin with a bracket', text: '[INFO] a\n[1\n', values: ['[INFO] a', '[1'] },
    { title: 'but no blank ones', text: '\n\r\n \na', values: ['a'] },
    {
      title: 'with RS and NUL, but not those of records',
      text: 'a\0b\u001e\n\u001e{"a":1}\n\0\n\0[2]\u001e{}\n\u001e42\n',
      values: ['a\0b\u001e', { a: 1 }, [2], {}, '\u001e42'],
    },
    { title: 'without a byte order mark', text: '\uFEFFa\n\uFEFFb\n', values: ['a', '\uFEFFb'] },
  ])('emits plain lines $title with plainLines', async ({ text, values }) => {
    expect(await parse([text], { plainLines: true })).toStrictEqual(values);
    expect(await parse(text, { plainLines: true })).toStrictEqual(values);
  });

  it.each(['{"a":', '[{"a":1}', '[["', '{} {}'])('does not accept %s as a plain line', async (text) => {
    await expect(parse([text], { plainLines: true })).rejects.toThrow(SyntaxError);
  });

  it('fails at a line that is not JSON, with its number', async () => {
    await expect(parse(['1\n\n<html>', '\n2\n'])).rejects.toThrow(
      new SyntaxError('Line 3 is not valid JSON; it begins with "<html>"'),
    );
  });

  it('has the error of the parser as the cause', async () => {
    await expect(parse(['{"a":'])).rejects.toHaveProperty('cause', expect.any(SyntaxError));
  });

  it('shows only the beginning of the line, without control characters', async () => {
    await expect(parse([`\u001b[31m${'x'.repeat(1_000)}`])).rejects.toThrow(
      new SyntaxError(`Line 1 is not valid JSON; it begins with "\\u001b[31m${'x'.repeat(55)}"`),
    );
  });

  it('reports invalid lines, and continues', async () => {
    expect(await parseAll(['1\nno\r\n2\n', '\uFEFF3\nhalf'])).toStrictEqual({
      values: [1, 2],
      invalid: [
        { number: 2, text: 'no' },
        { number: 4, text: '\uFEFF3' },
        { number: 5, text: 'half' },
      ],
    });
  });

  it('reports the record between two separators that is invalid, and reads the others', async () => {
    expect(await parseAll(['1\n\u001e{"a":\u001e{"a":3}\0no\n4'])).toStrictEqual({
      values: [1, { a: 3 }, 4],
      invalid: [
        { number: 2, text: '{"a":' },
        { number: 2, text: 'no' },
      ],
    });
  });

  it('stops in the middle of a chunk when it is unsubscribed', async () => {
    const onInvalid = vi.fn();
    const text = '1\u001eno\nno\n';
    expect(await collect(of(text).pipe(parseJSONLines({ onInvalid }), take(1)))).toStrictEqual([1]);
    expect(onInvalid).not.toHaveBeenCalled();
  });

  it('fails with an exception of onInvalid', async () => {
    const onInvalid = vi.fn(() => {
      throw new Error('boom');
    });
    await expect(parse(['no\nno\n'], { onInvalid })).rejects.toThrow('boom');
    expect(onInvalid).toHaveBeenCalledOnce();
  });

  it(
    'drops an unfinished line at an error',
    marbles((m) => {
      const source = m.hot('  --a-#', { a: '{"x":' });
      const expected = '      ----#';
      m.expect(source.pipe(parseJSONLines())).toBeObservable(expected);
    }),
  );

  it(
    'fails as soon as a line is too long',
    marbles((m) => {
      const source = m.hot('  --a-b-c-|', { a: '1\n"234', b: '567', c: '89"\n' });
      const subscribed = '    ^---!';
      const expected = '      --x-#';
      m.expect(source.pipe(parseJSONLines({ maxLineLength: 5 }))).toBeObservable(
        expected,
        { x: 1 },
        new SyntaxError('Line 2 is longer than the option maxLineLength allows: 5 code units'),
      );
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );

  it.each([
    { title: 'one chunk', chunks: ['1\n"23456"\r\n"345"\r\n4\n'] },
    { title: 'chunks of one code unit', chunks: '1\n"23456"\r\n"345"\r\n4\n' },
  ])('reports a line that is too long once, without its text: $title', async ({ chunks }) => {
    expect(await parseAll(chunks, 5)).toStrictEqual({
      values: [1, '345', 4],
      invalid: [{ number: 2, text: '' }],
    });
  });

  it('reports a last line that is too long by one', async () => {
    expect(await parseAll('"2345"', 5)).toStrictEqual({ values: [], invalid: [{ number: 1, text: '' }] });
  });

  it('takes time in proportion to the text', async () => {
    // Were the pending line scanned with each chunk, this would take minutes.
    const chunks = function* () {
      yield '"';
      for (let index = 0; index < 200_000; index++) {
        yield 'xxxxxxxxxx';
      }
      yield '"\n';
    };
    expect(await parse(chunks())).toStrictEqual(['x'.repeat(2_000_000)]);
  });

  it('fails at a chunk that is not text', async () => {
    await expect(collect(of(Uint8Array.of(1) as unknown as string).pipe(parseJSONLines()))).rejects.toThrow(
      new TypeError(
        'parseJSONLines reads text (use decodeText for bytes), but was given a value of type Uint8Array',
      ),
    );
  });

  it.each([0, 1.5, NaN, -1])('throws a RangeError for the maxLineLength %d', (maxLineLength) => {
    expect(() => parseJSONLines({ maxLineLength })).toThrow(RangeError);
  });

  it.each([null, { maxLineLength: '8' }, { onInvalid: 'log' }, { plainLines: 1 }])(
    'throws a TypeError for the options %j',
    (options) => {
      expect(() => parseJSONLines(options as never)).toThrow(TypeError);
    },
  );

  const line = fc.oneof(
    { weight: 4, arbitrary: fc.json().map((json) => json.replace(/\n/g, '')) },
    { weight: 1, arbitrary: fc.constantFrom('', ' ', '{', '\uFEFF', '\r', '"\r"') },
  );
  const lines = fc
    .array(fc.tuple(line, fc.constantFrom('\n', '\r\n')), { maxLength: 6 })
    .map((all) => all.flat().join(''));

  it('emits the same values and reports, however the text is cut', async () => {
    const cut = lines.chain((text) => fc.record({ text: fc.constant(text), chunks: pieces(text) }));
    await fc.assert(
      fc.asyncProperty(cut, fc.integer({ min: 1, max: 40 }), async ({ text, chunks }, maxLineLength) => {
        expect(await parseAll(chunks, maxLineLength)).toStrictEqual(await parseAll([text], maxLineLength));
      }),
    );
  });
});
