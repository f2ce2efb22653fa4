import type { OperatorFunction, Subscriber } from 'rxjs';

import { type Handler, createOperator } from '../../rx/createOperator.js';
import { chunkError } from './invalidInput.js';

/**
 * Decodes chunks of UTF-8 to text. Chunks may end inside a character.
 *
 * ```text
 * source   --C3---A9 21--|     the bytes of é!
 * result   -------é!-----|
 * ```
 *
 * - **next**: emits the complete characters, if there are any. Like `TextDecoder`, it removes a byte order mark at
 *   the start and replaces invalid bytes by U+FFFD.
 * - **complete**: emits U+FFFD for an unfinished character; then completes.
 * - **error**: emits U+FFFD for an unfinished character; then emits the error.
 * - **unsubscribe**: emits nothing more, and unsubscribes from the source.
 *
 * A chunk that is not a view of bytes fails the output with a `TypeError`.
 *
 * Memory: at most three bytes. Time: in proportion to the number of bytes.
 *
 * @example
 *
 * ```ts
 * import { from } from 'rxjs';
 * import { decodeText } from 'deltalines/protocols';
 *
 * from([Uint8Array.of(0x63, 0x61, 0x66, 0xc3), Uint8Array.of(0xa9)])
 *   .pipe(decodeText())
 *   .subscribe((text) => console.log(text));
 *
 * // Logs:
 * // caf
 * // é
 * ```
 *
 * @see {@link parseSSE} and {@link parseJSONLines}, which parse the text.
 * @see The specification of decoding: https://encoding.spec.whatwg.org/#interface-textdecoder
 */
export function decodeText(): OperatorFunction<Uint8Array, string> {
  return createOperator((destination) => new DecodeTextHandler(destination));
}

const FIRST_NON_ASCII = 0x80;

class DecodeTextHandler implements Handler<unknown> {
  private readonly destination: Subscriber<string>;
  private readonly decoder = new TextDecoder();
  /** Decodes chunks of whole characters. Node.js takes three times as long for a chunk that may end inside one. */
  private readonly wholeDecoder = new TextDecoder('utf-8', { ignoreBOM: true });
  /** Whether `decoder` has no part of a character, and is past the byte order mark. */
  private isBetweenCharacters = false;

  constructor(destination: Subscriber<string>) {
    this.destination = destination;
  }

  next(bytes: unknown): void {
    // `instanceof` fails for bytes of another frame. Anything but a view is rejected, because `TextDecoder` would
    // treat `undefined` as the end of the text.
    if (!ArrayBuffer.isView(bytes)) {
      throw chunkError('decodeText', 'bytes (Uint8Array)', bytes);
    }
    this.emit(this.decode(bytes));
  }

  error(error: unknown): void {
    this.emit(this.decoder.decode());
    this.destination.error(error);
  }

  complete(): void {
    this.emit(this.decoder.decode());
    this.destination.complete();
  }

  private decode(chunk: ArrayBufferView): string {
    if (chunk.byteLength === 0) {
      return '';
    }
    const wasBetweenCharacters = this.isBetweenCharacters;
    // A character of several bytes may be complete too, but ASCII certainly is.
    this.isBetweenCharacters = lastByte(chunk) < FIRST_NON_ASCII;
    return wasBetweenCharacters && this.isBetweenCharacters
      ? this.wholeDecoder.decode(chunk)
      : this.decoder.decode(chunk, { stream: true });
  }

  private emit(text: string): void {
    if (text !== '') {
      this.destination.next(text);
    }
  }
}

function lastByte(chunk: ArrayBufferView): number {
  const { byteLength } = chunk;
  const bytes =
    chunk instanceof Uint8Array ? chunk : new Uint8Array(chunk.buffer, chunk.byteOffset, byteLength);
  return bytes[byteLength - 1] ?? 0;
}
