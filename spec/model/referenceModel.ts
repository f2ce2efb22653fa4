import type {
  CloseReason,
  Commit,
  CommitLinesOptions,
  DeltaEvent,
  LineCommit,
  StreamRef,
} from '../../src/index.js';

/** An open stream, with all of its text. */
interface OpenStream {
  readonly ref: StreamRef;
  /** Its text began in an earlier generation. */
  readonly isContinuation: boolean;
  text: string;
  /** The number of committed code units. The rest of the text follows them. */
  committed: number;
  /** The number and the time of its last event. */
  lastEvent: number;
  lastTime: number;
  /** The tail that waits for a soft commit: its offset in the text, and since when it waits. */
  waiting: { readonly from: number; readonly since: number; readonly turn: number } | undefined;
  /** A tail that could not be cut: its offset in the text, and its length at that time. */
  uncut: { readonly from: number; readonly length: number } | undefined;
}

/** A remembered closed key. */
interface ClosedKey {
  readonly ref: StreamRef;
  readonly reason: CloseReason;
}

/** The observed closing of an idle stream. */
export interface IdleClosing {
  readonly time: number;
  readonly stream: StreamRef;
}

/** The subscriber of the model; it may push events into the model inside a commit. */
export interface Listener {
  commit(commit: Commit): void;
  complete(): void;
  fail(error: unknown): void;
}

/** The options with their defaults filled in. */
function resolve({
  idleTimeout = 300_000,
  maxStreams = 10_000,
  maxRemembered = 10_000,
  maxLineLength = 65_536,
  maxRetained = 1_048_576,
  reconcile = 'revise',
  tail = false,
  softCommit: { chars = Infinity, after = Infinity } = {},
}: CommitLinesOptions) {
  return {
    idleTimeout,
    maxStreams,
    maxRemembered,
    maxLineLength,
    maxRetained,
    reconcile,
    tail,
    chars,
    after,
  };
}

/**
 * The contract of `commitLines` as a plain and slow implementation: events and virtual time in,
 * commits out. It shares no code with the library.
 *
 * The contract does not specify when exactly an idle stream is closed, so the model does not predict it. It receives
 * the observed closings, checks that none is early or late, and emits what must follow.
 */
export class ReferenceModel {
  now = 0;
  /** In the order of opening. */
  open: OpenStream[] = [];
  /** In the order of closing. */
  private remembered: ClosedKey[] = [];
  private events = 0;
  private turns = 0;
  private isListening = true;
  private isSourceOver = false;
  private isBusy = false;
  private queue: (() => void)[] = [];
  private readonly options;
  private readonly listener: Listener;

  constructor(options: CommitLinesOptions, listener: Listener) {
    this.options = resolve(options);
    this.listener = listener;
  }

  /** The text received so far of the open stream with this key. */
  textOf(key: Pick<StreamRef, 'kind' | 'id'>): string {
    return this.open.find(({ ref }) => isSameKey(ref, key))?.text ?? '';
  }

  /** One timer while a stream is open, and one while a tail waits. */
  get timers(): number {
    const isIdlenessMeasured = this.options.idleTimeout !== Infinity && this.open.length > 0;
    const isTailWaiting = this.open.some((stream) => stream.waiting !== undefined);
    return this.isListening ? Number(isIdlenessMeasured) + Number(isTailWaiting) : 0;
  }

  /** Whether the source has neither ended nor been unsubscribed. */
  get needsSource(): boolean {
    return this.isListening && !this.isSourceOver;
  }

  // Input.

  push(event: unknown): void {
    if (this.needsSource) {
      this.enqueue(() => this.handle(event));
    }
  }

  /** The source completes: all open streams are closed as `complete`, in the order of opening. */
  complete(): void {
    if (this.needsSource) {
      this.isSourceOver = true;
      this.enqueue(() => {
        [...this.open].forEach((stream) => this.close(stream, 'complete'));
        this.notify(() => this.listener.complete());
      });
    }
  }

  /** The source fails: all open streams are closed as `error`, with that error; then the output fails. */
  fail(error: unknown): void {
    if (this.needsSource) {
      this.isSourceOver = true;
      this.enqueue(() => {
        [...this.open].forEach((stream) => this.close(stream, 'error', error));
        this.notify(() => this.listener.fail(error));
      });
    }
  }

