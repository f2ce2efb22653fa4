import { describe, expect, it } from 'vitest';

import { memoryLog } from '../../src/log/memoryLog.js';
import { checkCommitLog } from '../../src/testing/index.js';
import { openRedis } from './support/redisStore.js';
import { startRedis } from './support/redisServer.js';

describe('every store passes checkCommitLog', () => {
  it('memory', async () => {
    await expect(checkCommitLog((bounds) => memoryLog(bounds))).resolves.toBeUndefined();
  });

  it('Redis', async () => {
    const server = await startRedis();
    const opened: (() => Promise<void>)[] = [];
    await expect(
      checkCommitLog(async (bounds) => {
        const { log, close } = await openRedis(server.address, `log ${opened.length}`, bounds);
        opened.push(close);
        return log;
      }),
    ).resolves.toBeUndefined();
    await Promise.all(opened.map((close) => close()));
    await server.stop();
  });
});
