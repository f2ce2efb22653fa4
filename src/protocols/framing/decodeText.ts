import type { OperatorFunction, Subscriber } from 'rxjs';

import { type Handler, createOperator } from '../../rx/createOperator.js';
import { chunkError } from './invalidInput.js';

/**
 * Decodes chunks of UTF-8 to text; a character may be cut by the end of a chunk.
 *
 * ```text
 * source   --C3---A9 21--|     the bytes of é!
 * result   -------é!-----|
 * ```
 *
 * - **next**: emits the text of all characters that are complete by now, and nothing where there are none. A byte order
 *   mark at the start is left out, and invalid bytes become U+FFFD, as `TextDecoder` does it.
 * - **complete**: what remains of an unfinished character becomes U+FFFD, then the output completes.
 * - **error**: the same, then the error: text that came before it is never lost in silence.
 * - **unsubscribe**: silence; the source is unsubscribed from.
 *
 * A chunk that is not a view of bytes makes the output error with a `TypeError`.
 *
 * Holds at most three bytes; takes time in proportion to the bytes.
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
 * @see {@link parseSSE} and {@link parseJSONLines} for what to do with the text.
 * @see The rules of decoding: https://encoding.spec.whatwg.org/#interface-textdecoder
 */
export function decodeText(): OperatorFunction<Uint8Array, string> {
  return createOperator((destination) => new DecodeTextHandler(destination));
}

class DecodeTextHandler implements Handler<unknown> {
  private readonly destination: Subscriber<string>;
  private readonly decoder = new TextDecoder();

  constructor(destination: Subscriber<string>) {
    this.destination = destination;
  }

  next(bytes: unknown): void {
    // Not `instanceof`, which does not know the bytes of another frame. And nothing but views, because `TextDecoder`
    // itself takes `undefined` for the end of the text.
    if (!ArrayBuffer.isView(bytes)) {
      throw chunkError('decodeText', 'bytes (Uint8Array)', bytes);
    }
    this.emit(this.decoder.decode(bytes, { stream: true }));
  }

  error(error: unknown): void {
    this.emit(this.decoder.decode());
    this.destination.error(error);
  }

  complete(): void {
    this.emit(this.decoder.decode());
    this.destination.complete();
  }

  private emit(text: string): void {
    if (text !== '') {
      this.destination.next(text);
    }
  }
}
