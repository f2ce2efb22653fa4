import type { jetstream } from '@nats-io/jetstream';

import type { JetStreamConnection } from './connection.js';

type NatsConnection = Parameters<typeof jetstream>[0];

/**
 * Returns a connection whose requests fail as soon as it is lost. The client itself waits until the timeout of a
 * request, although its answer can no longer arrive.
 */
export function failingWhenLost(connection: NatsConnection): NatsConnection {
  const pending = new PendingRequests(connection);
  const request: NatsConnection['request'] = (...parameters) =>
    pending.answerOf(connection.request(...parameters));
  return Object.create(connection, { request: { value: request } }) as NatsConnection;
}

/** Listens to the connection only while requests are pending, so that an unused log holds no resources. */
class PendingRequests {
  private readonly connection: JetStreamConnection;
  private readonly rejections = new Set<(error: Error) => void>();
  private stopListening: (() => void) | undefined = undefined;

  constructor(connection: JetStreamConnection) {
    this.connection = connection;
  }

  /** The answer, or an error as soon as the connection is lost. */
  answerOf<T>(answer: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.add(reject);
      answer.then(resolve, reject).finally(() => {
        this.delete(reject);
      });
    });
  }

  private add(reject: (error: Error) => void): void {
    this.rejections.add(reject);
    if (this.stopListening === undefined) {
      const status = this.connection.status();
      this.stopListening = () => {
        status.stop?.();
      };
      void this.listen(status);
    }
  }

  private delete(reject: (error: Error) => void): void {
    this.rejections.delete(reject);
    if (this.rejections.size === 0) {
      this.stopListening?.();
      this.stopListening = undefined;
    }
  }

  private async listen(status: AsyncIterable<{ readonly type: string }>): Promise<void> {
    for await (const { type } of status) {
      // Between the two, the client may drop requests instead of sending them.
      if (type === 'disconnect' || type === 'reconnect') {
        this.rejectAll();
      }
    }
  }

  private rejectAll(): void {
    for (const reject of this.rejections) {
      this.delete(reject);
      reject(new Error('The connection to the NATS server was lost before it answered'));
    }
  }
}
