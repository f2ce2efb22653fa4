import type { JetStreamManager } from '@nats-io/jetstream';

import type { StreamRef } from '../../commits.js';
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
} from '../../core/log/commitLog.js';
import { checkOptions, duration } from '../../rx/options.js';

import { SharedAnswers } from '../sharedAnswers.js';
import { TruncatedError } from '../truncatedError.js';
import { checkReplicas, ensureLeases, ensureLog, resolveBounds } from './configuration.js';
import type { JetStreamConnection } from './connection.js';
import { Leases, type StoredLease } from './leases.js';
import { LiveFeed } from './liveFeed.js';
import { AllEntriesReader, StreamReader, type LogMessage } from './logReaders.js';
import {
  entryCount,
  firstNumber,
  isOpen,
  openPosition,
  parsePosition,
  plainCommit,
  positionOf,
  type LogRecord,
  type PlainCommit,
  type StoredRecord,
} from './logRecord.js';
import { logNames, streamToken, subjectToken, type LogNames } from './names.js';
import { failingWhenLost } from './pendingRequests.js';
import { RecordStore, type Head } from './recordStore.js';

/** The options of `jetStreamLog`. An omitted bound of an existing log is unchanged. */
export interface JetStreamLogOptions {
  /**
   * The most entries. Beyond that, the oldest are removed. A whole number from 1, or `Infinity`. With a bound, each
   * entry is a separate message. Without one, adjacent commits of a stream are stored in one message, which is faster.
   *
   * @default Infinity
   */
  readonly maxEntries?: number | undefined;
  /**
   * Entries older than this are removed. A whole number of milliseconds from 100; `Infinity` for never.
   *
   * @default Infinity
   */
  readonly maxAge?: number | undefined;
  /**
   * How many servers of a cluster store each entry. A whole number from 1 to 5. More than 1 requires servers from
   * version 2.11 on.
   *
   * @default 1
   */
  readonly replicas?: number | undefined;
  /**
   * A call without an answer of the server fails after this time. Milliseconds, more than 0 and at most 2,147,483,647.
   *
   * @default 5000
   */
  readonly timeout?: number | undefined;
}

/**
 * A log of commits in NATS JetStream, which any number of processes can write and read.
 *
 * It requires the package `@nats-io/jetstream` and a server from version 2.9 on. The log is one JetStream stream, with
 * a subject for each stream of commits. It is created if it does not exist.
 *
 * @example
 *
 * ```ts
 * import { connect } from '@nats-io/transport-node';
 * import { appendCommits, jetStreamLog } from 'deltalines/log';
 * import { commitLines, type DeltaEvent } from 'deltalines';
 * import { of } from 'rxjs';
 *
 * const connection = await connect({
 *   servers: 'localhost:4222',
 *   maxReconnectAttempts: -1,
 *   noAsyncTraces: true,
 * });
 * const log = await jetStreamLog(connection, 'conversation 1', { maxAge: 24 * 60 * 60 * 1000 });
 * of<DeltaEvent>({ type: 'delta', kind: 'answer', id: '1', delta: 'one' })
 *   .pipe(commitLines(), appendCommits(log))
 *   .subscribe();
 * ```
 *
 * @param connection A connection from `connect` of `@nats-io/transport-node` 3. The caller closes it.
 * @param name The name of the log: any text.
 * @param options The bounds and the replicas; see {@link JetStreamLogOptions}.
 * @returns A promise of the log. It is rejected with a `TypeError` or `RangeError` if an option is wrong, and with the
 *   error of the client if the server cannot be reached or has no JetStream.
 */
export async function jetStreamLog<K extends string = string>(
  connection: JetStreamConnection,
  name: string,
  options: JetStreamLogOptions = {},
): Promise<CommitLog<K>> {
  checkOptions(options);
  if (typeof name !== 'string') {
    throw new TypeError(`The name of a log is of type ${typeof name}, but must be a string`);
  }
  const bounds = resolveBounds(options);
  const timeout = duration('timeout', options.timeout, 5000, { finite: true });
  const { jetstream, jetstreamManager } = await importClient();
  const nats = failingWhenLost(connection as Parameters<typeof jetstream>[0]);
  const manager = await jetstreamManager(nats, { timeout });
  const client = jetstream(nats, { timeout });
  const names = await logNames(name);
  checkReplicas(connection.info?.version, bounds.replicas ?? 1);
  const { config, created } = await ensureLog(manager, names, bounds);
  checkReplicas(connection.info?.version, config.num_replicas);
  await ensureLeases(manager, bounds);
  const store = new RecordStore(client, manager, names.log, () => connection.info?.max_payload ?? 1_048_576);
  const leases = new Leases(client, manager, names.leases, created);
  const feed = new LiveFeed<K>(connection, names);
  return new JetStreamLog<K>(manager, names, store, leases, feed, config.max_msgs <= 0);
}

