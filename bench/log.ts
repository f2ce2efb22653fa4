// Measures a store of commits with a server of its own: npm run bench:log -- --store redis
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { from, lastValueFrom, map, takeWhile, toArray } from 'rxjs';

import { appendCommits, memoryLog, readCommits } from '../src/log/index.js';
import type { AppendRequest, Claim, CommitLog } from '../src/log/index.js';
import type { OpenLog, Store } from '../spec/stores/support/store.js';
import { storeOf } from '../spec/stores/support/stores.js';
import { commitsOfStreams } from './commitsOfStreams.js';

const { values } = parseArgs({
  options: {
    store: { type: 'string', default: 'redis' },
    streams: { type: 'string', default: '100' },
    commits: { type: 'string', default: '200000' },
    batch: { type: 'string', default: '500' },
  },
});
const streams = Number(values.streams);
const count = Number(values.commits);

/** Seventy characters, as much as a line of prose. */
const TEXT = 'The quick brown fox jumps over the lazy dog, and then does it again, ok';

class Writer {
  readonly #claim: Claim;
  #number = 1;

  constructor(claim: Claim) {
    this.#claim = claim;
  }

  next(): AppendRequest {
    const { stream, token } = this.#claim;
    const number = this.#number++;
    const commit = { type: 'line', stream, index: number - 1, text: TEXT, eol: '\n' } as const;
    return { stream, token, number, lines: number, commit };
  }
}

/** Seconds of CPU that this process and the server have used: those do not depend on what else the machine does. */
function cpuSeconds(): { readonly client: number; readonly server: number } {
  const { user, system } = process.cpuUsage();
  if (server === undefined) {
    return { client: (user + system) / 1e6, server: 0 };
  }
  const fields = readFileSync(`/proc/${server.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return { client: (user + system) / 1e6, server: (Number(fields[11]) + Number(fields[12])) / 100 };
}

async function writersOf(log: CommitLog, name: string): Promise<readonly Writer[]> {
  const claims = await log.claim(
    Array.from({ length: streams }, (_, index) => ({
      stream: { kind: 'answer', id: `msg_${name}_${index}`, generation: 0 },
      token: `00000000-0000-0000-0000-${String(index).padStart(12, '0')}`,
      lease: 600_000,
      existing: 'restart',
    })),
  );
  return claims.map((claim) => new Writer(claim));
}

async function append(log: CommitLog, name: string, commits: number, batch: number): Promise<void> {
  const writers = await writersOf(log, name);
  const waits: number[] = [];
  const cpu = cpuSeconds();
  const start = performance.now();
  for (let next = 0; next < commits;) {
    const requests: AppendRequest[] = [];
    for (; requests.length < batch && next < commits; next++) {
      const request = writers[next % writers.length]?.next();
      if (request !== undefined) {
        requests.push(request);
      }
    }
    const sent = performance.now();
    await log.append(requests);
    waits.push(performance.now() - sent);
  }
  const rate = commits / ((performance.now() - start) / 1_000);
  const used = cpuSeconds();
  const microseconds = (['client', 'server'] as const).map(
    (name) => `${(((used[name] - cpu[name]) / commits) * 1e6).toFixed(0)} µs of the ${name}`,
  );
  waits.sort((a, b) => a - b);
  const [half, most] = [0.5, 0.99].map((share) => waits[Math.floor(share * waits.length)]?.toFixed(1));
  console.log(
    `appends of ${batch}, ${streams} streams: ${Math.round(rate)} commits/s; ` +
      `an append takes ${half} ms, 99 of 100 at most ${most} ms; ` +
      `CPU for a commit: ${microseconds.join(', ')}`,
  );
}

async function read(log: CommitLog, page: number): Promise<number> {
  const reader = await log.read({});
  const start = performance.now();
  let entries = 0;
  for (;;) {
    const { length } = await reader.next(page);
    entries += length;
    if (length === 0) {
      reader.close();
      const rate = entries / ((performance.now() - start) / 1_000);
      console.log(`reads of ${page}: ${Math.round(rate)} entries/s`);
      return entries;
    }
  }
}

/** What applications call. */
async function appendThroughOperator(log: CommitLog): Promise<void> {
  const start = performance.now();
  const commits = commitsOfStreams({ streams, values: count });
  const stored = await lastValueFrom(
    from(commits).pipe(appendCommits(log, { maxBuffered: Infinity }), toArray()),
    { defaultValue: [] },
  );
  const rate = stored.length / ((performance.now() - start) / 1_000);
  console.log(`appendCommits, ${streams} streams: ${Math.round(rate)} commits/s`);
}

/** Reads the log as a client that has seen nothing, and as one that missed the last 10,000 entries. */
async function readThroughOperator(log: CommitLog, entries: number): Promise<void> {
  const missed = Math.min(10_000, entries - 1);
  const read = async (after: string | undefined) => {
    const start = performance.now();
    const positions = await lastValueFrom(
      readCommits(log, { after, live: false }).pipe(
        map(({ position }) => position),
        takeWhile((position) => position !== undefined),
        toArray(),
      ),
      { defaultValue: [] },
    );
    const milliseconds = performance.now() - start;
    const rate = Math.round(positions.length / (milliseconds / 1_000));
    console.log(
      `readCommits reads ${positions.length} entries in ${milliseconds.toFixed(0)} ms: ${rate} entries/s`,
    );
    return positions;
  };
  const positions = await read(undefined);
  await read(positions.at(-1 - missed));
}

async function openStore(opened: Store): Promise<OpenLog> {
  server = await opened.start();
  return opened.open(server.address, 'bench');
}

let server: Awaited<ReturnType<Store['start']>> | undefined;
const store = values.store === 'memory' ? undefined : storeOf(values.store);
try {
  const { log, close } =
    store === undefined
      ? { log: memoryLog({ maxEntries: Infinity }), close: () => Promise.resolve() }
      : await openStore(store);
  await append(log, 'warm', 5_000, Number(values.batch));
  await append(log, 'one', Math.ceil(count / 100), 1);
  await append(log, 'many', count, Number(values.batch));
  await read(log, 1_000);
  await appendThroughOperator(log);
  const entries = await read(log, 1_000);
  await readThroughOperator(log, entries);
  const size = server && (await store?.size?.(server.address, 'bench'));
  if (size !== undefined) {
    console.log(
      `${entries} entries take ${(size / entries).toFixed(0)} bytes each, about ${TEXT.length} of them text`,
    );
  }
  await close();
} finally {
  await server?.stop();
}
