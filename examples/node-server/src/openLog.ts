import { type CommitLog, jetStreamLog, redisLog } from 'deltalines/log';

import { parentLog } from './sharedLog.js';

/** The name of the log in its store. A program with many conversations has a log for each. */
const NAME = 'answers';

/** Opens the log of a store, by its URL. Without a URL, it is in the memory of the parent process. */
export async function openLog(url: string | undefined): Promise<CommitLog> {
  if (url === undefined) {
    return parentLog();
  }
  // Each client is loaded only where it is used. Both reconnect by themselves, and the log tries again meanwhile.
  if (url.startsWith('nats:')) {
    const { connect } = await import('@nats-io/transport-node');
    return jetStreamLog(await connect({ servers: url, maxReconnectAttempts: -1, noAsyncTraces: true }), NAME);
  }
  const { createClient } = await import('redis');
  const client = createClient({ url });
  client.on('error', (error: unknown) => console.error(error));
  await client.connect();
  return redisLog(client, NAME);
}
