import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';

import { onTestFinished } from 'vitest';

/** Answers requests over HTTP on a free port of this machine, and returns the port. */
export async function nodeServer(handle: (request: Request) => Promise<Response>): Promise<number> {
  const server = createServer((incoming, outgoing) => {
    const left = new AbortController();
    outgoing.on('close', () => {
      left.abort();
    });
    const headers = new Headers(
      Object.entries(incoming.headers).flatMap(([name, value]) =>
        typeof value === 'string' ? [[name, value] as [string, string]] : [],
      ),
    );
    const request = new Request(`http://127.0.0.1${incoming.url ?? '/'}`, {
      method: incoming.method ?? 'GET',
      headers,
      signal: left.signal,
    });
    const answer = async () => {
      const response = await handle(request);
      outgoing.statusCode = response.status;
      response.headers.forEach((value, name) => outgoing.setHeader(name, value));
      // So that the end of the response is the end of the connection, which a proxy that knows no HTTP can see.
      outgoing.setHeader('connection', 'close');
      if (response.body === null) {
        outgoing.end();
      } else {
        await pipeline(Readable.fromWeb(response.body as NodeReadableStream), outgoing);
      }
    };
    // A client that leaves breaks the pipeline.
    answer().catch(() => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}
