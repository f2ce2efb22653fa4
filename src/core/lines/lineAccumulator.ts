import type { CloseReason, Commit, DropCommit, LineCommit, StreamRef } from '../../commits.js';
import type { DeltaEvent } from '../../events.js';
import type { CommitSink } from '../commitSink.js';
import { OpenStream } from '../streams/openStream.js';
import type { LastFields } from '../streams/readEvent.js';
import type { StreamTableSink } from '../streams/streamTable.js';
import { copyText } from '../text/copyText.js';
import { MAX_TEXT_LENGTH } from '../text/maxTextLength.js';
import { type Segmenter, softCut } from './softCut.js';

/** The rules for cutting the text of a stream into commits. */
export interface LineRules {
  /** The most UTF-16 code units that one commit may hold. */
  readonly maxLineLength: number;
  /** What happens when the producer's full text differs from the received text. */
  readonly reconcile: 'revise' | 'keep' | 'off';
  /** The most UTF-16 code units of a stream that are retained to compare them with the full text. */
  readonly maxRetained: number;
  /** Whether to emit the tail whenever it has changed. */
  readonly tail: boolean;
  /** A part of an unfinished line is committed as soon as its tail has this many UTF-16 code units. */
  readonly softChars: number;
  /** Keeps soft commits from cutting graphemes. */
  readonly segmenter: Segmenter | undefined;
}

/** Observes the tails that wait for a soft commit. */
export interface TailObserver<K extends string> {
  /** The tail, or the beginning of it, is committed. */
  delete(lines: LineAccumulator<K>): void;
  /** The tail may have changed, and all commits are out. */
  update(lines: LineAccumulator<K>): void;
}

/** A line commit that may have to be compared with the producer's full text. */
export interface RetainedLine {
  readonly text: string;
  readonly eol: LineCommit['eol'];
  readonly previous: RetainedLine | undefined;
}

/** What the streams of one subscription share. */
export class LineContext<K extends string> implements StreamTableSink<K> {
  readonly rules: LineRules;
  readonly sink: CommitSink<Commit<K>>;
  readonly tails: TailObserver<K> | undefined;
  /** A delta without LF is only appended while the tail stays within this length; -1 if tails are observed or emitted. */
  readonly plainLength: number;

  constructor(rules: LineRules, sink: CommitSink<Commit<K>>, tails?: TailObserver<K>) {
    this.rules = rules;
    this.sink = sink;
    this.tails = tails;
    this.plainLength =
      rules.tail || tails !== undefined ? -1 : Math.min(rules.maxLineLength, rules.softChars - 1);
  }

  get closed(): boolean {
    return this.sink.closed;
  }

  open(ref: StreamRef<K>, opener: DeltaEvent['type']): LineAccumulator<K> {
    return new LineAccumulator(ref, opener, this);
  }

  drop(reason: DropCommit['reason'], event: unknown): void {
    this.sink.next({ type: 'drop', reason, event });
  }
}

const CARRIAGE_RETURN = 0x0d;
const LARGEST_CODE_UNIT = 0xffff;

/** Marks text that is no longer retained: above any `maxRetained`. */
const NOT_RETAINED = MAX_TEXT_LENGTH + 1;

/** A tail is copied when the delta that it is a slice of is more than this many times as long. */
const SLICE_WORTH_COPYING = 8;

/**
 * Turns the deltas of one stream into its commits.
 *
 * Without tails and soft commits, the commits depend only on the text and not on how it was cut into deltas. A delta
 * costs time in proportion to its own length: the tail is only appended to, which a JavaScript engine does by linking
 * two strings, and it is read only when a line or a part of it is committed.
 */
export class LineAccumulator<K extends string> extends OpenStream<K> {
  /** The text of the current line that is not committed yet. */
  tail = '';
  /**
   * Whether the tail ends in a CR, which belongs to the line end if an LF follows. Reading it from the tail would
   * flatten the tail.
   */
  endsInCarriageReturn = false;
  private readonly context: LineContext<K>;
  /** The number of the current line. */
  index = 0;
  /** Whether a part of the current line is committed already. */
  isPartial = false;
  /**
   * The last line commit, linked to those before it, while they may have to be compared with the producer's full text.
   * The texts are the strings of the commits, not copies, so a line that nothing reads is never flattened. Linked
   * lines cost less time than an array, which is moved when it grows.
   */
  retained: RetainedLine | undefined = undefined;
  retainedLength = 0;
  /** A soft commit is tried when the tail is this long. */
  softLength: number;

