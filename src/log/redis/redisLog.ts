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
} from '../../core/log/commitLog.js';
import { checkOptions, count, duration } from '../../rx/options.js';
import { SharedAnswers } from '../sharedAnswers.js';
import { TruncatedError } from '../truncatedError.js';
import type { RedisClient, RedisCluster } from './redisClient.js';
import { RedisConnection, textOf } from './redisConnection.js';
import { channelOf, decodeRef, encodeBody, encodeKey, isPosition, keysOf, numberOf } from './redisFormat.js';
import { type RedisPages, RedisReader } from './redisReader.js';
import { RedisWatch } from './redisWatch.js';
import { abandonedScript, appendScript, claimScript, locateScript, renewScript } from './scripts.js';

/** The options of `redisLog`. All processes that write to one log must use the same. */
export interface RedisLogOptions {
  /**
   * The most entries. Beyond that, the oldest are removed. A whole number from 1, or `Infinity`.
   *
   * @default Infinity
   */
  readonly maxEntries?: number | undefined;
  /**
   * Entries older than this are removed when new ones are added. A whole number of milliseconds from 1, or `Infinity`.
   *
   * @default Infinity
   */
  readonly maxAge?: number | undefined;
  /**
   * The whole log is removed when nothing was written to it and no claim was renewed for this long. A whole number of
   * milliseconds from 1, or `Infinity`.
   *
   * @default Infinity
   */
  readonly expire?: number | undefined;
  /**
   * How many replicas must have a commit before it counts as stored, according to the command `WAIT`. A whole number
   * from 0.
   *
   * @default 0
   */
  readonly replicas?: number | undefined;
  /**
   * A call without an answer fails after this time, and may be repeated. Milliseconds, more than 0 and at most
   * 2,147,483,647; `Infinity` for never.
   *
   * @default 10_000
   */
  readonly timeout?: number | undefined;
}

/**
 * A log of commits in Redis: a stream of entries, and three more keys.
 *
 * Each call is one Lua script or one command, so that each claim and each append is atomic. Only the clock of the
 * server is used; the clocks of the writers do not matter. All keys of a log are in one hash slot of a cluster.
 *
 * The caller creates, connects and closes the client. Watching (`readCommits` with `live`) duplicates the client, once
 * for all readers of a log.
 *
 * @example
 *
 * ```ts
 * import { redisLog } from 'deltalines/log';
 * import { createClient } from 'redis';
 *
 * const client = createClient({ url: 'redis://localhost:6379' });
 * client.on('error', console.error);
 * await client.connect();
 * const log = redisLog(client, 'conversation-1', { expire: 86_400_000 });
 * ```
 *
 * @param client A client of npm `redis` 5 or 6, from `createClient` or `createCluster`.
 * @param name The name of the log: any text. All processes with the same name share the log.
 * @param options The bounds; see {@link RedisLogOptions}.
 * @throws `TypeError` or `RangeError`, if an option is wrong.
 */
export function redisLog<K extends string = string>(
  client: RedisClient | RedisCluster,
  name: string,
  options: RedisLogOptions = {},
): CommitLog<K> {
  checkOptions(options);
  if (typeof name !== 'string') {
    throw new TypeError(`The name of a log is of type ${typeof name}, but must be a string`);
  }
  const replicas = count('replicas', options.replicas, 0, 0);
  if (replicas === Infinity) {
    throw new RangeError('The option replicas is Infinity, but must be a whole number from 0');
  }
  return new RedisLog<K>(
    client,
    name,
    [
      count('maxEntries', options.maxEntries, Infinity, 1),
      count('maxAge', options.maxAge, Infinity, 1),
      count('expire', options.expire, Infinity, 1),
    ].map((bound) => (bound === Infinity ? '0' : String(Math.min(bound, LONGEST)))),
    replicas,
    duration('timeout', options.timeout, 10_000),
  );
}

const MAX_UNANSWERED = 100;

/** 300 years. With a longer time, a script would fail after its first write. */
const LONGEST = 1e13;

class RedisLog<K extends string> implements CommitLog<K> {
  private readonly bounds: readonly string[];
  private readonly replicas: number;
  private readonly timeout: number;
  private readonly keys: readonly [string, string, string, string];
  private readonly channel: string;
  private readonly connection: RedisConnection;
  private readonly watchers: RedisWatch<K>;
  private readonly pages: RedisPages = new SharedAnswers();
  /** The calls of `abandoned` without an answer. A later call returns the streams that they closed. */
  private unanswered: readonly string[] = [];

  constructor(
    client: RedisClient | RedisCluster,
    name: string,
    bounds: readonly string[],
    replicas: number,
    timeout: number,
  ) {
    this.bounds = bounds;
    this.replicas = replicas;
    this.timeout = timeout;
    this.keys = keysOf(name);
    this.channel = channelOf(name);
    this.connection = new RedisConnection(client, this.keys[0], timeout);
    this.watchers = new RedisWatch(client, this.channel, timeout);
  }

