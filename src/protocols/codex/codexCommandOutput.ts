import { OpenText } from './openText.js';
import type { DeltaOutput } from '../connection/readConnection.js';

/** The length, in bytes of UTF-8, at which the producer truncates the full text of an output. */
const CUT_LENGTH = 5_120;

/** One of the two outputs of a command. */
export class CodexCommandOutput<K extends string> {
  // A byte order mark is part of the output.
  private readonly decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  private readonly text: OpenText<K>;
  private hasText = false;

  constructor(output: DeltaOutput<K>, kind: K, id: string) {
    this.text = new OpenText(output, kind, id);
  }

  append(bytes: Uint8Array): void {
    this.emit(this.decoder.decode(bytes, { stream: true }));
  }

  /** Emits U+FFFD for an unfinished character. */
  flush(): void {
    this.emit(this.decoder.decode());
  }

  end(fullText?: string, finishReason?: string): void {
    this.flush();
    if (this.hasText) {
      const isFullText = fullText !== undefined && this.isFullText(fullText);
      this.text.end(isFullText ? fullText : undefined, finishReason);
    } else if (fullText !== undefined && fullText !== '') {
      this.text.end(fullText);
    }
  }

  fail(error: unknown): void {
    this.flush();
    if (this.hasText) {
      this.text.fail(error);
    }
  }

  /** The text of a command that failed to run is empty, or a message instead of its output. */
  private isFullText(text: string): boolean {
    return this.text.beginsLike(text) && !isCut(text);
  }

  private emit(text: string): void {
    if (text !== '') {
      this.hasText = true;
      this.text.append(text);
    }
  }
}

function isCut(text: string): boolean {
  return text.length >= CUT_LENGTH || new TextEncoder().encode(text).length >= CUT_LENGTH;
}
