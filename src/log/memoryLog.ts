import type { SchedulerLike } from 'rxjs';

import type { CloseReason, StreamRef } from '../commits.js';
import { ChunkedQueue } from '../core/collections/chunkedQueue.js';
import type {
  AppendRequest,
  AppendResult,
  Claim,
  ClaimRequest,
  CommitLog,
  LiveTail,
  LogReader,
  LogWatcher,
  ReadRequest,
  StoredCommit,
  StoredEntry,
} from '../core/log/commitLog.js';
import { StreamMap } from '../core/streams/streamMap.js';
import { Monotonic } from '../rx/monotonic.js';
import { checkOptions, count, duration, schedulerOption } from '../rx/options.js';
import { storedCommit } from './storedCommit.js';
import { TruncatedError } from './truncatedError.js';

/** The options of `memoryLog`. */
export interface MemoryLogOptions {
  /**
   * The most entries. Beyond that, the oldest are removed. A whole number from 1, or `Infinity`.
   *
   * @default 100_000
   */
  readonly maxEntries?: number | undefined;
  /**
   * Entries older than this are removed. Milliseconds, more than 0 and at most 2,147,483,647; `Infinity` for never.
   *
   * @default Infinity
   */
  readonly maxAge?: number | undefined;
  /**
   * The only source of time. The log has no timer: it reads the time whenever it is called.
   *
   * @default asyncScheduler
   */
  readonly scheduler?: SchedulerLike | undefined;
}

/**
 * A log of commits in the memory of one process.
 *
 * It answers synchronously. It retains at most `maxEntries` entries, and the state of all open streams. The state of a
 * closed stream is deleted with its last entry; its generations then begin at 0 again.
 *
 * Positions are valid only for the log that created them. Any other log, for example after a restart of the process,
 * rejects them with a `RangeError`.
 *
 * Memory: the entries. Time: constant for each entry.
 *
 * @example
 *
 * ```ts
 * import { appendCommits, memoryLog, readCommits } from 'deltalines/log';
 * import { commitLines, type DeltaEvent } from 'deltalines';
 * import { of } from 'rxjs';
 *
 * const log = memoryLog();
 * of<DeltaEvent>({ type: 'delta', kind: 'answer', id: '1', delta: 'one\ntwo' })
 *   .pipe(commitLines(), appendCommits(log))
 *   .subscribe();
 *
 * readCommits(log, { live: false }).subscribe(({ commit }) => {
 *   console.log(commit.type === 'line' ? commit.text : commit.type);
 * });
 *
 * // Logs:
 * // open
 * // one
 * // two
 * // close
 * ```
 *
 * @param options The bounds; see {@link MemoryLogOptions}.
 * @returns A new, empty log.
 * @throws `TypeError` or `RangeError`, if an option is wrong.
 */
export function memoryLog<K extends string = string>(options: MemoryLogOptions = {}): CommitLog<K> {
  checkOptions(options);
  return new MemoryLog<K>(
    count('maxEntries', options.maxEntries, 100_000, 1),
    duration('maxAge', options.maxAge, Infinity),
    schedulerOption(options.scheduler),
  );
}

/** The state of one generation of a stream. */
interface Generation<K extends string> {
  readonly stream: StreamRef<K>;
  /** The places of its entries in the log, by the number of the entry. */
  readonly places: ChunkedQueue<number>;
  /** The tokens of its claims. The last one may still hold it. */
  readonly tokens: string[];
  /** The position of its `open`. */
  readonly position: string;
  /** The number of lines after its latest entry. */
  lines: number;
  isOpen: boolean;
  /** When its lease expires. */
  deadline: number;
}

/** A claim and its state. */
interface Holding<K extends string> {
  readonly claim: Claim<K>;
  readonly generation: Generation<K>;
  /** The number of entries of the generation when the claim ended; `Infinity` while it holds the generation. */
  limit: number;
}

class MemoryLog<K extends string> implements CommitLog<K> {
  readonly stored = new ChunkedQueue<StoredEntry<K>>();
  private readonly maxEntries: number;
  private readonly maxAge: number;
  private readonly clock: Monotonic;
  /** Distinguishes the positions of this log from those of other logs. */
  private readonly prefix = `${Math.floor(Math.random() * Number.MAX_SAFE_INTEGER).toString(36)}-`;
  /** When each entry was stored; empty without a `maxAge`. */
  private readonly times = new ChunkedQueue<number>();
  private readonly generations = new StreamMap<Generation<K>>();
  /** The latest generation, by kind and id. */
  private readonly latest = new Map<string, Generation<K>>();
  private readonly open = new Set<Generation<K>>();
  private readonly holdings = new Map<string, Holding<K>>();
  private readonly watchers = new Set<Watching<K>>();
  private notifiedEnd = 0;

  constructor(maxEntries: number, maxAge: number, scheduler: SchedulerLike) {
    this.maxEntries = maxEntries;
    this.maxAge = maxAge;
    this.clock = new Monotonic(scheduler);
  }

