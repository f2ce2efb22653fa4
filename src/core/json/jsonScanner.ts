import type { CloseReason, StreamRef } from '../../commits.js';
import { JSONBuilder } from './jsonBuilder.js';
import type { JSONCloseCommit, JSONCommit } from './jsonCommit.js';
import type { JSONVisitor } from './jsonParser.js';
import { LONGEST_TEXT } from '../text/longestText.js';
import { JSONText, type JSONTextLimits } from './jsonText.js';
import type { PointerFilter } from './pointerFilter.js';

/** Commits each complete value in the JSON text of one stream. */
export class JSONScanner<K extends string> implements JSONVisitor {
  readonly text: JSONText;
  readonly stream: StreamRef<K>;
  /** `undefined` matches all values. */
  private readonly filter: PointerFilter | undefined;
  private readonly emit: (commit: JSONCommit<K>) => void;
  private readonly builder = new JSONBuilder();
  /** Why the text is invalid or incomplete. */
  private error: unknown = undefined;
  private partial: unknown = undefined;

  constructor(
    stream: StreamRef<K>,
    limits: JSONTextLimits,
    filter: PointerFilter | undefined,
    emit: (commit: JSONCommit<K>) => void,
  ) {
    this.stream = stream;
    this.filter = filter;
    this.emit = emit;
    this.text = new JSONText(limits, this, LONGEST_TEXT);
  }

  /** Commits the known part of the root, if it has changed. */
  commitPartial(): void {
    const value = this.builder.copyRoot();
    if (value !== this.partial) {
      this.partial = value;
      this.emit({ type: 'partial', stream: this.stream, value });
    }
  }

  /**
   * With the reason `error`, the `close` has `error`, which is that of the stream. Otherwise it has the error of the
   * text.
   */
  close(reason: CloseReason, error: unknown): void {
    const commit: JSONCloseCommit<K> = { type: 'close', stream: this.stream, reason };
    const isFailed = reason === 'error' || !this.text.parser.isComplete;
    this.emit({
      ...commit,
      ...(this.text.parser.isComplete ? { value: this.builder.value } : {}),
      ...(isFailed ? { error: reason === 'error' ? error : this.error } : {}),
    });
  }

  openArray(): void {
    this.builder.openArray();
  }

  openObject(): void {
    this.builder.openObject();
  }

  name(name: string): void {
    this.builder.name(name);
  }

  closeContainer(): void {
    this.builder.closeContainer();
    this.commitValue();
  }

  openString(): void {
    this.builder.openString();
  }

  string(part: string): void {
    this.builder.appendString(part);
  }

  closeString(): void {
    this.builder.closeString();
    this.commitValue();
  }

  openLiteral(): void {
    // The value of a number or literal is not known until it is complete.
  }

  closeLiteral(json: string): void {
    this.builder.closeLiteral(json);
    this.commitValue();
  }

  fail(error: unknown): void {
    this.error = error;
  }

  private commitValue(): void {
    const { parser } = this.text;
    const { path } = parser;
    if (this.filter === undefined || this.filter.matches(path)) {
      const { pointer } = parser;
      this.emit({ type: 'value', stream: this.stream, pointer, path, value: this.builder.value });
    }
  }
}
