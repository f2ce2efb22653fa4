/**
 * Detects whether a text begins with another one that arrived in pieces and was not retained.
 *
 * The state is two 32-bit hashes, however long the text is. By chance, two different texts match once in 2^64. The
 * hashes are not cryptographic, so a hostile producer can construct a match, but only between its own texts.
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

  /** Returns the rest of a text that begins with the appended text; `undefined` for any other text. */
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
