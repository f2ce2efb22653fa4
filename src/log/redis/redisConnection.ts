import { asyncScheduler } from 'rxjs';

import { isCluster, type RedisClient, type RedisCluster } from './redisClient.js';

/** Sends commands and scripts for one key, and waits at most `timeout` ms for each answer. */
export class RedisConnection {
  private readonly client: RedisClient | RedisCluster;
  /** Determines which node of a cluster has the log. */
  private readonly key: string;
  private readonly timeout: number;
  private readonly digests = new Map<string, Promise<string>>();

  constructor(client: RedisClient | RedisCluster, key: string, timeout: number) {
    this.client = client;
    this.key = key;
    this.timeout = timeout;
  }

  /** Whether a command would be sent at once. Otherwise it would wait for the connection. */
  get ready(): boolean {
    return isCluster(this.client) ? this.client.isOpen : this.client.isReady;
  }

  send(args: string[]): Promise<unknown> {
    const { client } = this;
    return answerWithin(
      isCluster(client) ? client.sendCommand(this.key, false, args) : client.sendCommand(args),
      this.timeout,
    );
  }

  /** Runs a script by its digest, or by its text if the server does not know the digest. */
  async run(script: string, keys: readonly string[], args: readonly string[]): Promise<readonly unknown[]> {
    const rest = [String(keys.length), ...keys, ...args];
    try {
      const digest = await this.digestOf(script);
      const answer = await this.send(['EVALSHA', digest, ...rest]).catch((error: unknown) => {
        if (messageOf(error).startsWith('NOSCRIPT')) {
          return this.send(['EVAL', script, ...rest]);
        }
        throw error;
      });
      return Array.isArray(answer) ? (answer as readonly unknown[]) : [];
    } catch (error) {
      throw explained(error);
    }
  }

  private digestOf(script: string): Promise<string> {
    let digest = this.digests.get(script);
    if (digest === undefined) {
      digest = sha1(script);
      this.digests.set(script, digest);
    }
    return digest;
  }
}

/** The text of an answer. The client may be configured to return buffers. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : String(value);
}

/** Rejects after `timeout` ms, because a broken connection may return neither an answer nor an error. */
export function answerWithin<T>(answer: Promise<T>, timeout: number): Promise<T> {
  if (timeout === Infinity) {
    return answer;
  }
  return new Promise((resolve, reject) => {
    const timer = asyncScheduler.schedule(() => {
      reject(new Error(`Redis did not answer within ${timeout} ms`));
    }, timeout);
    answer.then(resolve, reject).finally(() => timer.unsubscribe());
  });
}

function explained(error: unknown): unknown {
  const message = messageOf(error);
  if (message.startsWith('OOM')) {
    return new Error(`Redis stored nothing, because its maxmemory is reached: ${message}`, { cause: error });
  }
  if (message.startsWith('MISCONF')) {
    return new Error(`Redis stored nothing, because it cannot write to its disk: ${message}`, {
      cause: error,
    });
  }
  return error;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function sha1(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