/** A claim that this process uses. */
interface Holding {
  /** Identifies it among the claims of this process. */
  readonly key: string;
  readonly token: string;
  readonly subject: string;
  readonly leaseSubject: string;
  /** The position of the `open`. */
  readonly open: string;
  /** The latest known message of the subject, and the latest known record of this claim. */
  seq: number;
  recordSeq: number;
  record: LogRecord;
  /** The sequence of the lease; `undefined` if it is not known. */
  leaseSeq: number | undefined;
  /** Whether records may have been stored that this process does not know. */
  isUnsure: boolean;
  /** Whether another claim followed, or the log closed the stream. */
  isLost: boolean;
  /**
   * The positions of the entries of the latest append, by number. An append that fails partway is repeated from its
   * beginning. With these positions, each repeat makes progress.
   */
  readonly found: Map<number, string>;
  /** Resolved once no append is in flight. */
  idle: Promise<void>;
}

/** The commits of one message. */
interface Run {
  readonly holding: Holding;
  /** The indices of the requests. */
  readonly places: number[];
  readonly commits: PlainCommit[];
  /** The number of lines of the stream after these commits. */
  lines: number;
  /** The UTF-16 code units of the texts and of the names. */
  length: number;
}

/** What an append has found out about the entries of a generation that were stored before. */
interface Found {
  /** The record that was found most recently. */
  readonly latest: StoredRecord | undefined;
  /** The lowest number that is not stored. No number above it is stored either. */
  readonly end: number;
}

/** A stream that `abandoned` tried to close, without an answer so far. */
interface UnansweredClose {
  readonly subject: string;
  readonly seq: number;
  readonly stream: StreamRef;
}

/** No commit is added to a message that already has more UTF-16 code units than this. */
const MAX_RECORD_LENGTH = 65_536;

const CONCURRENT_REQUESTS = 256;

const FENCED: AppendResult = { type: 'fenced' };

class JetStreamLog<K extends string> implements CommitLog<K> {
  private readonly manager: JetStreamManager;
  private readonly names: LogNames;
  private readonly store: RecordStore;
  private readonly leases: Leases;
  private readonly feed: LiveFeed<K>;
  private readonly hasLongRecords: boolean;
  private readonly holdings = new Map<string, Holding>();
  private readonly unanswered = new Map<string, UnansweredClose>();
  private readonly extents = new SharedAnswers<Extent>();

  constructor(
    manager: JetStreamManager,
    names: LogNames,
    store: RecordStore,
    leases: Leases,
    feed: LiveFeed<K>,
    hasLongRecords: boolean,
  ) {
    this.manager = manager;
    this.names = names;
    this.store = store;
    this.leases = leases;
    this.feed = feed;
    this.hasLongRecords = hasLongRecords;
  }

  async claim(requests: readonly ClaimRequest<K>[]): Promise<readonly Claim<K>[]> {
    const attempts = await Promise.all(requests.map((request) => this.prepareClaim(request)));
    // The messages are sent in the order of the requests.
    return all(attempts.map((attempt) => this.makeClaim(attempt)));
  }

  async append(requests: readonly AppendRequest<K>[]): Promise<readonly AppendResult[]> {
    const held = await this.findHoldings(requests);
    const holdings = new Set(held.filter((holding) => holding !== undefined));
    const release = await lock(holdings);
    try {
      const seen = new Set<Holding>();
      requests.forEach(({ number }, place) => {
        const holding = held[place];
        if (holding !== undefined && !seen.has(holding)) {
          seen.add(holding);
          if (number >= holding.record.entries) {
            // The caller has received the earlier answers.
            holding.found.clear();
          }
          // Another object of this log may have appended.
          holding.isUnsure ||= number > holding.record.entries;
        }
      });
      await all([...holdings].map((holding) => (holding.isUnsure ? this.refresh(holding) : undefined)));
      const results = await this.appendInOrder(requests, held);
      // Only after success: if the append fails, its repeat needs the state of these claims.
      for (const holding of holdings) {
        if (holding.isLost || !isOpen(holding.record)) {
          this.delete(holding);
        }
      }
      return results;
    } finally {
      release();
    }
  }

