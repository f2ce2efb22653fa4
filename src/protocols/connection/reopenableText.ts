import { keyOf, MAX_REMEMBERED, setRecent } from './leastRecent.js';
import type { DeltaOutput } from './readConnection.js';
import { TextFingerprint } from './textFingerprint.js';

/** The text of a stream that a producer may continue after its end, which opens the next generation. */
export class ReopenableText<K extends string> {
  readonly kind: K;
  private readonly output: DeltaOutput<K>;
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

/** The texts of a part of a conversation, by kind and name. Beyond `MAX_REMEMBERED`, the least recently used one ends. */
export class ReopenableTexts<K extends string> implements Iterable<ReopenableText<K>> {
  private readonly output: DeltaOutput<K>;
  private readonly name: string;
  private readonly number: number;
  private readonly texts = new Map<string, ReopenableText<K>>();
  private count = 0;

  /** Ids are `<name>/<name of the text>`; `order` is `[number, number of the text]`. */
  constructor(output: DeltaOutput<K>, name: string, number: number) {
    this.output = output;
    this.name = name;
    this.number = number;
  }

  has(kind: K, name: string): boolean {
    return this.texts.has(keyOf(kind, name));
  }

  get(kind: K, name: string): ReopenableText<K> {
    const key = keyOf(kind, name);
    let text = this.texts.get(key);
    if (text === undefined) {
      text = new ReopenableText(this.output, kind, `${this.name}/${name}`, [this.number, this.count]);
      this.count++;
    }
    setRecent(this.texts, key, text, MAX_REMEMBERED)?.end();
    return text;
  }

  [Symbol.iterator](): Iterator<ReopenableText<K>> {
    return this.texts.values();
  }

  failAll(error: unknown): void {
    for (const text of this) {
      text.fail(error);
    }
  }
}
