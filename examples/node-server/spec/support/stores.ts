import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { onTestFinished } from 'vitest';

/** Starts a Redis of its own, in memory, and returns its URL. */
export async function startRedis(): Promise<string> {
  const port = await freePort();
  await start('redis-server', ['--port', `${port}`, '--save', '', '--appendonly', 'no'], 'Ready to accept');
  return `redis://127.0.0.1:${port}`;
}

/** Starts a NATS server of its own, with JetStream in a new folder, and returns its URL. */
export async function startNATS(): Promise<string> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'nats-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const options = ['--addr', '127.0.0.1', '--port', `${port}`, '--jetstream', '--store_dir', folder];
  await start('nats-server', options, 'Server is ready');
  return `nats://127.0.0.1:${port}`;
}

/** Starts a server, and waits until it says that it is ready. */
async function start(program: string, options: readonly string[], ready: string): Promise<void> {
  const server = spawn(program, options, { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => {
    server.kill('SIGKILL');
  });
  let output = '';
  await new Promise<void>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes(ready)) {
        resolve();
      }
    };
    server.stdout.on('data', read);
    server.stderr.on('data', read);
    server.on('error', (cause) => {
      reject(new Error(`Install ${program} (on Debian: apt-get install ${program})`, { cause }));
    });
    server.on('exit', () => reject(new Error(`${program} did not start: ${output}`)));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
