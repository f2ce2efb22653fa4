/**
 * Recognises a text that begins with another one, which came in pieces and is not retained.
 *
 * Two hashes of 32 bits stand for the text, so that a stream of any length takes a few numbers. Texts that only differ
 * can be confused once in 2^64; the producer of both would have to want it.
 */
export class TextFingerprint {
  length = 0;
  private first = 0x811c9dc5 | 0;
  private second = 0x9e3779b9 | 0;

  append(text: string): void {
    let { first, second } = this;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      first = Math.imul(first ^ code, 0x01000193);
      second = Math.imul(second, 0x85ebca6b) + code + 1;
    }
    this.first = first | 0;
    this.second = second | 0;
    this.length += text.length;
  }

  /** The rest of a text that begins with what was appended; `undefined` for any other text. */
  restOf(text: string): string | undefined {
    if (text.length < this.length) {
      return undefined;
    }
    const beginning = new TextFingerprint();
    beginning.append(text.slice(0, this.length));
    return beginning.first === this.first && beginning.second === this.second
      ? text.slice(this.length)
      : undefined;
  }
}
