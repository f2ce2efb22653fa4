import type {
  CloseReason,
  Commit,
  DropCommit,
  LineCommit,
  OpenCommit,
  ReviseCommit,
  StreamRef,
} from '../../commits.js';
import { EventReader } from '../streams/eventReader.js';
import { type Linked, LinkedList } from '../collections/linkedList.js';
import { ReceivedLines } from './receivedLines.js';
import { ReceivedStreams } from './receivedStreams.js';
import { StreamMap } from '../streams/streamMap.js';

/** Several durations in brief, in milliseconds. Their mean is `total / count`. */
export interface DurationSummary {
  readonly count: number;
  readonly total: number;
  /** The longest; 0 where there is none. */
  readonly max: number;
}

/** What was measured of one stream, from its opening to its close. */
export interface StreamSummary<K extends string = string> {
  readonly stream: StreamRef<K>;
  /** Why it was closed. */
  readonly reason: CloseReason;
  /** The number of its lines, without those that were withdrawn. */
  readonly lines: number;
  /** The number of lines that a `revise` withdrew. */
  readonly withdrawnLines: number;
  /** UTF-16 code units that were committed, line ends and withdrawn lines included. */
  readonly characters: number;
  /** Milliseconds from its opening to its first `line`; `undefined` where there was none, or its opening was not seen. */
  readonly timeToFirstLine: number | undefined;
  /** The number of its deltas. Only where the events are observed. */
  readonly deltas?: number;
  /** The most UTF-16 code units of an unfinished line that were not committed yet. Only where the events are observed. */
  readonly longestTail?: number;
  /** From the first character of a line to the commit that has it. Only where the events are observed. */
  readonly timeToCommit?: DurationSummary;
}

/** What was measured of all streams so far, open and closed. */
export interface CommitSummary {
  /** The number of streams that were opened. */
  readonly streams: number;
  /** Those that are open now. */
  readonly openStreams: number;
  /** The most that were open at once. */
  readonly mostOpenStreams: number;
  /** The number of closed streams, by why they were closed. */
  readonly closed: Readonly<Record<CloseReason, number>>;
  /** The number of events that no stream could take, by why. */
  readonly drops: Readonly<Record<DropCommit['reason'], number>>;
  /** The number of lines of all streams, without those that were withdrawn. */
  readonly lines: number;
  /** The number of lines that a `revise` withdrew. */
  readonly withdrawnLines: number;
  /** UTF-16 code units that were committed, line ends and withdrawn lines included. */
  readonly characters: number;
  /** Of all streams that have a line and whose opening was seen. */
  readonly timeToFirstLine: DurationSummary;
  /** The number of all deltas of streams. Only where the events are observed. */
  readonly deltas?: number;
  /** The longest tail of all streams. Only where the events are observed. */
  readonly longestTail?: number;
  /** Of the lines of all streams. Only where the events are observed. */
  readonly timeToCommit?: DurationSummary;
}

/** What is known of a stream that is open. */
interface OpenStream<K extends string> extends Linked<OpenStream<K>> {
  readonly stream: StreamRef<K>;
  /** Unknown where its `open` was not seen. */
  readonly openedAt: number | undefined;
  /** Unknown where the events are not observed. */
  readonly received: ReceivedLines | undefined;
  readonly timeToCommit: Durations;
  timeToFirstLine: number | undefined;
  lines: number;
  withdrawnLines: number;
  characters: number;
}

/** The most keys that are remembered while they are not open. */
const MAX_KEYS = 10_000;

/**
 * Measures streams by their commits and, where it gets them, by the events that the commits come of.
 *
 * The events go into an operator that knows better than anybody which of them make a stream: it says so with `open` and
 * `close`. An event belongs to the open stream of its key, or to the stream that opens while the event is handled. Only
 * where an operator holds commits back is there neither; then it belongs to the next stream of its key that opens.
 *
 * `now` is asked at most once for each event and each commit, and not for a delta in the middle of a line.
 */
export class CommitStatistics<K extends string> {
  private readonly now: () => number;
  private readonly hasEvents: boolean;
  private streams = new StreamMap<OpenStream<K>>();
  /** In the order of opening. */
  private open = new LinkedList<OpenStream<K>>();
  private streamCount = 0;
  private mostOpenStreams = 0;
  private readonly closed = { end: 0, error: 0, idle: 0, evicted: 0, complete: 0, superseded: 0 };
  private readonly drops = { late: 0, malformed: 0, foreign: 0 };
  private readonly sumsOfClosed = new Sums();
  private reader = new EventReader();
  private received = new ReceivedStreams(MAX_KEYS);
  /** The event that is being handled, if it is well formed. */
  private event: unknown = undefined;
  /** Whether no stream has taken it. */
  private isUnclaimed = false;
  /** The stream that has. */
  private current: ReceivedLines | undefined = undefined;
  private eventTime: number | undefined = undefined;
  private final: CommitSummary | undefined = undefined;

