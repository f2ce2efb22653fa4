import type { CloseReason, StreamRef } from '../../commits.js';
import type { CommitSink } from '../commitSink.js';
import { MAX_TEXT_LENGTH } from '../text/maxTextLength.js';
import { OpenStream } from '../streams/openStream.js';
import type { LastFields } from '../streams/readEvent.js';
import { JSONBuilder } from './jsonBuilder.js';
import type { JSONCommit } from './jsonCommit.js';
import { evictionError } from './incompleteJSONError.js';
import { JSONText, type JSONStreamLimits } from './jsonText.js';
import type { PointerFilter } from './pointerFilter.js';

/** What the streams of one subscription share. */
export interface JSONContext<K extends string> {
  readonly limits: JSONStreamLimits;
  readonly sink: CommitSink<JSONCommit<K>>;
  /** `undefined` matches all values. */
  readonly filter: PointerFilter | undefined;
  readonly partials: PartialObserver<K> | undefined;
}

/** Schedules the commits of partial values. */
export interface PartialObserver<K extends string> {
  add(scanner: JSONScanner<K>): void;
  /** The stream closes: commits its waiting partial value. */
  flush(scanner: JSONScanner<K>): void;
}

/** Commits each complete value in the JSON text of one stream. */
export class JSONScanner<K extends string> extends OpenStream<K> {
  private readonly text: JSONText;
  private readonly context: JSONContext<K>;
  private readonly builder = new JSONBuilder(() => {
    this.commitValue();
  });
  private partial: unknown = undefined;

  constructor(ref: StreamRef<K>, context: JSONContext<K>) {
    super(ref);
    this.context = context;
    this.text = new JSONText(context.limits, this.builder, MAX_TEXT_LENGTH);
  }

  opened(): void {
    this.context.sink.next({ type: 'open', stream: this.ref });
  }

  delta(delta: string): void {
    if (!this.context.sink.closed) {
      this.text.append(delta);
      this.context.partials?.add(this);
    }
  }

  close(reason: CloseReason, { text, error }: LastFields): void {
    const { parser } = this.text;
    if (reason === 'evicted') {
      parser.fail(evictionError(this.context.limits.maxStreams));
    } else if (reason !== 'error') {
      this.text.end(text);
    }
    this.context.partials?.flush(this);
    const { value } = this.builder;
    const failure = reason === 'error' ? error : this.builder.error;
    this.context.sink.next({
      type: 'close',
      stream: this.ref,
      reason,
      ...(parser.isComplete && { value }),
      ...((reason === 'error' || !parser.isComplete) && { error: failure }),
    });
  }

  override dispose(): void {
    this.text.parser.stop();
  }

  /** Commits the known part of the root, if it has changed. */
  commitPartial(): void {
    const value = this.builder.copyRoot();
    if (value !== this.partial) {
      this.partial = value;
      this.context.sink.next({ type: 'partial', stream: this.ref, value });
    }
  }

  private commitValue(): void {
    const { filter, sink } = this.context;
    const { path, pointer } = this.text.parser;
    if (filter === undefined || filter.matches(path)) {
      sink.next({ type: 'value', stream: this.ref, pointer, path, value: this.builder.value });
    }
  }
}
