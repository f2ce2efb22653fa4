import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

import { onTestFinished } from 'vitest';

/** Starts a Redis of its own, in memory, and returns its URL. */
export async function startRedis(): Promise<string> {
  const port = await freePort();
  const server = spawn('redis-server', ['--port', `${port}`, '--save', '', '--appendonly', 'no'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    server.kill('SIGKILL');
  });
  server.on('error', (error) => {
    server.stdout.destroy(
      new Error('Install redis-server (on Debian: apt-get install redis-server)', { cause: error }),
    );
  });
  let output = '';
  for await (const chunk of server.stdout.iterator({ destroyOnReturn: false })) {
    output += String(chunk);
    if (output.includes('Ready to accept connections')) {
      // What follows is of no interest, but must be read.
      server.stdout.resume();
      return `redis://127.0.0.1:${port}`;
    }
  }
  throw new Error(`redis-server did not start: ${output}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
