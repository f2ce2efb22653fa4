/** How many more bytes than characters UTF-8 has at most. */
const BYTES = 3;

/** The text of a file: UTF-8, or UTF-16 with a byte order mark, also gzipped. What is far beyond a length is not read. */
export async function readFile(file: Blob, maxLength: number): Promise<string> {
  const start = await bytesOf(file.slice(0, 2));
  const stream: ReadableStream<Uint8Array> =
    start[0] === 0x1f && start[1] === 0x8b
      ? file.stream().pipeThrough(new DecompressionStream('gzip'))
      : file.stream();
  const bytes = await readStart(stream, BYTES * maxLength + 1);
  const [first, second] = bytes;
  const isUTF16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  return new TextDecoder(isUTF16 ? (first === 0xff ? 'utf-16le' : 'utf-16be') : 'utf-8').decode(bytes);
}

async function bytesOf(blob: Blob): Promise<Uint8Array> {
  return new Uint8Array(await blob.arrayBuffer());
}

async function readStart(stream: ReadableStream<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  const reader = stream.getReader();
  let length = 0;
  while (length < maxBytes) {
    const { value, done } = await reader.read();
    if (done) {
      break;
    }
    chunks.push(new Uint8Array(value));
    length += value.length;
  }
  await reader.cancel();
  return bytesOf(new Blob(chunks).slice(0, maxBytes));
}