  /** `opener` is the type of the event that opens the stream. */
  constructor(ref: StreamRef<K>, opener: DeltaEvent['type'], context: LineContext<K>) {
    super(ref);
    this.context = context;
    this.softLength = context.rules.softChars;
    if (opener === 'delta' && ref.generation > 0) {
      // An earlier generation committed the beginning of the text, so the full text is not that of these deltas.
      this.stopRetaining();
    }
  }

  opened(): void {
    this.context.sink.next({ type: 'open', stream: this.ref });
  }

  delta(text: string): void {
    if (text === '') {
      return;
    }
    const lineFeed = text.indexOf('\n');
    if (lineFeed === -1 && this.tail.length + text.length <= this.context.plainLength) {
      this.append(text);
    } else {
      this.extendAndObserve(text, lineFeed);
    }
  }

  private extendAndObserve(text: string, lineFeed: number): void {
    const hadTail = this.tail !== '';
    this.extend(text, lineFeed);
    if (this.context.sink.closed) {
      return;
    }
    if (this.tail.length >= this.softLength) {
      this.commitSoftly();
    }
    if (this.context.rules.tail && (hadTail || this.tail !== '')) {
      this.commitTail();
    }
    this.context.tails?.update(this);
  }

  /**
   * Commits as much of the unfinished line as possible, and emits the tail that remains if the option `tail` is set.
   * Returns whether there was anything to commit.
   */
  softCommit(): boolean {
    const hasCommitted = this.commitSoftly();
    if (hasCommitted && this.context.rules.tail) {
      this.commitTail();
    }
    return hasCommitted;
  }

  private extend(text: string, firstLineFeed = text.indexOf('\n')): void {
    if (text.length > MAX_TEXT_LENGTH) {
      this.extend(text.slice(0, MAX_TEXT_LENGTH));
      this.extend(text.slice(MAX_TEXT_LENGTH));
      return;
    }
    let start = 0;
    let lineFeed = firstLineFeed;
    while (lineFeed !== -1 && !this.context.sink.closed) {
      this.endLine(text, start, lineFeed);
      start = lineFeed + 1;
      lineFeed = text.indexOf('\n', start);
    }
    if (start < text.length) {
      this.append(start === 0 ? text : text.slice(start));
      this.commitParts();
      if (
        text.length > this.context.rules.maxLineLength &&
        this.tail.length < text.length / SLICE_WORTH_COPYING
      ) {
        this.tail = copyText(this.tail);
      }
    }
  }

  /** Commits the rest of the text and closes. */
  close(reason: CloseReason, last: LastFields): void {
    const { text, finishReason } = last;
    if (text !== undefined) {
      this.reconcile(text);
    }
    const { ref: stream } = this;
    const close = { type: 'close', stream, reason, lines: this.flush() } as const;
    this.context.sink.next(
      'error' in last
        ? { ...close, error: last.error }
        : finishReason === undefined
          ? close
          : { ...close, finishReason },
    );
  }

  /** Commits the tail, and returns the number of lines. */
  private flush(): number {
    this.stopRetaining();
    if (this.tail !== '') {
      // A CR at the end is text now.
      this.endsInCarriageReturn = false;
      this.commitParts();
      this.commit(this.tail, '');
      this.tail = '';
    }
    const { tails } = this.context;
    tails?.delete(this);
    tails?.update(this);
    return this.isPartial ? this.index + 1 : this.index;
  }

  private reconcile(fullText: string): void {
    const { rules, sink } = this.context;
    if (this.index === 0 && !this.isPartial && this.tail === '' && this.retainedLength === 0) {
      this.extend(fullText);
      return;
    }
    // An empty full text means that the producer sent none.
    if (
      fullText === '' ||
      rules.reconcile === 'off' ||
      this.retainedLength + this.tail.length > rules.maxRetained
    ) {
      return;
    }
    const received = textOf(this.retained) + this.tail;
    // Text that is committed from here on is not compared again.
    this.stopRetaining();
    if (received.trimEnd() === fullText.trimEnd()) {
      return;
    }
    if (fullText.startsWith(received)) {
      this.extend(fullText.slice(received.length));
    } else if (rules.reconcile === 'revise') {
      const { index, position } = firstDifference(received, fullText);
      sink.next({ type: 'revise', stream: this.ref, index });
      this.beginLine(index);
      this.extend(fullText.slice(position));
    }
  }