  async renew(claims: readonly Claim<K>[], lease: number): Promise<void> {
    for (let start = 0; start < claims.length; start += CONCURRENT_REQUESTS) {
      await all(claims.slice(start, start + CONCURRENT_REQUESTS).map((claim) => this.renewOne(claim, lease)));
    }
  }

  async abandoned(): Promise<readonly StreamRef<K>[]> {
    const closed = await this.findUnanswered();
    const ended = await this.leases.ended();
    for (let start = 0; start < ended.length; start += CONCURRENT_REQUESTS) {
      const streams = await all(
        ended.slice(start, start + CONCURRENT_REQUESTS).map((lease) => this.closeEnded(lease)),
      );
      closed.push(...streams.filter((stream) => stream !== undefined));
    }
    return closed as StreamRef<K>[];
  }

  async entries(stream: StreamRef<K>): Promise<number | undefined> {
    const token = await streamToken(stream);
    const state = await this.state(token, await this.store.head(this.subject(token)));
    return state?.isOpen === true && state.stream.generation === stream.generation
      ? state.entries
      : undefined;
  }

  async read({ after, stream }: ReadRequest<K>): Promise<LogReader<K>> {
    const extent = await this.extent();
    const start = after === undefined ? undefined : await this.startAfter(after, extent);
    if (stream === undefined) {
      const { seq, index } = start ?? { seq: extent.first, index: 0 };
      return new AllEntriesReader<K>(this, seq, index, after);
    }
    const subject = this.subject(await streamToken(stream));
    const from = await this.startOf(stream, subject, start);
    return new StreamReader<K>(this, subject, stream, from, after);
  }

  publish(tail: LiveTail<K>): void {
    this.feed.publish(tail);
  }

  async watch(watcher: LogWatcher<K>): Promise<() => void> {
    return this.feed.watch(watcher);
  }

  async end(): Promise<number> {
    if (this.feed.end !== undefined) {
      return this.feed.end;
    }
    let last = 0;
    await this.feed.updateEnd(async () => {
      ({ last } = await this.extent());
      return last;
    });
    return last;
  }

  async message(seq: number): Promise<LogMessage | undefined> {
    const recent = this.feed.record(seq, (bytes) => this.store.decode(seq, bytes));
    return recent === undefined ? this.store.message(seq) : { seq, stored: await recent };
  }

  next(seq: number, subject = `${this.names.entries}.*`): Promise<LogMessage | undefined> {
    return this.store.next(subject, seq);
  }

  private subject(token: string): string {
    return `${this.names.entries}.${token}`;
  }

  // Claims

  private async prepareClaim(request: ClaimRequest<K>): Promise<ClaimAttempt<K>> {
    const streamPart = await streamToken(request.stream);
    const claimPart = await subjectToken(request.token);
    const subject = this.subject(streamPart);
    const head = await this.store.head(subject);
    const before = await this.state(streamPart, head);
    const leaseSubject = this.leases.subject(streamPart, claimPart);
    const { token, lease } = request;
    // Stored before the claim, so that there is no claim without a lease if the writer dies in between.
    const leaseSeq =
      head?.stored?.record.token === token
        ? undefined
        : await this.leases.put(leaseSubject, { token, lease });
    return {
      request,
      streamPart,
      subject,
      leaseSubject,
      leaseSeq,
      id: `${streamPart}.${claimPart}`,
      head,
      before,
    };
  }

  private async makeClaim(attempt: ClaimAttempt<K>): Promise<Claim<K>> {
    const { request, subject, head, before, id } = attempt;
    const { token } = request;
    if (head?.stored?.record.token === token) {
      return this.hold(attempt, head.stored);
    }
    const record = claimRecord(request, before);
    const seq = head?.seq ?? 0;
    const ack = await this.store.publish(subject, record, { seq, recordSeq: head?.stored?.seq ?? 0 }, id);
    if (ack === undefined) {
      return this.makeClaim(await this.prepareClaim(request));
    }
    if (ack.duplicate) {
      const stored = await this.store.get(ack.seq);
      if (stored === undefined) {
        throw new Error(`The log no longer has the claim ${JSON.stringify(token)}`);
      }
      return this.repeatClaim(attempt, stored);
    }
    this.feed.stored(ack.seq);
    if (before?.isOpen === true && before.leaseSubject !== undefined) {
      this.leases.delete(before.leaseSubject);
    }
    return this.hold(attempt, { seq: ack.seq, record });
  }

