import type { Commit, OpenCommit, StreamRef, TailCommit } from '../../commits.js';
import { ChunkedQueue } from '../collections/chunkedQueue.js';
import { StreamMap } from '../streams/streamMap.js';
import type {
  AppendRequest,
  AppendResult,
  Claim,
  ClaimRequest,
  LiveTail,
  StoredCommit,
  StoredEntry,
} from './commitLog.js';

/** An output event of `appendCommits`. */
export type Appended<K extends string = string> =
  /** The commit was stored at this position. A `tail` and a `drop` are not stored and have none. */
  | { readonly type: 'entry'; readonly position: string | undefined; readonly commit: Commit<K> }
  /** Another writer claimed this stream, or its lease expired. No more of its commits are stored. */
  | { readonly type: 'fenced'; readonly stream: StreamRef<K> };

/** The next call to the log. */
export type WriterStep<K extends string> =
  | { readonly type: 'claim'; readonly requests: readonly ClaimRequest<K>[] }
  | { readonly type: 'append'; readonly requests: readonly AppendRequest<K>[] }
  | { readonly type: 'read'; readonly stream: StreamRef<K>; readonly after: string | undefined };

export interface WriterSink<K extends string> {
  emit(appended: Appended<K>): void;
  publish(tail: LiveTail<K>): void;
}

export interface WriterRules {
  readonly existing: 'restart' | 'continue';
  readonly lease: number;
  /** Unique among the writers of all processes. */
  readonly name: string;
}

/** A stream of the source. */
interface WriterStream<K extends string> {
  /** The stream in the commits of the source. */
  readonly source: StreamRef<K>;
  claim: Claim<K> | undefined;
  /** Whether its commits are ignored, because it is fenced, failed or closed. */
  isDone: boolean;
  /** The number of the next entry. */
  number: number;
  /** The number of lines so far. */
  lines: number;
  /** The last of its commits in the queue, if that is a tail. */
  tail: Item<K> | undefined;
  /** The entries that the log already had; `undefined` once all of them are compared. */
  replay: Replay<K> | undefined;
}

/** The entries of a stream that the log had when it was claimed, read in pages. */
interface Replay<K extends string> {
  page: readonly StoredEntry<K>[];
  index: number;
  after: string | undefined;
  /** Whether there are no more pages, or the log no longer has them. */
  isRead: boolean;
  /** The number of lines after the entries read so far. */
  lines: number;
}

/** A commit in the queue or in a step. */
interface Item<K extends string> {
  readonly stream: WriterStream<K>;
  commit: OpenCommit<K> | AppendRequest<K>['commit'] | TailCommit<K>;
  /** Whether the source has no more commits of the stream. */
  readonly isLast: boolean;
  /** The number of its entry; for a tail, of the next entry. */
  number: number;
  result: AppendResult | undefined;
}

/** A step ends at this many requests; an append step also ends at `TEXT_OF_REQUEST` code units for each. */
const MAX_REQUESTS = 500;
const TEXT_OF_REQUEST = 2_000;

/** The most requests in the first append step. */
const FIRST_REQUESTS = 32;

/** Append steps grow while they take less than `FAST_STEP` ms, and shrink when they take more than `SLOW_STEP` ms. */
const FAST_STEP = 1_000;
const SLOW_STEP = 5_000;

const UNKNOWN: AppendResult = { type: 'stored', position: undefined };

/**
 * Turns commits into the steps that store them, one step at a time and in the order of the commits.
 *
 * Consecutive opens are claimed together; other commits are appended together. A repeated step has the same tokens
 * and numbers, so that the log recognizes it.
 */
export class CommitWriter<K extends string> {
  /** The number of commits that wait to be stored, including those in the step. */
  waiting = 0;
  /** The streams that this writer holds. */
  readonly held = new Set<WriterStream<K>>();
  private readonly rules: WriterRules;
  private readonly sink: WriterSink<K>;
  private readonly queue = new ChunkedQueue<Item<K>>();
  private readonly streams = new Map<StreamRef<K>, WriterStream<K>>();
  private readonly names = new StreamMap<WriterStream<K>>();
  /** The commits of the current step. */
  private step: Item<K>[] = [];
  /** The stream whose entries the current step reads. */
  private reading: WriterStream<K> | undefined = undefined;
  /** The first commit of a stream that differs from the entry of the log. */
  private failing: Item<K> | undefined = undefined;
  /** Commits of the step that were stored before, at positions that the log does not know. */
  private lost: Item<K>[] = [];
  private claims = 0;
  /** The most requests in the next append step. */
  private most = FIRST_REQUESTS;
  /** Whether the append step ended because it was as large as it may be. */
  private isFull = false;

