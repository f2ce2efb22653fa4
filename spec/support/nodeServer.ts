import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';

type Handle = (request: Request) => Promise<Response>;

/** Answers requests over HTTP on a free port of this machine. */
export async function startNodeServer(handle: Handle) {
  const server = createServer((incoming, outgoing) => {
    // The pipeline fails when a client disconnects.
    answer(incoming, outgoing, handle).catch(() => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function answer(incoming: IncomingMessage, outgoing: ServerResponse, handle: Handle): Promise<void> {
  const disconnected = new AbortController();
  outgoing.on('close', () => {
    disconnected.abort();
  });
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    headers.set(name, String(value));
  }
  const { method = 'GET', url = '/' } = incoming;
  const response = await handle(
    new Request(new URL(url, 'http://127.0.0.1'), { method, headers, signal: disconnected.signal }),
  );
  outgoing.statusCode = response.status;
  response.headers.forEach((value, name) => outgoing.setHeader(name, value));
  // Closes the connection after the response, so that a proxy without HTTP support can detect the end.
  outgoing.setHeader('connection', 'close');
  if (response.body === null) {
    outgoing.end();
  } else {
    await pipeline(Readable.fromWeb(response.body as NodeReadableStream), outgoing);
  }
}
