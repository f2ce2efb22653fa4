import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { parseArgs } from 'node:util';

import { memoryLog, serveCommits } from '../src/log/index.js';
import { startNodeServer } from '../spec/support/nodeServer.js';
import { openStream } from '../spec/support/openStream.js';
import { watchedLog } from '../spec/support/watchedLog.js';

// Many followers of one log in one process: what they cost in memory and time. The clients are a process of their own, and one in
// ten of them reads nothing.

const { values } = parseArgs({
  options: {
    followers: { type: 'string', default: '1000' },
    entries: { type: 'string', default: '2000' },
    clients: { type: 'string' },
  },
});
const followers = Number(values.followers);
const entries = Number(values.entries);
const isSlow = (client: number) => client % 10 === 9;

/** Entries that are appended in one turn of the event loop. */
const TURN = 10;
const LINE = 'The quick brown fox jumps over the lazy dog, and does so for eighty characters.';

interface Order {
  readonly after?: string | undefined;
  /** How many entries each client waits for. */
  readonly count: number;
}

if (values.clients === undefined) {
  await measure();
} else {
  runClients(Number(values.clients));
}

async function measure(): Promise<void> {
  const log = watchedLog(memoryLog());
  const { port, close } = await startNodeServer((request) => serveCommits(log, request));
  const writer = await openStream(log);
  const clients = fork(
    new URL(import.meta.url),
    ['--clients', String(port), '--followers', String(followers)],
    {
      execArgv: ['--import', 'tsx'],
    },
  );
  const told = async (what: string) => {
    for (;;) {
      const [message] = (await once(clients, 'message')) as [string];
      if (message === what) {
        return;
      }
    }
  };
  const order = async (what: string, details?: Order) => {
    const isDone = told(what);
    clients.send({ what, ...details });
    await isDone;
  };
  await told('ready');
  let peak = 0;
  const sampling = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 50);

  report('no client', log.watchers.size);
  await order('connect', { count: 1 });
  report('connected', log.watchers.size);

  const start = performance.now();
  const before = process.cpuUsage();
  const received = told('received');
  clients.send({ what: 'receive', count: 1 + entries });
  let last = '';
  for (let number = 0; number < entries; number += TURN) {
    last = (await writer.lines(Array<string>(TURN).fill(LINE))).at(-1) ?? '';
    await new Promise(setImmediate);
  }
  const written = performance.now() - start;
  await received;
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(before);
  const processorSeconds = (user + system) / 1e6;
  const events = Math.round((entries * followers * 0.9) / processorSeconds);
  console.log(
    `${entries} entries were appended in ${(written / 1000).toFixed(1)} s, and received by nine of ten clients after ${seconds.toFixed(1)} s`,
  );
  console.log(`That took ${processorSeconds.toFixed(1)} s of the processor: ${events} events a second`);
  report('after that', log.watchers.size);
  console.log(`The most resident memory was ${megabytes(peak)}`);

  await order('disconnect');
  while (log.readers() > 0) {
    await new Promise(setImmediate);
  }
  report('disconnected', log.watchers.size);

  await writer.lines(['one', 'two', 'three']);
  const entriesRead = log.entriesRead();
  await order('resume', { after: last, count: 3 });
  console.log(
    `Resumed, ${followers} clients read ${(log.entriesRead() - entriesRead) / followers} entries each`,
  );

  clearInterval(sampling);
  clients.disconnect();
  close();
}

function report(when: string, watchers: number): void {
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  console.log(
    `${when}: ${watchers} followers, heap ${megabytes(heapUsed)}, external ${megabytes(external)}, resident ${megabytes(rss)}`,
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MB`;
}

function runClients(port: number): void {
  let sockets: Socket[] = [];
  let counts: number[] = [];
  let waiting: { readonly what: string; readonly count: number } | undefined;

  const check = () => {
    if (waiting !== undefined && counts.every((count) => count >= (waiting?.count ?? 0))) {
      process.send?.(waiting.what === 'receive' ? 'received' : waiting.what);
      waiting = undefined;
    }
  };
  const start = (after: string | undefined, mayBeSlow: boolean) => {
    counts = [];
    sockets = Array.from({ length: followers }, (_, client) => {
      const socket = connect(port, '127.0.0.1');
      const id = after === undefined ? '' : `last-event-id: ${after}\r\n`;
      socket.write(`GET / HTTP/1.1\r\nhost: localhost\r\n${id}\r\n`);
      socket.on('error', () => undefined);
      counts[client] = 0;
      socket.on('data', (chunk) => {
        for (let at = chunk.indexOf('\nid: '); at >= 0; at = chunk.indexOf('\nid: ', at + 1)) {
          counts[client] = (counts[client] ?? 0) + 1;
        }
        if (mayBeSlow && isSlow(client) && counts[client] === 1) {
          counts[client] = Infinity;
          socket.pause();
        }
        check();
      });
      return socket;
    });
  };
  process.on('message', ({ what, after, count }: Order & { readonly what: string }) => {
    if (what === 'disconnect') {
      sockets.forEach((socket) => socket.destroy());
      process.send?.('disconnect');
      return;
    }
    waiting = { what, count };
    if (what === 'connect' || what === 'resume') {
      start(after, what === 'connect');
    }
    check();
  });
  process.on('disconnect', () => process.exit());
  process.send?.('ready');
}