  /** Answers a repeated claim whose first answer was lost. If another claim has followed, its appends are fenced. */
  private repeatClaim(attempt: ClaimAttempt<K>, stored: StoredRecord): Claim<K> {
    const claim = this.hold({ ...attempt, leaseSeq: undefined }, stored);
    const holding = this.holdings.get(holdingKey(claim.stream, claim.token));
    if (holding !== undefined) {
      holding.isUnsure = true;
    }
    return claim;
  }

  private hold(attempt: ClaimAttempt<K>, stored: StoredRecord): Claim<K> {
    const { request, subject, leaseSubject, leaseSeq } = attempt;
    const { token, lease } = request;
    const { seq, record } = stored;
    const open = openPosition(stored);
    const key = holdingKey(record.stream, token);
    const holding = this.holdings.get(key) ?? {
      key,
      token,
      subject,
      leaseSubject,
      open,
      seq,
      recordSeq: seq,
      record,
      leaseSeq,
      isUnsure: false,
      isLost: false,
      found: new Map<number, string>(),
      idle: Promise.resolve(),
    };
    this.holdings.set(key, holding);
    if (leaseSeq !== undefined) {
      this.confirmLease(holding, lease, leaseSeq);
    }
    return { stream: record.stream as StreamRef<K>, token, position: open, entries: record.claimed };
  }

  /** Stores the state of the stream with the lease, because the log may remove it. If this fails, a renewal does it. */
  private confirmLease(holding: Holding, lease: number, seq: number): void {
    const { token, leaseSubject } = holding;
    this.leases.replace(leaseSubject, { token, lease, state: stateOf(holding) }, seq).then(
      (renewed) => {
        holding.leaseSeq = renewed;
      },
      () => {
        holding.leaseSeq = undefined;
      },
    );
  }

  /** The state of a stream: from its latest record, or from its lease if the log has removed all its records. */
  private async state(streamPart: string, head: Head | undefined): Promise<StreamState | undefined> {
    if (head?.stored !== undefined) {
      const { record } = head.stored;
      const claimPart = await subjectToken(record.token);
      return {
        stream: record.stream,
        entries: record.entries,
        lines: record.lines,
        open: openPosition(head.stored),
        isOpen: isOpen(record),
        leaseSubject: this.leases.subject(streamPart, claimPart),
      };
    }
    const lease = await this.leases.get(this.leases.subject(streamPart, '*'));
    return lease?.state === undefined
      ? undefined
      : { ...lease.state, isOpen: true, leaseSubject: lease.subject };
  }

  // Appends

  /** The claim of each append; `undefined` if it is lost. */
  private async findHoldings(
    requests: readonly AppendRequest<K>[],
  ): Promise<readonly (Holding | undefined)[]> {
    const keys = requests.map(({ stream, token }) => holdingKey(stream, token));
    const unknown = new Map<string, AppendRequest<K>>();
    requests.forEach((request, place) => {
      const key = keys[place] ?? '';
      if (!this.holdings.has(key)) {
        unknown.set(key, request);
      }
    });
    await all([...unknown].map(([key, request]) => this.findHolding(key, request)));
    return keys.map((key) => this.holdings.get(key));
  }

