import { once } from 'node:events';
import { createServer, type IncomingMessage, request as send, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';

export interface ProxyOptions {
  readonly port: number;
  /** The ports of the servers that live. */
  readonly targets: () => readonly number[];
  /** Kills a process as nothing else can: the page has a button for it. Returns whether there is such a process. */
  readonly kill: (pid: number) => boolean;
}

/** Sends each request to the next server, whoever answered the one before: what a load balancer does by default. */
export async function startProxy({ port, targets, kill }: ProxyOptions) {
  let turn = 0;
  const forward = (request: IncomingMessage, response: ServerResponse) => {
    const ports = targets();
    const target = ports[turn++ % Math.max(ports.length, 1)];
    if (target === undefined) {
      response.writeHead(503).end();
      return;
    }
    const { method, url, headers } = request;
    const forwarded = send({ host: '127.0.0.1', port: target, method, path: url, headers, agent: false });
    forwarded.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      // What the server has sent is passed on at once. When either side is gone, so is the other.
      response.flushHeaders();
      pipeline(answer, response, () => undefined);
    });
    forwarded.on('error', () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
    response.on('close', () => forwarded.destroy());
    request.pipe(forwarded);
  };

  const server = createServer((request, response) => {
    const [, pid] = /^\/processes\/(\d+)\/kill$/.exec(request.url ?? '') ?? [];
    if (request.method === 'POST' && pid !== undefined) {
      response.writeHead(kill(Number(pid)) ? 202 : 404).end();
    } else {
      forward(request, response);
    }
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `http://localhost:${(server.address() as AddressInfo).port}/`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
