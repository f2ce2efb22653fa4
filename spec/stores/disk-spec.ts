import { afterEach, describe, expect, it } from 'vitest';

import type { AppendRequest, Claim, CommitLog } from '../../src/core/log/commitLog.js';
import { all, claim, line } from './support/claims.js';
import { openRedis } from './support/redisStore.js';
import { ServerProcess } from './support/serverProcess.js';
import { persist, until } from './support/until.js';

const BATCH = 50;

/** A Redis server that simulates a full disk: its files cannot exceed a number of 512-byte blocks. */
class FullDisk {
  blocks = 'unlimited';
  server!: ServerProcess;

  static async start(fsync: string): Promise<FullDisk> {
    const disk = new FullDisk();
    disk.server = await ServerProcess.start({
      command: 'sh',
      args: (port, directory) => [
        ...['-c', `trap '' XFSZ; ulimit -f ${disk.blocks}; exec redis-server "$@"`, 'redis-server'],
        ...['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--save', ''],
        ...['--appendonly', 'yes', '--appendfsync', fsync],
      ],
      ready: 'Ready to accept connections',
    });
    await disk.server.kill();
    disk.blocks = '400';
    await disk.server.restart();
    return disk;
  }
}

let disk: FullDisk;
let close: () => Promise<void>;

afterEach(async () => {
  await close();
  await disk.server.stop();
});

function batchOf(made: Claim, batch: number): AppendRequest[] {
  return Array.from({ length: BATCH }, (_, index) => line(made, batch * BATCH + index + 1, 'x'.repeat(100)));
}

/** The number of batches that were stored before one failed, and its error. */
async function fill(log: CommitLog, made: Claim): Promise<{ stored: number; error: unknown }> {
  for (let stored = 0; stored < 1_000; stored++) {
    try {
      await log.append(batchOf(made, stored));
    } catch (error) {
      return { stored, error };
    }
  }
  throw new Error('the disk is never full');
}

async function count(log: CommitLog): Promise<number> {
  return (await all(log)).length;
}

describe('a Redis server with a full disk', () => {
  it('refuses whole batches, with an error that names the reason', async () => {
    disk = await FullDisk.start('everysec');
    const opened = await openRedis(disk.server.address, 'full');
    ({ close } = opened);
    const made = await claim(opened.log, 'a');
    const { stored, error } = await fill(opened.log, made);
    expect(String(error)).toContain('it cannot write to its disk');
    expect(stored).toBeGreaterThan(5);
    expect(await count(opened.log)).toBe(1 + stored * BATCH);
    await expect(claim(opened.log, 'b')).rejects.toThrow('it cannot write to its disk');
  });

  it('has every batch that it answered, and no part of a batch, after a restart', async () => {
    disk = await FullDisk.start('always');
    const opened = await openRedis(disk.server.address, 'full');
    ({ close } = opened);
    const made = await claim(opened.log, 'a');
    const { stored } = await fill(opened.log, made);
    expect(stored).toBeGreaterThan(5);
    await disk.server.kill();
    disk.blocks = 'unlimited';
    await disk.server.restart();
    const entries = await persist(() => count(opened.log));
    expect([1 + stored * BATCH, 1 + (stored + 1) * BATCH]).toContain(entries);
    await until(() => persist(() => opened.log.append(batchOf(made, stored))), 'the batch that failed');
    expect(await count(opened.log)).toBe(1 + (stored + 1) * BATCH);
  });
});