  /**
   * Stores commits in waves. The messages of a wave are sent one after another without waiting for answers, and the
   * server stores them in this order. A wave has at most one message per stream, because the next one must name the
   * sequence that the server assigns to this one. A record that may need several messages is the last of its wave.
   */
  private async appendInOrder(
    requests: readonly AppendRequest<K>[],
    held: readonly (Holding | undefined)[],
  ): Promise<AppendResult[]> {
    const results = new Array<AppendResult>(requests.length);
    let repeated: number[] = [];
    const found = new Map<string, Found>();
    let waiting = requests.map((_, place) => place);
    while (waiting.length > 0) {
      const wave = new Map<Holding, Run>();
      let latestRun: Run | undefined;
      let taken = 0;
      for (const place of waiting) {
        const request = requests[place];
        const holding = held[place];
        if (request === undefined) {
          break;
        }
        if (holding === undefined || request.number < holding.record.entries) {
          repeated.push(place);
        } else if (holding.isLost || !isOpen(holding.record)) {
          results[place] = FENCED;
        } else if (!wave.has(holding)) {
          latestRun = startRun(holding, place, request);
          wave.set(holding, latestRun);
        } else if (latestRun?.holding !== holding || !this.extendRun(latestRun, place, request)) {
          break;
        }
        taken++;
        if (latestRun !== undefined && !this.store.holdsInOneMessage(latestRun.length)) {
          break;
        }
      }
      waiting = waiting.slice(taken);
      const conflicts: number[] = [];
      await all(
        [...wave.values()].map(async (run) => {
          const answers = await this.storeRun(run);
          run.places.forEach((place, index) => {
            const answer = answers?.[index];
            if (answer === undefined) {
              conflicts.push(place);
            } else {
              results[place] = answer;
            }
          });
        }),
      );
      waiting = [...conflicts.sort((one, other) => one - other), ...waiting];
      for (const place of repeated) {
        const request = requests[place];
        if (request !== undefined) {
          results[place] = await this.findStored(request, held[place], found);
        }
      }
      repeated = [];
    }
    return results;
  }

  /** Adds a commit to the message of a stream. Returns false if the commit needs another message. */
  private extendRun(run: Run, place: number, { number, lines, commit }: AppendRequest<K>): boolean {
    const { holding, commits } = run;
    if (
      !this.hasLongRecords ||
      run.length > MAX_RECORD_LENGTH ||
      commits.at(-1)?.type === 'close' ||
      number !== holding.record.entries + commits.length
    ) {
      return false;
    }
    run.places.push(place);
    commits.push(plainCommit(commit));
    run.lines = lines;
    run.length += lengthOf(commit);
    return true;
  }

  /** Stores a message. Returns `undefined` if the stream has changed meanwhile. */
  private async storeRun({ holding, commits, lines }: Run): Promise<AppendResult[] | undefined> {
    const { token, record, open, found } = holding;
    const { stream, claimed } = record;
    const entries = record.entries + commits.length;
    const next: LogRecord = { stream, token, entries, lines, claimed, open, commits };
    let ack;
    try {
      ack = await this.store.publish(holding.subject, next, holding);
    } catch (error) {
      holding.isUnsure = true;
      throw error;
    }
    if (ack === undefined) {
      await this.resolveConflict(holding);
      return undefined;
    }
    const { seq } = ack;
    this.feed.stored(seq);
    holding.seq = seq;
    holding.recordSeq = seq;
    holding.record = next;
    return commits.map((_, index) => {
      const position = positionOf(seq, index, commits.length);
      found.set(record.entries + index, position);
      return { type: 'stored', position };
    });
  }

  /** Updates a claim after the latest message of the subject was not the expected one. */
  private async resolveConflict(holding: Holding): Promise<void> {
    const { seq } = holding;
    await this.refresh(holding);
    if (!holding.isLost && holding.seq === seq) {
      // The bounds of the log removed all messages of the stream. Another claim would have deleted the lease.
      if ((await this.leases.get(holding.leaseSubject)) === undefined) {
        holding.isLost = true;
      }
      holding.seq = 0;
      holding.recordSeq = 0;
    }
  }

  /** Reads the newer records of the stream: appends whose answers were lost, or another claim. */
  private async refresh(holding: Holding): Promise<void> {
    for (let seq = holding.recordSeq + 1; !holding.isLost;) {
      const message = await this.store.next(holding.subject, seq);
      if (message === undefined) {
        break;
      }
      seq = message.seq + 1;
      holding.seq = message.seq;
      const { stored } = message;
      if (stored === undefined) {
        continue;
      }
      if (stored.record.token !== holding.token) {
        holding.isLost = true;
      } else {
        holding.recordSeq = stored.seq;
        holding.record = stored.record;
        addPositions(holding.found, stored);
      }
    }
    holding.isUnsure = false;
  }

  /** Finds the claim of an append that another object of this log created, unless the claim is lost. */
  private async findHolding(key: string, { stream, token }: AppendRequest<K>): Promise<void> {
    const streamPart = await streamToken(stream);
    const subject = this.subject(streamPart);
    const stored = (await this.store.head(subject))?.stored;
    if (stored?.record.token !== token || this.holdings.has(key)) {
      return;
    }
    this.holdings.set(key, {
      key,
      token,
      subject,
      leaseSubject: this.leases.subject(streamPart, await subjectToken(token)),
      open: openPosition(stored),
      seq: stored.seq,
      recordSeq: stored.seq,
      record: stored.record,
      leaseSeq: undefined,
      isUnsure: true,
      isLost: false,
      found: new Map(),
      idle: Promise.resolve(),
    });
  }

