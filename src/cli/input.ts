import { close, constants, fstat, open, read } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { isatty, ReadStream } from 'node:tty';
import { promisify } from 'node:util';

/** The name of standard input on the command line. */
export const STANDARD_INPUT = '-';

const CHUNK_SIZE = 64 * 1024;

const openFile = promisify(open);
const readFile = promisify(read);
const statFile = promisify(fstat);

/** The bytes of a connection. */
export interface Input {
  /** Whether the bytes arrive over time, as from a pipe, or can be read at any time, as from a file. */
  readonly isLive: boolean;
  /** Returns the next bytes, which are valid until the next call, or `undefined` at the end. */
  read(): Promise<Buffer | undefined>;
  close(): void;
}

/** Rejects if the file does not exist or cannot be read. */
export async function openInput(path: string): Promise<Input> {
  if (path === STANDARD_INPUT) {
    const isFile = (await statFile(process.stdin.fd)).isFile();
    return isFile ? new FileInput(process.stdin.fd) : new StreamInput(process.stdin);
  }
  // Without O_NONBLOCK, opening a FIFO would wait for a writer and delay the other connections.
  const descriptor = await openFile(path, constants.O_RDONLY | constants.O_NONBLOCK);
  if ((await statFile(descriptor)).isFIFO()) {
    return new StreamInput(new Socket({ fd: descriptor, readable: true, writable: false }));
  }
  return isatty(descriptor) ? new StreamInput(new ReadStream(descriptor)) : new FileInput(descriptor);
}

class FileInput implements Input {
  readonly isLive = false;
  private readonly descriptor: number;
  private readonly buffer = Buffer.allocUnsafeSlow(CHUNK_SIZE);

  constructor(descriptor: number) {
    this.descriptor = descriptor;
  }

  async read(): Promise<Buffer | undefined> {
    const { bytesRead } = await readFile(this.descriptor, this.buffer, 0, CHUNK_SIZE, null);
    return bytesRead === 0 ? undefined : this.buffer.subarray(0, bytesRead);
  }

  close(): void {
    close(this.descriptor);
  }
}

class StreamInput implements Input {
  readonly isLive = true;
  private readonly stream: Readable;
  private readonly chunks: AsyncIterator<Buffer, undefined>;

  constructor(stream: Readable) {
    this.stream = stream;
    this.chunks = stream[Symbol.asyncIterator]();
  }

  async read(): Promise<Buffer | undefined> {
    return (await this.chunks.next()).value;
  }

  close(): void {
    this.stream.destroy();
  }
}
