import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { CommitLog, StoredEntry } from '../../src/core/log/commitLog.js';
import { jetStreamLog, type JetStreamLogOptions } from '../../src/log/jetstream/jetStreamLog.js';
import { TruncatedError } from '../../src/log/truncatedError.js';
import { checkCommitLog } from '../../src/testing/index.js';
import {
  all,
  claim,
  claimAs,
  claimBoth,
  close,
  line,
  only,
  request,
  shown,
  silent,
} from './support/claims.js';
import { connectNats, openJetStream, withMembers } from './support/jetStreamStore.js';
import { startNats } from './support/natsServer.js';
import { Proxy } from './support/proxy.js';
import { ServerProcess } from './support/serverProcess.js';
import type { OpenLog } from './support/store.js';
import { persist, until } from './support/until.js';

let server: ServerProcess;
let connection: NatsConnection;
const opened: OpenLog[] = [];

beforeAll(async () => {
  server = await startNats();
  connection = await connectNats(server.address);
});

afterAll(async () => {
  await Promise.all(opened.map(({ close }) => close()));
  await connection.close();
  await server.stop();
});

async function open(
  name: string,
  options?: JetStreamLogOptions,
  address = server.address,
): Promise<CommitLog> {
  const log = await openJetStream(address, name, options);
  opened.push(log);
  return log.log;
}

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a log in JetStream', () => {
  it('passes checkCommitLog', async () => {
    let logs = 0;
    await expect(
      checkCommitLog((bounds) => jetStreamLog(connection, `checked ${logs++}`, bounds)),
    ).resolves.toBeUndefined();
  });

  it('keeps logs apart if their names differ in any character', async () => {
    const names = [
      '',
      'a',
      'A',
      'a b',
      'a.b',
      'a.*',
      '>',
      '=YQ',
      '"a"',
      '\u0000',
      '\ud800',
      '\ud801',
      '\ufffd',
      '😀',
      '../a',
      'x'.repeat(64),
      'x'.repeat(65),
      'x'.repeat(1_000_000),
    ];
    for (const [index, name] of names.entries()) {
      await claim(await jetStreamLog(connection, name), `stream ${index}`);
    }
    for (const [index, name] of names.entries()) {
      expect(shown(await all(await jetStreamLog(connection, name)))).toEqual([`stream ${index}/0 0 open`]);
    }
  });

  it('returns positions that are safe in a URL, and stores the commits of one append in one message', async () => {
    const log = await open('positions');
    const made = await claim(log, 'a');
    const answers = await log.append([line(made, 1), line(made, 2), line(made, 3)]);
    expect(answers).toEqual([
      { type: 'stored', position: '2.0' },
      { type: 'stored', position: '2.1' },
      { type: 'stored', position: '2' },
    ]);
    expect(shown(await all(log, '2.0'))).toEqual(['a/0 2 line line 2', 'a/0 3 line line 3']);
    expect(shown(await all(log, '2'))).toEqual([]);
  });

  it.each(['0', '0.0', '-1', '1.0', '2.2', '2.3', '3', '02', '2.', '2.01', '1e1', ' 2', '9'.repeat(16)])(
    'refuses %j, which never was a position',
    async (after) => {
      const log = await open('refused');
      if ((await all(log)).length === 0) {
        const made = await claim(log, 'a');
        await log.append([line(made, 1), line(made, 2), line(made, 3)]);
      }
      await expect(Promise.resolve(log.read({ after }))).rejects.toThrow(RangeError);
    },
  );

  it.each<[JetStreamLogOptions, new (message: string) => Error, string]>([
    [{ maxEntries: 0 }, RangeError, 'maxEntries'],
    [{ maxAge: 99 }, RangeError, 'maxAge'],
    [{ replicas: 0 }, RangeError, 'replicas'],
    [{ replicas: 6 }, RangeError, 'replicas'],
    [{ timeout: -1 }, RangeError, 'timeout'],
    [{ timeout: Infinity }, RangeError, 'timeout'],
    [{ timeout: '1' as never }, TypeError, 'timeout'],
  ])('refuses the options %j', async (options, error, name) => {
    const refused = jetStreamLog(connection, 'options', options);
    await expect(refused).rejects.toThrow(error);
    await expect(refused).rejects.toThrow(name);
  });

  it('refuses replicas on servers that check the fence before they replicate', async () => {
    const versioned = (version: string) => {
      const { info } = connection;
      return withMembers(connection, info === undefined ? {} : { info: { ...info, version } });
    };
    for (const version of ['2.9.10', '2.10.29', '1.12.0']) {
      await expect(jetStreamLog(versioned(version), 'replicated', { replicas: 3 })).rejects.toThrow(
        `from version 2.11 on, and this one has ${version}`,
      );
      await expect(jetStreamLog(versioned(version), 'replicated', { replicas: 1 })).resolves.toBeDefined();
    }
    for (const version of ['2.11.0', '2.15.1', '3.0.0', '2.12.0-RC.1']) {
      // This server is not a cluster and rejects the replicas itself.
      await expect(jetStreamLog(versioned(version), 'replicated too', { replicas: 3 })).rejects.toThrow(
        'replicas > 1 not supported',
      );
    }
  });

  it('changes only the bounds that are given', async () => {
    const manager = await jetstreamManager(connection);
    const config = async () => (await manager.streams.info('deltalines-log-bounds')).config;
    await jetStreamLog(connection, 'bounds', { maxEntries: 10, maxAge: 60_000 });
    await jetStreamLog(connection, 'bounds');
    expect(await config()).toMatchObject({ max_msgs: 10, max_age: 60_000e6, duplicate_window: 60_000e6 });
    await jetStreamLog(connection, 'bounds', { maxAge: Infinity });
    expect(await config()).toMatchObject({ max_msgs: 10, max_age: 0, duplicate_window: 120_000e6 });
  });

  it.each([
    ['a year', 31_536_000_000],
    ['longer than a server can count', 1e15],
  ])('keeps entries for %s', async (name, maxAge) => {
    const log = await open(name, { maxAge });
    await claim(log, 'a');
    expect(shown(await all(await open(name, { maxAge })))).toEqual(['a/0 0 open']);
  });

  it('is created once when several clients open it at the same time', async () => {
    const logs = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        jetStreamLog(connection, 'together', { maxEntries: 10 + (index % 2) }),
      ),
    );
    for (const [index, log] of logs.entries()) {
      await claim(log, `stream ${index}`);
    }
    expect(await all(only(logs))).toHaveLength(8);
  });

  it('starts empty after a log of the same name was deleted', async () => {
    const manager = await jetstreamManager(connection);
    const deleted = await open('deleted');
    await deleted.claim([request('a', { lease: 1 }), request('b', { lease: 1 })]);
    const reader = await deleted.read({});
    expect(await reader.next(10)).toHaveLength(2);
    await manager.streams.delete('deltalines-log-deleted');
    const log = await open('deleted');
    expect((await claim(log, 'a')).stream.generation).toBe(0);
    expect(await log.abandoned()).toEqual([]);
    expect(shown(await all(log))).toEqual(['a/0 0 open']);
    // The sequences start again from 1, as they do after a server has lost entries.
    await expect(Promise.resolve(reader.next(10))).rejects.toThrow(RangeError);
  });
});