  /** The answer to an append that was stored before, or whose claim is lost. */
  private async findStored(
    { stream, token, number }: AppendRequest<K>,
    holding: Holding | undefined,
    found: Map<string, Found>,
  ): Promise<AppendResult> {
    const known = holding?.found.get(number);
    if (known !== undefined) {
      return { type: 'stored', position: known };
    }
    const subject = holding?.subject ?? this.subject(await streamToken(stream));
    const { generation } = holding?.record.stream ?? stream;
    const from = parsePosition(holding?.open ?? '')?.seq ?? 1;
    const key = `${generation} ${subject}`;
    const { latest, end } = found.get(key) ?? { latest: undefined, end: Infinity };
    const stored = number < end ? await this.find(subject, generation, number, from, latest) : undefined;
    if (stored === undefined || stored === 'removed') {
      found.set(key, { latest, end: stored === undefined ? Math.min(end, number) : end });
      return holding === undefined ? FENCED : { type: 'stored', position: undefined };
    }
    found.set(key, { latest: stored, end });
    return stored.record.token === token || holding !== undefined
      ? { type: 'stored', position: positionIn(stored, number) }
      : FENCED;
  }

  /**
   * The record of a generation that has the entry with this number; `undefined` if the generation has no such entry,
   * and `'removed'` if the bounds may have removed it. `latest` is a record that was found before.
   */
  private async find(
    subject: string,
    generation: number,
    number: number,
    from: number,
    latest: StoredRecord | undefined,
  ): Promise<StoredRecord | 'removed' | undefined> {
    const isFound = (stored: StoredRecord | undefined) =>
      stored?.record.stream.generation === generation &&
      firstNumber(stored.record) <= number &&
      number < stored.record.entries;
    if (latest !== undefined) {
      // The caller asks for consecutive numbers, so the entry is probably near.
      const near = isFound(latest) ? latest : await this.nextRecord(subject, latest.seq + 1);
      if (isFound(near)) {
        return near;
      }
    }
    const found = await this.search(
      subject,
      from,
      ({ stream, entries }) =>
        stream.generation > generation || (stream.generation === generation && entries > number),
    );
    if (isFound(found)) {
      return found;
    }
    return found?.record.stream.generation === generation ? 'removed' : undefined;
  }

  /** The first record of a subject for which `isReached` is true. Generations and numbers only increase. */
  private async search(
    subject: string,
    from: number,
    isReached: (record: LogRecord) => boolean,
  ): Promise<StoredRecord | undefined> {
    let found: StoredRecord | undefined;
    let low = from;
    let end = ((await this.store.head(subject))?.seq ?? 0) + 1;
    while (low < end) {
      const middle = Math.floor((low + end) / 2);
      const stored = await this.nextRecord(subject, middle);
      if (stored === undefined || stored.seq >= end) {
        end = middle;
      } else if (isReached(stored.record)) {
        found = stored;
        end = middle;
      } else {
        low = stored.seq + 1;
      }
    }
    return found;
  }

  private async nextRecord(subject: string, from: number): Promise<StoredRecord | undefined> {
    for (let seq = from; ; seq++) {
      const message = await this.store.next(subject, seq);
      if (message?.stored !== undefined || message === undefined) {
        return message?.stored;
      }
      ({ seq } = message);
    }
  }

  // Leases

  private async renewOne({ stream, token }: Claim<K>, lease: number): Promise<void> {
    const holding = this.holdings.get(holdingKey(stream, token));
    if (holding?.isLost === true) {
      return;
    }
    if (holding?.leaseSeq !== undefined) {
      const { leaseSubject, leaseSeq } = holding;
      // Until the answer arrives, it is not known which lease the server has.
      holding.leaseSeq = undefined;
      const renewed = await this.leases.replace(
        leaseSubject,
        { token, lease, state: stateOf(holding) },
        leaseSeq,
      );
      if (renewed !== undefined) {
        holding.leaseSeq = renewed;
        return;
      }
    }
    const subject =
      holding?.leaseSubject ?? this.leases.subject(await streamToken(stream), await subjectToken(token));
    const stored = await this.leases.get(subject);
    if (stored === undefined) {
      return;
    }
    const state = holding === undefined ? stored.state : stateOf(holding);
    const renewed = await this.leases.replace(
      subject,
      state === undefined ? { token, lease } : { token, lease, state },
      stored.seq,
    );
    if (holding !== undefined) {
      holding.leaseSeq = renewed;
    }
  }

