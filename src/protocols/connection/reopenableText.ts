import type { DeltaOutput } from './readConnection.js';
import { TextFingerprint } from './textFingerprint.js';

/** The text of a stream that a producer may continue after its end, which opens the next generation. */
export class ReopenableText<K extends string> {
  private readonly output: DeltaOutput<K>;
  private readonly kind: K;
  private readonly id: string;
  private readonly order: readonly number[];
  private state: 'new' | 'open' | 'ended' = 'new';
  /** The fingerprint of the text since the stream was first opened or restarted. */
  private fingerprint = new TextFingerprint();

  constructor(output: DeltaOutput<K>, kind: K, id: string, order: readonly number[]) {
    this.output = output;
    this.kind = kind;
    this.id = `${output.prefix}${id}`;
    this.order = order;
  }

  get isNew(): boolean {
    return this.state === 'new';
  }

  get isOpen(): boolean {
    return this.state === 'open';
  }

  append(text: string): void {
    if (text !== '') {
      this.open(text);
    }
  }

  /** Sets the full text so far. Emits the part that is new, or restarts the stream if the beginning differs. */
  grow(text: string): void {
    const rest = this.fingerprint.restOf(text);
    if (rest === undefined) {
      this.restart(text);
    } else {
      this.append(rest);
    }
  }

  restart(text: string): void {
    this.end();
    this.fingerprint = new TextFingerprint();
    this.append(text);
  }

  /** Opens a stream that may remain empty, such as the arguments of a call without parameters. */
  begin(): void {
    if (this.state === 'new') {
      this.open('');
    }
  }

  end(fullText?: string, finishReason?: string): void {
    if (this.state === 'open') {
      this.state = 'ended';
      this.output.end(this.kind, this.id, fullText === '' ? undefined : fullText, finishReason);
    }
  }

  fail(error: unknown): void {
    if (this.state === 'open') {
      this.state = 'ended';
      this.output.error(this.kind, this.id, error);
    }
  }

  private open(text: string): void {
    const { kind, id, state } = this;
    if (state === 'ended') {
      // After an end, a delta without a `start` would be late.
      this.output.start(kind, id);
    }
    this.state = 'open';
    this.fingerprint.append(text);
    this.output.delta(kind, id, text, state === 'new' ? this.order : undefined);
  }
}
