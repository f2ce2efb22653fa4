import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to a server on this machine. It cuts the first connection once that many bytes came back, and leaves the others alone. */
export async function cuttingProxy(serverPort: number, bytes: number) {
  const sockets: Socket[] = [];
  let connections = 0;
  const proxy = createServer((client) => {
    const server = connect(serverPort, '127.0.0.1');
    sockets.push(client, server);
    let left = connections++ === 0 ? bytes : Infinity;
    client.on('error', () => server.destroy()).on('close', () => server.destroy());
    server.on('error', () => client.destroy()).on('close', () => client.destroy());
    client.pipe(server);
    server.on('data', (chunk) => {
      const rest = left;
      left -= chunk.length;
      if (left > 0) {
        client.write(chunk);
      } else if (rest > 0) {
        client.end(chunk.subarray(0, rest));
        server.destroy();
      }
    });
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    port: (proxy.address() as AddressInfo).port,
    connections: () => connections,
    close: () => {
      sockets.forEach((socket) => socket.destroy());
      proxy.close();
    },
  };
}
