import { runInNewContext } from 'node:vm';

import fc from 'fast-check';
import { concat, from, of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { decodeText } from '../../../src/protocols/index.js';
import { collect } from '../../support/collect.js';
import { marbles } from '../../support/marbles.js';

const decode = (chunks: readonly (readonly number[])[]) =>
  collect(from(chunks.map((bytes) => Uint8Array.from(bytes))).pipe(decodeText()));

describe('decodeText', () => {
  it(
    'holds an unfinished character until its last byte arrives',
    marbles((m) => {
      const source = m.hot('  --a-b-c-|', {
        a: Uint8Array.of(0xf0, 0x9f),
        b: Uint8Array.of(0x98),
        c: Uint8Array.of(0x80, 0x21),
      });
      const expected = '      ------x-|';
      m.expect(source.pipe(decodeText())).toBeObservable(expected, { x: '\u{1F600}!' });
    }),
  );

  it.each([
    { title: 'emits no empty text', chunks: [[], [0x61], []], texts: ['a'] },
    { title: 'removes a byte order mark', chunks: [[0xef, 0xbb, 0xbf, 0x61]], texts: ['a'] },
    { title: 'removes a cut byte order mark', chunks: [[0xef], [0xbb], [0xbf], [0x61]], texts: ['a'] },
    {
      title: 'keeps a byte order mark further on',
      chunks: [[0x61], [0xef, 0xbb, 0xbf]],
      texts: ['a', '\uFEFF'],
    },
    { title: 'replaces invalid bytes', chunks: [[0x61, 0xff, 0x62]], texts: ['a\uFFFDb'] },
    { title: 'replaces half a character at the end', chunks: [[0x61, 0xc3]], texts: ['a', '\uFFFD'] },
  ])('$title', async ({ chunks, texts }) => {
    expect(await decode(chunks)).toStrictEqual(texts);
  });

  it(
    'replaces half a character before an error too',
    marbles((m) => {
      const source = m.hot('  --a-#', { a: Uint8Array.of(0xc3) });
      const expected = '      ----(x#)';
      m.expect(source.pipe(decodeText())).toBeObservable(expected, { x: '\uFFFD' });
    }),
  );

  it('accepts bytes of another frame', async () => {
    const bytes = runInNewContext('Uint8Array.of(0x61)') as Uint8Array;
    expect(await collect(of(bytes).pipe(decodeText()))).toStrictEqual(['a']);
  });

  it.each([
    { chunk: 'a', type: 'String' },
    { chunk: undefined, type: 'Undefined' },
    { chunk: null, type: 'Null' },
    { chunk: [0x61], type: 'Array' },
    { chunk: new ArrayBuffer(1), type: 'ArrayBuffer' },
  ])('fails at a value of type $type', async ({ chunk, type }) => {
    await expect(collect(of(chunk as unknown as Uint8Array).pipe(decodeText()))).rejects.toThrow(
      new TypeError(`decodeText reads bytes (Uint8Array), but was given a value of type ${type}`),
    );
  });

  it('emits the same text, however the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 6 })),
        fc.string({ unit: 'binary' }),
        async (cut, text) => {
          const chunks = [...cut, new TextEncoder().encode(text)];
          const bytes = chunks.flatMap((chunk) => [...chunk]);
          const texts = await collect(from(chunks).pipe(decodeText()));
          expect(texts.join('')).toBe((await decode([bytes])).join(''));
          expect(texts).not.toContain('');
        },
      ),
    );
  });

  it('emits the text before an error', () => {
    const boom = new Error('boom');
    const source = concat(
      of(Uint8Array.of(0x61, 0xe2, 0x82)),
      throwError(() => boom),
    );
    const seen: unknown[] = [];
    source.pipe(decodeText()).subscribe({
      next: (text) => seen.push(text),
      error: (error: unknown) => seen.push(error),
    });
    expect(seen).toStrictEqual(['a', '\uFFFD', boom]);
  });
});