  constructor(rules: WriterRules, sink: WriterSink<K>) {
    this.rules = rules;
    this.sink = sink;
  }

  get claimed(): readonly Claim<K>[] {
    return [...this.held].flatMap(({ claim }) => (claim === undefined ? [] : [claim]));
  }

  add(commit: StoredCommit<K> | TailCommit<K>): void {
    const stream = commit.type === 'open' ? undefined : this.find(commit.stream);
    if (stream === undefined) {
      const opened = this.open(commit.stream);
      if (commit.type !== 'open') {
        this.push(opened, commit);
      }
    } else if (commit.type === 'tail' && stream.tail !== undefined) {
      // Only the latest waiting tail matters.
      stream.tail.commit = commit;
    } else {
      this.push(stream, commit);
    }
  }

  /** The next step; `undefined` if nothing waits. It must be answered before the next one is taken. */
  take(): WriterStep<K> | undefined {
    for (;;) {
      const lost = this.findLost();
      if (lost !== undefined) {
        return lost;
      }
      if (this.failing !== undefined) {
        return this.fail(this.failing);
      }
      const first = this.queue.at(this.queue.first);
      if (first === undefined) {
        return undefined;
      }
      const step = first.commit.type === 'open' ? this.takeClaims() : this.takeAppends();
      if (step !== undefined) {
        return step;
      }
    }
  }

  answerClaims(claims: readonly Claim<K>[]): void {
    const items = this.takeStep();
    items.forEach(({ stream }, index) => {
      const claim = claims[index];
      if (claim === undefined) {
        throw new Error('The log returned fewer claims than requests');
      }
      stream.claim = claim;
      stream.number = 1;
      if (claim.entries > 1) {
        stream.replay = unreadReplay();
      }
      this.held.add(stream);
    });
    for (const { stream } of items) {
      this.waiting--;
      if (stream.claim !== undefined) {
        const { position } = stream.claim;
        this.sink.emit({ type: 'entry', position, commit: { type: 'open', stream: stream.claim.stream } });
      }
    }
  }

  /** @param duration The milliseconds until the answer. Steps shrink on a slow network, so that none times out. */
  answerAppends(results: readonly AppendResult[], duration: number): void {
    if (duration > SLOW_STEP) {
      this.most = Math.max(Math.floor(this.most / 2), 1);
    } else if (duration < FAST_STEP && this.isFull) {
      this.most = Math.min(2 * this.most, MAX_REQUESTS);
    }
    let index = 0;
    for (const item of this.step) {
      if (item.commit.type !== 'tail' && item.result === undefined) {
        const result = results[index++];
        if (result === undefined) {
          throw new Error('The log returned fewer results than requests');
        }
        item.result = result;
        if (result.type === 'stored' && result.position === undefined) {
          this.lost.push(item);
        }
      }
    }
    if (this.lost.length === 0) {
      this.emitStep();
    }
  }

  /** The next page of entries; empty if there are no more, or the log no longer has them. */
  answerRead(entries: readonly StoredEntry<K>[]): void {
    const { reading } = this;
    this.reading = undefined;
    const replay = reading?.replay;
    if (replay === undefined) {
      return;
    }
    replay.page = entries;
    replay.index = 0;
    replay.after = entries.at(-1)?.position ?? replay.after;
    replay.isRead = entries.length === 0;
    for (const { commit } of entries) {
      replay.lines = linesAfter(commit, replay.lines);
    }
  }

  clear(): void {
    while (this.queue.size > 0) {
      this.queue.shift();
    }
    this.streams.clear();
    this.names.clear();
    this.held.clear();
    this.step = [];
    this.lost = [];
    this.failing = undefined;
  }

  /** Finds a stream by its object, or else by its names. Merged sources may use the same names. */
  private find(source: StreamRef<K>): WriterStream<K> | undefined {
    return this.streams.get(source) ?? this.names.get(source);
  }

  private open(source: StreamRef<K>): WriterStream<K> {
    const stream: WriterStream<K> = {
      source,
      claim: undefined,
      isDone: false,
      number: 0,
      lines: 0,
      tail: undefined,
      replay: undefined,
    };
    this.streams.set(source, stream);
    this.names.set(source, stream);
    this.push(stream, { type: 'open', stream: source });
    return stream;
  }