  /** Closes a stream with an expired lease. Returns `undefined` if another caller closed it, or the claim was lost. */
  private async closeEnded({ subject, token, state }: StoredLease): Promise<StreamRef | undefined> {
    const streamPart = subject.slice(this.names.leases.length + 1).split('.')[0] ?? '';
    const entrySubject = this.subject(streamPart);
    const head = await this.store.head(entrySubject);
    const before =
      head === undefined ? state && { ...state, isOpen: true } : await this.state(streamPart, head);
    if (before?.isOpen !== true || (head !== undefined && head.stored?.record.token !== token)) {
      this.leases.delete(subject);
      return undefined;
    }
    const { stream, entries, lines, open } = before;
    const closeToken = crypto.randomUUID();
    const record: LogRecord = {
      stream,
      token: closeToken,
      entries: entries + 1,
      lines,
      claimed: entries,
      open,
      commits: [{ type: 'close', reason: 'idle', lines }],
    };
    const seq = head?.seq ?? 0;
    this.unanswered.set(closeToken, { subject: entrySubject, seq, stream });
    const ack = await this.store.publish(entrySubject, record, {
      seq,
      recordSeq: head?.stored?.seq ?? 0,
    });
    this.unanswered.delete(closeToken);
    if (ack === undefined) {
      return undefined;
    }
    this.feed.stored(ack.seq);
    this.leases.delete(subject);
    return stream;
  }

  /** The streams that earlier calls closed, although their answers were lost. */
  private async findUnanswered(): Promise<StreamRef[]> {
    const closed: StreamRef[] = [];
    for (const [token, { subject, seq, stream }] of [...this.unanswered]) {
      const stored = await this.nextRecord(subject, seq + 1);
      if (this.unanswered.delete(token) && stored?.record.token === token) {
        closed.push(stream);
      }
    }
    return closed;
  }

  // Readers

  /** The place after a position. */
  private async startAfter(
    position: string,
    { first, last }: Extent,
  ): Promise<{ readonly seq: number; readonly index: number; readonly after: StoredRecord | undefined }> {
    const parsed = parsePosition(position);
    if (parsed === undefined || parsed.seq > last) {
      throw new RangeError(`${JSON.stringify(position)} is not a position of this log`);
    }
    const { seq, index } = parsed;
    if (seq < first) {
      if (seq === first - 1 && index === undefined) {
        return { seq: first, index: 0, after: undefined };
      }
      throw new TruncatedError(position);
    }
    const message = await this.message(seq);
    if (message === undefined) {
      throw new TruncatedError(position);
    }
    const { stored } = message;
    if (stored === undefined || (index ?? -1) >= entryCount(stored.record) - 1) {
      throw new RangeError(`${JSON.stringify(position)} is not a position of this log`);
    }
    return index === undefined
      ? { seq: seq + 1, index: 0, after: stored }
      : { seq, index: index + 1, after: stored };
  }

  /** Where to start to read one stream. */
  private async startOf(
    stream: StreamRef,
    subject: string,
    start:
      { readonly seq: number; readonly index: number; readonly after: StoredRecord | undefined } | undefined,
  ): Promise<{ readonly seq: number; readonly number: number | undefined }> {
    if (start !== undefined) {
      const { seq, index, after } = start;
      const record = after?.record;
      const isInside = index > 0 && record !== undefined && isSameStream(record.stream, stream);
      const skipped = record?.before === undefined ? 0 : 1;
      return { seq, number: isInside ? firstNumber(record) + Math.max(index - skipped, 0) : undefined };
    }
    const opened = await this.search(subject, 1, (record) => record.stream.generation >= stream.generation);
    return { seq: opened?.seq ?? 1, number: undefined };
  }

  private delete({ key, leaseSubject }: Holding): void {
    this.holdings.delete(key);
    this.leases.delete(leaseSubject);
  }

