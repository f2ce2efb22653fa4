import { createClient } from 'redis';

import { keysOf } from '../../../src/log/redis/redisFormat.js';
import { redisLog, type RedisLogOptions } from '../../../src/log/redis/redisLog.js';
import { startRedis } from './redisServer.js';
import type { OpenLog, Store } from './store.js';

export const redisStore: Store = {
  name: 'redis',
  start: () => startRedis(),
  open: (address, log) => openRedis(address, log),
  size: async (address, log) => {
    const client = await connectRedis(address);
    const sizes = await Promise.all(
      keysOf(log).map((key) => client.sendCommand(['MEMORY', 'USAGE', key, 'SAMPLES', '0'])),
    );
    client.destroy();
    return sizes.reduce<number>((sum, size) => sum + Number(size), 0);
  },
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
    log: redisLog(client, log, options),
    close: () => {
      client.destroy();
      return Promise.resolve();
    },
  };
}
