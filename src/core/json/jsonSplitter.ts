import type { CloseReason, StreamRef } from '../../commits.js';
import type { DeltaEvent, StartEvent } from '../../events.js';
import type { CommitSink } from '../commitSink.js';
import { OpenStream } from '../streams/openStream.js';
import type { LastFields } from '../streams/readEvent.js';
import { evictionError } from './incompleteJSONError.js';
import type { JSONVisitor } from './jsonParser.js';
import { JSONText, type JSONStreamLimits } from './jsonText.js';

/** Turns each scalar value in the JSON text of one stream into a stream. Arrays and objects are not streams. */
export class JSONSplitter<K extends string> extends OpenStream<K> implements JSONVisitor {
  private readonly text: JSONText;
  private readonly maxStreams: number;
  private readonly sink: CommitSink<DeltaEvent<K>>;
  /** The id of the open value. */
  private id: string | undefined = undefined;
  /** The number of values so far. */
  private values = 0;

  constructor(ref: StreamRef<K>, limits: JSONStreamLimits, sink: CommitSink<DeltaEvent<K>>) {
    super(ref);
    this.maxStreams = limits.maxStreams;
    this.sink = sink;
    this.text = new JSONText(limits, this);
  }

  opened(): void {
    // Only the values of this stream have a `start`.
  }

  delta(delta: string): void {
    if (!this.sink.closed) {
      this.text.append(delta);
    }
  }

  close(reason: CloseReason, { text, error }: LastFields): void {
    if (reason !== 'evicted' && reason !== 'error') {
      this.text.end(text);
    } else if (!this.text.parser.isStopped) {
      this.openWhole();
      this.text.parser.fail(reason === 'error' ? error : evictionError(this.maxStreams));
    }
  }

  override dispose(): void {
    this.text.parser.stop();
  }

  openString(): void {
    this.openLiteral();
  }

  string(part: string): void {
    if (this.id !== undefined) {
      this.sink.next({ type: 'delta', kind: this.ref.kind, id: this.id, delta: part });
    }
  }

  closeString(): void {
    const { id } = this;
    if (id !== undefined) {
      this.id = undefined;
      this.sink.next({ type: 'end', kind: this.ref.kind, id });
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
      this.sink.next({ type: 'error', kind: this.ref.kind, id, error });
    }
  }

  /** Opens the whole value if no value is open, so that there is a stream that can fail. */
  private openWhole(): void {
    if (this.id === undefined) {
      this.open('');
    }
  }

  private open(pointer: string): void {
    const { kind, order } = this.ref;
    const id = `${this.ref.id}#${pointer}`;
    const event: StartEvent<K> = { type: 'start', kind, id };
    this.id = id;
    this.sink.next(order === undefined ? event : { ...event, order: [...order, this.values] });
    this.values++;
  }
}
