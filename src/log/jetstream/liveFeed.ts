import type { LiveTail, LogWatcher } from '../../core/log/commitLog.js';
import type { JetStreamConnection } from './connection.js';
import type { LogNames } from './names.js';
import type { StoredRecord } from './logRecord.js';

/** The bytes of a message, and its record once a reader has asked for it. */
interface RecentMessage {
  readonly bytes: Uint8Array;
  record: Promise<StoredRecord | undefined> | undefined;
}

/** The most bytes of recent messages that are retained for the readers of this process. */
const MAX_RECENT_BYTES = 1_048_576;

/** The connection is flushed after this many tails. After twice as many without an answer, tails are dropped. */
const MAX_TAILS_AHEAD = 64;

/**
 * Live messages of one log. All watchers share two subscriptions. Readers at the end of the log read the messages that
 * these subscriptions received, so that more readers cause no more load on the server.
 */
export class LiveFeed<K extends string> {
  private readonly connection: JetStreamConnection;
  private readonly names: LogNames;
  private readonly watchers = new Set<{ readonly watcher: LogWatcher<K> }>();
  private readonly recent = new Map<number, RecentMessage>();
  private recentBytes = 0;
  /** The sequence of the latest message; `undefined` if messages may have been missed. */
  private latest: number | undefined = undefined;
  /** Changes whenever messages may have been missed. */
  private connections = 0;
  private started: Promise<() => void> | undefined = undefined;
  private tailsAhead = 0;
  private isFlushing = false;

  constructor(connection: JetStreamConnection, names: LogNames) {
    this.connection = connection;
    this.names = names;
  }

  /** The sequence of the latest message, if it is known without asking the server. */
  get end(): number | undefined {
    return this.latest;
  }

  /** Asks the server for the end of the log, and remembers the answer until messages may have been missed. */
  async updateEnd(ask: () => Promise<number>): Promise<void> {
    const started = this.started;
    const connections = this.connections;
    await started;
    const end = await ask();
    if (started !== undefined && started === this.started && connections === this.connections) {
      this.latest = Math.max(this.latest ?? 0, end);
    }
  }

  /** A message with this sequence was stored. */
  stored(seq: number): void {
    if (this.latest !== undefined) {
      this.latest = Math.max(this.latest, seq);
    }
  }

  /** The record of a recent message; `undefined` if the message must be read from the server. */
  record(
    seq: number,
    decode: (bytes: Uint8Array) => Promise<StoredRecord | undefined>,
  ): Promise<StoredRecord | undefined> | undefined {
    const message = this.recent.get(seq);
    if (message === undefined) {
      return undefined;
    }
    message.record ??= decode(message.bytes).catch((error: unknown) => {
      message.record = undefined;
      throw error;
    });
    return message.record;
  }

  async watch(watcher: LogWatcher<K>): Promise<() => void> {
    const watching = { watcher };
    this.watchers.add(watching);
    this.started ??= this.start();
    try {
      await this.started;
    } catch (error) {
      this.watchers.delete(watching);
      this.started = undefined;
      throw error;
    }
    return () => {
      if (this.watchers.delete(watching) && this.watchers.size === 0) {
        this.stop();
      }
    };
  }

  publish(tail: LiveTail<K>): void {
    // While the connection is lost, the client would buffer tails without bound.
    if (this.tailsAhead >= MAX_TAILS_AHEAD * 2) {
      return;
    }
    try {
      this.connection.publish(this.names.live, JSON.stringify(tail));
    } catch {
      return;
    }
    this.tailsAhead++;
    if (this.tailsAhead >= MAX_TAILS_AHEAD && !this.isFlushing) {
      this.isFlushing = true;
      const flushed = () => {
        this.isFlushing = false;
        this.tailsAhead = 0;
      };
      this.connection.flush().then(flushed, flushed);
    }
  }

  private async start(): Promise<() => void> {
    const { connection, names } = this;
    const stored = connection.subscribe(`${names.stored}.>`, {
      callback: (error, message) => {
        if (error !== null) {
          this.fail(error);
          return;
        }
        this.receive(Number(message.headers?.get('Nats-Sequence')), message.data);
      },
    });
    const live = connection.subscribe(names.live, {
      callback: (error, message) => {
        if (error !== null) {
          this.fail(error);
          return;
        }
        this.receiveTail(message.data);
      },
    });
    const status = connection.status();
    let isStopped = false;
    const stop = () => {
      isStopped = true;
      status.stop?.();
      stored.unsubscribe();
      live.unsubscribe();
    };
    void this.followStatus(status, () => isStopped);
    try {
      await connection.flush();
    } catch (error) {
      stop();
      throw error;
    }
    return stop;
  }

  private stop(): void {
    const { started } = this;
    this.started = undefined;
    this.lose();
    void started?.then((stop) => {
      stop();
    });
  }

  private async followStatus(
    status: AsyncIterable<{ readonly type: string }>,
    isStopped: () => boolean,
  ): Promise<void> {
    for await (const { type } of status) {
      if (isStopped()) {
        return;
      }
      if (type === 'disconnect') {
        this.lose();
      } else if (type === 'reconnect') {
        // The client has subscribed again, but messages in between were missed.
        this.lose();
        this.tell((watcher) => {
          watcher.appended();
        });
      }
    }
    if (!isStopped()) {
      this.fail(new Error('The connection to the NATS server is closed'));
    }
  }

  private lose(): void {
    this.connections++;
    this.latest = undefined;
    this.recent.clear();
    this.recentBytes = 0;
  }

  private fail(error: unknown): void {
    this.lose();
    this.tell((watcher) => {
      watcher.error(error);
    });
  }

  private receive(seq: number, received: Uint8Array): void {
    this.stored(seq);
    // A copy, because the received bytes are a view of a larger buffer.
    const bytes = received.slice();
    this.recent.set(seq, { bytes, record: undefined });
    this.recentBytes += bytes.length;
    for (const [oldest, { bytes: removed }] of this.recent) {
      if (this.recentBytes <= MAX_RECENT_BYTES) {
        break;
      }
      this.recent.delete(oldest);
      this.recentBytes -= removed.length;
    }
    this.tell((watcher) => {
      watcher.appended();
    });
  }

  private receiveTail(bytes: Uint8Array): void {
    let tail: LiveTail<K>;
    try {
      tail = JSON.parse(new TextDecoder().decode(bytes)) as LiveTail<K>;
    } catch {
      return;
    }
    this.tell((watcher) => {
      watcher.tail(tail);
    });
  }

  private tell(call: (watcher: LogWatcher<K>) => void): void {
    for (const { watcher } of [...this.watchers]) {
      call(watcher);
    }
  }
}