  /** Ends the current line with the LF at `lineFeed`; its last piece begins at `start`. */
  private endLine(text: string, start: number, lineFeed: number): void {
    let eol: LineCommit['eol'] = '\n';
    if (lineFeed > start) {
      const isCarriageReturn = text.charCodeAt(lineFeed - 1) === CARRIAGE_RETURN;
      this.tail += text.slice(start, isCarriageReturn ? lineFeed - 1 : lineFeed);
      eol = isCarriageReturn ? '\r\n' : '\n';
    } else if (this.endsInCarriageReturn) {
      this.tail = this.tail.slice(0, -1);
      eol = '\r\n';
    }
    this.endsInCarriageReturn = false;
    this.commitParts();
    this.commit(this.tail, eol);
    this.beginLine(this.index + 1);
  }

  private beginLine(index: number): void {
    this.index = index;
    this.tail = '';
    this.endsInCarriageReturn = false;
    this.isPartial = false;
  }

  private append(text: string): void {
    this.tail += text;
    this.endsInCarriageReturn = text.charCodeAt(text.length - 1) === CARRIAGE_RETURN;
  }

  /** Commits a part of the tail, and returns whether there was one to commit. */
  private commitSoftly(): boolean {
    const { tail } = this;
    const length = softCut(tail, this.context.rules.segmenter);
    if (length === 0) {
      // The tail is a single grapheme. Doubling the length before the next try keeps the cost linear.
      this.softLength = Math.max(this.context.rules.softChars, tail.length * 2);
      return false;
    }
    this.commit(tail.slice(0, length), '');
    this.tail = tail.slice(length);
    return true;
  }

  private commitTail(): void {
    this.context.sink.next({ type: 'tail', stream: this.ref, index: this.index, text: this.tail });
  }

  /** Commits parts of the tail while it is too long. A CR at its end is not counted: it may belong to the line end. */
  private commitParts(): void {
    const { maxLineLength } = this.context.rules;
    const { tail } = this;
    const length = this.endsInCarriageReturn ? tail.length - 1 : tail.length;
    let start = 0;
    while (length - start > maxLineLength && !this.context.sink.closed) {
      let end = start + maxLineLength;
      if ((tail.codePointAt(end - 1) ?? 0) > LARGEST_CODE_UNIT) {
        // A surrogate pair begins at `end - 1`.
        end--;
      }
      this.commit(tail.slice(start, end), '');
      start = end;
    }
    if (start > 0) {
      this.tail = tail.slice(start);
    }
  }

  /** Commits a line, or a part of one if it has no line end. */
  private commit(text: string, eol: LineCommit['eol']): void {
    const { rules, sink, tails } = this.context;
    if (rules.reconcile !== 'off') {
      this.retain(text, eol);
    }
    this.isPartial = true;
    this.softLength = rules.softChars;
    tails?.delete(this);
    sink.next({ type: 'line', stream: this.ref, index: this.index, text, eol });
  }

  private retain(text: string, eol: LineCommit['eol']): void {
    this.retainedLength += text.length + eol.length;
    if (this.retainedLength > this.context.rules.maxRetained) {
      this.stopRetaining();
    } else {
      this.retained = { text, eol, previous: this.retained };
    }
  }

  private stopRetaining(): void {
    this.retainedLength = NOT_RETAINED;
    this.retained = undefined;
  }
}

function textOf(last: RetainedLine | undefined): string {
  const pieces: string[] = [];
  for (let line = last; line !== undefined; line = line.previous) {
    pieces.push(line.eol, line.text);
  }
  return pieces.reverse().join('');
}

/** The first line of the received text that differs from the full text, and where it begins. */
function firstDifference(received: string, fullText: string): { index: number; position: number } {
  let length = 0;
  // After the end of a text, `charCodeAt` returns `NaN`, which equals nothing.
  while (received.charCodeAt(length) === fullText.charCodeAt(length)) {
    length++;
  }
  const lines = received.slice(0, length).split('\n');
  const index = lines.length - 1;
  return { index, position: length - (lines[index] ?? '').length };
}
