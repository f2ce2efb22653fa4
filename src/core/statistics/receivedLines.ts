/** The lines from `index` on began at `time`, up to those that the next one of these tells of. */
interface LineBeginning {
  readonly index: number;
  readonly time: number;
}

/** Lines that an operator leaves out are never asked for, and must not pile up. */
const MAX_BEGINNINGS = 1000;

/**
 * Counts what the deltas of one stream bring, and remembers when the lines began that are not committed yet.
 *
 * All that is looked for in the text are line feeds, so a delta costs time in proportion to its own length. A CR before
 * a line feed changes nothing: it is text of that line until the line feed comes, also when it is all of its text.
 */
export class ReceivedLines {
  /** When the stream was opened. */
  readonly openedAt: number;
  deltas = 0;
  longestTail = 0;
  /** Whether the producer has said that the stream is over. */
  isOver = false;
  /** The number of the line that has not ended. */
  private index = 0;
  /** The length of that line so far, and of its parts that are committed. */
  private lineLength = 0;
  private committedLength = 0;
  /** The first line that is not committed. */
  private nextIndex = 0;
  /** In the order of their lines. Those of one delta have one time, so there are few of them. */
  private readonly beginnings: LineBeginning[] = [];

  constructor(openedAt: number) {
    this.openedAt = openedAt;
  }

  /** `now` is only asked where a line begins. */
  append(text: string, now: () => number): void {
    this.deltas++;
    if (text === '') {
      return;
    }
    const isNewLine = this.lineLength === 0;
    if (isNewLine) {
      this.begin(this.index, now());
    }
    let lineFeed = text.indexOf('\n');
    if (lineFeed === -1) {
      this.lineLength += text.length;
      return;
    }
    const following = this.index + 1;
    let start = 0;
    while (lineFeed !== -1) {
      this.index++;
      start = lineFeed + 1;
      lineFeed = text.indexOf('\n', start);
    }
    this.lineLength = text.length - start;
    this.committedLength = 0;
    if (!isNewLine && (this.index > following || this.lineLength > 0)) {
      this.begin(following, now());
    }
  }

  /** To be called after an event and its commits. */
  updateLongestTail(): void {
    this.longestTail = Math.max(this.longestTail, this.lineLength - this.committedLength);
  }

  /**
   * Takes note that a part of a line, or all of it, is committed. Returns when the line began: once for each line, and
   * not for one that no delta has begun.
   */
  commit(index: number, length: number): number | undefined {
    if (index === this.index) {
      this.committedLength = Math.min(this.committedLength + length, this.lineLength);
    }
    const hasBegun = index < this.index || (index === this.index && this.lineLength > 0);
    if (!hasBegun || index < this.nextIndex) {
      return undefined;
    }
    this.nextIndex = index + 1;
    return this.beginningOf(index);
  }

  /** After lines were withdrawn, the numbers of lines are no longer those of the deltas. */
  revise(): void {
    this.nextIndex = Infinity;
    this.beginnings.length = 0;
  }

  private begin(index: number, time: number): void {
    if (this.nextIndex === Infinity) {
      return;
    }
    this.beginnings.push({ index, time });
    if (this.beginnings.length > MAX_BEGINNINGS) {
      this.beginnings.shift();
    }
  }

  private beginningOf(index: number): number | undefined {
    const { beginnings } = this;
    let [beginning, following] = beginnings;
    while (following !== undefined && following.index <= index) {
      beginnings.shift();
      [beginning, following] = beginnings;
    }
    return beginning !== undefined && beginning.index <= index ? beginning.time : undefined;
  }
}
