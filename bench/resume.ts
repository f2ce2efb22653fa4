// What one answer of 20,000 tokens takes to store, and to send to a reader that comes back: npm run bench:resume
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createClient } from 'redis';
import { Subject } from 'rxjs';

import type { DeltaEvent } from '../src/index.js';
import { appendCommits, type CommitLog, memoryLog, serveCommits } from '../src/log/index.js';
import { commitLines } from '../src/operators/commitLines.js';
import { RandomNumbers } from '../src/testing/randomNumbers.js';
import type { Store } from '../spec/stores/support/store.js';
import { stores } from '../spec/stores/support/stores.js';
import { importPeer, installPeers } from './peers.js';

const TOKENS = 20_000;
const HALF = TOKENS / 2;

interface Result {
  readonly name: string;
  /** Bytes in the store. */
  readonly stored: number;
  /** Bytes of the response to a reader that has nothing. */
  readonly all: number;
  /** Bytes of the response to a reader that has seen half of the answer. */
  readonly rest: number;
}

/** Prose: about fifteen tokens a line. */
function makeTokens(): readonly string[] {
  const random = new RandomNumbers(1, 'tokens');
  const letters = (count: number) =>
    Array.from({ length: count }, () => String.fromCharCode(97 + random.below(26))).join('');
  return Array.from({ length: TOKENS }, () => {
    const kind = random.below(15);
    return kind === 0 ? '.\n' : kind < 4 ? letters(1 + random.below(4)) : ` ${letters(1 + random.below(6))}`;
  });
}

const tokens = makeTokens();

/** A chunk of the UI message stream of the AI SDK. */
const chunkOf = (delta: string) => JSON.stringify({ type: 'text-delta', id: 'txt-0', delta });

/** Writes the answer as a model does: each line is stored before the next one is there. Answers the position of the half. */
async function write(log: CommitLog): Promise<string> {
  const events = new Subject<DeltaEvent>();
  let last = '';
  let wake = (): void => undefined;
  const writing = events.pipe(commitLines(), appendCommits(log)).subscribe({
    next: (appended) => {
      if (appended.type === 'entry' && appended.position !== undefined) {
        last = appended.position;
        if (appended.commit.type === 'line') {
          wake();
        }
      }
    },
    error: (error: unknown) => {
      throw error;
    },
  });
  let half = '';
  for (const [index, delta] of tokens.entries()) {
    const isStored = new Promise<void>((resolve) => (wake = resolve));
    events.next({ type: 'delta', kind: 'answer', id: 'msg_0', delta });
    if (delta.endsWith('\n')) {
      await isStored;
      half = index < HALF ? last : half;
    }
  }
  writing.unsubscribe();
  return half;
}

/** Bytes of a response up to the last entry of the log. */
async function served(log: CommitLog, after = ''): Promise<number> {
  const request = new Request(`http://localhost/?after=${after}`);
  const response = await serveCommits(log, request, { lifetime: 2_000 });
  return (await response.arrayBuffer()).byteLength;
}

async function measureLog(name: string, log: CommitLog, size: () => Promise<number>): Promise<Result> {
  const half = await write(log);
  return { name, stored: await size(), all: await served(log), rest: await served(log, half) };
}

async function measureStore(store: Store): Promise<Result> {
  const server = await store.start();
  try {
    const opened = await store.open(server.address, 'resume');
    const result = await measureLog(`deltalines, ${store.name}`, opened.log, async () => {
      return (await store.size?.(server.address, 'resume')) ?? NaN;
    });
    await opened.close();
    return result;
  } finally {
    await server.stop();
  }
}

/** What is used of npm `resumable-stream`. */
interface ResumableStream {
  createResumableStreamContext(options: object): {
    createNewResumableStream(id: string, make: () => ReadableStream<string>): Promise<ReadableStream<string>>;
    resumeExistingStream(id: string, skip?: number): Promise<ReadableStream<string> | null | undefined>;
  };
}

