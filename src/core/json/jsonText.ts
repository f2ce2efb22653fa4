import { type JSONLimits, JSONParser, type JSONVisitor } from './jsonParser.js';
import type { StreamLimits } from '../streams/streamTable.js';
import { RetainedText } from './retainedText.js';

/** The bounds of one JSON text and of its memory. */
export interface JSONTextLimits extends JSONLimits {
  /** The most UTF-16 code units that are retained to compare them with the producer's full text. */
  readonly maxRetained: number;
}

/** The bounds of the streams of one subscription. */
export interface JSONStreamLimits extends JSONTextLimits, StreamLimits {}

/** Feeds a parser with the deltas of a stream, and with the rest of the producer's full text if that is longer. */
export class JSONText {
  readonly parser: JSONParser;
  /** The longest text, in UTF-16 code units. */
  private readonly maxLength: number;
  private readonly received: RetainedText;

  constructor(limits: JSONTextLimits, visitor: JSONVisitor, maxLength = Infinity) {
    this.parser = new JSONParser(limits, visitor);
    this.received = new RetainedText(limits.maxRetained);
    this.maxLength = maxLength;
  }

  append(delta: string): void {
    if (!this.parser.isStopped) {
      this.received.append(delta);
      this.write(delta);
    }
  }

  end(text: string | undefined): void {
    const rest = text === undefined || this.parser.isStopped ? undefined : this.received.restOf(text);
    if (rest !== undefined) {
      this.write(rest);
    }
    this.parser.end();
  }

  private write(piece: string): void {
    if (this.parser.position + piece.length > this.maxLength) {
      this.parser.fail(new RangeError(`The JSON is longer than ${this.maxLength} characters`));
    } else {
      this.parser.write(piece);
    }
    if (this.parser.isStopped) {
      this.received.clear();
    }
  }
}