  async claim(requests: readonly ClaimRequest<K>[]): Promise<readonly Claim<K>[]> {
    if (requests.length === 0) {
      return [];
    }
    const answers = await this.write(
      claimScript(),
      requests.flatMap(({ stream, token, lease, existing }) => [
        encodeKey(stream),
        stream.order === undefined ? '' : JSON.stringify(stream.order),
        token,
        milliseconds(lease),
        existing === 'continue' ? '1' : '0',
      ]),
    );
    return requests.map(({ stream: { kind, id }, token }, index) => {
      const [generation, order, position, entries] = answers.slice(4 * index, 4 * index + 4).map(textOf) as [
        string,
        string,
        string,
        string,
      ];
      const ref = { kind, id, generation: Number(generation) };
      return {
        stream: order === '' ? ref : { ...ref, order: JSON.parse(order) as readonly number[] },
        token,
        position,
        entries: Number(entries),
      };
    });
  }

  async append(requests: readonly AppendRequest<K>[]): Promise<readonly AppendResult[]> {
    if (requests.length === 0) {
      return [];
    }
    const claims = new Map<string, number>();
    const claimArguments: string[] = [];
    const commitArguments = requests.flatMap(({ stream, token, number, lines, commit }) => {
      let claim = claims.get(token);
      if (claim === undefined) {
        claim = claims.size + 1;
        claims.set(token, claim);
        claimArguments.push(encodeKey(stream), token);
      }
      const closes = commit.type === 'close' ? '1' : '0';
      return [String(claim), String(number), String(lines), closes, encodeBody(commit)];
    });
    const answers = await this.write(appendScript(), [
      String(claims.size),
      ...claimArguments,
      ...commitArguments,
    ]);
    return requests.map((_, index): AppendResult => {
      const answer = textOf(answers[index]);
      return answer === '-'
        ? { type: 'fenced' }
        : { type: 'stored', position: answer === '?' ? undefined : answer };
    });
  }

  async renew(claims: readonly Claim<K>[], lease: number): Promise<void> {
    if (claims.length > 0) {
      await this.run(renewScript(), [
        milliseconds(lease),
        ...claims.flatMap(({ stream, token }) => [encodeKey(stream), token]),
      ]);
    }
  }

  async abandoned(): Promise<readonly StreamRef<K>[]> {
    const call = crypto.randomUUID();
    const earlier = this.unanswered;
    this.unanswered = [];
    try {
      const answers = await this.run(abandonedScript(), [call, ...earlier]);
      return answers.map((answer) => decodeRef<K>(textOf(answer)));
    } catch (error) {
      this.unanswered = [...this.unanswered, ...earlier, call].slice(-MAX_UNANSWERED);
      throw error;
    }
  }

  async entries(stream: StreamRef<K>): Promise<number | undefined> {
    const answer = await this.connection.send(['HGET', this.keys[1], encodeKey(stream)]);
    if (answer === null || answer === undefined) {
      return undefined;
    }
    const state = JSON.parse(textOf(answer)) as {
      readonly generation: number;
      readonly open: boolean;
      readonly entries: number;
    };
    return state.open && state.generation === stream.generation ? state.entries : undefined;
  }

  async read({ after, stream }: ReadRequest<K>): Promise<LogReader<K>> {
    if (after !== undefined && !isPosition(after)) {
      throw noPosition(after);
    }
    const number = after === undefined ? 0 : numberOf(after);
    const answers = await this.connection.run(locateScript, this.keys, [
      after === undefined ? '' : String(number),
      stream === undefined ? '' : encodeKey(stream),
      stream === undefined ? '' : String(stream.generation),
    ]);
    const [first, last, found, opened] = answers.map(textOf) as [string, string, string, string];
    const before = first === '' ? 0 : numberOf(first) - 1;
    if (after === undefined) {
      const start = opened === '' ? before : numberOf(opened) - 1;
      return new RedisReader<K>(this.connection, this.pages, this.keys[0], undefined, start, stream);
    }
    if (last === '' || number > numberOf(last) || (found !== '' && found !== after)) {
      throw noPosition(after);
    }
    if (number < before) {
      throw new TruncatedError(after);
    }
    return new RedisReader<K>(this.connection, this.pages, this.keys[0], after, number, stream);
  }

  publish(tail: LiveTail<K>): void {
    // Tails that wait for a connection would become stale, and use memory without bound.
    if (this.connection.ready) {
      this.connection.send(['PUBLISH', this.channel, JSON.stringify(tail)]).catch(() => undefined);
    }
  }

  watch(watcher: LogWatcher<K>): Promise<() => void> {
    return this.watchers.add(watcher);
  }

  private async write(script: string, args: readonly string[]): Promise<readonly unknown[]> {
    const answers = await this.run(script, args);
    if (this.replicas > 0) {
      // Half of the timeout, so that the answer arrives before the call fails without one.
      const wait = this.timeout === Infinity ? 0 : Math.ceil(this.timeout / 2);
      const reached = await this.connection.send(['WAIT', String(this.replicas), String(wait)]);
      if (Number(reached) < this.replicas) {
        throw new Error(`Only ${Number(reached)} of ${this.replicas} replicas have the commits`);
      }
    }
    return answers;
  }

  private run(script: string, args: readonly string[]): Promise<readonly unknown[]> {
    return this.connection.run(script, this.keys, [this.channel, ...this.bounds, ...args]);
  }
}

function milliseconds(lease: number): string {
  return String(Math.min(Math.ceil(lease), LONGEST));
}

function noPosition(after: string): RangeError {
  return new RangeError(`${JSON.stringify(after)} is not a position of this log`);
}