/** The stream of the AI SDK, resumed as its guide says. Another process would do the same as the second context. */
async function measureResumableStream(): Promise<readonly Result[]> {
  const peer = await importPeer<ResumableStream>('resumable-stream/generic');
  const redis = stores.get('redis');
  const server = await redis?.start();
  const connect = async () => createClient({ url: `redis://${server?.address ?? ''}` }).connect();
  const clients = await Promise.all([connect(), connect(), connect(), connect()]);
  const context = (publisher: number) =>
    peer.createResumableStreamContext({
      waitUntil: null,
      publisher: clients[publisher],
      subscriber: clients[publisher + 1],
    });
  const chunks = tokens.map((token) => `data: ${chunkOf(token)}\n\n`);
  let controller: ReadableStreamDefaultController<string> | undefined;
  const produced = await context(0).createNewResumableStream(
    'answer',
    () => new ReadableStream({ start: (started) => (controller = started) }),
  );
  const reader = produced.getReader();
  for (const chunk of chunks) {
    controller?.enqueue(chunk);
    await reader.read();
  }
  const replayed = async (skip?: number) => {
    const resumed = (await context(2).resumeExistingStream('answer', skip))?.getReader();
    const first = await resumed?.read();
    await resumed?.cancel();
    return Buffer.byteLength(first?.value ?? '');
  };
  const keys = (await clients[0].keys('*')) as readonly string[];
  const sizes = await Promise.all(
    keys.map(async (key) => Number(await clients[0].sendCommand(['MEMORY', 'USAGE', key]))),
  );
  const stored = sizes.reduce((sum, size) => sum + size, 0);
  const all = await replayed();
  const rest = await replayed(chunks.slice(0, HALF).join('').length);
  clients.forEach((client) => {
    client.destroy();
  });
  await server?.stop();
  return [
    { name: 'AI SDK with resumable-stream', stored, all, rest: all },
    { name: 'resumable-stream, with skipCharacters', stored, all, rest },
  ];
}

/** What is used of npm `@durable-streams/server` and `client`. */
interface DurableServer {
  readonly DurableStreamTestServer: new (options: object) => {
    start(): Promise<string>;
    stop(): Promise<void>;
  };
}
interface DurableClient {
  readonly DurableStream: {
    create(options: object): Promise<{ append(body: string): Promise<void> }>;
  };
}

async function measureDurableStreams(
  name: string,
  contentType: string,
  bodyOf: (token: string) => string,
): Promise<Result> {
  const { DurableStreamTestServer } = await importPeer<DurableServer>('@durable-streams/server');
  const { DurableStream } = await importPeer<DurableClient>('@durable-streams/client');
  const dataDir = mkdtempSync(join(tmpdir(), 'deltalines-durable-'));
  const server = new DurableStreamTestServer({ port: 0, dataDir, compression: false });
  const url = `${await server.start()}/v1/stream/answer`;
  const stream = await DurableStream.create({ url, contentType });
  const append = async (some: readonly string[]) => {
    // Some at a time, so that the client makes batches and none of them is large.
    for (let index = 0; index < some.length; index += 100) {
      await Promise.all(some.slice(index, index + 100).map((token) => stream.append(bodyOf(token))));
    }
  };
  await append(tokens.slice(0, HALF));
  const half = (await fetch(url, { method: 'HEAD' })).headers.get('stream-next-offset') ?? '';
  await append(tokens.slice(HALF));
  const read = async (from: string) => {
    let bytes = 0;
    for (let offset = from; ;) {
      const response = await fetch(`${url}?offset=${offset}`);
      bytes += (await response.arrayBuffer()).byteLength;
      offset = response.headers.get('stream-next-offset') ?? '';
      if (response.headers.has('stream-up-to-date')) {
        return bytes;
      }
    }
  };
  const [all, rest] = [await read('-1'), await read(half)];
  const folder = join(dataDir, 'streams');
  const stored = readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
  await server.stop();
  rmSync(dataDir, { recursive: true });
  return { name, stored, all, rest };
}

installPeers();
const memory = memoryLog();
const entriesOf = async () => {
  const reader = await memory.read({});
  const entries = await reader.next(100_000);
  return entries.reduce((sum, entry) => sum + JSON.stringify(entry).length, 0);
};
const results = [
  await measureLog('deltalines, memory', memory, entriesOf),
  ...(await Promise.all([...stores.values()].map((store) => measureStore(store)))),
  ...(await measureResumableStream()),
  await measureDurableStreams('Durable Streams, a JSON message a token', 'application/json', chunkOf),
  await measureDurableStreams('Durable Streams, text', 'text/plain', (token) => token),
];
const bytes = Buffer.byteLength(tokens.join(''));
const lines = tokens.filter((token) => token.endsWith('\n')).length;
console.log(`${TOKENS} tokens, ${lines} lines, ${bytes} bytes of text\n`);
const kilobytes = (size: number) => `${(size / 1000).toFixed(1)} kB`;
console.log('| | stored | replayed to a new reader | to one that has half |\n| - | - | - | - |');
for (const { name, stored, all, rest } of results) {
  console.log(`| ${name} | ${kilobytes(stored)} | ${kilobytes(all)} | ${kilobytes(rest)} |`);
}