describe('bounds', () => {
  it('reject exactly the positions whose entries are removed', async () => {
    const log = await open('bounded', { maxEntries: 3 });
    const made = await claim(log, 'a');
    const answers = await log.append([1, 2, 3, 4].map((number) => line(made, number)));
    const positions = answers.map((answer) => (answer.type === 'stored' ? answer.position : undefined));
    expect(shown(await all(log))).toEqual(['a/0 2 line line 2', 'a/0 3 line line 3', 'a/0 4 line line 4']);
    await expect(all(log, made.position)).rejects.toThrow(TruncatedError);
    expect(await all(log, positions[0])).toHaveLength(3);
    expect(await all(log, positions[3])).toHaveLength(0);
  });

  it('fail a reader whose next entries are removed', async () => {
    const log = await open('overtaken', { maxEntries: 3 });
    const made = await claim(log, 'a');
    await log.append([line(made, 1), line(made, 2)]);
    const reader = await log.read({});
    const ofStream = await log.read({ stream: made.stream });
    expect([await reader.next(1), await ofStream.next(1)].flat()).toHaveLength(2);
    await log.append([line(made, 3), line(made, 4)]);
    await expect(Promise.resolve(reader.next(1))).rejects.toThrow(TruncatedError);
    await expect(Promise.resolve(ofStream.next(1))).rejects.toThrow(TruncatedError);
  });

  it('leave a stream open after all of its entries are removed', async () => {
    const log = await open('all gone', { maxEntries: 3 });
    const made = await claim(log, 'a', { stream: { kind: 'answer', id: 'a', generation: 0, order: [1] } });
    await log.append([line(made, 1)]);
    const other = await claim(log, 'b');
    const push = (from: number) => log.append([0, 1, 2, 3].map((offset) => line(other, from + offset)));
    await push(1);
    await log.renew([made], 60_000);
    expect(await log.entries(made.stream)).toBe(2);
    expect(await log.append([line(made, 1), line(made, 2)])).toMatchObject([
      { type: 'stored' },
      { type: 'stored' },
    ]);
    await log.renew([made], 60_000);
    await push(5);
    const next = await claim(log, 'a');
    expect(next.stream).toEqual({ ...made.stream, generation: 1 });
    expect(shown(await all(log)).slice(-2)).toEqual(['a/0 3 close superseded 2', 'a/1 0 open']);
    await log.append([line(next, 1)]);
    await push(9);
    expect(await log.append([line(made, 3)])).toEqual([{ type: 'fenced' }]);
  });

  it('leave a stream that can be abandoned after all of its entries are removed', async () => {
    const log = await open('abandoned and gone', { maxEntries: 2 });
    const made = await claim(log, 'a');
    await log.renew([made], 1);
    const other = await claim(log, 'b');
    await log.append([line(other, 1), line(other, 2)]);
    const streams = await until(async () => {
      const abandoned = await log.abandoned();
      return abandoned.length > 0 && abandoned;
    }, 'it is abandoned');
    expect(streams).toEqual([made.stream]);
    expect(shown(await all(log)).at(-1)).toBe('a/0 1 close idle 0');
    expect(await log.append([line(made, 1)])).toEqual([{ type: 'fenced' }]);
  });

  it('remove entries by age', async () => {
    const log = await open('aged', { maxAge: 100 });
    const made = await claim(log, 'a');
    let number = 0;
    await until(async () => {
      await log.append([line(made, ++number)]);
      // An entry may be removed while it is read.
      const entries = await Promise.resolve(all(log)).catch(() => []);
      // The entry after the position of the open must be removed, too.
      return (entries[0]?.number ?? 0) > 1;
    }, 'the open and a line are removed');
    await expect(all(log, made.position)).rejects.toThrow(TruncatedError);
  });

  it('do not cause an error for a message that was deleted otherwise', async () => {
    const log = await open('gap');
    const [one, two] = await claimBoth(log);
    await log.append([line(one, 1), line(two, 1), line(one, 2)]);
    await (await jetstreamManager(connection)).streams.deleteMessage('deltalines-log-gap', 4);
    expect(shown(await all(log))).toEqual([
      'a/0 0 open',
      'b/0 0 open',
      'a/0 1 line line 1',
      'a/0 2 line line 2',
    ]);
    expect(await all(log, '3')).toHaveLength(1);
  });
});

