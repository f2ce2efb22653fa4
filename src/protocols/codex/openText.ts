import type { DeltaOutput } from '../connection/readConnection.js';

const BEGINNING_LENGTH = 32;

/** An open stream, and the beginning of its text, to find out which full text belongs to it. */
export class OpenText<K extends string> {
  private readonly output: DeltaOutput<K>;
  private readonly kind: K;
  private readonly id: string;
  private beginning = '';

  constructor(output: DeltaOutput<K>, kind: K, id: string) {
    this.output = output;
    this.kind = kind;
    this.id = id;
  }

  append(text: string): void {
    if (this.beginning.length < BEGINNING_LENGTH) {
      this.beginning += text.slice(0, BEGINNING_LENGTH - this.beginning.length);
    }
    this.output.delta(this.kind, this.id, text);
  }

  beginsLike(fullText: string): boolean {
    return fullText.startsWith(this.beginning);
  }

  end(fullText?: string, finishReason?: string): void {
    this.output.end(this.kind, this.id, fullText, finishReason);
  }

  fail(error: unknown): void {
    this.output.error(this.kind, this.id, error);
  }
}