  constructor(now: () => number, hasEvents: boolean) {
    this.now = now;
    this.hasEvents = hasEvents;
  }

  /** To be called with each event, before it goes on. Any value will do, and none makes this throw. */
  beginEvent(event: unknown): void {
    const { reader } = this;
    if (!reader.read(event)) {
      return;
    }
    this.event = event;
    const received = this.received.find(reader.kind, reader.id);
    if (received === undefined) {
      this.isUnclaimed = true;
    } else {
      this.receive(received);
    }
  }

  /** To be called once the event and its commits are handled. */
  endEvent(): void {
    if (this.isUnclaimed) {
      this.isUnclaimed = false;
      this.receiveUnopened();
    }
    this.current?.updateLongestTail();
    this.current = undefined;
    this.event = undefined;
    this.eventTime = undefined;
  }

  /** To be called with each commit; gives the summary of the stream that it closes. */
  add(commit: Commit<K>): StreamSummary<K> | undefined {
    switch (commit.type) {
      case 'open':
        this.addOpen(commit);
        break;
      case 'line':
        this.addLine(commit);
        break;
      case 'revise':
        this.addRevise(commit);
        break;
      case 'close':
        return this.addClose(commit.stream, commit.reason, commit.lines);
      case 'drop':
        this.addDrop(commit);
        break;
      case 'tail':
        break;
    }
    return undefined;
  }

  /** What was measured so far. */
  summary(): CommitSummary {
    if (this.final !== undefined) {
      return this.final;
    }
    const { open } = this;
    const sums = new Sums();
    sums.addAll(this.sumsOfClosed);
    for (let stream = open.first; stream !== undefined; stream = stream.next) {
      sums.add(stream);
    }
    return {
      streams: this.streamCount,
      openStreams: open.size,
      mostOpenStreams: this.mostOpenStreams,
      closed: { ...this.closed },
      drops: { ...this.drops },
      ...sums.summary(this.hasEvents),
    };
  }

  /** Lets go of everything but the summary, which is final now. */
  finish(): CommitSummary {
    this.final = this.summary();
    this.streams = new StreamMap();
    this.open = new LinkedList();
    this.received = new ReceivedStreams(MAX_KEYS);
    this.reader = new EventReader();
    this.event = undefined;
    this.isUnclaimed = false;
    this.current = undefined;
    return this.final;
  }

  private receive(received: ReceivedLines): void {
    this.current = received;
    switch (this.reader.type) {
      case 'delta':
        received.append(this.reader.delta, this.nowOfEvent);
        break;
      case 'end':
      case 'error':
        received.isOver = true;
        break;
      case 'start':
        break;
    }
  }

  /** The event has neither found nor opened a stream: the operator holds it back, or has left it out. */
  private receiveUnopened(): void {
    const { type, kind, id } = this.reader;
    if (type === 'start' || (type === 'delta' && !this.received.isOver(kind, id))) {
      const received = new ReceivedLines(this.nowOfEvent());
      this.received.hold(kind, id, received);
      this.receive(received);
    }
  }

  private addDrop({ reason, event }: DropCommit): void {
    this.drops[reason]++;
    if (event === this.event) {
      this.isUnclaimed = false;
      if (this.current !== undefined) {
        // The `end` of a stream that the operator had closed by itself, and whose `close` it holds back.
        this.current.isOver = false;
      }
    }
  }

  private addOpen({ stream }: OpenCommit<K>): void {
    if (this.streams.get(stream.kind, stream.generation, stream.id) !== undefined) {
      return;
    }
    if (this.hasEvents) {
      this.trackReceived(stream);
    } else {
      this.track(stream, this.now(), undefined);
    }
  }

  private addLine({ stream, index, text, eol }: LineCommit<K>): void {
    const found = this.find(stream);
    let now: number | undefined;
    found.lines = index + 1;
    found.characters += text.length + eol.length;
    if (found.timeToFirstLine === undefined && found.openedAt !== undefined) {
      now = this.now();
      found.timeToFirstLine = elapsed(found.openedAt, now);
    }
    const begunAt = found.received?.commit(index, text.length);
    if (begunAt !== undefined) {
      now ??= this.now();
      found.timeToCommit.add(elapsed(begunAt, now));
    }
  }

  private addRevise({ stream, index }: ReviseCommit<K>): void {
    const found = this.find(stream);
    found.withdrawnLines += Math.max(0, found.lines - index);
    found.lines = index;
    found.received?.revise();
  }

