import type { LiveTail, LogWatcher } from '../../core/log/commitLog.js';
import type { RedisClient, RedisCluster, RedisSubscriber } from './redisClient.js';
import { answerWithin } from './redisConnection.js';

/** One connection for all watchers of a log, created for the first and closed with the last. */
export class RedisWatch<K extends string> {
  private readonly client: RedisClient | RedisCluster;
  private readonly channel: string;
  private readonly timeout: number;
  private readonly watchers = new Set<LogWatcher<K>>();
  private subscription: Subscription | undefined;

  constructor(client: RedisClient | RedisCluster, channel: string, timeout: number) {
    this.client = client;
    this.channel = channel;
    this.timeout = timeout;
  }

  async add(watcher: LogWatcher<K>): Promise<() => void> {
    // The same watcher may be added twice.
    const own: LogWatcher<K> = {
      appended: () => watcher.appended(),
      tail: (tail) => watcher.tail(tail),
      error: (error) => watcher.error(error),
    };
    this.watchers.add(own);
    const subscription = (this.subscription ??= this.subscribe());
    try {
      await answerWithin(subscription.ready, this.timeout);
    } catch (error) {
      this.remove(own);
      this.drop(subscription);
      throw error;
    }
    return () => this.remove(own);
  }

  private remove(watcher: LogWatcher<K>): void {
    this.watchers.delete(watcher);
    if (this.watchers.size === 0 && this.subscription !== undefined) {
      this.drop(this.subscription);
    }
  }

  private drop(subscription: Subscription): void {
    if (this.subscription === subscription) {
      this.subscription = undefined;
    }
    if (subscription.client.isOpen) {
      subscription.client.destroy();
    }
  }

  private subscribe(): Subscription {
    const client = this.client.duplicate();
    let isReady = false;
    const ready = connect(client, this.channel, (message) => this.receive(message)).then(() => {
      isReady = true;
    });
    const subscription = { client, ready };
    // Messages that were published while the connection was lost are lost. A cluster emits 'node-ready'.
    for (const event of ['ready', 'node-ready']) {
      client.on(event, () => this.receive(''));
    }
    client.on('error', (error) => {
      // The client reconnects by itself, up to the limit of its strategy. Before the first connection, `add` fails.
      if (isReady && !client.isOpen && this.subscription === subscription) {
        this.subscription = undefined;
        const watchers = [...this.watchers];
        this.watchers.clear();
        watchers.forEach((watcher) => watcher.error(error));
      }
    });
    return subscription;
  }

  private receive(message: string): void {
    const tail = message === '' ? undefined : (JSON.parse(message) as LiveTail<K>);
    for (const watcher of [...this.watchers]) {
      if (tail === undefined) {
        watcher.appended();
      } else {
        watcher.tail(tail);
      }
    }
  }
}

interface Subscription {
  readonly client: RedisSubscriber;
  readonly ready: Promise<void>;
}

async function connect(
  client: RedisSubscriber,
  channel: string,
  listener: (message: string) => void,
): Promise<void> {
  await client.connect();
  await client.subscribe(channel, listener);
}