  /** Nothing is emitted any more, and nothing is retained. */
  unsubscribe(): void {
    this.isListening = false;
    this.open = [];
    this.remembered = [];
    this.queue = [];
  }

  /** Time passes. `idle` lists the idle closings observed meanwhile, in order. */
  pass(milliseconds: number, idle: readonly IdleClosing[]): void {
    const end = this.now + milliseconds;
    const expected = [...idle];
    while (this.isListening) {
      const time = Math.min(end, this.nextSoftCommit(), expected[0]?.time ?? Infinity);
      const closing = expected.filter((seen) => seen.time === time);
      expected.splice(0, closing.length);
      this.now = time;
      this.enqueue(() => {
        this.commitWaitingTails();
        closing.forEach((seen) => this.notify(() => this.closeIdle(seen.stream)));
      });
      this.checkThatNothingIsOverdue();
      if (time === end && this.nextSoftCommit() > end) {
        return;
      }
    }
  }

  /** Events pushed inside a commit are handled in order, after all commits of the current event. */
  private enqueue(task: () => void): void {
    this.queue.push(task);
    if (!this.isBusy) {
      this.isBusy = true;
      for (let next = this.queue.shift(); next !== undefined; next = this.queue.shift()) {
        next();
      }
      this.isBusy = false;
    }
  }

  private emit(commit: Commit): void {
    this.notify(() => this.listener.commit(commit));
  }

  private notify(something: () => void): void {
    if (this.isListening) {
      something();
    }
  }

  // The life of a stream.

  private handle(event: unknown): void {
    if (!isDeltaEvent(event)) {
      this.emit({ type: 'drop', reason: 'malformed', event });
      return;
    }
    const stream = this.open.find(({ ref }) => isSameKey(ref, event)) ?? this.openFor(event);
    if (stream === undefined) {
      this.emit({ type: 'drop', reason: 'late', event });
      return;
    }
    stream.lastEvent = ++this.events;
    stream.lastTime = this.now;
    switch (event.type) {
      case 'start':
        break;
      case 'delta':
        this.append(stream, event.delta);
        break;
      case 'end':
        this.reconcile(stream, event.text);
        this.close(stream, 'end');
        break;
      case 'error':
        this.close(stream, 'error', event.error);
    }
  }

  /** Opens the stream of an event whose key is not open, unless the event is late. */
  private openFor(event: DeltaEvent & { readonly order?: readonly number[] | null }): OpenStream | undefined {
    const known = this.remembered.find(({ ref }) => isSameKey(ref, event));
    // A start always opens. A delta reopens a key that was closed as idle or evicted, because its producer was not done.
    const wasInterrupted = known?.reason === 'idle' || known?.reason === 'evicted';
    if (known !== undefined && event.type !== 'start' && !(event.type === 'delta' && wasInterrupted)) {
      return undefined;
    }
    this.remembered = this.remembered.filter((key) => key !== known);
    // A stream that opens only to close evicts no other.
    if ((event.type === 'start' || event.type === 'delta') && this.open.length >= this.options.maxStreams) {
      this.evict();
    }
    const generation = known === undefined ? 0 : known.ref.generation + 1;
    const orderNow = event.order ?? known?.ref.order;
    const order = orderNow === undefined ? {} : { order: [...orderNow] };
    const stream: OpenStream = {
      ref: { kind: event.kind, id: event.id, generation, ...order },
      isContinuation: event.type === 'delta' && generation > 0,
      text: '',
      committed: 0,
      lastEvent: 0,
      lastTime: this.now,
      waiting: undefined,
      uncut: undefined,
    };
    this.open.push(stream);
    this.emit({ type: 'open', stream: stream.ref });
    return stream;
  }

  /** Closes the least recently active stream. */
  private evict(): void {
    const [leastRecent] = [...this.open].sort((a, b) => a.lastEvent - b.lastEvent);
    if (leastRecent !== undefined) {
      this.close(leastRecent, 'evicted');
    }
  }

  /** Closing always flushes. The oldest closed keys are forgotten first. */
  private close(stream: OpenStream, reason: CloseReason, error?: unknown): void {
    this.open = this.open.filter((other) => other !== stream);
    this.remembered.push({ ref: stream.ref, reason });
    while (this.remembered.length > this.options.maxRemembered) {
      this.remembered.shift();
    }
    const tail = restOf(stream);
    if (tail !== '') {
      partsOf(tail, this.options.maxLineLength).forEach((part) => this.commit(stream, part, ''));
    }
    const lines = linesOf(stream.text).length;
    const close = { type: 'close', stream: stream.ref, reason, lines } as const;
    this.emit(reason === 'error' ? { ...close, error } : close);
  }

