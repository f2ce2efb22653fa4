import type {
  CloseCommit,
  CloseReason,
  Commit,
  DropCommit,
  LineCommit,
  ReviseCommit,
  StreamRef,
  TailCommit,
} from '../../commits.js';
import { StreamMap } from '../streams/streamMap.js';

/** Several durations in milliseconds. Their mean is `total / count`. */
export interface DurationSummary {
  readonly count: number;
  readonly total: number;
  /** The longest; 0 if there are none. */
  readonly max: number;
}

/** The measurements of one stream, from its `open` to its `close`. */
export interface StreamSummary<K extends string = string> {
  readonly stream: StreamRef<K>;
  /** Why it was closed. */
  readonly reason: CloseReason;
  /** The number of its lines, without withdrawn ones. */
  readonly lines: number;
  /** The number of lines that a `revise` withdrew. */
  readonly withdrawnLines: number;
  /** The number of committed UTF-16 code units, including line ends and withdrawn lines. */
  readonly characters: number;
  /**
   * Milliseconds from its `open` to its first `line`; `undefined` without a line, or if its `open` was not observed.
   */
  readonly timeToFirstLine: number | undefined;
  /**
   * Milliseconds from its `open` to its first text, in a `line` or a `tail`. With `tail: true` upstream, that is the
   * first delta with text.
   */
  readonly timeToFirstText: number | undefined;
}

/** The measurements of all streams so far, open and closed. */
export interface CommitSummary {
  /** The number of streams that were opened. */
  readonly streams: number;
  /** The number of streams that are open. */
  readonly openStreams: number;
  /** The highest number of open streams. */
  readonly mostOpenStreams: number;
  /** The number of closed streams, by reason. */
  readonly closed: Readonly<Record<CloseReason, number>>;
  /** The number of dropped events, by reason. */
  readonly drops: Readonly<Record<DropCommit['reason'], number>>;
  /** The number of lines of all streams, without withdrawn ones. */
  readonly lines: number;
  /** The number of lines that a `revise` withdrew. */
  readonly withdrawnLines: number;
  /** UTF-16 code units that were committed, line ends and withdrawn lines included. */
  readonly characters: number;
  /** Of the streams with a line whose `open` was observed. */
  readonly timeToFirstLine: DurationSummary;
  /** Of the streams with text whose `open` was observed. */
  readonly timeToFirstText: DurationSummary;
}

/** The measurements of an open stream so far. */
interface StreamRecord {
  /** `undefined` if the `open` was not observed. */
  readonly openedAt: number | undefined;
  timeToFirstLine: number | undefined;
  timeToFirstText: number | undefined;
  lines: number;
  withdrawnLines: number;
  characters: number;
}

/** Measures streams by their commits. Reads the clock for each `open`, and for the first text and line of a stream. */
export class CommitStatistics<K extends string> {
  private readonly now: () => number;
  private streams = new StreamMap<StreamRecord>();
  private streamCount = 0;
  private openCount = 0;
  private mostOpen = 0;
  private lines = 0;
  private withdrawnLines = 0;
  private characters = 0;
  private readonly closed = { end: 0, error: 0, idle: 0, evicted: 0, complete: 0, superseded: 0 };
  private readonly drops = { late: 0, malformed: 0, foreign: 0 };
  private readonly timeToFirstLine = { count: 0, total: 0, max: 0 };
  private readonly timeToFirstText = { count: 0, total: 0, max: 0 };

  constructor(now: () => number) {
    this.now = now;
  }

  /** Adds a commit. Returns the summary of the stream if the commit closes it. */
  add(commit: Commit<K>): StreamSummary<K> | undefined {
    switch (commit.type) {
      case 'open':
        this.recordOf(commit.stream, true);
        break;
      case 'line':
        this.addLine(commit);
        break;
      case 'tail':
        this.addTail(commit);
        break;
      case 'revise':
        this.addRevise(commit);
        break;
      case 'close':
        return this.addClose(commit);
      case 'drop':
        this.drops[commit.reason]++;
        break;
    }
    return undefined;
  }

  /** The measurements so far. */
  summary(): CommitSummary {
    return {
      streams: this.streamCount,
      openStreams: this.openCount,
      mostOpenStreams: this.mostOpen,
      closed: { ...this.closed },
      drops: { ...this.drops },
      lines: this.lines,
      withdrawnLines: this.withdrawnLines,
      characters: this.characters,
      timeToFirstLine: { ...this.timeToFirstLine },
      timeToFirstText: { ...this.timeToFirstText },
    };
  }

  /** Deletes the state of open streams. The summary remains. */
  dispose(): void {
    this.streams = new StreamMap();
  }

  private addLine({ stream, index, text, eol }: LineCommit<K>): void {
    const found = this.recordOf(stream, false);
    const length = text.length + eol.length;
    this.lines += index + 1 - found.lines;
    found.lines = index + 1;
    this.characters += length;
    found.characters += length;
    if (found.openedAt !== undefined && found.timeToFirstLine === undefined) {
      found.timeToFirstLine = elapsed(found.openedAt, this.now());
      addDuration(this.timeToFirstLine, found.timeToFirstLine);
      this.addFirstText(found, found.timeToFirstLine);
    }
  }

  private addTail({ stream, text }: TailCommit<K>): void {
    const found = this.recordOf(stream, false);
    if (found.openedAt !== undefined && found.timeToFirstText === undefined && text !== '') {
      this.addFirstText(found, elapsed(found.openedAt, this.now()));
    }
  }

  private addFirstText(found: StreamRecord, duration: number): void {
    if (found.timeToFirstText === undefined) {
      found.timeToFirstText = duration;
      addDuration(this.timeToFirstText, duration);
    }
  }

  private addRevise({ stream, index }: ReviseCommit<K>): void {
    const found = this.recordOf(stream, false);
    const withdrawn = Math.max(0, found.lines - index);
    this.withdrawnLines += withdrawn;
    found.withdrawnLines += withdrawn;
    this.lines += index - found.lines;
    found.lines = index;
  }

  private addClose({ stream, reason, lines }: CloseCommit<K>): StreamSummary<K> {
    const found = this.recordOf(stream, false);
    const { withdrawnLines, characters, timeToFirstLine, timeToFirstText } = found;
    this.lines += lines - found.lines;
    this.streams.delete(stream);
    this.openCount--;
    this.closed[reason]++;
    return { stream, reason, lines, withdrawnLines, characters, timeToFirstLine, timeToFirstText };
  }

  /**
   * Returns the record of a stream. Creates it if necessary, even without an `open`: a subscriber that joins a running
   * source misses the `open` of streams that are already open.
   */
  private recordOf(stream: StreamRef<K>, isOpening: boolean): StreamRecord {
    const found = this.streams.get(stream);
    if (found !== undefined) {
      return found;
    }
    const opened: StreamRecord = {
      openedAt: isOpening ? this.now() : undefined,
      timeToFirstLine: undefined,
      timeToFirstText: undefined,
      lines: 0,
      withdrawnLines: 0,
      characters: 0,
    };
    this.streams.set(stream, opened);
    this.streamCount++;
    this.openCount++;
    this.mostOpen = Math.max(this.mostOpen, this.openCount);
    return opened;
  }
}

function addDuration(durations: { count: number; total: number; max: number }, duration: number): void {
  durations.count++;
  durations.total += duration;
  durations.max = Math.max(durations.max, duration);
}

/** Milliseconds between two times. Too short if the clock was set back in between, but never negative. */
function elapsed(from: number, to: number): number {
  return Math.max(0, to - from);
}
