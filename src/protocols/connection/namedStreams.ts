import type { DeltaOutput } from './readConnection.js';

interface NamedStream<K extends string> {
  readonly kind: K;
  readonly name: string;
  readonly id: string;
  readonly order: readonly number[];
  /** How often the name was used, with this stream. */
  readonly uses: number;
  /** Whether the producer has said that it starts. */
  hasStarted: boolean;
  hasText: boolean;
  /** The whole text, if nothing came after it. */
  fullText: string | undefined;
}

/** The streams of a producer that gives them names, and may give a name again once its stream has ended. */
export class NamedStreams<K extends string> {
  private readonly output: DeltaOutput<K>;
  private readonly idPrefix: string;
  private readonly orderPrefix: readonly number[];
  private readonly open = new Map<string, NamedStream<K>>();
  /** How often a name was used whose stream has ended. */
  private readonly ended = new NameUses();
  private count = 0;
  /** Streams that have ended, while the producer may still say why. */
  private held: NamedStream<K>[] = [];

  constructor(output: DeltaOutput<K>, idPrefix: string, orderPrefix: readonly number[]) {
    this.output = output;
    this.idPrefix = `${output.prefix}${idPrefix}`;
    this.orderPrefix = orderPrefix;
  }

  /** Takes the place of the next stream. A name that was used before means another stream now. */
  start(kind: K, name: string): void {
    const stream = this.open.get(keyOf(kind, name));
    if (stream?.hasStarted === true && stream.hasText) {
      this.end(kind, name);
    }
    this.find(kind, name).hasStarted = true;
  }

  append(kind: K, name: string, delta: string | undefined): void {
    if (delta === undefined || delta === '') {
      return;
    }
    const key = keyOf(kind, name);
    const stream = this.open.get(key);
    if (stream !== undefined) {
      this.emit(stream, delta);
      return;
    }
    const uses = this.ended.get(key);
    if (uses !== undefined) {
      // Late, and left to `commitLines` to recognise as such.
      this.output.delta(kind, this.idOf(name, uses), delta);
    } else {
      this.emit(this.find(kind, name), delta);
    }
  }

  /** The same for an event that is its own start. */
  startOrAppend(kind: K, name: string, delta: string | undefined): void {
    if (delta !== undefined && delta !== '') {
      this.emit(this.find(kind, name), delta);
    }
  }

  /** Tells the whole text so far. It counts when the stream ends, unless a delta comes before that. */
  suggest(kind: K, name: string, fullText: string | undefined): void {
    const key = keyOf(kind, name);
    if (
      fullText !== undefined &&
      fullText !== '' &&
      (this.open.has(key) || this.ended.get(key) === undefined)
    ) {
      this.find(kind, name).fullText = fullText;
    }
  }

  /** `fullText` is for a stream that had no deltas. */
  end(kind: K, name: string, fullText?: string): void {
    const key = keyOf(kind, name);
    if (this.open.get(key)?.hasText !== true) {
      this.suggest(kind, name, fullText);
    }
    const stream = this.open.get(key);
    if (stream !== undefined) {
      this.forget(key, stream);
      this.emitEnd(stream);
    }
  }

  /** Like `end`, but the event is emitted by `release`: the next event of the producer may say why the stream ended. */
  hold(kind: K, name: string): void {
    const key = keyOf(kind, name);
    const stream = this.open.get(key);
    if (stream !== undefined) {
      this.forget(key, stream);
      this.held.push(stream);
    }
  }

  holdAll(): void {
    for (const { kind, name } of this.open.values()) {
      this.hold(kind, name);
    }
  }

  release(finishReason?: string): void {
    if (this.held.length > 0) {
      const { held } = this;
      this.held = [];
      for (const stream of held) {
        this.emitEnd(stream, finishReason);
      }
    }
  }

  fail(kind: K, name: string, error: unknown): void {
    const key = keyOf(kind, name);
    const stream = this.open.get(key);
    if (stream !== undefined) {
      this.forget(key, stream);
      this.emitError(stream, error);
    }
  }

  endAll(finishReason?: string): void {
    this.release(finishReason);
    for (const [key, stream] of this.open) {
      this.forget(key, stream);
      this.emitEnd(stream, finishReason);
    }
  }

  failAll(error: unknown): void {
    this.release();
    for (const [key, stream] of this.open) {
      this.forget(key, stream);
      this.emitError(stream, error);
    }
  }

  /** Ends the streams whose whole text is known. */
  endWhole(): void {
    for (const [key, stream] of this.open) {
      if (stream.fullText !== undefined) {
        this.forget(key, stream);
        this.emitEnd(stream);
      }
    }
  }

  private find(kind: K, name: string): NamedStream<K> {
    const key = keyOf(kind, name);
    let stream = this.open.get(key);
    if (stream === undefined) {
      const uses = (this.ended.get(key) ?? 0) + 1;
      const order = [...this.orderPrefix, this.count];
      const id = this.idOf(name, uses);
      stream = { kind, name, id, order, uses, hasStarted: false, hasText: false, fullText: undefined };
      this.count++;
      this.open.set(key, stream);
    }
    return stream;
  }

  private forget(key: string, { uses }: NamedStream<K>): void {
    this.open.delete(key);
    this.ended.set(key, uses);
  }

  private emit(stream: NamedStream<K>, delta: string): void {
    const { kind, id, order, hasText } = stream;
    stream.hasText = true;
    stream.fullText = undefined;
    this.output.delta(kind, id, delta, hasText ? undefined : order);
  }

  private emitEnd(stream: NamedStream<K>, finishReason?: string): void {
    const { kind, id, order, hasText, fullText } = stream;
    if (!hasText && fullText !== undefined) {
      // An `end` has no order, so an empty delta puts the stream into its place.
      this.output.delta(kind, id, '', order);
    }
    if (hasText || fullText !== undefined) {
      this.output.end(kind, id, fullText, finishReason);
    }
  }

  private emitError(stream: NamedStream<K>, error: unknown): void {
    if (stream.hasText) {
      this.output.error(stream.kind, stream.id, error);
    } else {
      // What is whole is not harmed.
      this.emitEnd(stream);
    }
  }

  private idOf(name: string, uses: number): string {
    return `${this.idPrefix}${name}${uses === 1 ? '' : `/${uses}`}`;
  }
}

/** No kind contains a space. */
function keyOf(kind: string, name: string): string {
  return `${kind} ${name}`;
}

/** As many as `commitLines` remembers streams by default: beyond, it does not know their ids either. */
const MAX_REMEMBERED = 10_000;

/** Remembers how often names were used that a producer may give again. Those used the longest ago are forgotten first. */
export class NameUses {
  private readonly uses = new Map<string, number>();

  get(name: string): number | undefined {
    return this.uses.get(name);
  }

  set(name: string, uses: number): void {
    // Set anew, it is the latest.
    this.uses.delete(name);
    this.uses.set(name, uses);
    if (this.uses.size > MAX_REMEMBERED) {
      const oldest = this.uses.keys().next();
      this.uses.delete(oldest.value ?? '');
    }
  }
}