  // Idleness: never early, and at most a quarter late, in whole milliseconds.

  private closeIdle(ref: StreamRef): void {
    const stream = this.open.find((other) => isSameKey(other.ref, ref));
    if (stream === undefined) {
      throw new Error(`${ref.kind} ${ref.id} was closed as idle, but is not open`);
    }
    const quiet = this.now - stream.lastTime;
    if (quiet < this.options.idleTimeout || this.isOverdue(stream)) {
      throw new Error(`${ref.kind} ${ref.id} was closed as idle after ${quiet} ms, which is not in time`);
    }
    this.close(stream, 'idle');
  }

  private isOverdue({ lastTime }: OpenStream): boolean {
    return this.now - lastTime > Math.ceil(this.options.idleTimeout * 1.25);
  }

  private checkThatNothingIsOverdue(): void {
    const overdue = this.isListening && this.open.find((stream) => this.isOverdue(stream));
    if (overdue) {
      const { ref, lastTime } = overdue;
      throw new Error(`${ref.kind} ${ref.id} is not closed as idle after ${this.now - lastTime} ms`);
    }
  }

  // Lines.

  private append(stream: OpenStream, delta: string): void {
    if (delta === '') {
      return;
    }
    const tailBefore = restOf(stream);
    stream.text += delta;
    this.commitLines(stream);
    if (restOf(stream).length >= Math.max(this.options.chars, lengthToTryAgain(stream))) {
      this.commitSoftly(stream);
    }
    // A delta changes the tail, unless the tail was empty and still is.
    if (this.options.tail && (tailBefore !== '' || restOf(stream) !== '')) {
      this.emitTail(stream);
    }
    this.wait(stream);
  }

  /** Commits all complete lines, and all full parts of the unfinished line. */
  private commitLines(stream: OpenStream): void {
    const { maxLineLength } = this.options;
    for (;;) {
      const [, line, eol] = /^([^\n]*?)(\r?\n)/.exec(restOf(stream)) ?? [];
      // The CR at the end of an unfinished line may be half a line end.
      const parts = partsOf(line ?? restOf(stream).replace(/\r$/, ''), maxLineLength);
      parts.slice(0, -1).forEach((part) => this.commit(stream, part, ''));
      if (line === undefined) {
        return;
      }
      this.commit(stream, parts.at(-1) ?? '', eol === '\r\n' ? '\r\n' : '\n');
    }
  }

  private commit(stream: OpenStream, text: string, eol: LineCommit['eol']): void {
    const index = lineFeedsIn(stream.text.slice(0, stream.committed));
    stream.committed += text.length + eol.length;
    this.emit({ type: 'line', stream: stream.ref, index, text, eol });
  }

  private emitTail(stream: OpenStream): void {
    const index = lineFeedsIn(stream.text);
    this.emit({ type: 'tail', stream: stream.ref, index, text: restOf(stream) });
  }

  // Soft commits.

  private commitSoftly(stream: OpenStream): boolean {
    const tail = restOf(stream);
    const part = softPartOf(tail);
    if (part === '') {
      stream.uncut = { from: stream.committed, length: tail.length };
      return false;
    }
    this.commit(stream, part, '');
    return true;
  }

  /**
   * A tail waits from its first character on. After a soft commit, the remaining tail starts to wait again; a tail that
   * cannot be cut, with its next delta.
   */
  private wait(stream: OpenStream): void {
    if (this.options.after === Infinity || restOf(stream) === '') {
      stream.waiting = undefined;
    } else if (stream.waiting?.from !== stream.committed) {
      stream.waiting = { from: stream.committed, since: this.now, turn: this.turns++ };
    }
  }

  private dueTime({ waiting }: OpenStream): number {
    return waiting === undefined ? Infinity : waiting.since + this.options.after;
  }

  private nextSoftCommit(): number {
    return Math.min(...this.open.map((stream) => this.dueTime(stream)));
  }

