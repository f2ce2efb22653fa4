import type { StreamRef } from '../../commits.js';
import type { LogReader, StoredEntry } from '../../core/log/commitLog.js';
import { StreamRefs } from '../storedCommit.js';
import { TruncatedError } from '../truncatedError.js';
import { entriesOf, entryCount, type StoredRecord } from './logRecord.js';

/** A message of the log, with its record unless it is only a part of one. */
export interface LogMessage {
  readonly seq: number;
  readonly stored: StoredRecord | undefined;
}

/** The parts that readers use of the log. */
export interface ReadableLog {
  /** The sequence of the latest message, as far as this process knows. */
  end(): Promise<number>;
  /** The sequences of the oldest and of the latest message, as the server has them now. */
  extent(): Promise<{ readonly first: number; readonly last: number }>;
  message(seq: number): Promise<LogMessage | undefined>;
  /** The first message from a sequence on, in one subject or in all. */
  next(seq: number, subject?: string): Promise<LogMessage | undefined>;
}

/** The most messages that a reader requests at once. More would take too long over a slow network. */
const MAX_WINDOW = 64;

/** Reads all entries. Its state is a place in the log, so a waiting reader costs the server nothing. */
export class AllEntriesReader<K extends string> implements LogReader<K> {
  private readonly log: ReadableLog;
  private readonly refs = new StreamRefs<K>();
  /** The next message, and how many of its entries were read. */
  private seq: number;
  private index: number;
  private position: string | undefined;
  private entriesPerMessage = 1;
  private isClosed = false;

  constructor(log: ReadableLog, seq: number, index: number, position: string | undefined) {
    this.log = log;
    this.seq = seq;
    this.index = index;
    this.position = position;
  }

  async next(limit: number): Promise<readonly StoredEntry<K>[]> {
    let entries: readonly StoredEntry<K>[] = [];
    while (entries.length === 0 && limit > 0 && !this.isClosed) {
      const end = await this.log.end();
      if (this.seq > end) {
        await this.checkEnd(end);
        break;
      }
      const wanted = Math.ceil(limit / this.entriesPerMessage);
      const size = Math.min(end - this.seq + 1, wanted, MAX_WINDOW);
      const first = this.seq;
      const messages = await Promise.all(
        Array.from({ length: size }, (_, offset) => this.log.message(first + offset)),
      );
      entries = this.take(messages, limit);
      if (entries.length > 0) {
        const count = Math.max(this.seq - first, 1);
        this.entriesPerMessage = Math.max(entries.length / count, 1);
      } else if (this.seq - first < size) {
        await this.skipGap(end);
      }
    }
    this.position = entries.at(-1)?.position ?? this.position;
    return entries;
  }

  close(): void {
    this.isClosed = true;
  }

  /** Throws if the server has lost the latest messages: it will assign their sequences to other messages. */
  private async checkEnd(end: number): Promise<void> {
    if (this.seq > end + 1 && this.seq > (await this.log.extent()).last + 1) {
      throw new RangeError(
        `The log no longer has the position ${JSON.stringify(this.position)}: the server has lost its latest entries`,
      );
    }
  }

  /** Reads the messages up to the first missing one. */
  private take(messages: readonly (LogMessage | undefined)[], limit: number): readonly StoredEntry<K>[] {
    const entries: StoredEntry<K>[] = [];
    for (const message of messages) {
      if (message === undefined || entries.length >= limit) {
        break;
      }
      const { stored } = message;
      if (stored !== undefined) {
        const taken = entriesOf(stored, this.index, limit - entries.length, this.refs);
        entries.push(...taken);
        this.index += taken.length;
        if (this.index < entryCount(stored.record)) {
          break;
        }
      }
      this.seq++;
      this.index = 0;
    }
    return entries;
  }

  /** Handles a missing message: throws if the bounds of the log removed it, and skips it if an administrator did. */
  private async skipGap(end: number): Promise<void> {
    if (this.seq < (await this.log.extent()).first) {
      throw new TruncatedError(this.position);
    }
    const message = await this.log.next(this.seq);
    this.seq = message?.seq ?? end + 1;
    this.index = 0;
  }
}

/** Reads the entries of one generation of one stream. */
export class StreamReader<K extends string> implements LogReader<K> {
  private readonly log: ReadableLog;
  private readonly subject: string;
  private readonly generation: number;
  private readonly refs = new StreamRefs<K>();
  private seq: number;
  /** The number of the next entry; `undefined` until one was read. */
  private number: number | undefined;
  private position: string | undefined;
  private isClosed = false;

  constructor(
    log: ReadableLog,
    subject: string,
    { generation }: StreamRef,
    start: { readonly seq: number; readonly number: number | undefined },
    position: string | undefined,
  ) {
    this.log = log;
    this.subject = subject;
    this.generation = generation;
    this.seq = start.seq;
    this.number = start.number;
    this.position = position;
  }

  async next(limit: number): Promise<readonly StoredEntry<K>[]> {
    const entries: StoredEntry<K>[] = [];
    let messages = 0;
    while (entries.length < limit && !this.isClosed && (entries.length === 0 || messages < MAX_WINDOW)) {
      const message = await this.log.next(this.seq, this.subject);
      messages++;
      if (message === undefined) {
        break;
      }
      this.seq = message.seq;
      const { stored } = message;
      if (stored !== undefined && !this.take(stored, limit, entries)) {
        break;
      }
      this.seq++;
    }
    this.position = entries.at(-1)?.position ?? this.position;
    return entries;
  }

  close(): void {
    this.isClosed = true;
  }

  /** Reads a record. Returns whether all of it was read and more records of the generation may follow. */
  private take(stored: StoredRecord, limit: number, entries: StoredEntry<K>[]): boolean {
    for (const entry of entriesOf(stored, 0, Infinity, this.refs)) {
      if (entry.commit.stream.generation !== this.generation || entry.number < (this.number ?? 0)) {
        continue;
      }
      if (entries.length >= limit) {
        return false;
      }
      if (this.number !== undefined && entry.number > this.number) {
        throw new TruncatedError(this.position);
      }
      entries.push(entry);
      this.number = entry.number + 1;
    }
    return stored.record.stream.generation <= this.generation;
  }
}
