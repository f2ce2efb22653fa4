import { createGunzip } from 'node:zlib';

import { noop } from 'rxjs';

import type { Input } from './input.js';

/**
 * The most compressed bytes that are decompressed at once. Their decompressed size is at most about a thousand times
 * as large.
 */
const GUNZIP_STEP = 16 * 1024;

/** Decodes the bytes of an input: UTF-8, or UTF-16 after a byte order mark, with or without gzip. */
export class TextInput {
  readonly isLive: boolean;
  private readonly input: Input;
  private decoding: Promise<Decoding> | undefined = undefined;

  constructor(input: Input) {
    this.input = input;
    this.isLive = input.isLive;
  }

  /** Returns the next text, which may be empty, or `undefined` at the end. */
  async read(): Promise<string | undefined> {
    this.decoding ??= startDecoding(this.input);
    const decoding = await this.decoding;
    if (decoding.isEnded) {
      return undefined;
    }
    const bytes = await decoding.input.read();
    decoding.isEnded = bytes === undefined;
    return decoding.decoder.decode(bytes, { stream: bytes !== undefined });
  }

  close(): void {
    this.input.close();
  }
}

interface Decoding {
  readonly input: Input;
  readonly decoder: TextDecoder;
  isEnded: boolean;
}

async function startDecoding(input: Input): Promise<Decoding> {
  const raw = new PeekableInput(input);
  const isGzip = startsWith(await raw.peek(2), 0x1f, 0x8b);
  const plain = isGzip ? new PeekableInput(new GunzipInput(raw)) : raw;
  // TextDecoder removes the byte order mark.
  const mark = await plain.peek(2);
  const encoding = startsWith(mark, 0xff, 0xfe)
    ? 'utf-16le'
    : startsWith(mark, 0xfe, 0xff)
      ? 'utf-16be'
      : 'utf-8';
  return { input: plain, decoder: new TextDecoder(encoding), isEnded: false };
}

function startsWith(bytes: Buffer, first: number, second: number): boolean {
  return bytes[0] === first && bytes[1] === second;
}

class PeekableInput implements Input {
  readonly isLive: boolean;
  private readonly input: Input;
  private peeked: Buffer | undefined = undefined;

  constructor(input: Input) {
    this.input = input;
    this.isLive = input.isLive;
  }

  /** Returns at least the first `length` bytes, unless the input is shorter. */
  async peek(length: number): Promise<Buffer> {
    let peeked = this.peeked ?? Buffer.alloc(0);
    while (peeked.length < length) {
      const bytes = await this.input.read();
      if (bytes === undefined) {
        break;
      }
      peeked = Buffer.concat([peeked, bytes]);
    }
    this.peeked = peeked;
    return peeked;
  }

  async read(): Promise<Buffer | undefined> {
    const { peeked } = this;
    this.peeked = undefined;
    return peeked === undefined || peeked.length === 0 ? this.input.read() : peeked;
  }

  close(): void {
    this.input.close();
  }
}

/** Decompresses an input. Everything before an error, such as a truncated file, is returned first. */
class GunzipInput implements Input {
  readonly isLive: boolean;
  private readonly input: Input;
  private readonly gunzip = createGunzip();
  private compressed: Buffer = Buffer.alloc(0);
  private decompressed: Buffer[] = [];
  private isEnded = false;
  private failure: Error | undefined = undefined;

  constructor(input: Input) {
    this.input = input;
    this.isLive = input.isLive;
    this.gunzip.on('error', noop).on('data', (bytes: Buffer) => {
      this.decompressed.push(bytes);
    });
  }

  async read(): Promise<Buffer | undefined> {
    while (this.decompressed.length === 0 && !this.isEnded) {
      await this.step();
    }
    if (this.decompressed.length > 0) {
      const bytes = Buffer.concat(this.decompressed);
      this.decompressed = [];
      return bytes;
    }
    if (this.failure !== undefined) {
      throw this.failure;
    }
    return undefined;
  }

  close(): void {
    this.input.close();
  }

  private async step(): Promise<void> {
    if (this.compressed.length === 0) {
      const bytes = await this.input.read();
      this.isEnded = bytes === undefined;
      this.compressed = bytes ?? this.compressed;
    }
    const step = this.compressed.subarray(0, GUNZIP_STEP);
    this.compressed = this.compressed.subarray(GUNZIP_STEP);
    try {
      await (this.isEnded
        ? this.whenDone((done) => this.gunzip.once('end', done).end())
        : this.whenDone((done) => this.gunzip.write(step, done)));
    } catch (error) {
      this.isEnded = true;
      this.failure = new Error(`broken gzip data: ${(error as Error).message}`, { cause: error });
    }
  }

  private whenDone(start: (done: () => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.gunzip.once('error', reject);
      start(() => {
        this.gunzip.off('error', reject);
        resolve();
      });
    });
  }
}
