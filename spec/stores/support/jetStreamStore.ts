import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';

import { jetStreamLog, type JetStreamLogOptions } from '../../../src/log/jetstream/jetStreamLog.js';
import { startNats } from './natsServer.js';
import type { OpenLog, Store } from './store.js';
import { persist } from './until.js';

export const jetStreamStore: Store = {
  name: 'jetstream',
  start: () => startNats(),
  open: (address, log) => openJetStream(address, log),
  async size(address, log) {
    const connection = await connectNats(address);
    const { state } = await (await jetstreamManager(connection)).streams.info(`deltalines-log-${log}`);
    await connection.close();
    return state.bytes;
  },
};

export function connectNats(address: string): Promise<NatsConnection> {
  return connect({
    servers: address,
    noAsyncTraces: true,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 20,
    reconnectJitter: 0,
    waitOnFirstConnect: true,
    // Otherwise, a connection that ends before the greeting of the server costs 20 seconds.
    timeout: 500,
  });
}

export async function openJetStream(
  address: string,
  log: string,
  options?: JetStreamLogOptions,
): Promise<OpenLog> {
  const connection = await connectNats(address);
  return {
    // The proxy may cut the connection while the log is opened.
    log: await persist(() => jetStreamLog(connection, log, { timeout: 2000, ...options })),
    close: () => connection.close(),
  };
}

/** The connection with some members replaced. */
export function withMembers(connection: NatsConnection, members: Partial<NatsConnection>): NatsConnection {
  return new Proxy(connection, {
    get(target, name) {
      if (name in members) {
        return Reflect.get(members, name) as unknown;
      }
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
