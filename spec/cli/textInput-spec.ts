import { gzipSync } from 'node:zlib';

import { describe, expect, it } from 'vitest';

import { TextInput } from '../../src/cli/textInput.js';

const text = '{"a":"héllo 漢字 🙂"}\n'.repeat(20);

async function read(bytes: Buffer, chunkLength: number): Promise<{ text: string; error: unknown }> {
  let position = 0;
  // Like a file, which reads into one buffer again and again.
  const buffer = Buffer.alloc(chunkLength);
  const input = new TextInput({
    isLive: false,
    read: () => {
      const length = bytes.copy(buffer, 0, position, position + chunkLength);
      position += length;
      return Promise.resolve(length === 0 ? undefined : buffer.subarray(0, length));
    },
    close: () => undefined,
  });
  let found = '';
  try {
    for (let chunk = await input.read(); chunk !== undefined; chunk = await input.read()) {
      found += chunk;
    }
  } catch (error) {
    return { text: found, error };
  }
  return { text: found, error: undefined };
}

const littleEndian = Buffer.from(`\ufeff${text}`, 'utf16le');
const bigEndian = Buffer.from(littleEndian).swap16();

describe('TextInput', () => {
  it.each([
    { name: 'UTF-8', bytes: Buffer.from(text) },
    { name: 'UTF-8 with a byte order mark', bytes: Buffer.from(`\ufeff${text}`) },
    { name: 'UTF-16LE with a byte order mark', bytes: littleEndian },
    { name: 'UTF-16BE with a byte order mark', bytes: bigEndian },
    { name: 'gzip', bytes: gzipSync(text) },
    { name: 'gzip of UTF-16LE', bytes: gzipSync(littleEndian) },
    {
      name: 'gzip of several members',
      bytes: Buffer.concat([gzipSync(text.slice(0, 100)), gzipSync(text.slice(100))]),
    },
  ])('reads $name, cut anywhere', async ({ bytes }) => {
    for (const chunkLength of [1, 2, 3, 7, bytes.length]) {
      expect(await read(bytes, chunkLength)).toStrictEqual({ text, error: undefined });
    }
  });

  it.each([
    { name: 'nothing', bytes: Buffer.alloc(0), expected: '' },
    { name: 'one byte', bytes: Buffer.from('a'), expected: 'a' },
    { name: 'an unfinished character', bytes: Buffer.from([0x61, 0xc3]), expected: 'a\ufffd' },
  ])('reads $name', async ({ bytes, expected }) => {
    expect(await read(bytes, 1)).toStrictEqual({ text: expected, error: undefined });
  });

  it('returns everything before the end of truncated gzip data, then fails', async () => {
    const long = Array.from({ length: 50_000 }, (_, index) => `${index}\n`).join('');
    const bytes = gzipSync(long);
    const { text: found, error } = await read(bytes.subarray(0, -8), 1000);
    expect(found).toBe(long);
    expect(error).toStrictEqual(
      expect.objectContaining({ message: 'broken gzip data: unexpected end of file' }),
    );
  });

  it('fails for broken gzip data', async () => {
    const { error } = await read(Buffer.from([0x1f, 0x8b, 1, 2, 3]), 5);
    expect(error).toStrictEqual(
      expect.objectContaining({ message: 'broken gzip data: unknown compression method' }),
    );
  });
});
