import type { StreamRef } from '../../commits.js';
import type { DeltaEvent, StartEvent } from '../../events.js';
import type { JSONVisitor } from './jsonParser.js';
import { JSONText, type JSONTextLimits } from './jsonText.js';

/** Turns each scalar value in the JSON text of one stream into a stream. */
export class JSONSplitter<K extends string> implements JSONVisitor {
  readonly text: JSONText;
  private readonly stream: StreamRef<K>;
  private readonly emit: (event: DeltaEvent<K>) => void;
  /** The id of the open value. */
  private id: string | undefined = undefined;
  /** The number of values so far. */
  private values = 0;

  constructor(stream: StreamRef<K>, limits: JSONTextLimits, emit: (event: DeltaEvent<K>) => void) {
    this.stream = stream;
    this.emit = emit;
    this.text = new JSONText(limits, this);
  }

  /** The stream itself failed, or was evicted. */
  failStream(error: unknown): void {
    const { parser } = this.text;
    if (!parser.isStopped) {
      this.openWhole();
      parser.fail(error);
    }
  }

  openString(): void {
    this.openLiteral();
  }

  string(part: string): void {
    if (this.id !== undefined) {
      this.emit({ type: 'delta', kind: this.stream.kind, id: this.id, delta: part });
    }
  }

  closeString(): void {
    const { id } = this;
    if (id !== undefined) {
      this.id = undefined;
      this.emit({ type: 'end', kind: this.stream.kind, id });
    }
  }

  openLiteral(): void {
    this.open(this.text.parser.pointer);
  }

  closeLiteral(json: string): void {
    this.string(json);
    if (!this.text.parser.isStopped) {
      this.closeString();
    }
  }

  /** Text that is not JSON, or ends too early, fails only the open value. */
  fail(error: unknown): void {
    if (error instanceof RangeError) {
      this.openWhole();
    }
    const { id } = this;
    if (id !== undefined) {
      this.id = undefined;
      this.emit({ type: 'error', kind: this.stream.kind, id, error });
    }
  }

  openArray(): void {
    // Only scalar values are streams.
  }

  openObject(): void {
    // Only scalar values are streams.
  }

  name(): void {
    // The name is part of the pointer.
  }

  closeContainer(): void {
    // Only scalar values are streams.
  }

  /** Opens the whole value if no value is open, so that there is a stream that can fail. */
  private openWhole(): void {
    if (this.id === undefined) {
      this.open('');
    }
  }

  private open(pointer: string): void {
    const { kind, order } = this.stream;
    const id = `${this.stream.id}#${pointer}`;
    const event: StartEvent<K> = { type: 'start', kind, id };
    this.id = id;
    this.emit(order === undefined ? event : { ...event, order: [...order, this.values] });
    this.values++;
  }
}