  claim(requests: readonly ClaimRequest<K>[]): readonly Claim<K>[] {
    const claims = requests.map((request) => this.claimOne(request));
    this.notifyWatchers();
    return claims;
  }

  append(requests: readonly AppendRequest<K>[]): readonly AppendResult[] {
    const results = requests.map((request) => this.appendOne(request));
    this.notifyWatchers();
    return results;
  }

  renew(claims: readonly Claim<K>[], lease: number): void {
    const deadline = this.clock.now() + lease;
    for (const { token } of claims) {
      const holding = this.holdings.get(token);
      if (holding?.limit === Infinity) {
        holding.generation.deadline = deadline;
      }
    }
  }

  abandoned(): readonly StreamRef<K>[] {
    const now = this.clock.now();
    const abandoned = [...this.open].filter(({ deadline }) => deadline <= now);
    for (const generation of abandoned) {
      this.closeFor(generation, 'idle');
    }
    this.notifyWatchers();
    return abandoned.map(({ stream }) => stream);
  }

  entries(stream: StreamRef<K>): number | undefined {
    const generation = this.generationOf(stream);
    return generation?.isOpen === true ? generation.places.end : undefined;
  }

  read({ after, stream }: ReadRequest<K>): LogReader<K> {
    this.removeOld();
    const place = after === undefined ? this.stored.first - 1 : this.placeOf(after);
    if (place + 1 < this.stored.first) {
      throw new TruncatedError(after);
    }
    return stream === undefined
      ? new LogReaderOfAll(this, place, after)
      : new LogReaderOfStream(this, stream, place, after);
  }

  publish(tail: LiveTail<K>): void {
    for (const { watcher } of [...this.watchers]) {
      watcher.tail(tail);
    }
  }

  watch(watcher: LogWatcher<K>): () => void {
    const watching = { watcher };
    this.watchers.add(watching);
    return () => {
      this.watchers.delete(watching);
    };
  }

  generationOf(stream: StreamRef<K>): Generation<K> | undefined {
    return this.generations.get(stream);
  }

  removeOld(): void {
    if (this.maxAge !== Infinity && this.times.size > 0) {
      const limit = this.clock.now() - this.maxAge;
      while ((this.times.at(this.times.first) ?? Infinity) <= limit) {
        this.removeFirst();
      }
    }
  }

  private claimOne({ stream, token, lease, existing }: ClaimRequest<K>): Claim<K> {
    const repeated = this.holdings.get(token);
    if (repeated !== undefined) {
      return repeated.claim;
    }
    const key = keyOf(stream);
    const latest = this.latest.get(key);
    if (latest?.isOpen === true && existing === 'continue') {
      this.endClaim(latest);
      return this.hold(latest, token, lease);
    }
    if (latest?.isOpen === true) {
      this.closeFor(latest, 'superseded');
    }
    const generation = this.openNext(stream, latest);
    this.latest.set(key, generation);
    return this.hold(generation, token, lease);
  }

  private openNext({ kind, id, order }: StreamRef<K>, before: Generation<K> | undefined): Generation<K> {
    const names = { kind, id, generation: before === undefined ? 0 : before.stream.generation + 1 };
    const place = order ?? before?.stream.order;
    const generation: Generation<K> = {
      stream: place === undefined ? names : { ...names, order: place },
      places: new ChunkedQueue(),
      tokens: [],
      position: this.positionOf(this.stored.end),
      lines: 0,
      isOpen: true,
      deadline: 0,
    };
    this.generations.set(generation.stream, generation);
    this.open.add(generation);
    this.store(generation, { type: 'open', stream: generation.stream });
    return generation;
  }

  private hold(generation: Generation<K>, token: string, lease: number): Claim<K> {
    const { stream, position, places } = generation;
    const claim = { stream, token, position, entries: places.end };
    generation.tokens.push(token);
    generation.deadline = this.clock.now() + lease;
    this.holdings.set(token, { claim, generation, limit: Infinity });
    return claim;
  }

  private endClaim({ tokens, places }: Generation<K>): void {
    const holding = this.holdings.get(tokens.at(-1) ?? '');
    if (holding !== undefined) {
      holding.limit = places.end;
    }
  }

  /** Closes a generation on behalf of the writer that holds it. */
  private closeFor(generation: Generation<K>, reason: CloseReason): void {
    const { stream, lines } = generation;
    this.endClaim(generation);
    this.close(generation);
    this.store(generation, { type: 'close', stream, reason, lines });
  }

  private close(generation: Generation<K>): void {
    generation.isOpen = false;
    this.open.delete(generation);
  }

  private appendOne({ token, number, lines, commit }: AppendRequest<K>): AppendResult {
    const holding = this.holdings.get(token);
    if (holding === undefined) {
      return FENCED;
    }
    const { generation, limit } = holding;
    const { stream, places } = generation;
    if (number < Math.min(limit, places.end)) {
      const place = places.at(number);
      return { type: 'stored', position: place === undefined ? undefined : this.positionOf(place) };
    }
    if (limit !== Infinity) {
      return FENCED;
    }
    if (number > places.end) {
      throw new RangeError(`Entry ${number} cannot be appended to a stream with ${places.end} entries`);
    }
    const plain = storedCommit(commit);
    generation.lines = lines;
    if (commit.type === 'close') {
      holding.limit = number + 1;
      this.close(generation);
    }
    const position = this.store(generation, plain.stream === stream ? plain : { ...plain, stream });
    return { type: 'stored', position };
  }