describe('writers', () => {
  it('receive the original positions when they repeat an append', async () => {
    const log = await open('repeated');
    const [one, two] = await claimBoth(log);
    const batch = [line(one, 1), line(two, 1), line(one, 2), line(one, 3)];
    const first = await log.append(batch);
    for (const again of [log, await open('repeated')]) {
      expect(await again.append(batch)).toEqual(first);
    }
    expect(await log.append([...batch, line(one, 4)])).toEqual([...first, { type: 'stored', position: '6' }]);
    expect(await all(log)).toHaveLength(7);
  });

  it('are recognized after they were fenced', async () => {
    const log = await open('late repeats');
    const early = request('a');
    const one = await claimAs(log, early);
    const first = await log.append([line(one, 1), line(one, 2)]);
    await claim(log, 'a');
    for (const again of [log, await open('late repeats')]) {
      expect(await again.claim([early])).toEqual([one]);
      expect(await again.append([line(one, 1), line(one, 2), line(one, 3)])).toEqual([
        ...first,
        { type: 'fenced' },
      ]);
    }
    expect(shown(await all(log))).toEqual([
      'a/0 0 open',
      'a/0 1 line line 1',
      'a/0 2 line line 2',
      'a/0 3 close superseded 2',
      'a/1 0 open',
    ]);
  });

  it('need fewer than 100 requests to repeat entries far from the end', async () => {
    const log = await open('far', { maxEntries: 100_000 });
    const [one, two] = await claimBoth(log);
    const batch = [1, 2, 3].map((number) => line(one, number));
    const first = await log.append(batch);
    for (let number = 1; number <= 200; number++) {
      await log.append([line(two, number), line(one, number + 3)]);
    }
    await claim(log, 'a');
    let requests = 0;
    const counted = withMembers(connection, {
      request: (...parameters) => {
        requests++;
        return connection.request(...parameters);
      },
    });
    const other = await jetStreamLog(counted, 'far');
    requests = 0;
    const fenced = Array.from({ length: 200 }, (_, index) => line(one, 204 + index));
    expect(await other.append([...batch, line(one, 203), ...fenced])).toEqual([
      ...first,
      { type: 'stored', position: '405' },
      ...fenced.map(() => ({ type: 'fenced' })),
    ]);
    expect(requests).toBeLessThan(100);
    expect(shown(await all(log)).slice(-2)).toEqual(['a/0 204 close superseded 203', 'a/1 0 open']);
    const reader = await other.read({ stream: one.stream });
    expect((await reader.next(2)).map(({ position }) => position)).toEqual(['1', '3']);
  });

  it('need fewer than 6 requests to repeat an append that failed after another writer claimed the stream', async () => {
    const refused = `deltalines.log.failed.=${base64url(['answer', 'b'])}`;
    let isRefused = false;
    let requests = 0;
    const log = await jetStreamLog(
      withMembers(connection, {
        request: (...parameters) => {
          requests++;
          return isRefused && parameters[0] === refused
            ? Promise.reject(new Error('refused'))
            : connection.request(...parameters);
        },
      }),
      'failed',
    );
    const [one, two] = await claimBoth(log);
    await log.append([line(one, 1)]);
    await claim(await open('failed'), 'a');
    const batch = [...Array.from({ length: 100 }, (_, index) => line(one, 2 + index)), line(two, 1)];
    isRefused = true;
    await expect(Promise.resolve(log.append(batch))).rejects.toThrow('refused');
    isRefused = false;
    requests = 0;
    const answers = await log.append(batch);
    expect(answers.map(({ type }) => type)).toEqual([...Array<string>(100).fill('fenced'), 'stored']);
    expect(requests).toBeLessThan(6);
  });

  it('can use one token for several streams', async () => {
    const log = await open('one token');
    const ids = ['a', 'b', 'c'];
    const claims = await log.claim(ids.map((id) => request(id, { token: 't' })));
    expect(await log.append(claims.flatMap((made) => [line(made, 1), line(made, 2)]))).toHaveLength(6);
    expect(await log.append([line(only(claims), 3)])).toMatchObject([{ type: 'stored' }]);
    expect(shown(await all(log)).slice(3)).toEqual([
      ...ids.flatMap((id) => [`${id}/0 1 line line 1`, `${id}/0 2 line line 2`]),
      'a/0 3 line line 3',
    ]);
  });

  it('can append through two objects of the same log', async () => {
    const [log, other] = [await open('two objects'), await open('two objects')];
    const made = await claim(log, 'a');
    for (let number = 1; number <= 6; number += 2) {
      expect(await log.append([line(made, number)])).toMatchObject([{ type: 'stored' }]);
      expect(await other.append([line(made, number), line(made, number + 1)])).toMatchObject([
        { type: 'stored' },
        { type: 'stored' },
      ]);
    }
    expect((await all(log)).map(({ number }) => number)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it('cannot leave a gap', async () => {
    const log = await open('numbers');
    const made = await claim(log, 'a');
    await expect(Promise.resolve(log.append([line(made, 2)]))).rejects.toThrow(RangeError);
    expect(await log.append([line(made, 1), close(made, 2), line(made, 3)])).toMatchObject([
      { type: 'stored' },
      { type: 'stored' },
      { type: 'fenced' },
    ]);
  });

  it('skip the parts of a long record whose writer died', async () => {
    const log = await open('parts');
    const client = jetstream(connection);
    const made = await claim(log, 'a');
    const subject = `deltalines.log.parts.${(await subjectOf('parts'))[0] ?? ''}`;
    await client.publish(subject, 'P1\n{"stream":');
    expect(await log.append([line(made, 1)])).toMatchObject([{ type: 'stored' }]);
    await client.publish(subject, 'P3\n{"stream":');
    expect(await log.entries(made.stream)).toBe(2);
    expect((await claim(log, 'a')).stream.generation).toBe(1);
    expect(shown(await all(log))).toEqual([
      'a/0 0 open',
      'a/0 1 line line 1',
      'a/0 2 close superseded 1',
      'a/1 0 open',
    ]);
    expect((await all(log, '3')).length).toBe(2);
    await expect(Promise.resolve(log.read({ after: '2' }))).rejects.toThrow(RangeError);
  });

  it('have leases that are independent of their clocks', async () => {
    const log = await open('clocks');
    const now = Date.now;
    try {
      Date.now = () => now() + 60_000;
      await claim(log, 'fast', { lease: 30_000 });
      expect(await log.abandoned()).toEqual([]);
      Date.now = () => now() - 60_000;
      const slow = await claim(log, 'slow', { lease: 30_000 });
      await log.renew([slow], 30_000);
      expect(await log.abandoned()).toEqual([]);
    } finally {
      Date.now = now;
    }
    expect(await log.abandoned()).toEqual([]);
  });

  it('that died are each reported to one of several callers', async () => {
    const [one, two] = [await open('abandoned'), await open('abandoned')];
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
    expect(await one.append([line(kept, 1), line(only(claims), 1)])).toMatchObject([
      { type: 'stored' },
      { type: 'fenced' },
    ]);
    expect(shown(await all(one)).filter((text) => text.includes('close idle'))).toHaveLength(50);
    await until(
      async () => (await subjectOf('abandoned', 'deltalines-leases')).length <= 1,
      'the leases are removed',
    );
  });

  /** The last tokens of the subjects of a log. */
  async function subjectOf(name: string, stream = `deltalines-log-${name}`): Promise<string[]> {
    const manager = await jetstreamManager(connection);
    const kind = stream === 'deltalines-leases' ? 'leases' : 'log';
    const prefix = `deltalines.${kind}.${name}.`;
    const { state } = await manager.streams.info(stream, { subjects_filter: `${prefix}>` });
    return Object.keys(state.subjects ?? {}).map((subject) => subject.slice(prefix.length));
  }
});

describe('watchers', () => {
  it('share two subscriptions, which end with the last watcher', async () => {
    let subscribed = 0;
    const counted = withMembers(connection, {
      subscribe: (...parameters) => {
        const subscription = connection.subscribe(...parameters);
        subscribed++;
        void subscription.closed.then(() => subscribed--);
        return subscription;
      },
    });
    const log = await jetStreamLog(counted, 'shared');
    const stops = await Promise.all([log.watch(silent), log.watch(silent), log.watch(silent)]);
    expect(subscribed).toBe(2);
    stops[0]();
    stops[0]();
    stops[1]();
    await connection.flush();
    expect(subscribed).toBe(2);
    stops[2]();
    await until(() => subscribed === 0, 'the subscriptions end');
    const stop = await log.watch(silent);
    expect(subscribed).toBe(2);
    stop();
  });

  it('let readers at the end of the log continue without requests to the server', async () => {
    const writer = await open('served');
    const made = await claim(writer, 'a');
    let requests = 0;
    const log = await jetStreamLog(
      withMembers(connection, {
        request: (...parameters) => {
          requests++;
          return connection.request(...parameters);
        },
      }),
      'served',
    );
    let notified = 0;
    const stop = await log.watch({ ...silent, appended: () => notified++ });
    const reader = await log.read({ after: made.position });
    expect(await reader.next(10)).toEqual([]);
    const before = requests;
    for (let number = 1; number <= 20; number++) {
      await writer.append([line(made, number)]);
      await until(() => notified === number, 'the watcher is notified');
      expect(shown(await reader.next(10))).toEqual([`a/0 ${number} line line ${number}`]);
      expect(await reader.next(10)).toEqual([]);
    }
    expect(requests).toBe(before);
    stop();
    await writer.append([line(made, 21)]);
    expect(await reader.next(10)).toHaveLength(1);
    expect(requests).toBeGreaterThan(before);
  });

  it('are notified when the client has reconnected', async () => {
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

  it('receive an error when the connection is closed', async () => {
    const own = await connectNats(server.address);
    const log = await jetStreamLog(own, 'closed');
    const errors: unknown[] = [];
    await log.watch({ ...silent, error: (error) => errors.push(error) });
    await own.close();
    await until(() => errors.length > 0, 'the error');
    expect(errors).toEqual([new Error('The connection to the NATS server is closed')]);
    expect(() => {
      log.publish(tail('late'));
    }).not.toThrow();
  });

  it('receive no tails that were published while the server was stuck, because these are not buffered', async () => {
    const stuck = await startNats();
    const own = await connectNats(stuck.address);
    let sent = 0;
    const counted = withMembers(own, {
      publish: (...parameters) => {
        sent++;
        own.publish(...parameters);
      },
    });
    const log = await jetStreamLog(counted, 'stuck tails');
    await stuck.pause();
    for (let index = 0; index < 10_000; index++) {
      log.publish(tail(`tail ${index}`));
    }
    expect(sent).toBeLessThan(200);
    stuck.resume();
    await own.flush();
    const texts: string[] = [];
    const stop = await log.watch({ ...silent, tail: ({ commit }) => texts.push(commit.text) });
    log.publish(tail('again'));
    await until(() => texts.length > 0, 'a tail');
    expect(texts).toEqual(['again']);
    stop();
    await own.close();
    await stuck.stop();
  });

  const tail = (text: string) => ({
    number: 1,
    commit: { type: 'tail', stream: { kind: 'answer', id: 'a', generation: 0 }, index: 0, text } as const,
  });
});

describe('faults', () => {
  it('do not duplicate a claim or a batch whose answer was lost', async () => {
    const proxy = await Proxy.start(server.port);
    const log = await open('lost answers', {}, proxy.address);
    const claimRequest = request('a');
    for (const lost of [1, 2, 3]) {
      proxy.loseAnswers(lost);
      await persist(() => log.claim([claimRequest]));
    }
    const made = await persist(() => claimAs(log, claimRequest));
    expect(made.stream.generation).toBe(0);
    for (let number = 1; number <= 20; number += 2) {
      const batch = [line(made, number), line(made, number + 1)];
      proxy.loseAnswers(1);
      const answers = await persist(() => log.append(batch));
      const stored = await persist(() => all(log));
      expect(answers).toEqual(stored.slice(number).map(({ position }) => ({ type: 'stored', position })));
    }
    expect((await persist(() => all(log))).map(({ number }) => number)).toEqual(
      Array.from({ length: 21 }, (_, index) => index),
    );
    await proxy.stop();
  });

  it('fail a call as soon as its connection is lost', async () => {
    const proxy = await Proxy.start(server.port);
    const log = await open('lost connection', { timeout: 250_000 }, proxy.address);
    const made = await claim(log, 'a');
    const reader = await log.read({});
    proxy.loseAnswers(1);
    await expect(Promise.resolve(log.append([line(made, 1)]))).rejects.toThrow(
      'connection to the NATS server',
    );
    await persist(() => log.append([line(made, 1)]));
    proxy.loseAnswers(1);
    await expect(Promise.resolve(reader.next(10))).rejects.toThrow('connection to the NATS server');
    expect(shown(await persist(() => reader.next(10)))).toEqual(['a/0 0 open', 'a/0 1 line line 1']);
    await proxy.stop();
  });

  it('do not confuse an append whose answer was lost with one that was fenced', async () => {
    const proxy = await Proxy.start(server.port);
    const log = await open('lost and fenced', {}, proxy.address);
    const other = await open('lost and fenced');
    const made = await persist(() => claim(log, 'a', { token: 'first' }));
    proxy.loseAnswers(1);
    await expect(Promise.resolve(log.append([line(made, 1)]))).rejects.toThrow();
    await claim(other, 'a');
    expect(await persist(() => log.append([line(made, 1), line(made, 2)]))).toEqual([
      { type: 'stored', position: '2' },
      { type: 'fenced' },
    ]);
    await proxy.stop();
  });

  it('do not duplicate or lose commits when connections are cut at random bytes', async () => {
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

  it('do not prevent a long append from making progress on each retry', async () => {
    const proxy = await Proxy.start(server.port);
    const log = await open('long append', {}, proxy.address);
    const requests = [request('a'), request('b')];
    const claims = await persist(() => log.claim(requests));
    proxy.cutRandomly(3, 20_000);
    proxy.cut();
    const batch = Array.from({ length: 300 }, (_, index) =>
      claims.map((made) => line(made, index + 1)),
    ).flat();
    const answers = await persist(() => log.append(batch), 200_000);
    expect(proxy.cuts).toBeGreaterThan(5);
    proxy.stopCutting();
    proxy.cut();
    const entries = (await persist(() => all(log))).slice(2);
    expect(answers).toEqual(entries.map(({ position }) => ({ type: 'stored', position })));
    expect(answers).toHaveLength(600);
    await proxy.stop();
  }, 240_000);

  it('do not lose abandoned streams: the same caller receives them on its next call', async () => {
    const proxy = await Proxy.start(server.port);
    const [log, other] = [await open('lost closes', {}, proxy.address), await open('lost closes')];
    const ids = Array.from({ length: 20 }, (_, index) => `stream ${index}`);
    await other.claim(ids.map((id) => request(id, { lease: 1 })));
    proxy.delay = 20;
    const stop = await other.watch({
      ...silent,
      appended: () => {
        proxy.cut();
      },
    });
    await expect(Promise.resolve(log.abandoned())).rejects.toThrow();
    stop();
    proxy.delay = 0;
    expect(shown(await all(other)).filter((text) => text.includes('close idle')).length).toBeGreaterThan(0);
    // The streams that the first call did not reach.
    const reported = (await other.abandoned()).map(({ id }) => id);
    expect(reported.length).toBeLessThan(ids.length);
    await until(async () => {
      reported.push(...(await persist(() => log.abandoned())).map(({ id }) => id));
      return reported.length >= ids.length;
    }, 'all are reported');
    await proxy.stop();
  });

  it('fail a call when the server is stuck, and a retry succeeds', async () => {
    const stuck = await startNats();
    const log = await open('stuck', {}, stuck.address);
    const impatient = await open('stuck', { timeout: 200 }, stuck.address);
    const made = await claim(log, 'a');
    // The claim is known now, so that the next append is a single request.
    await persist(() => impatient.append([line(made, 1)]));
    await stuck.pause();
    await expect(Promise.resolve(impatient.append([line(made, 2)]))).rejects.toThrow('timeout');
    stuck.resume();
    await persist(() => impatient.append([line(made, 2)]));
    expect(shown(await all(log))).toEqual(['a/0 0 open', 'a/0 1 line line 1', 'a/0 2 line line 2']);
    await stuck.stop();
  });

  it('fail an append on a full disk, and store no part of it', async () => {
    const full = await ServerProcess.start({
      command: 'nats-server',
      args: (port, directory) => {
        const file = join(directory, 'server.conf');
        const data = JSON.stringify(join(directory, 'data'));
        writeFileSync(file, `jetstream { store_dir: ${data}, max_file_store: 1MB }\n`);
        return ['-c', file, '-a', '127.0.0.1', '-p', String(port)];
      },
      ready: 'Server is ready',
    });
    const log = await open('full', {}, full.address);
    const made = await claim(log, 'a');
    let number = 0;
    const fill = async () => {
      for (;;) {
        await log.append([line(made, number + 1, 'x'.repeat(100_000))]);
        number++;
      }
    };
    await expect(fill()).rejects.toThrow('insufficient resources');
    await expect(fill()).rejects.toThrow('insufficient resources');
    expect((await all(log)).map((entry) => entry.number)).toEqual(
      Array.from({ length: number + 1 }, (_, index) => index),
    );
    await full.stop();
  });

  it('lose and repeat no entry when the server is killed', async () => {
    const killed = await startNats();
    const log = await open('killed', {}, killed.address);
    const claimRequest = request('a');
    const made = await claimAs(log, claimRequest);
    let notified = 0;
    await log.watch({ ...silent, appended: () => notified++ });
    const reader = await log.read({});
    const read: StoredEntry[] = [];
    let number = 1;
    for (let round = 0; round < 5; round++) {
      await persist(() => log.append([line(made, number), line(made, number + 1)]));
      const next = [line(made, number + 1), line(made, number + 2)];
      const [appended] = await Promise.all([
        persist(() => log.append(next)),
        killed.kill().then(() => killed.restart()),
      ]);
      expect(appended.map(({ type }) => type)).toEqual(['stored', 'stored']);
      expect(await persist(() => log.claim([claimRequest]))).toEqual([made]);
      number += 3;
      await until(async () => {
        read.push(...(await persist(() => reader.next(10))));
        return read.length === number;
      }, 'the reader continues');
    }
    expect(read).toEqual(await persist(() => all(log)));
    expect(read.map((entry) => entry.number)).toEqual(Array.from({ length: 16 }, (_, index) => index));
    expect(notified).toBeGreaterThan(0);
    await killed.stop();
  });
});
