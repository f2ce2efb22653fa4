import { createGunzip } from 'node:zlib';

import { noop } from 'rxjs';

import type { Input } from './input.js';
import { RecordingInput, startsRecording } from './recordingInput.js';

/**
 * The most compressed bytes that are decompressed at once. Their decompressed size is at most about a thousand times
 * as large.
 */
const GUNZIP_STEP = 16 * 1024;

/**
 * Decodes the bytes of an input: UTF-8, or UTF-16 with a byte order mark, optionally compressed with gzip. For a
 * recording, it decodes the recorded bytes.
 */
export class TextInput {
  readonly isLive: boolean;
  private readonly input: Input;
  private readonly speed: number;
  private recording: RecordingInput | undefined = undefined;
  private decoding: Promise<Decoding> | undefined = undefined;

  /** A recording is replayed at `speed` times the recorded speed. */
  constructor(input: Input, speed = Infinity) {
    this.input = input;
    this.isLive = input.isLive;
    this.speed = speed;
  }

  /** Whether the input is a recording, whose chunks have times. False before the first text. */
  get isRecording(): boolean {
    return this.recording !== undefined;
  }

  /** Returns the next text, which may be empty, or `undefined` at the end. */
  async read(): Promise<string | undefined> {
    this.decoding ??= this.startDecoding();
    const decoding = await this.decoding;
    if (decoding.isEnded) {
      return undefined;
    }
    const bytes = await decoding.input.read();
    decoding.isEnded = bytes === undefined;
    return decoding.decoder.decode(bytes, { stream: bytes !== undefined });
  }

  close(): void {
    (this.recording ?? this.input).close();
  }

  private async startDecoding(): Promise<Decoding> {
    let plain = await decompress(this.input);
    if (await isRecording(plain)) {
      this.recording = new RecordingInput(plain, this.speed);
      plain = await decompress(this.recording);
    }
    // TextDecoder removes the mark.
    const mark = await plain.peek(2);
    const encoding = startsWith(mark, 0xff, 0xfe)
      ? 'utf-16le'
      : startsWith(mark, 0xfe, 0xff)
        ? 'utf-16be'
        : 'utf-8';
    return { input: plain, decoder: new TextDecoder(encoding), isEnded: false };
  }
}

interface Decoding {
  readonly input: Input;
  readonly decoder: TextDecoder;
  isEnded: boolean;
}

async function decompress(input: Input): Promise<PeekableInput> {
  const raw = new PeekableInput(input);
  const isGzip = startsWith(await raw.peek(2), 0x1f, 0x8b);
  return isGzip ? new PeekableInput(new GunzipInput(raw)) : raw;
}

async function isRecording(input: PeekableInput): Promise<boolean> {
  for (let length = 1; ;) {
    const bytes = await input.peek(length);
    const isFound = startsRecording(bytes);
    if (isFound !== undefined || bytes.length < length) {
      return isFound === true;
    }
    length = bytes.length + 1;
  }
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
