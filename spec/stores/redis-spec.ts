import { createCluster } from 'redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { CommitLog } from '../../src/core/log/commitLog.js';
import { readCommits } from '../../src/log/readCommits.js';
import { redisLog } from '../../src/log/redis/redisLog.js';
import { TruncatedError } from '../../src/log/truncatedError.js';
import { all, claim, claimAs, claimBoth, close, line, request, shown, silent } from './support/claims.js';
import { Proxy } from './support/proxy.js';
import { startRedis } from './support/redisServer.js';
import { connectRedis, openRedis } from './support/redisStore.js';
import type { ServerProcess } from './support/serverProcess.js';
import type { OpenLog } from './support/store.js';
import { persist, until } from './support/until.js';

let server: ServerProcess;
const opened: OpenLog[] = [];

beforeAll(async () => {
  server = await startRedis();
});

afterAll(async () => {
  await Promise.all(opened.map(({ close }) => close()));
  await server.stop();
});

async function open(
  name: string,
  options?: Parameters<typeof redisLog>[2],
  address = server.address,
): Promise<CommitLog> {
  const log = await openRedis(address, name, options);
  opened.push(log);
  return log.log;
}

describe('a log in Redis', () => {
  it('keeps logs apart if their names differ in any character', async () => {
    const names = [
      '',
      'a',
      'A',
      'a b',
      'a{b}c',
      '{',
      '}',
      '{}',
      '%7B',
      '\u0000',
      '\ud800',
      '\ud801',
      '\ufffd',
      'é',
      '😀',
      '*>.',
      "a'b",
      '%27',
      'x'.repeat(1_000_000),
    ];
    for (const [index, name] of names.entries()) {
      await claim(await open(name), `stream ${index}`);
    }
    for (const [index, name] of names.entries()) {
      expect(shown(await all(await open(name)))).toEqual([`stream ${index}/0 0 open`]);
    }
  });

  it('keeps streams apart if their kinds or ids differ in any character', async () => {
    const log = await open('ids');
    const ids = [
      '',
      '\u0000',
      '\ud800',
      '\udfff',
      '\ufffd',
      '"',
      ']',
      ',',
      '","',
      'a\nb',
      'x'.repeat(1_000_000),
    ];
    const claims = await log.claim(ids.map((id) => request(id)));
    await log.append(claims.map((made) => line(made, 1, `of ${made.stream.id.slice(0, 5)}\ud800`)));
    const entries = await all(log);
    expect(entries.map(({ commit }) => commit.stream.id)).toEqual([...ids, ...ids]);
    for (const made of claims) {
      const own = await (await log.read({ stream: made.stream })).next(10);
      expect(own.map(({ commit }) => commit.stream.id)).toEqual([made.stream.id, made.stream.id]);
      expect(own[1]?.commit).toMatchObject({ text: `of ${made.stream.id.slice(0, 5)}\ud800` });
    }
  });

  it('returns positions that are safe in a URL', async () => {
    const log = await open('positions');
    await claim(log, 'a');
    expect((await all(log)).map(({ position }) => encodeURIComponent(position) === position)).toEqual([true]);
  });

  it('sends a script again after the server has dropped it', async () => {
    const log = await open('flushed');
    const made = await claim(log, 'a');
    const client = await connectRedis(server.address);
    await client.sendCommand(['SCRIPT', 'FLUSH']);
    client.destroy();
    expect(await log.append([line(made, 1)])).toMatchObject([{ type: 'stored' }]);
    expect(shown(await all(log))).toEqual(['a/0 0 open', 'a/0 1 line line 1']);
  });

  it('works with a client that returns buffers', async () => {
    const client = await connectRedis(server.address);
    const log = redisLog(client.withTypeMapping({ 36: Buffer }), 'buffers');
    const made = await claim(log, 'a', { stream: { kind: 'k', id: 'a', generation: 0, order: [1, 2] } });
    expect(made.stream).toEqual({ kind: 'k', id: 'a', generation: 0, order: [1, 2] });
    expect(await log.append([line(made, 1), line(made, 1)])).toEqual([
      { type: 'stored', position: expect.stringMatching(/^2-\d+$/) as string },
      { type: 'stored', position: expect.stringMatching(/^2-\d+$/) as string },
    ]);
    expect(await log.entries(made.stream)).toBe(2);
    expect(shown(await all(log))).toEqual(['a/0 0 open', 'a/0 1 line line 1']);
    client.destroy();
  });

  it('works in a cluster, where all its keys are in one slot', async () => {
    const node = await startRedis('--cluster-enabled', 'yes');
    const client = await connectRedis(node.address);
    await client.sendCommand(['CLUSTER', 'ADDSLOTSRANGE', '0', '16383']);
    await until(
      async () => (await client.sendCommand<string>(['CLUSTER', 'INFO'])).includes('cluster_state:ok'),
      'the cluster is up',
    );
    client.destroy();
    const cluster = createCluster({ rootNodes: [{ url: `redis://${node.address}` }] });
    cluster.on('error', () => undefined);
    await cluster.connect();
    const log = redisLog(cluster, 'a {name}');
    const seen: string[] = [];
    const stop = await log.watch({
      appended: () => seen.push('appended'),
      tail: ({ commit }) => seen.push(commit.text),
      error: (error) => seen.push(String(error)),
    });
    const made = await claim(log, 'a');
    await log.append([line(made, 1)]);
    log.publish({ number: 2, commit: { type: 'tail', stream: made.stream, index: 1, text: 'tail' } });
    await until(() => seen.includes('tail'), 'the tail');
    expect(seen).toContain('appended');
    expect(await log.abandoned()).toEqual([]);
    expect(shown(await all(log))).toEqual(['a/0 0 open', 'a/0 1 line line 1']);
    stop();
    cluster.destroy();
    await node.stop();
  });
});