  /** Commits a part of each tail that is due, the one that has waited longest first. */
  private commitWaitingTails(): void {
    const due = this.open.filter((stream) => this.dueTime(stream) <= this.now);
    due.sort((a, b) => (a.waiting?.turn ?? 0) - (b.waiting?.turn ?? 0));
    for (const stream of due) {
      stream.waiting = undefined;
      if (this.commitSoftly(stream)) {
        if (this.options.tail) {
          this.emitTail(stream);
        }
        this.wait(stream);
      }
    }
  }

  // Reconciling with the producer's full text.

  private reconcile(stream: OpenStream, fullText: string | null | undefined): void {
    const seen = stream.text;
    const { reconcile, maxRetained } = this.options;
    if (fullText === undefined || fullText === null || stream.isContinuation) {
      return;
    }
    if (seen === '') {
      this.replaceText(stream, fullText);
      return;
    }
    // Text that is not retained stays, trailing white space is ignored, and an empty full text counts as absent.
    if (
      fullText === '' ||
      reconcile === 'off' ||
      seen.length > maxRetained ||
      fullText.trimEnd() === seen.trimEnd()
    ) {
      return;
    }
    if (fullText.startsWith(seen)) {
      this.replaceText(stream, fullText);
    } else if (reconcile === 'revise') {
      const right = linesOf(fullText);
      const index = linesOf(seen).findIndex((line, number) => line !== right[number]);
      this.emit({ type: 'revise', stream: stream.ref, index });
      stream.committed = right.slice(0, index).join('').length;
      this.replaceText(stream, fullText);
    }
  }

  private replaceText(stream: OpenStream, text: string): void {
    stream.text = text;
    this.commitLines(stream);
  }
}

function isSameKey(a: Pick<StreamRef, 'kind' | 'id'>, b: Pick<StreamRef, 'kind' | 'id'>): boolean {
  return a.kind === b.kind && a.id === b.id;
}

/** Whether a value is a valid event. A value that throws when it is read is not. */
function isDeltaEvent(value: unknown): value is DeltaEvent & { readonly order?: readonly number[] | null } {
  try {
    const event = value as Readonly<Record<string, unknown>>;
    return (
      typeof event === 'object' &&
      typeof event['kind'] === 'string' &&
      typeof event['id'] === 'string' &&
      isOrder(event['order']) &&
      hasContent(event)
    );
  } catch {
    return false;
  }
}

function isOrder(order: unknown): boolean {
  return (
    order === undefined ||
    order === null ||
    (Array.isArray(order) && Array.from(order).every(Number.isFinite))
  );
}

function hasContent(event: Readonly<Record<string, unknown>>): boolean {
  switch (event['type']) {
    case 'start':
    case 'error':
      return true;
    case 'delta':
      return typeof event['delta'] === 'string';
    case 'end':
      return event['text'] === undefined || event['text'] === null || typeof event['text'] === 'string';
    default:
      return false;
  }
}

function restOf(stream: OpenStream): string {
  return stream.text.slice(stream.committed);
}

/** The lines of a text with their line ends; the last one may have none. */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function lineFeedsIn(text: string): number {
  return text.split('\n').length - 1;
}

/** A line in parts of maximum length; a surrogate pair, which is one character here, stays whole. */
function partsOf(line: string, maxLength: number): readonly string[] {
  const parts: string[] = [];
  let part = '';
  for (const character of line) {
    if (part.length + character.length > maxLength) {
      parts.push(part);
      part = '';
    }
    part += character;
  }
  return [...parts, part];
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** A tail without its last grapheme, which may be incomplete, or up to the last white space in its last quarter. */
function softPartOf(tail: string): string {
  // A high surrogate at the end belongs to a grapheme that is still unknown.
  const text = tail.replace(/[\ud800-\udbff]$/, '');
  const graphemes = Array.from(segmenter.segment(text), ({ segment }) => segment).slice(0, -1);
  for (let count = graphemes.length; count > 0; count--) {
    const part = graphemes.slice(0, count).join('');
    if (part.length > text.length * 0.75 && /\s$/.test(part)) {
      return part;
    }
  }
  return graphemes.join('');
}

/** A tail that could not be cut, because it is a single grapheme, is tried again when it is twice as long. */
function lengthToTryAgain({ committed, uncut }: OpenStream): number {
  return uncut?.from === committed ? uncut.length * 2 : 0;
}
