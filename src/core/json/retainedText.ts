import { copyText } from '../text/copyText.js';

/** The shortest chunk, in UTF-16 code units, except for the last. */
const CHUNK_LENGTH = 4_096;

/** Retains a text that arrives in pieces, to compare it with another one. Drops all of it beyond `maxLength`. */
export class RetainedText {
  /** In UTF-16 code units. */
  private readonly maxLength: number;
  /** One string for many short pieces takes less memory than an array of them. */
  private readonly chunks: string[] = [];
  private lastChunk = '';
  private length = 0;

  constructor(maxLength: number) {
    this.maxLength = maxLength;
  }

  append(piece: string): void {
    this.length += piece.length;
    if (this.length > this.maxLength) {
      this.clear();
      return;
    }
    this.lastChunk += piece;
    if (this.lastChunk.length >= CHUNK_LENGTH) {
      this.chunks.push(copyText(this.lastChunk));
      this.lastChunk = '';
    }
  }

  /**
   * Returns what follows the retained text in a text that begins with it. Returns `undefined` for any other text, or if
   * the retained text was dropped.
   */
  restOf(text: string): string | undefined {
    if (this.length > this.maxLength) {
      return undefined;
    }
    let position = 0;
    for (const chunk of [...this.chunks, this.lastChunk]) {
      if (!text.startsWith(chunk, position)) {
        return undefined;
      }
      position += chunk.length;
    }
    return text.slice(position);
  }

  /** Frees the memory. */
  clear(): void {
    this.chunks.length = 0;
    this.lastChunk = '';
  }
}
