import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { concatMap, delay, from, of } from 'rxjs';

export interface FakeServerOptions {
  /** Milliseconds between two events; without it, all come at once. */
  readonly interval?: number;
}

/** A server of AG-UI that has the same events for everybody. */
export async function startFakeServer(events: readonly string[], { interval = 0 }: FakeServerOptions = {}) {
  const server = createServer((request, response) => {
    // What is asked makes no difference.
    request.resume();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const timed =
      interval === 0
        ? from(events)
        : from(events).pipe(concatMap((event) => of(event).pipe(delay(interval))));
    const sending = timed.subscribe({
      next: (event) => response.write(`data: ${event}\n\n`),
      complete: () => response.end(),
    });
    response.on('close', () => sending.unsubscribe());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