describe('bounds', () => {
  it('rejects exactly the positions whose entries are removed', async () => {
    const log = await open('bounded', { maxEntries: 3 });
    const made = await claim(log, 'a');
    const answers = await log.append([1, 2, 3, 4].map((number) => line(made, number)));
    const positions = answers.map((answer) => (answer.type === 'stored' ? answer.position : undefined));
    expect(shown(await all(log))).toEqual(['a/0 2 line line 2', 'a/0 3 line line 3', 'a/0 4 line line 4']);
    await expect(all(log, made.position)).rejects.toThrow(TruncatedError);
    expect(await all(log, positions[0])).toHaveLength(3);
    expect(await all(log, positions[3])).toHaveLength(0);
    const reader = await log.read({ stream: made.stream });
    await expect(Promise.resolve(reader.next(1))).rejects.toThrow(TruncatedError);
  });

  it('fails a reader whose next entries are removed', async () => {
    const log = await open('overtaken', { maxEntries: 3 });
    const made = await claim(log, 'a');
    await log.append([line(made, 1), line(made, 2)]);
    const reader = await log.read({});
    expect(await reader.next(1)).toHaveLength(1);
    await log.append([line(made, 3), line(made, 4)]);
    await expect(Promise.resolve(reader.next(1))).rejects.toThrow(TruncatedError);
  });

  it.each(['0-0', '0-1', '-1', '1', 'x', '', '99-1', '1-1', '1e3-1', '01-1', '9'.repeat(30) + '-1'])(
    'refuses %j, which never was a position',
    async (after) => {
      const log = await open('refused');
      if ((await all(log)).length === 0) {
        await claim(log, 'a');
      }
      await expect(Promise.resolve(log.read({ after }))).rejects.toThrow(RangeError);
    },
  );

  it('removes entries by age, and continues their numbers', async () => {
    const log = await open('aged', { maxAge: 30 });
    const made = await claim(log, 'a');
    let number = 0;
    await until(async () => {
      await log.append([line(made, ++number)]);
      return ((await all(log))[0]?.number ?? 0) > 1;
    }, 'the open and a line are removed');
    const entries = await all(log);
    expect(entries.at(-1)?.number).toBe(number);
    await expect(all(log, made.position)).rejects.toThrow(TruncatedError);
  });

  it('forgets a closed stream once all of its entries are removed', async () => {
    const log = await open('forgotten', { maxEntries: 2 });
    const made = await claim(log, 'a');
    await log.append([close(made, 1)]);
    const other = await claim(log, 'b');
    expect((await claim(log, 'a')).stream.generation).toBe(1);
    await log.append([line(other, 1), line(other, 2)]);
    // Generation 1 is open, and known although its `open` entry is removed.
    expect((await claim(log, 'a')).stream.generation).toBe(2);
    const last = await claim(log, 'c');
    const client = await connectRedis(server.address);
    expect(await client.hKeys('{deltalines:forgotten}:streams')).toHaveLength(3);
    await log.append([close(last, 1)]);
    await log.append([line(other, 3), line(other, 4)]);
    expect((await client.hKeys('{deltalines:forgotten}:streams')).sort()).toEqual([
      '["answer","a"]',
      '["answer","b"]',
    ]);
    client.destroy();
    expect((await claim(log, 'c')).stream.generation).toBe(0);
  });

  it('removes the whole log when it is not used for the time of expire', async () => {
    const log = await open('expired', { expire: 30 });
    await claim(log, 'a');
    const client = await connectRedis(server.address);
    await until(async () => (await client.keys('{deltalines:expired}:*')).length === 0, 'no key is left');
    client.destroy();
    expect(await all(log)).toEqual([]);
  });

  it('accepts the largest numbers', async () => {
    const most = Number.MAX_VALUE;
    const log = await open('largest', { maxEntries: most, maxAge: most, expire: most });
    const made = await claim(log, 'a', { lease: Infinity });
    await log.renew([made], most);
    expect(await log.append([line(made, 1)])).toMatchObject([{ type: 'stored' }]);
    expect(await log.abandoned()).toEqual([]);
    expect(await all(log)).toHaveLength(2);
  });

  it.each([
    [{ maxEntries: 0 }, RangeError],
    [{ maxAge: 0.5 }, RangeError],
    [{ expire: -1 }, RangeError],
    [{ replicas: Infinity }, RangeError],
    [{ timeout: 0 }, RangeError],
    [{ timeout: '1' as never }, TypeError],
  ])('refuses the options %j', async (options, error) => {
    await expect(open('options', options)).rejects.toThrow(error);
  });
});