  private store({ places }: Generation<K>, commit: StoredCommit<K>): string {
    this.removeOld();
    const place = this.stored.end;
    const position = this.positionOf(place);
    this.stored.push({ position, commit, number: places.end });
    places.push(place);
    if (this.maxAge !== Infinity) {
      this.times.push(this.clock.now());
    }
    if (this.stored.size > this.maxEntries) {
      this.removeFirst();
    }
    return position;
  }

  private removeFirst(): void {
    const entry = this.stored.shift();
    this.times.shift();
    const generation = entry && this.generationOf(entry.commit.stream);
    if (generation !== undefined) {
      generation.places.shift();
      if (!generation.isOpen && generation.places.size === 0) {
        this.delete(generation);
      }
    }
  }

  private delete(generation: Generation<K>): void {
    const { stream, tokens } = generation;
    this.generations.delete(stream);
    for (const token of tokens) {
      this.holdings.delete(token);
    }
    const key = keyOf(stream);
    if (this.latest.get(key) === generation) {
      this.latest.delete(key);
    }
  }

  private notifyWatchers(): void {
    if (this.notifiedEnd !== this.stored.end) {
      this.notifiedEnd = this.stored.end;
      for (const { watcher } of [...this.watchers]) {
        watcher.appended();
      }
    }
  }

  private positionOf(place: number): string {
    return this.prefix + String(place);
  }

  private placeOf(position: string): number {
    const digits = position.startsWith(this.prefix) ? position.slice(this.prefix.length) : '';
    const place = /^(?:0|[1-9]\d*)$/.test(digits) ? Number(digits) : Infinity;
    if (place >= this.stored.end) {
      throw new RangeError(`${JSON.stringify(position)} is not a position of this log`);
    }
    return place;
  }
}

/** Wraps a watcher, because the same watcher may be added twice. */
interface Watching<K extends string> {
  readonly watcher: LogWatcher<K>;
}

const FENCED: AppendResult = { type: 'fenced' };

class LogReaderOfAll<K extends string> implements LogReader<K> {
  private readonly log: MemoryLog<K>;
  private place: number;
  private position: string | undefined;

  /** Starts after `place`. `position` is the requested position. */
  constructor(log: MemoryLog<K>, place: number, position: string | undefined) {
    this.log = log;
    this.place = place + 1;
    this.position = position;
  }

  next(limit: number): readonly StoredEntry<K>[] {
    this.log.removeOld();
    const { stored } = this.log;
    if (this.place < stored.first) {
      throw new TruncatedError(this.position);
    }
    const entries: StoredEntry<K>[] = [];
    for (const end = Math.min(this.place + limit, stored.end); this.place < end; this.place++) {
      const entry = stored.at(this.place);
      if (entry !== undefined) {
        entries.push(entry);
        this.position = entry.position;
      }
    }
    return entries;
  }

  close(): void {
    this.place = Infinity;
  }
}

class LogReaderOfStream<K extends string> implements LogReader<K> {
  private readonly log: MemoryLog<K>;
  private readonly stream: StreamRef<K>;
  private readonly after: number;
  private position: string | undefined;
  /** The number of the next entry; `undefined` until the log has the generation. */
  private number: number | undefined = undefined;
  private isClosed = false;

  constructor(log: MemoryLog<K>, stream: StreamRef<K>, after: number, position: string | undefined) {
    this.log = log;
    this.stream = stream;
    this.after = after;
    this.position = position;
    this.findStart(log.generationOf(stream));
  }

  next(limit: number): readonly StoredEntry<K>[] {
    this.log.removeOld();
    const generation = this.log.generationOf(this.stream);
    this.findStart(generation);
    if (generation === undefined || this.number === undefined || this.isClosed) {
      return [];
    }
    const { places } = generation;
    if (this.number < places.first) {
      throw new TruncatedError(this.position);
    }
    const entries: StoredEntry<K>[] = [];
    for (const end = Math.min(this.number + limit, places.end); this.number < end; this.number++) {
      const entry = this.log.stored.at(places.at(this.number) ?? -1);
      if (entry !== undefined) {
        entries.push(entry);
        this.position = entry.position;
      }
    }
    return entries;
  }

  close(): void {
    this.isClosed = true;
  }

  /** Finds the first entry after the place where the reader starts. */
  private findStart(generation: Generation<K> | undefined): void {
    if (generation === undefined || this.number !== undefined) {
      return;
    }
    const { places } = generation;
    let low = places.first;
    let high = places.end;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((places.at(middle) ?? 0) > this.after) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    this.number = low;
  }
}

function keyOf({ kind, id }: StreamRef): string {
  return JSON.stringify([kind, id]);
}
