import type { DeltaOutput } from './readConnection.js';

interface OpenStream<K extends string> {
  readonly kind: K;
  readonly id: string;
}

/** The end of a stream, while the producer may still say why it ended. */
interface HeldEnd<K extends string> extends OpenStream<K> {
  readonly text: string | undefined;
}

/** The open streams of a part of a conversation, so that the end of that part can end them all. */
export class OpenStreams<K extends string> {
  private readonly output: DeltaOutput<K>;
  private readonly streams = new Map<string, OpenStream<K>>();
  private held: HeldEnd<K>[] = [];

  constructor(output: DeltaOutput<K>) {
    this.output = output;
  }

  has(kind: K, id: string): boolean {
    return this.streams.has(keyOf(kind, id));
  }

  /** An empty delta, or none, opens no stream. */
  append(kind: K, id: string, delta: string | undefined, order: readonly number[]): void {
    if (delta === undefined || delta === '') {
      return;
    }
    const stream = this.streams.get(keyOf(kind, id));
    if (stream === undefined) {
      this.open(kind, id, delta, order);
    } else {
      this.output.delta(kind, stream.id, delta);
    }
  }

  /** Opens a stream that may stay without text, such as the arguments of a call that takes none. */
  begin(kind: K, id: string, order: readonly number[]): void {
    if (!this.has(kind, id)) {
      this.open(kind, id, '', order);
    }
  }

  /** Gives a text that was not streamed, too. An empty full text is none, for many producers just leave the field empty. */
  end(kind: K, id: string, fullText?: string, order?: readonly number[], finishReason?: string): void {
    const ended = this.close(kind, id, fullText, order);
    if (ended !== undefined) {
      this.output.end(kind, ended.id, ended.text, finishReason);
    }
  }

  fail(kind: K, id: string, error: unknown): void {
    const key = keyOf(kind, id);
    const stream = this.streams.get(key);
    if (stream !== undefined) {
      this.streams.delete(key);
      this.output.error(kind, stream.id, error);
    }
  }

  /** Like `end`, but the event is emitted by `release`: the next event of the producer may say why the stream ended. */
  hold(kind: K, id: string, fullText?: string, order?: readonly number[]): void {
    const ended = this.close(kind, id, fullText, order);
    if (ended !== undefined) {
      this.held.push(ended);
    }
  }

  release(finishReason?: string): void {
    if (this.held.length > 0) {
      const { held } = this;
      this.held = [];
      for (const { kind, id, text } of held) {
        this.output.end(kind, id, text, finishReason);
      }
    }
  }

  endAll(finishReason?: string): void {
    this.release(finishReason);
    for (const { kind, id } of this.streams.values()) {
      this.output.end(kind, id, undefined, finishReason);
    }
    this.streams.clear();
  }

  /** What has ended before the failure is whole. */
  failAll(error: unknown): void {
    this.release();
    for (const { kind, id } of this.streams.values()) {
      this.output.error(kind, id, error);
    }
    this.streams.clear();
  }

  private close(
    kind: K,
    id: string,
    fullText: string | undefined,
    order: readonly number[] | undefined,
  ): HeldEnd<K> | undefined {
    const text = fullText === '' ? undefined : fullText;
    const key = keyOf(kind, id);
    let stream = this.streams.get(key);
    if (stream === undefined && text !== undefined) {
      // An `end` has no order, so an empty delta puts the stream into its place.
      stream = this.open(kind, id, '', order);
    }
    this.streams.delete(key);
    return stream === undefined ? undefined : { ...stream, text };
  }

  private open(kind: K, id: string, delta: string, order?: readonly number[]): OpenStream<K> {
    const stream = { kind, id: `${this.output.prefix}${id}` };
    this.streams.set(keyOf(kind, id), stream);
    this.output.delta(kind, stream.id, delta, order);
    return stream;
  }
}

/** No kind contains a space. */
function keyOf(kind: string, id: string): string {
  return `${kind} ${id}`;
}
