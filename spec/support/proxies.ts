import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

import { onTestFinished } from 'vitest';

/** Changes an answer of the server. The methods return the bytes to forward; `isCut` then closes the connection. */
interface Passage {
  data(chunk: Buffer): Buffer;
  end(): Buffer;
  readonly isCut: boolean;
}

/** Cuts each connection after a number of bytes of the answer; without a number, never. */
export function cuttingProxy(port: number, cuts: readonly number[]) {
  return proxy(port, (connection) => {
    let left = cuts[connection] ?? Infinity;
    return {
      data(chunk) {
        const passed = chunk.subarray(0, Math.min(chunk.length, left));
        left -= passed.length;
        return passed;
      },
      end: () => Buffer.alloc(0),
      get isCut() {
        return left === 0;
      },
    };
  });
}

/** Forwards the answer in blocks of this size; with `Infinity`, at its end. */
export function bufferingProxy(port: number, size: number) {
  return proxy(port, () => {
    let held = Buffer.alloc(0);
    return {
      data(chunk) {
        held = Buffer.concat([held, chunk]);
        const length = size === Infinity ? 0 : held.length - (held.length % size);
        const passed = held.subarray(0, length);
        held = held.subarray(length);
        return passed;
      },
      end: () => held,
      isCut: false,
    };
  });
}

async function proxy(port: number, passageOf: (connection: number) => Passage) {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    const passage = passageOf(connections++);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    client.pipe(upstream);
    upstream.on('data', (chunk: Buffer) => {
      client.write(passage.data(chunk));
      if (passage.isCut) {
        client.end();
        upstream.destroy();
      }
    });
    upstream.on('end', () => {
      client.end(passage.end());
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    sockets.forEach((socket) => socket.destroy());
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, connections: () => connections };
}
