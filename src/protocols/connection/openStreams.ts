import { keyOf, MAX_STREAMS, setRecent } from './leastRecent.js';
import type { DeltaOutput } from './readConnection.js';

interface OpenStream<K extends string> {
  readonly kind: K;
  readonly id: string;
}

/** The end of a stream whose finish reason may still arrive. */
interface HeldEnd<K extends string> extends OpenStream<K> {
  readonly text: string | undefined;
}

/** The open streams of a part of a conversation, which end together with that part. */
export class OpenStreams<K extends string> {
  private readonly output: DeltaOutput<K>;
  private readonly streams = new Map<string, OpenStream<K>>();
  /** The stream of the latest delta, because most deltas continue it, and its id without the prefix. */
  private latest: OpenStream<K> | undefined = undefined;
  private latestId = '';
  private readonly held: HeldEnd<K>[] = [];

  constructor(output: DeltaOutput<K>) {
    this.output = output;
  }

  has(kind: K, id: string): boolean {
    return this.streams.has(keyOf(kind, id));
  }

  /** An empty or missing delta does not open a stream. */
  append(kind: K, id: string, delta: string | undefined, order: readonly number[]): void {
    if (delta === undefined || delta === '') {
      return;
    }
    const { latest } = this;
    if (latest?.kind === kind && this.latestId === id) {
      this.output.delta(kind, latest.id, delta);
      return;
    }
    const stream = this.streams.get(keyOf(kind, id));
    if (stream === undefined) {
      this.open(kind, id, delta, order);
    } else {
      this.setLatest(stream, id);
      this.output.delta(kind, stream.id, delta);
    }
  }

  /** Opens a stream that may remain empty, such as the arguments of a call without parameters. */
  begin(kind: K, id: string, order: readonly number[]): void {
    if (!this.has(kind, id)) {
      this.open(kind, id, '', order);
    }
  }

  /**
   * Ends a stream. Opens it first if only its full text was sent. An empty full text is ignored, because many
   * producers leave the field empty.
   */
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
      this.delete(key);
      this.output.error(kind, stream.id, error);
    }
  }

  /** Like `end`, but `release` emits the event, because a later event of the producer may have the finish reason. */
  hold(kind: K, id: string, fullText?: string, order?: readonly number[]): void {
    const ended = this.close(kind, id, fullText, order);
    if (ended !== undefined) {
      this.held.push(ended);
    }
  }

  release(finishReason?: string): void {
    if (this.held.length > 0) {
      for (const { kind, id, text } of this.held.splice(0)) {
        this.output.end(kind, id, text, finishReason);
      }
    }
  }

  endAll(finishReason?: string): void {
    this.release(finishReason);
    for (const { kind, id } of this.streams.values()) {
      this.output.end(kind, id, undefined, finishReason);
    }
    this.clear();
  }

  /** Fails the open streams. Streams that ended before are complete. */
  failAll(error: unknown): void {
    this.release();
    for (const { kind, id } of this.streams.values()) {
      this.output.error(kind, id, error);
    }
    this.clear();
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
      // An `end` has no `order`, so an empty delta opens the stream with it.
      stream = this.open(kind, id, '', order);
    }
    this.delete(key);
    return stream === undefined ? undefined : { ...stream, text };
  }

  private open(kind: K, id: string, delta: string, order?: readonly number[]): OpenStream<K> {
    const stream = { kind, id: `${this.output.prefix}${id}` };
    setRecent(this.streams, keyOf(kind, id), stream, MAX_STREAMS);
    this.setLatest(stream, id);
    this.output.delta(kind, stream.id, delta, order);
    return stream;
  }

  private setLatest(stream: OpenStream<K>, id: string): void {
    this.latest = stream;
    this.latestId = id;
  }

  private delete(key: string): void {
    this.streams.delete(key);
    this.latest = undefined;
  }

  private clear(): void {
    this.streams.clear();
    this.latest = undefined;
  }
}
