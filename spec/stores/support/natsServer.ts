import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { ServerProcess } from './serverProcess.js';

/** A NATS server with JetStream. */
export function startNats(): Promise<ServerProcess> {
  return ServerProcess.start({
    command: 'nats-server',
    args: (port, directory) => {
      const file = join(directory, 'server.conf');
      writeFileSync(file, `jetstream { store_dir: ${JSON.stringify(join(directory, 'data'))} }\n`);
      return ['-c', file, '-a', '127.0.0.1', '-p', String(port)];
    },
    ready: 'Server is ready',
  });
}