  private addClose(stream: StreamRef<K>, reason: CloseReason, lines: number): StreamSummary<K> {
    const found = this.find(stream);
    const { received, withdrawnLines, characters, timeToFirstLine, timeToCommit } = found;
    found.lines = lines;
    this.streams.delete(stream.kind, stream.generation, stream.id);
    this.open.remove(found);
    if (received !== undefined) {
      this.received.close(stream.kind, stream.id, received, reason);
    }
    this.closed[reason]++;
    this.sumsOfClosed.add(found);
    return {
      stream,
      reason,
      lines,
      withdrawnLines,
      characters,
      timeToFirstLine,
      ...(this.hasEvents && {
        deltas: received?.deltas ?? 0,
        longestTail: received?.longestTail ?? 0,
        timeToCommit: timeToCommit.summary(),
      }),
    };
  }

  /** Somebody who comes late, to a source that is running, has not seen the `open` of each stream. */
  private find(stream: StreamRef<K>): OpenStream<K> {
    return (
      this.streams.get(stream.kind, stream.generation, stream.id) ??
      (this.hasEvents ? this.trackReceived(stream) : this.track(stream, undefined, undefined))
    );
  }

  private trackReceived(stream: StreamRef<K>): OpenStream<K> {
    const { kind, id } = stream;
    const received = this.received.takeHeld(kind, id) ?? this.begin(kind, id);
    this.received.open(kind, id, received);
    return this.track(stream, received.openedAt, received);
  }

  private begin(kind: string, id: string): ReceivedLines {
    if (!this.isUnclaimed || kind !== this.reader.kind || id !== this.reader.id) {
      return new ReceivedLines(this.now());
    }
    this.isUnclaimed = false;
    const received = new ReceivedLines(this.nowOfEvent());
    this.receive(received);
    return received;
  }

  private track(
    stream: StreamRef<K>,
    openedAt: number | undefined,
    received: ReceivedLines | undefined,
  ): OpenStream<K> {
    const tracked: OpenStream<K> = {
      stream,
      openedAt,
      received,
      timeToCommit: new Durations(),
      timeToFirstLine: undefined,
      lines: 0,
      withdrawnLines: 0,
      characters: 0,
      previous: undefined,
      next: undefined,
    };
    this.streams.set(stream.kind, stream.generation, stream.id, tracked);
    this.open.append(tracked);
    this.streamCount++;
    this.mostOpenStreams = Math.max(this.mostOpenStreams, this.open.size);
    return tracked;
  }

  private readonly nowOfEvent = (): number => (this.eventTime ??= this.now());
}

/** What is summed up over streams. */
class Sums {
  private lines = 0;
  private withdrawnLines = 0;
  private characters = 0;
  private deltas = 0;
  private longestTail = 0;
  private readonly timeToFirstLine = new Durations();
  private readonly timeToCommit = new Durations();

  add(stream: OpenStream<string>): void {
    this.lines += stream.lines;
    this.withdrawnLines += stream.withdrawnLines;
    this.characters += stream.characters;
    if (stream.timeToFirstLine !== undefined) {
      this.timeToFirstLine.add(stream.timeToFirstLine);
    }
    if (stream.received !== undefined) {
      this.deltas += stream.received.deltas;
      this.longestTail = Math.max(this.longestTail, stream.received.longestTail);
    }
    this.timeToCommit.addAll(stream.timeToCommit);
  }

  addAll(sums: Sums): void {
    this.lines += sums.lines;
    this.withdrawnLines += sums.withdrawnLines;
    this.characters += sums.characters;
    this.deltas += sums.deltas;
    this.longestTail = Math.max(this.longestTail, sums.longestTail);
    this.timeToFirstLine.addAll(sums.timeToFirstLine);
    this.timeToCommit.addAll(sums.timeToCommit);
  }

  summary(
    hasEvents: boolean,
  ): Omit<CommitSummary, 'streams' | 'openStreams' | 'mostOpenStreams' | 'closed' | 'drops'> {
    const { lines, withdrawnLines, characters, deltas, longestTail } = this;
    return {
      lines,
      withdrawnLines,
      characters,
      timeToFirstLine: this.timeToFirstLine.summary(),
      ...(hasEvents && { deltas, longestTail, timeToCommit: this.timeToCommit.summary() }),
    };
  }
}

class Durations {
  private count = 0;
  private total = 0;
  private max = 0;

  add(duration: number): void {
    this.count++;
    this.total += duration;
    this.max = Math.max(this.max, duration);
  }

  addAll(durations: Durations): void {
    this.count += durations.count;
    this.total += durations.total;
    this.max = Math.max(this.max, durations.max);
  }

  summary(): DurationSummary {
    const { count, total, max } = this;
    return { count, total, max };
  }
}

/** The milliseconds between two times, none where the clock was set back in between. */
function elapsed(from: number, to: number): number {
  return Math.max(0, to - from);
}