describe('writers', () => {
  it('returns the original positions for a repeated append', async () => {
    const log = await open('repeated');
    const [one, two] = await claimBoth(log);
    const batch = [line(one, 1), line(two, 1), line(one, 2)];
    const first = await log.append(batch);
    expect(await log.append([...batch, line(one, 3)])).toEqual([
      ...first,
      { type: 'stored', position: expect.stringMatching(/^6-/) as string },
    ]);
  });

  it('finds a repeated entry up to 10,000 entries from the end, and returns no position beyond', async () => {
    const log = await open('far');
    const [one, two] = await claimBoth(log);
    const [first] = await log.append([line(one, 1)]);
    await log.append(Array.from({ length: 9_000 }, (_, index) => line(two, index + 1)));
    expect(await log.append([line(one, 1)])).toEqual([first]);
    await log.append(Array.from({ length: 2_000 }, (_, index) => line(two, index + 9_001)));
    expect(await log.append([line(one, 1)])).toEqual([{ type: 'stored', position: undefined }]);
  });

  it('fences a writer only from the stream that another writer claimed', async () => {
    const log = await open('fenced');
    const [one, two] = await claimBoth(log);
    await log.append([line(one, 1)]);
    const next = await claim(log, 'a');
    expect(next.stream.generation).toBe(1);
    expect(await log.append([line(one, 2), line(two, 1), line(next, 1)])).toMatchObject([
      { type: 'fenced' },
      { type: 'stored' },
      { type: 'stored' },
    ]);
    expect(shown(await all(log))).toEqual([
      'a/0 0 open',
      'b/0 0 open',
      'a/0 1 line line 1',
      'a/0 2 close superseded 1',
      'a/1 0 open',
      'b/0 1 line line 1',
      'a/1 1 line line 1',
    ]);
  });

  it('fences a writer whose next number is also the next number of its successor', async () => {
    const log = await open('same number');
    const one = await claim(log, 'a');
    const next = await claim(log, 'a');
    expect(await log.append([line(one, 1)])).toEqual([{ type: 'fenced' }]);
    const third = await claim(log, 'a', { existing: 'continue' });
    expect(await log.append([line(next, 1), line(third, 1)])).toMatchObject([
      { type: 'fenced' },
      { type: 'stored' },
    ]);
    expect(shown(await all(log)).slice(1)).toEqual([
      'a/0 1 close superseded 0',
      'a/1 0 open',
      'a/1 1 line line 1',
    ]);
  });

  it('recognizes entries that a fenced writer repeats', async () => {
    const log = await open('late repeats');
    const early = request('a');
    const one = await claimAs(log, early);
    const first = await log.append([line(one, 1)]);
    await claim(log, 'a');
    expect(await log.claim([early])).toEqual([one]);
    expect(await log.append([line(one, 1), line(one, 2)])).toEqual([...first, { type: 'fenced' }]);
    expect(shown(await all(log))).toHaveLength(4);
  });

  it('fences an append that would leave a gap', async () => {
    const log = await open('gap');
    const made = await claim(log, 'a');
    expect(await log.append([line(made, 2)])).toEqual([{ type: 'fenced' }]);
    expect(shown(await all(log))).toEqual(['a/0 0 open']);
  });

  it('is independent of the clocks of the writers', async () => {
    const log = await open('clocks');
    const now = Date.now;
    try {
      Date.now = () => now() + 60_000;
      await claim(log, 'fast', { lease: 30_000 });
      Date.now = () => now() - 60_000;
      await claim(log, 'slow', { lease: 30_000 });
      expect(await log.abandoned()).toEqual([]);
    } finally {
      Date.now = now;
    }
    expect(await log.abandoned()).toEqual([]);
  });

  it('reports each abandoned stream to exactly one caller', async () => {
    const one = await open('abandoned');
    const two = await open('abandoned');
    const ids = Array.from({ length: 50 }, (_, index) => `stream ${index}`);
    const claims = await one.claim(ids.map((id) => request(id, { lease: 1 })));
    const kept = await claim(one, 'kept');
    const reported: string[] = [];
    await until(async () => {
      for (const streams of await Promise.all([one.abandoned(), two.abandoned(), two.abandoned()])) {
        reported.push(...streams.map(({ id }) => id));
      }
      return reported.length >= ids.length;
    }, 'all are abandoned');
    expect(reported.sort()).toEqual(ids.sort());
    expect(await one.append([kept, ...claims].map((made) => line(made, 1)))).toEqual([
      { type: 'stored', position: expect.any(String) as string },
      ...claims.map(() => ({ type: 'fenced' })),
    ]);
    expect(shown(await all(one)).filter((text) => text.includes('close idle'))).toHaveLength(50);
  });

  it('keeps a stream whose claim is renewed', async () => {
    const log = await open('renewed');
    const kept = await claim(log, 'kept', { lease: 1 });
    await claim(log, 'left', { lease: 1 });
    await log.renew([kept], 60_000);
    const abandoned = await until(async () => {
      const streams = await log.abandoned();
      return streams.length > 0 && streams;
    }, 'a stream is abandoned');
    expect(abandoned.map(({ id }) => id)).toEqual(['left']);
    expect(await log.append([line(kept, 1)])).toMatchObject([{ type: 'stored' }]);
  });
});

