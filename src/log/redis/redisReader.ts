import type { StreamRef } from '../../commits.js';
import type { LogReader, StoredEntry } from '../../core/log/commitLog.js';
import type { SharedAnswers } from '../sharedAnswers.js';
import { StreamRefs } from '../storedCommit.js';
import { TruncatedError } from '../truncatedError.js';
import { textOf, type RedisConnection } from './redisConnection.js';
import { decodeBody, decodeRef, encodeGeneration, numberOf } from './redisFormat.js';

/** The number of entries that are searched at a time for those of one stream. */
const PAGE = 1_000;

/** An entry as Redis stores it. */
interface Row {
  readonly position: string;
  readonly stream: string;
  readonly number: number;
  readonly body: string;
}

/** The pages that readers of one log share. */
export type RedisPages = SharedAnswers<readonly Row[]>;

/** Reads pages of the stream of entries. IDs increase without gaps, so each page shows whether entries are missing. */
export class RedisReader<K extends string> implements LogReader<K> {
  private readonly connection: RedisConnection;
  private readonly pages: RedisPages;
  private readonly key: string;
  private position: string | undefined;
  private last: number;
  private readonly refs = new StreamRefs<K>();
  /** The beginning of the field `s` of the entries to read; `undefined` to read all entries. */
  private readonly generation: string | undefined;
  private ended = false;

  /**
   * @param position The position of the entry before the first one; `undefined` to start at the beginning.
   * @param last The number of that entry in the log.
   */
  constructor(
    connection: RedisConnection,
    pages: RedisPages,
    key: string,
    position: string | undefined,
    last: number,
    stream: StreamRef<K> | undefined,
  ) {
    this.connection = connection;
    this.pages = pages;
    this.key = key;
    this.position = position;
    this.last = last;
    this.generation = stream && encodeGeneration(stream);
  }

  async next(limit: number): Promise<readonly StoredEntry<K>[]> {
    const { generation } = this;
    if (this.ended) {
      return [];
    }
    if (generation === undefined) {
      return this.take(await this.page(this.last, this.position, limit));
    }
    const rows: Row[] = [];
    let { last, position } = this;
    let size: number;
    do {
      const page = await this.page(last, position, PAGE);
      rows.push(...page.filter(({ stream }) => isOf(generation, stream)));
      size = page.length;
      last += size;
      position = page.at(-1)?.position ?? position;
    } while (rows.length === 0 && size === PAGE);
    if (this.position === undefined && (rows[0]?.number ?? 0) > 0) {
      throw new TruncatedError(undefined);
    }
    const entries = this.take(rows.slice(0, limit));
    if (rows.length <= limit && position !== undefined) {
      this.last = last;
      this.position = position;
    }
    this.ended ||= entries.at(-1)?.commit.type === 'close';
    return entries;
  }

  close(): void {
    this.ended = true;
  }

  /** Decodes entries and moves the reader after them. A failed request does not move it, so it can be repeated. */
  private take(rows: readonly Row[]): readonly StoredEntry<K>[] {
    return rows.map(({ position, stream, number, body }) => {
      this.position = position;
      this.last = numberOf(position);
      const ref = decodeRef<K>(stream);
      const commit = decodeBody(body, (type) => this.refs.get({ type, stream: ref }));
      return { position, commit, number };
    });
  }

  /**
   * The entries after the one with the number `last`. Unless the reader is at the beginning, it reads that entry again:
   * after a fail-over that lost the entry, the log has another one with the same number, or none.
   */
  private async page(last: number, position: string | undefined, count: number): Promise<readonly Row[]> {
    const overlap = position === undefined ? 0 : 1;
    const [start, limit] = [String(last + 1 - overlap), String(count + overlap)];
    const rows = await this.pages.get(`${start} ${limit}`, () => this.rows(start, limit));
    const [first] = rows;
    const next = first === undefined ? last : numberOf(first.position);
    if (position !== undefined && next === last && first?.position !== position) {
      throw new RangeError(`The log has lost the entry at position ${JSON.stringify(position)}`);
    }
    if (next > last + 1) {
      throw new TruncatedError(position);
    }
    return next === last ? rows.slice(1) : rows.slice(0, count);
  }

  private async rows(start: string, limit: string): Promise<readonly Row[]> {
    const answer = await this.connection.send(['XRANGE', this.key, start, '+', 'COUNT', limit]);
    return (answer as readonly (readonly [unknown, readonly unknown[]])[]).map(
      ([id, [, stream, , number, , body]]) => ({
        position: textOf(id),
        stream: textOf(stream),
        number: Number(textOf(number)),
        body: textOf(body),
      }),
    );
  }
}

function isOf(generation: string, stream: string): boolean {
  return stream.startsWith(generation) && ',]'.includes(stream.charAt(generation.length));
}
