import { asyncScheduler } from 'rxjs';

import { isCluster, type RedisClient, type RedisCluster } from './redisClient.js';

/** Sends commands and scripts for one key, and waits for the answer at most `timeout` ms. */
export class RedisConnection {
  private readonly client: RedisClient | RedisCluster;
  /** Decides which node of a cluster has the log. */
  private readonly key: string;
  private readonly timeout: number;
  private readonly digests = new Map<string, Promise<string>>();

  constructor(client: RedisClient | RedisCluster, key: string, timeout: number) {
    this.client = client;
    this.key = key;
    this.timeout = timeout;
  }

  /** Whether a command would be sent now rather than wait for the connection. */
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

  /** Runs a script, by its digest unless the server does not know it. */
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

/** Text of an answer: the client may be set to give buffers. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : String(value);
}

/** A connection that is stuck gives no answer and no error. */
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
    return new Error(`Redis stored nothing, its maxmemory is reached: ${message}`, { cause: error });
  }
  if (message.startsWith('MISCONF')) {
    return new Error(`Redis stored nothing, it cannot write to its disk: ${message}`, { cause: error });
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
