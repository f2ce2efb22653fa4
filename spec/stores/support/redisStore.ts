import { createClient } from 'redis';

import { redisLog, type RedisLogOptions } from '../../../src/log/redis/redisLog.js';
import { startRedis } from './redisServer.js';
import type { OpenLog, Store } from './store.js';

export const redisStore: Store = {
  name: 'redis',
  start: () => startRedis(),
  open: (address, log) => openRedis(address, log),
};

export async function connectRedis(address: string) {
  const client = createClient({ url: `redis://${address}`, socket: { reconnectStrategy: () => 20 } });
  // Without a listener, a lost connection would end the process.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

export async function openRedis(address: string, log: string, options?: RedisLogOptions): Promise<OpenLog> {
  const client = await connectRedis(address);
  return {
    log: redisLog(client, log, { timeout: 2_000, ...options }),
    close: () => {
      client.destroy();
      return Promise.resolve();
    },
  };
}
