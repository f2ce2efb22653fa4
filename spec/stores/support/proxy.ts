import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import { RandomNumbers } from '../../../src/testing/randomNumbers.js';

/** A proxy that delays and cuts connections as networks do. */
export class Proxy {
  readonly port: number;
  readonly address: string;
  /** Milliseconds by which each piece of data is delayed. */
  delay = 0;
  readonly #server: Server;
  readonly #pairs = new Set<readonly [client: Socket, upstream: Socket]>();
  #random: RandomNumbers | undefined;
  #longest = 0;
  #lostAnswers = 0;
  #cuts = 0;

  static async start(target: number): Promise<Proxy> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Proxy(server, target);
  }

  private constructor(server: Server, target: number) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    this.address = `127.0.0.1:${this.port}`;
    server.on('connection', (client) => this.#accept(client, connect(target, '127.0.0.1')));
  }

  /** The number of connections that were cut so far. */
  get cuts(): number {
    return this.#cuts;
  }

  /** Cuts all connections now. */
  cut(): void {
    for (const pair of this.#pairs) {
      this.#cut(pair);
    }
  }

  /** From now on each new connection is cut after a random number of bytes in each direction, at most `longest`. */
  cutRandomly(seed: number, longest: number): void {
    this.#random = new RandomNumbers(seed, 'cuts');
    this.#longest = longest;
  }

  stopCutting(): void {
    this.#random = undefined;
  }

  /** Drops the next answers and cuts their connections, after the server has processed the requests. */
  loseAnswers(count: number): void {
    this.#lostAnswers = count;
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.cut();
    await once(this.#server, 'close');
  }

  #accept(client: Socket, upstream: Socket): void {
    const pair = [client, upstream] as const;
    this.#pairs.add(pair);
    for (const socket of pair) {
      socket.setNoDelay(true);
      socket.on('error', () => this.#cut(pair));
      socket.on('close', () => this.#cut(pair));
    }
    this.#forward(pair, client, upstream, () => false);
    this.#forward(
      pair,
      upstream,
      client,
      // A NATS server also sends PING on its own.
      (data) => this.#lostAnswers > 0 && data.toString('latin1') !== 'PING\r\n' && this.#lostAnswers-- > 0,
    );
  }

  #forward(
    pair: readonly [Socket, Socket],
    from: Socket,
    to: Socket,
    isLost: (data: Buffer) => boolean,
  ): void {
    let left = this.#random === undefined ? Infinity : this.#random.below(this.#longest);
    from.on('data', (data) => {
      if (isLost(data)) {
        this.#cut(pair);
        return;
      }
      const piece = data.subarray(0, Math.min(left, data.length));
      left -= piece.length;
      const send = (): void => {
        to.write(piece, () => {
          if (left === 0) {
            this.#cut(pair);
          }
        });
      };
      if (this.delay > 0) {
        setTimeout(send, this.delay);
      } else {
        send();
      }
    });
  }

  #cut(pair: readonly [Socket, Socket]): void {
    if (this.#pairs.delete(pair)) {
      this.#cuts++;
      pair.forEach((socket) => socket.destroy());
    }
  }
}