describe('readers', () => {
  it('share pages when they are at the same position', async () => {
    const client = await connectRedis(server.address);
    let pages = 0;
    const log = redisLog(
      {
        get isReady() {
          return client.isReady;
        },
        sendCommand: (args: readonly string[]) => {
          pages += args[0] === 'XRANGE' ? 1 : 0;
          return client.sendCommand(args);
        },
        duplicate: () => client.duplicate(),
      },
      'many readers',
    );
    const made = await claim(log, 'a');
    const texts = Array.from({ length: 100 }, (): string[] => []);
    const readers = texts.map((own) =>
      readCommits(log).subscribe(({ commit }) => {
        own.push(commit.type === 'line' ? commit.text : commit.type);
      }),
    );
    await until(() => texts.every(({ length }) => length === 1), 'all readers have the open');
    pages = 0;
    await log.append([line(made, 1)]);
    await until(() => texts.every(({ length }) => length === 2), 'all readers have the line');
    await log.append([line(made, 2)]);
    await until(() => texts.every(({ length }) => length === 3), 'all readers have the other line');
    expect(new Set(texts.map((own) => own.join()))).toEqual(new Set(['open,line 1,line 2']));
    expect(pages).toBeLessThan(50);
    readers.forEach((reader) => {
      reader.unsubscribe();
    });
    client.destroy();
  });
});

