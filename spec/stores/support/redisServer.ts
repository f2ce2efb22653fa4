import { ServerProcess } from './serverProcess.js';

/** A Redis server that writes to disk before it answers. */
export function startRedis(...options: readonly string[]): Promise<ServerProcess> {
  return ServerProcess.start({
    command: 'redis-server',
    args: (port, directory) => [
      ...['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--save', ''],
      ...['--appendonly', 'yes', '--appendfsync', 'always', ...options],
    ],
    ready: 'Ready to accept connections',
  });
}
