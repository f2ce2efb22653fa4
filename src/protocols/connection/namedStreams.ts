import { keyOf, MAX_REMEMBERED, MAX_STREAMS, setRecent } from './leastRecent.js';
import type { DeltaOutput } from './readConnection.js';

/** What a stream tells of its text without retaining it. */
export interface StreamedText<K extends string> {
  readonly kind: K;
  readonly name: string;
  readonly id: string;
  readonly length: number;
  /** The first code units. */
  readonly beginning: string;
}

interface NamedStream<K extends string> extends StreamedText<K> {
  readonly order: readonly number[];
  /** How often the name was used, including this stream. */
  readonly uses: number;
  /** Whether the producer has announced its start. */
  hasStarted: boolean;
  length: number;
  beginning: string;
  /** The producer's full text, if no delta came after it. */
  fullText: string | undefined;
}

/** Engines copy slices of this length, and longer ones may keep the whole delta in memory. */
const BEGINNING_LENGTH = 12;

/** The streams of a producer that identifies them by name and may reuse the name of an ended stream. */
export class NamedStreams<K extends string> {
  private readonly output: DeltaOutput<K>;
  private readonly idPrefix: string;
  private readonly orderPrefix: readonly number[];
  private readonly onEnd: ((text: StreamedText<K>) => void) | undefined;
  private readonly open = new OpenNames<K>();
  /** How often the names of ended streams were used. */
  private readonly ended = new NameUses();
  private count = 0;
  /** Ended streams whose finish reason may still arrive. */
  private readonly held: NamedStream<K>[] = [];

  /** @param onEnd - Called for each stream that ends. */
  constructor(
    output: DeltaOutput<K>,
    idPrefix: string,
    orderPrefix: readonly number[],
    onEnd?: (text: StreamedText<K>) => void,
  ) {
    this.output = output;
    this.idPrefix = `${output.prefix}${idPrefix}`;
    this.orderPrefix = orderPrefix;
    this.onEnd = onEnd;
  }

  get openTexts(): Iterable<StreamedText<K>> {
    return this.open.all;
  }

  /** Returns whether the name belongs to an open or an ended stream. */
  isKnown(kind: K, name: string): boolean {
    return this.open.get(kind, name) !== undefined || this.ended.get(keyOf(kind, name)) !== undefined;
  }

  /** Returns whether the open stream of this name has the continuation of an ended one. */
  isContinuation(kind: K, name: string): boolean {
    return (this.open.get(kind, name)?.uses ?? 1) > 1;
  }

  /** Treats an unknown name as that of an ended stream. */
  setEnded(kind: K, name: string): void {
    this.ended.set(keyOf(kind, name), 1);
  }

  /** Starts the next stream. If the name is in use, its stream ends first. */
  start(kind: K, name: string): void {
    const stream = this.open.get(kind, name);
    if (stream?.hasStarted === true && stream.length > 0) {
      this.end(kind, name);
    }
    this.getOrOpen(kind, name).hasStarted = true;
  }

  append(kind: K, name: string, delta: string | undefined): void {
    if (delta === undefined || delta === '') {
      return;
    }
    const stream = this.open.get(kind, name);
    if (stream !== undefined) {
      this.emit(stream, delta);
      return;
    }
    const uses = this.ended.get(keyOf(kind, name));
    if (uses !== undefined) {
      // A late delta. `commitLines` drops it.
      this.output.delta(kind, this.idOf(name, uses), delta);
    } else {
      this.emit(this.getOrOpen(kind, name), delta);
    }
  }

  /** Like `append`, but the name of an ended stream starts a new one. */
  startOrAppend(kind: K, name: string, delta: string | undefined): void {
    if (delta !== undefined && delta !== '') {
      this.emit(this.getOrOpen(kind, name), delta);
    }
  }

  /** Sets the full text so far. It is used when the stream ends, unless a delta arrives before. */
  setFullText(kind: K, name: string, fullText: string | undefined): void {
    if (
      fullText !== undefined &&
      fullText !== '' &&
      (this.open.get(kind, name) !== undefined || this.ended.get(keyOf(kind, name)) === undefined)
    ) {
      this.getOrOpen(kind, name).fullText = fullText;
    }
  }

  /** `fullText` is used for a stream without deltas. */
  end(kind: K, name: string, fullText?: string): void {
    const length = this.open.get(kind, name)?.length ?? 0;
    if (length === 0) {
      this.setFullText(kind, name, fullText);
    }
    const stream = this.open.get(kind, name);
    if (stream !== undefined) {
      this.close(stream);
      this.emitEnd(stream);
    }
  }

  /** Like `end`, but `release` emits the event, because a later event of the producer may have the finish reason. */
  hold(kind: K, name: string): void {
    const stream = this.open.get(kind, name);
    if (stream !== undefined) {
      this.close(stream);
      this.held.push(stream);
    }
  }

  holdAll(): void {
    for (const { kind, name } of this.open.all) {
      this.hold(kind, name);
    }
  }