describe('faults', () => {
  it('stores a batch once when its answer was lost', async () => {
    const proxy = await Proxy.start(server.port);
    const log = await open('lost answers', {}, proxy.address);
    const claimRequest = request('a');
    proxy.loseAnswers(1);
    await expect(Promise.resolve(log.claim([claimRequest]))).rejects.toThrow();
    const made = await persist(() => claimAs(log, claimRequest));
    expect(made.stream.generation).toBe(0);
    const batch = [line(made, 1), line(made, 2)];
    proxy.loseAnswers(1);
    await expect(Promise.resolve(log.append(batch))).rejects.toThrow();
    expect(await persist(() => log.append(batch))).toMatchObject([{ type: 'stored' }, { type: 'stored' }]);
    expect(shown(await all(log))).toEqual(['a/0 0 open', 'a/0 1 line line 1', 'a/0 2 line line 2']);
    await proxy.stop();
  });

  it('reports abandoned streams whose answer was lost to the same caller on its next call', async () => {
    const proxy = await Proxy.start(server.port);
    const [log, other] = [await open('lost closes', {}, proxy.address), await open('lost closes')];
    const ids = ['a', 'b', 'c'];
    // This call loads the script into the server.
    expect(await log.abandoned()).toEqual([]);
    await other.claim(ids.map((id) => request(id, { lease: 1 })));
    proxy.loseAnswers(1);
    await expect(Promise.resolve(log.abandoned())).rejects.toThrow();
    const reported: string[] = [];
    await until(async () => {
      reported.push(...(await other.abandoned()).map(({ id }) => id));
      reported.push(...(await persist(() => log.abandoned())).map(({ id }) => id));
      return reported.length >= ids.length;
    }, 'all are reported');
    expect(reported.sort()).toEqual(ids);
    expect(await log.abandoned()).toEqual([]);
    expect(shown(await all(other)).filter((text) => text.includes('close idle'))).toHaveLength(3);
    await proxy.stop();
  });

  it('stores each commit once over connections that are cut at random bytes', async () => {
    const proxy = await Proxy.start(server.port);
    const log = await open('cut', {}, proxy.address);
    const made = await persist(() => claim(log, 'a', { token: 'cut' }));
    proxy.cutRandomly(1, 20_000);
    proxy.cut();
    for (let number = 1; number <= 200; number += 4) {
      const batch = [0, 1, 2, 3].map((offset) => line(made, number + offset, 'x'.repeat(number)));
      const answers = await persist(() => log.append(batch));
      expect(answers.map(({ type }) => type)).toEqual(['stored', 'stored', 'stored', 'stored']);
    }
    expect(proxy.cuts).toBeGreaterThan(3);
    proxy.stopCutting();
    proxy.cut();
    const entries = await persist(() => all(log));
    expect(entries.map(({ number }) => number)).toEqual(Array.from({ length: 201 }, (_, index) => index));
    await proxy.stop();
  });

  it('stores concurrent appends in order over a slow connection', async () => {
    const proxy = await Proxy.start(server.port);
    const log = await open('slow', {}, proxy.address);
    const made = await claim(log, 'a');
    proxy.delay = 20;
    const batches = [1, 2, 3, 4].map(async (number) => log.append([line(made, number)]));
    const answers = await Promise.all(batches);
    expect(answers.flat().map(({ type }) => type)).toEqual(['stored', 'stored', 'stored', 'stored']);
    expect((await all(log)).map(({ number }) => number)).toEqual([0, 1, 2, 3, 4]);
    await proxy.stop();
  });

  it('fails when the server is stuck, and a retry succeeds', async () => {
    const stuck = await startRedis();
    const log = await open('stuck', {}, stuck.address);
    const impatient = await open('stuck', { timeout: 200 }, stuck.address);
    const made = await claim(log, 'a');
    await stuck.pause();
    await expect(Promise.resolve(impatient.append([line(made, 1)]))).rejects.toThrow(
      'did not answer within 200 ms',
    );
    stuck.resume();
    await persist(() => impatient.append([line(made, 1)]));
    expect(shown(await all(log))).toEqual(['a/0 0 open', 'a/0 1 line line 1']);
    await stuck.stop();
  });

  it('notifies watchers when their client has reconnected', async () => {
    const proxy = await Proxy.start(server.port);
    const writer = await open('reconnected');
    const made = await claim(writer, 'a');
    const log = await open('reconnected', {}, proxy.address);
    let notified = 0;
    const stop = await log.watch({ ...silent, appended: () => notified++ });
    const reader = await log.read({ after: made.position });
    proxy.cut();
    const before = notified;
    await writer.append([line(made, 1)]);
    await until(() => notified > before, 'the watcher is notified');
    expect(shown(await persist(() => reader.next(10)))).toEqual(['a/0 1 line line 1']);
    stop();
    await proxy.stop();
  });

  it('sends an error to watchers when their client stops reconnecting', async () => {
    const ended = await startRedis();
    const client = await connectRedis(ended.address);
    const log = redisLog(
      {
        get isReady() {
          return client.isReady;
        },
        sendCommand: (args: readonly string[]) => client.sendCommand(args),
        duplicate: () =>
          client.duplicate({ socket: { host: '127.0.0.1', port: ended.port, reconnectStrategy: false } }),
      },
      'ended',
    );
    const errors: unknown[] = [];
    await log.watch({ ...silent, error: (error) => errors.push(error) });
    await ended.stop();
    await until(() => errors.length > 0, 'the error');
    expect(errors).toHaveLength(1);
    client.destroy();
  });

  it('rejects a watch without a server, and does not also call its error handler', async () => {
    const ended = await startRedis();
    const client = await connectRedis(ended.address);
    const log = redisLog(client, 'away', { timeout: 100 });
    await ended.stop();
    const errors: unknown[] = [];
    const watching = log.watch({ ...silent, error: (error) => errors.push(error) });
    await expect(Promise.resolve(watching)).rejects.toThrow('did not answer within 100 ms');
    expect(errors).toEqual([]);
    client.destroy();
  });

  it('shares one connection among all watchers, and closes it with the last', async () => {
    const log = await open('shared');
    const client = await connectRedis(server.address);
    const subscribers = async () =>
      (await client.sendCommand<[string, number]>(['PUBSUB', 'NUMSUB', '{deltalines:shared}:live']))[1];
    const stops = await Promise.all([1, 2, 3].map(async () => log.watch(silent)));
    expect(await subscribers()).toBe(1);
    stops.slice(1).forEach((stop) => stop());
    expect(await subscribers()).toBe(1);
    stops[0]?.();
    await until(async () => (await subscribers()) === 0, 'the connection is closed');
    client.destroy();
  });

  it('rejects a batch when maxmemory is reached, and stores no part of it', async () => {
    const full = await startRedis();
    const log = await open('full', {}, full.address);
    const client = await connectRedis(full.address);
    const made = await claim(log, 'a');
    await log.append([line(made, 1)]);
    await client.sendCommand(['CONFIG', 'SET', 'maxmemory', '1']);
    const batch = Array.from({ length: 100 }, (_, index) => line(made, index + 2, 'x'.repeat(1_000)));
    await expect(Promise.resolve(log.append(batch))).rejects.toThrow('its maxmemory is reached');
    await expect(claim(log, 'a')).rejects.toThrow('its maxmemory is reached');
    await expect(claim(log, 'b')).rejects.toThrow('its maxmemory is reached');
    expect(shown(await all(log))).toEqual(['a/0 0 open', 'a/0 1 line line 1']);
    await client.sendCommand(['CONFIG', 'SET', 'maxmemory', '0']);
    expect((await log.append(batch)).every(({ type }) => type === 'stored')).toBe(true);
    expect(await all(log)).toHaveLength(102);
    client.destroy();
    await full.stop();
  });

  it('has every entry that it answered before SIGKILL after a restart', async () => {
    const killed = await startRedis();
    const log = await open('killed', {}, killed.address);
    const made = await claim(log, 'a');
    await log.append([line(made, 1), line(made, 2)]);
    await killed.kill();
    await killed.restart();
    expect(await persist(() => log.append([line(made, 2), line(made, 3)]))).toHaveLength(2);
    expect(shown(await all(log))).toEqual([
      'a/0 0 open',
      'a/0 1 line line 1',
      'a/0 2 line line 2',
      'a/0 3 line line 3',
    ]);
    await killed.stop();
  });

  it('fences a writer and fails a reader after a failover has lost entries', async () => {
    const log = await open('failed over');
    const [one, two] = await claimBoth(log);
    await log.append([line(one, 1), line(two, 1)]);
    const client = await connectRedis(server.address);
    const keys = await client.keys('{deltalines:failed%20over}:*');
    const raw = client.withTypeMapping({ 36: Buffer });
    const stale = await Promise.all(keys.map(async (key) => ({ key, value: await raw.dump(key) })));
    await log.append([line(one, 2)]);
    const reader = await log.read({});
    expect(await reader.next(10)).toHaveLength(5);
    const own = await log.read({ stream: one.stream });
    expect(await own.next(10)).toHaveLength(3);
    const position = (await all(log)).at(-1)?.position;
    // The replica that becomes the master does not have the last append.
    for (const { key, value } of stale) {
      await client.sendCommand(['RESTORE', key, '0', value, 'REPLACE']);
    }
    await expect(Promise.resolve(reader.next(10))).rejects.toThrow(RangeError);
    await expect(Promise.resolve(log.read({ after: position }))).rejects.toThrow(RangeError);
    await until(async () => {
      const [seconds, microseconds] = await client.sendCommand<[string, string]>(['TIME']);
      return (
        Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000) > Number(position?.split('-')[1])
      );
    }, 'a later time');
    expect(await log.append([line(one, 3), line(two, 2)])).toMatchObject([
      { type: 'fenced' },
      { type: 'stored' },
    ]);
    await expect(Promise.resolve(reader.next(10))).rejects.toThrow(RangeError);
    await expect(Promise.resolve(own.next(10))).rejects.toThrow(RangeError);
    await expect(Promise.resolve(log.read({ after: position }))).rejects.toThrow(RangeError);
    client.destroy();
  });

  it('waits for the number of replicas in its options', async () => {
    const master = await startRedis('--repl-diskless-sync-delay', '0');
    const alone = await open('replicated', { replicas: 1, timeout: 2000 }, master.address);
    const claimRequest = request('a');
    await expect(Promise.resolve(alone.claim([claimRequest]))).rejects.toThrow('Only 0 of 1 replicas');
    const replica = await startRedis('--replicaof', '127.0.0.1', String(master.port));
    const made = await persist(() => claimAs(alone, claimRequest));
    await persist(() => alone.append([line(made, 1)]));
    const reader = await open('replicated', {}, replica.address);
    expect(shown(await all(reader))).toEqual(['a/0 0 open', 'a/0 1 line line 1']);
    await replica.stop();
    await master.stop();
  });
});
