// Measures a store of commits with a server of its own: npm run bench:log -- --store redis
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import type { AppendRequest, Claim, CommitLog } from '../src/log/commitLog.js';
import { storeOf } from '../spec/stores/support/stores.js';

const { values } = parseArgs({
  options: {
    store: { type: 'string', default: 'redis' },
    streams: { type: 'string', default: '100' },
    commits: { type: 'string', default: '200000' },
    batch: { type: 'string', default: '500' },
  },
});
const streams = Number(values.streams);
const commits = Number(values.commits);

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

async function append(log: CommitLog, name: string, count: number, batch: number): Promise<void> {
  const writers = await writersOf(log, name);
  const waits: number[] = [];
  const cpu = cpuSeconds();
  const start = performance.now();
  for (let next = 0; next < count;) {
    const requests: AppendRequest[] = [];
    for (; requests.length < batch && next < count; next++) {
      const request = writers[next % writers.length]?.next();
      if (request !== undefined) {
        requests.push(request);
      }
    }
    const sent = performance.now();
    await log.append(requests);
    waits.push(performance.now() - sent);
  }
  const rate = count / ((performance.now() - start) / 1_000);
  const used = cpuSeconds();
  const microseconds = (['client', 'server'] as const).map(
    (name) => `${(((used[name] - cpu[name]) / count) * 1e6).toFixed(0)} µs of the ${name}`,
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

const store = storeOf(values.store);
const server = await store.start();
try {
  const { log, close } = await store.open(server.address, 'bench');
  await append(log, 'warm', 5_000, Number(values.batch));
  await append(log, 'one', Math.ceil(commits / 100), 1);
  await append(log, 'many', commits, Number(values.batch));
  const entries = await read(log, 1_000);
  const size = await store.size?.(server.address, 'bench');
  if (size !== undefined) {
    console.log(
      `${entries} entries take ${(size / entries).toFixed(0)} bytes each, ${TEXT.length} of them text`,
    );
  }
  await close();
} finally {
  await server.stop();
}