  private push(stream: WriterStream<K>, commit: Item<K>['commit']): void {
    const item = { stream, commit, isLast: commit.type === 'close', number: 0, result: undefined };
    this.queue.push(item);
    if (commit.type === 'tail') {
      stream.tail = item;
    } else {
      stream.tail = undefined;
      this.waiting++;
    }
  }

  private takeClaims(): WriterStep<K> {
    const requests: ClaimRequest<K>[] = [];
    const keys = new Set<string>();
    while (requests.length < MAX_REQUESTS) {
      const item = this.queue.at(this.queue.first);
      if (item?.commit.type !== 'open') {
        break;
      }
      const stream = item.stream.source;
      const size = keys.size;
      // A step claims a key at most once.
      if (keys.add(JSON.stringify([stream.kind, stream.id])).size === size) {
        break;
      }
      this.queue.shift();
      this.step.push(item);
      const token = `${this.rules.name}-${String(this.claims++)}`;
      requests.push({ stream, token, lease: this.rules.lease, existing: this.rules.existing });
    }
    return { type: 'claim', requests };
  }

  /** Takes commits up to the next open. Returns `undefined` if the log needs to store none of them. */
  private takeAppends(): WriterStep<K> | undefined {
    const requests: AppendRequest<K>[] = [];
    let length = 0;
    const mostText = this.most * TEXT_OF_REQUEST;
    while (requests.length < this.most && length < mostText && this.failing === undefined) {
      const item = this.queue.at(this.queue.first);
      if (item === undefined || item.commit.type === 'open') {
        break;
      }
      const { stream, commit } = item;
      const known = stream.isDone || commit.type === 'tail' ? undefined : this.knownEntry(stream);
      if (known === 'unread') {
        if (this.step.length > 0) {
          break;
        }
        return this.read(stream);
      }
      this.queue.shift();
      const request = this.append(item, commit, known);
      if (request !== undefined) {
        requests.push(request);
        length += commit.type === 'line' ? commit.text.length : 0;
      }
    }
    if (requests.length > 0) {
      this.isFull = requests.length >= this.most || length >= mostText;
      return { type: 'append', requests };
    }
    this.emitStep();
    return undefined;
  }

  /** Adds a commit to the step. Returns `undefined` if the log need not store it. */
  private append(
    item: Item<K>,
    commit: AppendRequest<K>['commit'] | TailCommit<K>,
    known: StoredEntry<K> | 'gone' | undefined,
  ): AppendRequest<K> | undefined {
    const { stream } = item;
    const { claim } = stream;
    if (stream.tail === item) {
      stream.tail = undefined;
    }
    if (stream.isDone || claim === undefined) {
      this.ignore(item);
      return undefined;
    }
    const stored = withStream(commit, claim.stream);
    item.commit = stored;
    item.number = stream.number;
    if (stored.type === 'tail') {
      this.step.push(item);
      return undefined;
    }
    if (typeof known === 'object' && !isSameCommit(known.commit, stored)) {
      // The entries of the log stand. The close is stored after them.
      this.waiting--;
      stream.isDone = true;
      this.failing = item;
      return undefined;
    }
    this.step.push(item);
    stream.number++;
    stream.lines = linesAfter(stored, stream.lines);
    if (known === undefined) {
      return requestOf(stream, claim, stored, item.number);
    }
    item.result = known === 'gone' ? UNKNOWN : { type: 'stored', position: known.position };
    return undefined;
  }

  /** The entry with the number of the next commit; `undefined` if the log has none. */
  private knownEntry(stream: WriterStream<K>): StoredEntry<K> | 'unread' | 'gone' | undefined {
    const { claim, replay, number } = stream;
    if (replay === undefined || claim === undefined || number >= claim.entries) {
      stream.replay = undefined;
      return undefined;
    }
    while (replay.index < replay.page.length) {
      const entry = replay.page[replay.index];
      if (entry !== undefined && entry.number >= number) {
        return entry.number === number ? entry : 'gone';
      }
      replay.index++;
    }
    return replay.isRead ? 'gone' : 'unread';
  }

  private read(stream: WriterStream<K>): WriterStep<K> {
    this.reading = stream;
    const { source, claim, replay } = stream;
    return { type: 'read', stream: claim?.stream ?? source, after: replay?.after };
  }