  get isHolding(): boolean {
    return this.held.length > 0;
  }

  release(finishReason?: string): void {
    if (this.isHolding) {
      for (const stream of this.held.splice(0)) {
        this.emitEnd(stream, finishReason);
      }
    }
  }

  fail(kind: K, name: string, error: unknown): void {
    const stream = this.open.get(kind, name);
    if (stream !== undefined) {
      this.close(stream);
      this.emitError(stream, error);
    }
  }

  endAll(finishReason?: string): void {
    this.release(finishReason);
    for (const stream of this.open.all) {
      this.close(stream);
      this.emitEnd(stream, finishReason);
    }
  }

  failAll(error: unknown): void {
    this.release();
    for (const stream of this.open.all) {
      this.close(stream);
      this.emitError(stream, error);
    }
  }

  /** Ends the streams with a full text. */
  endComplete(): void {
    for (const stream of this.open.all) {
      if (stream.fullText !== undefined) {
        this.close(stream);
        this.emitEnd(stream);
      }
    }
  }

  private getOrOpen(kind: K, name: string): NamedStream<K> {
    let stream = this.open.get(kind, name);
    if (stream === undefined) {
      const uses = (this.ended.get(keyOf(kind, name)) ?? 0) + 1;
      const order = [...this.orderPrefix, this.count];
      const id = this.idOf(name, uses);
      stream = {
        kind,
        name,
        length: 0,
        beginning: '',
        id,
        order,
        uses,
        hasStarted: false,
        fullText: undefined,
      };
      this.count++;
      this.open.add(stream);
    }
    return stream;
  }

  private close(stream: NamedStream<K>): void {
    this.open.delete(stream);
    this.ended.set(keyOf(stream.kind, stream.name), stream.uses);
    this.onEnd?.(stream);
  }

  private emit(stream: NamedStream<K>, delta: string): void {
    const { kind, id, order, length } = stream;
    if (length === 0) {
      stream.beginning = delta.slice(0, BEGINNING_LENGTH);
    }
    stream.length = length + delta.length;
    stream.fullText = undefined;
    this.output.delta(kind, id, delta, length === 0 ? order : undefined);
  }

  private emitEnd(stream: NamedStream<K>, finishReason?: string): void {
    const { kind, id, order, length, fullText } = stream;
    if (length === 0 && fullText !== undefined) {
      // An `end` has no `order`, so an empty delta opens the stream with it.
      this.output.delta(kind, id, '', order);
    }
    if (length > 0 || fullText !== undefined) {
      this.output.end(kind, id, fullText, finishReason);
    }
  }

  private emitError(stream: NamedStream<K>, error: unknown): void {
    if (stream.length > 0) {
      this.output.error(stream.kind, stream.id, error);
    } else {
      // A stream with its full text is complete and does not fail.
      this.emitEnd(stream);
    }
  }

  private idOf(name: string, uses: number): string {
    return `${this.idPrefix}${name}${uses === 1 ? '' : `/${uses}`}`;
  }
}

/** The number of slots for recent streams. A power of two. */
const RECENT_SLOTS = 16;

/** The open streams. They are found without building a key, because each delta looks for one. */
class OpenNames<K extends string> {
  /** In the order of opening. */
  readonly all = new Set<NamedStream<K>>();
  private readonly kinds = new Map<K, Map<string, NamedStream<K>>>();
  /**
   * The streams that were found most recently, by the last character of their name. With a few open streams, most
   * deltas need no map, whose lookups took a fifth of the time of a delta.
   */
  private readonly recent = Array.from<NamedStream<K> | undefined>({ length: RECENT_SLOTS });

  get(kind: K, name: string): NamedStream<K> | undefined {
    const slot = slotOf(name);
    const recent = this.recent[slot];
    if (recent?.kind === kind && recent.name === name) {
      return recent;
    }
    const stream = this.kinds.get(kind)?.get(name);
    this.recent[slot] = stream;
    return stream;
  }

  add(stream: NamedStream<K>): void {
    const names = this.kinds.get(stream.kind) ?? new Map<string, NamedStream<K>>();
    this.kinds.set(stream.kind, names.set(stream.name, stream));
    this.all.add(stream);
    if (this.all.size > MAX_STREAMS) {
      const [oldest = stream] = this.all;
      this.delete(oldest);
    }
  }

  delete(stream: NamedStream<K>): void {
    this.recent[slotOf(stream.name)] = undefined;
    this.kinds.get(stream.kind)?.delete(stream.name);
    this.all.delete(stream);
  }
}

function slotOf(name: string): number {
  return name.charCodeAt(name.length - 1) & (RECENT_SLOTS - 1);
}

/** Remembers how often names were used. Beyond `MAX_REMEMBERED` names, the least recent is deleted. */
export class NameUses {
  private readonly uses = new Map<string, number>();

  get(name: string): number | undefined {
    return this.uses.get(name);
  }

  set(name: string, uses: number): void {
    setRecent(this.uses, name, uses, MAX_REMEMBERED);
  }
}
