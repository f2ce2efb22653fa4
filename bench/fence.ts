// What the fence costs: entries that are stored with it, and without: npm run bench:fence
import { jetstream, jetstreamManager } from '@nats-io/jetstream';

import type { AppendRequest, Claim, CommitLog } from '../src/log/index.js';
import { connectNats } from '../spec/stores/support/jetStreamStore.js';
import { connectRedis } from '../spec/stores/support/redisStore.js';
import type { ServerProcess } from '../spec/stores/support/serverProcess.js';
import { stores } from '../spec/stores/support/stores.js';

const STREAMS = 100;
const BATCH = 500;
const ROUNDS = 7;
const COMMITS: Readonly<Record<string, number>> = { redis: 100_000, jetstream: 20_000 };
const TEXT = 'The quick brown fox jumps over the lazy dog, and then does it again, ok';

type Append = (batch: readonly AppendRequest[]) => PromiseLike<unknown>;

/** Appends batches of lines of all streams in turn; answers how many commits a second were stored. */
async function measure(claims: readonly Claim[], commits: number, append: Append): Promise<number> {
  const writers = claims.map((claim) => ({ claim, number: 1 }));
  const start = performance.now();
  for (let done = 0; done < commits; done += BATCH) {
    await append(
      Array.from({ length: BATCH }, (_, place): AppendRequest => {
        const writer = writers[(done + place) % writers.length];
        if (writer === undefined) {
          throw new RangeError('there are no writers');
        }
        const { stream, token } = writer.claim;
        const number = writer.number++;
        const commit = { type: 'line', stream, index: number - 1, text: TEXT, eol: '\n' } as const;
        return { stream, token, number, lines: number, commit };
      }),
    );
  }
  return commits / ((performance.now() - start) / 1_000);
}

async function claimAll(log: CommitLog, round: number): Promise<readonly Claim[]> {
  return log.claim(
    Array.from({ length: STREAMS }, (_, index) => ({
      stream: { kind: 'answer', id: `${round} ${index}`, generation: 0 },
      token: `${round} ${index}`,
      lease: 600_000,
      existing: 'restart',
    })),
  );
}

/** Stores the same entries in Redis, as one pipeline of commands without a script. */
async function bareRedis(address: string) {
  const client = await connectRedis(address);
  const append: Append = (batch) =>
    Promise.all(
      batch.map(({ stream, number, commit }) =>
        client.sendCommand([
          ...['XADD', 'bare', '*', 's', JSON.stringify([stream.kind, stream.id, 0])],
          ...['n', String(number), 'c', JSON.stringify({ ...commit, stream: undefined })],
        ]),
      ),
    );
  const close = () => {
    client.destroy();
    return Promise.resolve();
  };
  return { append, close };
}

/** Stores the same messages in JetStream, all at once and without what they expect. */
async function bareJetStream(address: string) {
  const connection = await connectNats(address);
  await (await jetstreamManager(connection)).streams.add({ name: 'bare', subjects: ['bare.*'] });
  const client = jetstream(connection);
  const append: Append = (batch) =>
    Promise.all(
      batch.map(({ stream, token, number, commit }) => {
        const commits = [{ ...commit, stream: undefined }];
        const record = { stream, token, entries: number + 1, lines: number, claimed: 1, open: '1', commits };
        return client.publish(`bare.${stream.id.replace(' ', '_')}`, JSON.stringify(record));
      }),
    );
  return { append, close: () => connection.close() };
}

async function compare(name: string, server: ServerProcess): Promise<void> {
  const { log, close } = (await stores.get(name)?.open(server.address, 'fence')) ?? {};
  if (log === undefined) {
    throw new Error(`there is no store ${name}`);
  }
  const bare = await (name === 'redis' ? bareRedis : bareJetStream)(server.address);
  const commits = COMMITS[name] ?? 0;
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const claims = await claimAll(log, round);
    const fenced = await measure(claims, commits, (batch) => Promise.resolve(log.append(batch)));
    const unfenced = await measure(claims, commits, bare.append);
    ratios.push(unfenced / fenced);
    console.log(
      `${name}: ${Math.round(fenced)} commits/s with the fence, ${Math.round(unfenced)} entries/s without`,
    );
  }
  ratios.sort((one, other) => one - other);
  const middle = ratios[Math.floor(ROUNDS / 2)] ?? NaN;
  console.log(`${name}: without ÷ with: ${middle.toFixed(2)}`);
  await bare.close();
  await close?.();
}

for (const [name, store] of stores) {
  const server = await store.start();
  try {
    await compare(name, server);
  } finally {
    await server.stop();
  }
}