  /** Closes a stream that differs from the log, once its number of lines in the log is known. */
  private fail({ stream, number, isLast }: Item<K>): WriterStep<K> {
    const { claim, replay } = stream;
    if (replay?.isRead === false) {
      return this.read(stream);
    }
    this.failing = undefined;
    const lines = replay?.lines ?? 0;
    const error = new Error(`Entry ${String(number)} of this stream in the log differs from the source`);
    const ref = claim?.stream ?? stream.source;
    const commit = { type: 'close', stream: ref, reason: 'error', lines, error } as const;
    const item: Item<K> = { stream, commit, isLast, number: claim?.entries ?? 0, result: undefined };
    this.waiting++;
    this.step.push(item);
    stream.lines = lines;
    return {
      type: 'append',
      requests: claim === undefined ? [] : [requestOf(stream, claim, commit, item.number)],
    };
  }

  /** Reads the stream of the first lost entry until the entry is found. */
  private findLost(): WriterStep<K> | undefined {
    for (let item = this.lost[0]; item !== undefined; item = this.lost[0]) {
      const { stream } = item;
      stream.replay ??= unreadReplay();
      const entry = stream.replay.page.find(({ number }) => number === item.number);
      if (entry === undefined && !stream.replay.isRead) {
        return this.read(stream);
      }
      item.result = entry === undefined ? UNKNOWN : { type: 'stored', position: entry.position };
      this.lost.shift();
      if (this.lost[0]?.stream !== stream) {
        stream.replay = undefined;
      }
      if (this.lost.length === 0) {
        this.emitStep();
      }
    }
    return undefined;
  }

  private takeStep(): readonly Item<K>[] {
    const items = this.step;
    this.step = [];
    return items;
  }

  private emitStep(): void {
    for (const item of this.takeStep()) {
      this.emit(item);
    }
  }

  private emit(item: Item<K>): void {
    const { stream, commit, number, result } = item;
    if (commit.type === 'tail') {
      if (!stream.isDone) {
        // A stale tail is not published.
        if (stream.number === number && number >= (stream.claim?.entries ?? 0)) {
          this.sink.publish({ commit, number });
        }
        this.sink.emit({ type: 'entry', position: undefined, commit });
      }
      return;
    }
    this.waiting--;
    if (result?.type === 'stored') {
      if (commit.type === 'close') {
        stream.isDone = true;
        this.held.delete(stream);
      }
      this.sink.emit({ type: 'entry', position: result.position, commit });
    } else if (this.held.delete(stream)) {
      stream.isDone = true;
      this.sink.emit({ type: 'fenced', stream: stream.claim?.stream ?? stream.source });
    }
    if (item.isLast) {
      this.delete(stream);
    }
  }

  /** Skips a commit of a stream that is fenced, failed or closed. */
  private ignore({ stream, commit, isLast }: Item<K>): void {
    if (commit.type !== 'tail') {
      this.waiting--;
    }
    if (isLast) {
      this.delete(stream);
    }
  }

  private delete(stream: WriterStream<K>): void {
    const { source } = stream;
    if (this.streams.get(source) === stream) {
      this.streams.delete(source);
    }
    if (this.names.get(source) === stream) {
      this.names.delete(source);
    }
  }
}

function unreadReplay<K extends string>(): Replay<K> {
  return { page: [], index: 0, after: undefined, isRead: false, lines: 0 };
}

function requestOf<K extends string>(
  { lines }: WriterStream<K>,
  { stream, token }: Claim<K>,
  commit: AppendRequest<K>['commit'],
  number: number,
): AppendRequest<K> {
  return { stream, token, number, lines, commit };
}

function withStream<K extends string, C extends { readonly stream: StreamRef<K> }>(
  commit: C,
  stream: StreamRef<K>,
): C {
  return commit.stream === stream ? commit : { ...commit, stream };
}

function linesAfter(commit: StoredCommit, before: number): number {
  switch (commit.type) {
    case 'open':
      return before;
    case 'line':
      return commit.index + 1;
    case 'revise':
      return commit.index;
    case 'close':
      return commit.lines;
  }
}

function isSameCommit(one: StoredCommit, other: StoredCommit): boolean {
  return one.type === other.type && indexOf(one) === indexOf(other);
}

function indexOf(commit: StoredCommit): number | undefined {
  return 'index' in commit ? commit.index : undefined;
}