  extent(): Promise<Extent> {
    return this.extents.get('', async () => {
      const { state } = await this.manager.streams.info(this.names.log);
      return {
        first: state.messages === 0 ? state.last_seq + 1 : state.first_seq,
        last: state.last_seq,
      };
    });
  }
}

/** The sequences of the oldest and of the latest message. */
interface Extent {
  readonly first: number;
  readonly last: number;
}

interface StreamState {
  readonly stream: StreamRef;
  readonly entries: number;
  readonly lines: number;
  readonly open: string;
  readonly isOpen: boolean;
  readonly leaseSubject: string | undefined;
}

interface ClaimAttempt<K extends string> {
  readonly request: ClaimRequest<K>;
  readonly streamPart: string;
  readonly subject: string;
  readonly leaseSubject: string;
  readonly leaseSeq: number | undefined;
  readonly id: string;
  readonly head: Head | undefined;
  readonly before: StreamState | undefined;
}

function claimRecord(
  { stream: { kind, id, order }, token, existing }: ClaimRequest,
  before: StreamState | undefined,
): LogRecord {
  if (before?.isOpen === true && existing === 'continue') {
    const { stream, entries, lines, open } = before;
    return { stream, token, entries, lines, claimed: entries, open, commits: [] };
  }
  const names = { kind, id, generation: before === undefined ? 0 : before.stream.generation + 1 };
  const place = order ?? before?.stream.order;
  const record: LogRecord = {
    stream: place === undefined ? names : { ...names, order: place },
    token,
    entries: 1,
    lines: 0,
    claimed: 1,
    commits: [{ type: 'open' }],
  };
  if (before?.isOpen !== true) {
    return record;
  }
  const { stream, entries: number, lines } = before;
  return { ...record, before: { stream, number, commit: { type: 'close', reason: 'superseded', lines } } };
}

/** A token is unique for its stream, but a writer may use the same token for several streams. */
function holdingKey({ kind, id }: StreamRef, token: string): string {
  return JSON.stringify([token, kind, id]);
}

function stateOf({ record, open }: Holding): {
  stream: StreamRef;
  entries: number;
  lines: number;
  open: string;
} {
  const { stream, entries, lines } = record;
  return { stream, entries, lines, open };
}

function startRun(holding: Holding, place: number, { number, lines, commit }: AppendRequest): Run {
  const { entries } = holding.record;
  if (number > entries) {
    throw new RangeError(`Entry ${number} cannot be appended to a stream with ${entries} entries`);
  }
  const { kind, id } = holding.record.stream;
  const length = kind.length + id.length + lengthOf(commit);
  return { holding, places: [place], commits: [plainCommit(commit)], lines, length };
}

function lengthOf(commit: StoredCommit): number {
  return commit.type === 'line' ? commit.text.length : 0;
}

function isSameStream(one: StreamRef, other: StreamRef): boolean {
  return one.generation === other.generation && one.kind === other.kind && one.id === other.id;
}

/** Waits until no append of these claims is in flight. Later ones wait until the returned function is called. */
async function lock(holdings: Iterable<Holding>): Promise<() => void> {
  const before: Promise<void>[] = [];
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  for (const holding of holdings) {
    before.push(holding.idle);
    holding.idle = released;
  }
  await Promise.all(before);
  return release;
}

function addPositions(positions: Map<number, string>, stored: StoredRecord): void {
  const first = firstNumber(stored.record);
  stored.record.commits.forEach((_, index) => {
    positions.set(first + index, positionIn(stored, first + index));
  });
}

/** The position of the entry with this number. */
function positionIn({ seq, record }: StoredRecord, number: number): string {
  const count = entryCount(record);
  return positionOf(seq, count - (record.entries - number), count);
}

/** Waits for all promises even if one is rejected, so that nothing is in flight when the caller tries again. */
async function all<T>(promises: readonly (Promise<T> | T)[]): Promise<Awaited<T>[]> {
  const settled = await Promise.allSettled(promises);
  return settled.map((result) => {
    if (result.status === 'rejected') {
      throw result.reason;
    }
    return result.value;
  });
}

/**
 * Imports the client on demand, so that users of other stores need not install it. Without the `try`, bundlers fail if
 * the package is missing.
 */
async function importClient(): Promise<typeof import('@nats-io/jetstream')> {
  try {
    return await import('@nats-io/jetstream');
  } catch (cause) {
    throw new Error('jetStreamLog needs the package @nats-io/jetstream', { cause });
  }
}
