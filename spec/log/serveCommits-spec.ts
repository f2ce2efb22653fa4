import { noop, VirtualTimeScheduler } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { CommitLog, StoredEntry } from '../../src/core/log/commitLog.js';
import type { Commit, StreamRef } from '../../src/index.js';
import { memoryLog } from '../../src/log/memoryLog.js';
import { serveCommits, type ServeCommitsOptions } from '../../src/log/serveCommits.js';
import { openStream } from '../support/openStream.js';
import { watchedLog } from '../support/watchedLog.js';

const address = 'http://localhost/log';

interface EventOfLog {
  readonly id: string | undefined;
  readonly commit: Commit;
}

/** Reads a response by hand. Each read has to be asked for, so it is a slow client between two. */
function clientOf(response: Response) {
  const reader = (response.body ?? expect.fail('There is no body')).getReader();
  const decoder = new TextDecoder();
  const read = async () => {
    const { done, value } = await reader.read();
    return done ? undefined : decoder.decode(value, { stream: true });
  };
  /** Reads until the text ends in this, or to the end. */
  const until = async (end: string) => {
    let text = '';
    while (!text.endsWith(end)) {
      const chunk = await read();
      if (chunk === undefined) {
        return text;
      }
      text += chunk;
    }
    return text;
  };
  const events = async (count: number): Promise<readonly EventOfLog[]> => {
    const found: EventOfLog[] = [];
    while (found.length < count) {
      const chunk = (await read()) ?? expect.fail('The response has ended');
      found.push(...eventsOf(chunk));
    }
    return found;
  };
  return { read, until, events, cancel: () => reader.cancel() };
}

/** The events of the text of whole events. */
function eventsOf(text: string): readonly EventOfLog[] {
  return text
    .split('\n\n')
    .filter((event) => event.includes('data: '))
    .map((event) => {
      const [id, data = ''] = event.startsWith('id: ') ? event.slice('id: '.length).split('\ndata: ') : [];
      return { id, commit: JSON.parse(id === undefined ? event.slice('data: '.length) : data) as Commit };
    });
}

function textsOf(events: readonly EventOfLog[]): readonly string[] {
  return events.map(({ commit }) =>
    commit.type === 'line' || commit.type === 'tail' ? `${commit.type} ${commit.text}` : commit.type,
  );
}

function headersOf(headers: Headers): Readonly<Record<string, string>> {
  const all: Record<string, string> = {};
  headers.forEach((value, name) => (all[name] = value));
  return all;
}

async function serve(log: CommitLog, init: RequestInit = {}, options: ServeCommitsOptions = {}, query = '') {
  return serveCommits(log, new Request(address + query, init), options);
}

/** A client that has received what the log has. */
async function followed(log: CommitLog, options: ServeCommitsOptions = {}, count = 1) {
  const client = clientOf(await serve(log, {}, options));
  expect(await client.read()).toBe('retry: 1000\n\n');
  await client.events(count);
  return client;
}

/** Lets what waits for promises go on. */
async function settled(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  // No timer is left, whatever the spec was about.
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('serveCommits', () => {
  describe('the response', () => {
    it('has an event for each entry, with its position and its commit', async () => {
      const log = memoryLog();
      const { position, line, close } = await openStream(log);
      const positions = [await line('one'), await close(new TypeError('failed'))];
      const client = clientOf(await serve(log));

      expect(await client.until('"}}\n\n')).toBe(
        [
          'retry: 1000',
          '',
          `id: ${position}`,
          'data: {"type":"open","stream":{"kind":"answer","id":"1","generation":0}}',
          '',
          `id: ${positions[0] ?? ''}`,
          'data: {"type":"line","stream":{"kind":"answer","id":"1","generation":0},"index":0,"text":"one","eol":"\\n"}',
          '',
          `id: ${positions[1] ?? ''}`,
          'data: {"type":"close","stream":{"kind":"answer","id":"1","generation":0},"lines":1,"reason":"error","error":{"name":"TypeError","message":"failed"}}',
          '',
          '',
        ].join('\n'),
      );
      await client.cancel();
    });

    it('comes from a promise of a log as well', async () => {
      const log = memoryLog();
      await openStream(log);
      const client = clientOf(await serveCommits(Promise.resolve(log), new Request(address)));

      expect(textsOf(await client.events(1))).toStrictEqual(['open']);
      await client.cancel();
    });

    it('goes on with what is appended later, and never ends by itself', async () => {
      const log = memoryLog();
      const client = clientOf(await serve(log));
      const events = client.events(4);
      const { line, lines } = await openStream(log);
      await line('one');
      await settled();
      await lines(['two', 'three']);

      expect(textsOf(await events)).toStrictEqual(['open', 'line one', 'line two', 'line three']);
      await client.cancel();
    });

    it('misses nothing that is appended while the log says that it has no more', async () => {
      const log = memoryLog();
      const { position, line } = await openStream(log);
      let isFirst = true;
      const read: CommitLog['read'] = async (request) => {
        const reader = await log.read(request);
        return {
          next: async (limit) => {
            const entries = await reader.next(limit);
            if (isFirst) {
              isFirst = false;
              await line('one');
            }
            return entries;
          },
          close: () => undefined,
        };
      };
      const client = clientOf(
        await serve({ ...watchedLog(log), read }, { headers: { 'last-event-id': position } }),
      );

      expect(textsOf(await client.events(1))).toStrictEqual(['line one']);
      await client.cancel();
    });

    it('carries text of any kind', async () => {
      const log = memoryLog();
      const texts = ['\r', '\u2028\0', '\ud83d', '"\\', 'id: 7', ''];
      const { lines } = await openStream(log, 'a\n\n.*>\0');
      await lines(texts);
      const client = clientOf(await serve(log));
      const events = await client.events(7);

      expect(textsOf(events)).toStrictEqual(['open', ...texts.map((text) => `line ${text}`)]);
      expect(events.map(({ commit }) => 'stream' in commit && commit.stream.id)).toStrictEqual(
        Array(7).fill('a\n\n.*>\0'),
      );
      await client.cancel();
    });

    it('says that nothing on the way may collect, compress or store it', async () => {
      const { status, headers, body } = await serve(memoryLog());

      expect(status).toBe(200);
      expect(headersOf(headers)).toStrictEqual({
        'content-type': 'text/event-stream',
        'cache-control': 'no-cache, no-transform',
        'x-accel-buffering': 'no',
      });
      await body?.cancel();
    });

    it.each([
      [250, 'retry: 250\n\n'],
      [0, 'retry: 0\n\n'],
      [Infinity, ':\n\n'],
    ])('begins at once, with the time to reconnect: %d', async (retry, text) => {
      const client = clientOf(await serve(memoryLog(), {}, { retry }));

      expect(await client.read()).toBe(text);
      await client.cancel();
    });
  });

  describe('the position', () => {
    const log = memoryLog();
    const prepared = (async () => {
      const { lines } = await openStream(log);
      return lines(['one', 'two', 'three']);
    })();

    it.each([
      ['is taken from the header', 1, undefined, ['line three']],
      ['is taken from the query', undefined, 0, ['line two', 'line three']],
      ['of the header wins', 1, 0, ['line three']],
      ['is not needed', undefined, undefined, ['open', 'line one', 'line two', 'line three']],
    ])('%s', async (_name, header, query, texts) => {
      const positions = await prepared;
      const client = clientOf(
        await serve(
          log,
          { headers: header === undefined ? {} : { 'Last-Event-ID': positions[header] ?? '' } },
          {},
          query === undefined ? '' : `?after=${encodeURIComponent(positions[query] ?? '')}`,
        ),
      );

      expect(textsOf(await client.events(texts.length))).toStrictEqual(texts);
      await client.cancel();
    });

    it('that is empty is none', async () => {
      await prepared;
      const client = clientOf(await serve(log, { headers: { 'last-event-id': '' } }, {}, '?after='));

      expect(textsOf(await client.events(1))[0]).toBe('open');
      await client.cancel();
    });

    it('behind the last entry gives what comes next', async () => {
      const ownLog = memoryLog();
      const { position, line } = await openStream(ownLog);
      const client = clientOf(await serve(ownLog, { headers: { 'last-event-id': position } }));
      const events = client.events(1);
      await settled();
      await line('one');

      expect(textsOf(await events)).toStrictEqual(['line one']);
      await client.cancel();
    });
  });

  describe('the status', () => {
    it('is 410 for a position that the log no longer has', async () => {
      const log = memoryLog({ maxEntries: 2 });
      const { position, lines } = await openStream(log);
      await lines(['one', 'two', 'three']);
      const response = await serve(log, { headers: { 'last-event-id': position } });

      expect(response.status).toBe(410);
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(await response.text()).toBe(
        `The log no longer has the entries after position ${JSON.stringify(position)}\n`,
      );
    });

    it('is 400 for what is no position', async () => {
      const response = await serve(memoryLog(), {}, {}, '?after=<script>');

      expect(response.status).toBe(400);
      expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(await response.text()).toBe('"<script>" is not a position of this log\n');
    });

    it('is 503 when the log cannot be opened', async () => {
      const onError = vi.fn();
      const failure = new Error('down');
      const response = await serveCommits(Promise.reject(failure), new Request(address), { onError });

      expect(response.status).toBe(503);
      expect(onError.mock.calls).toStrictEqual([[failure]]);
    });

    it('is 503 when the store fails, which the client is told nothing about', async () => {
      const failure = new Error('redis://user:password@host is down');
      const log = { ...watchedLog(memoryLog()), read: () => Promise.reject(failure) };
      const onError = vi.fn();
      const response = await serve(log, {}, { onError });

      expect(response.status).toBe(503);
      expect(response.headers.get('retry-after')).toBe('1');
      expect(await response.text()).toBe('The log cannot be read now\n');
      expect(onError.mock.calls).toStrictEqual([[failure]]);
      expect((await serve(log)).status).toBe(503);
    });

    it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('is 405 for the method %s', async (method) => {
      const log = watchedLog(memoryLog());
      const response = await serve(log, { method });

      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBe('GET, HEAD');
      expect(log.readers()).toBe(0);
    });

    it('is that of GET for the method HEAD, which has no body and reads nothing', async () => {
      const log = watchedLog(memoryLog());
      const got = await serve(log);
      const response = await serve(log, { method: 'HEAD' });

      expect(response.status).toBe(200);
      expect(response.body).toBeNull();
      expect(headersOf(response.headers)).toStrictEqual(headersOf(got.headers));
      expect((await serve(log, { method: 'HEAD' }, {}, '?after=none')).status).toBe(400);
      await got.body?.cancel();
      expect(log.readers()).toBe(0);
    });
  });

  describe('tails', () => {
    it('have no position, and come before the line that they become', async () => {
      const log = memoryLog();
      const { line, tail } = await openStream(log);
      const client = await followed(log);
      const events = client.events(3);
      await settled();
      tail('o');
      await settled();
      tail('on');
      await settled();
      await line('one');

      const received = await events;
      expect(textsOf(received)).toStrictEqual(['tail o', 'tail on', 'line one']);
      expect(received.map(({ id }) => id !== undefined)).toStrictEqual([false, false, true]);
      await client.cancel();
    });

    it('that a slow client missed are left out, but for the latest of each stream', async () => {
      const log = memoryLog();
      const a = await openStream(log, 'a');
      const b = await openStream(log, 'b');
      const client = await followed(log, {}, 2);
      a.tail('on');
      await a.line('one');
      a.tail('t');
      b.tail('x');
      a.tail('tw');

      expect(textsOf(await client.events(3))).toStrictEqual(['line one', 'tail tw', 'tail x']);
      await client.cancel();
    });

    it('of a stream that the client joins in the middle come when the log says that they are current', async () => {
      const log = memoryLog();
      const { line, tail } = await openStream(log);
      const position = await line('one');
      const client = clientOf(await serve(log, { headers: { 'last-event-id': position } }));
      await client.read();
      const events = client.events(2);
      await settled();
      tail('tw');
      await settled();
      await line('two');

      expect(textsOf(await events)).toStrictEqual(['tail tw', 'line two']);
      await client.cancel();
    });

    it('wait for entries that are stored while the log is asked about their stream', async () => {
      const log = memoryLog();
      const { position, line, tail } = await openStream(log);
      const entries = async (stream: StreamRef) => {
        await line('one');
        tail('tw');
        return log.entries(stream);
      };
      const client = clientOf(
        await serve({ ...watchedLog(log), entries }, { headers: { 'last-event-id': position } }),
      );
      await client.read();
      const events = client.events(2);
      await settled();
      tail('o');

      expect(textsOf(await events)).toStrictEqual(['line one', 'tail tw']);
      await client.cancel();
    });

    it('that come late are left out', async () => {
      const log = memoryLog();
      const { stream, line, close } = await openStream(log);
      const position = await line('one');
      const client = clientOf(await serve(log, { headers: { 'last-event-id': position } }));
      await client.read();
      const events = client.events(2);
      await settled();
      log.publish({ commit: { type: 'tail', stream, index: 0, text: 'on' }, number: 1 });
      await settled();
      await line('two');
      await settled();
      log.publish({ commit: { type: 'tail', stream, index: 1, text: 'tw' }, number: 2 });
      await settled();
      await close();

      expect(textsOf(await events)).toStrictEqual(['line two', 'close']);
      const rest = client.events(1);
      log.publish({ commit: { type: 'tail', stream, index: 1, text: 'tw' }, number: 2 });
      await settled();
      await openStream(log, 'next');
      expect(textsOf(await rest)).toStrictEqual(['open']);
      await client.cancel();
    });
  });

  describe('a heartbeat', () => {
    it('comes after each silence of that length', async () => {
      const log = memoryLog();
      const client = clientOf(await serve(log, {}, { heartbeat: 100 }));
      const text = client.until(':\n\n:\n\n');
      await vi.advanceTimersByTimeAsync(99);
      await openStream(log);
      await vi.advanceTimersByTimeAsync(99);
      expect(vi.getTimerCount()).toBe(1);
      await vi.advanceTimersByTimeAsync(101);

      expect(await text).toMatch(/^retry: 1000\n\nid: .*\ndata: .*\n\n:\n\n:\n\n$/);
      await client.cancel();
    });

    it('is every 15 seconds unless another time is set', async () => {
      const client = await clientWithOpen();
      const text = client.read();
      await vi.advanceTimersByTimeAsync(14_999);
      expect(await Promise.race([text, Promise.resolve('nothing')])).toBe('nothing');
      await vi.advanceTimersByTimeAsync(1);

      expect(await text).toBe(':\n\n');
      await client.cancel();
    });

    it('never comes when it is Infinity', async () => {
      const client = await clientWithOpen({ heartbeat: Infinity });
      const text = client.read();
      await settled();

      expect(vi.getTimerCount()).toBe(0);
      await client.cancel();
      expect(await text).toBeUndefined();
    });

    it('does not wait for a client that takes nothing', async () => {
      const client = await clientWithOpen({ heartbeat: 100 });
      await vi.advanceTimersByTimeAsync(1000);

      expect(vi.getTimerCount()).toBe(0);
      const text = client.read();
      await vi.advanceTimersByTimeAsync(100);
      expect(await text).toBe(':\n\n');
      await client.cancel();
    });

    it('takes its time from the scheduler', async () => {
      const scheduler = new VirtualTimeScheduler(undefined, 99);
      const client = await clientWithOpen({ heartbeat: 100, scheduler });
      const text = client.read();
      await settled();
      expect(vi.getTimerCount()).toBe(0);
      scheduler.flush();
      expect(await Promise.race([text, Promise.resolve('nothing')])).toBe('nothing');
      scheduler.maxFrames = 100;
      scheduler.flush();

      expect(await text).toBe(':\n\n');
      await client.cancel();
    });

    async function clientWithOpen(options: ServeCommitsOptions = {}) {
      const log = memoryLog();
      await openStream(log);
      return followed(log, options);
    }
  });

  describe('the lifetime', () => {
    it('ends the response, and the reading with it', async () => {
      const log = watchedLog(memoryLog());
      await openStream(log);
      const client = await followed(log, { lifetime: 5_000 });
      const rest = client.until('end');
      await vi.advanceTimersByTimeAsync(4_999);
      expect(log.readers()).toBe(1);
      await vi.advanceTimersByTimeAsync(1);

      expect(await rest).toBe('');
      expect(log.readers()).toBe(0);
      expect(log.watchers.size).toBe(0);
    });

    it('has no timer left when the client has left before', async () => {
      const client = clientOf(await serve(memoryLog(), {}, { lifetime: 5_000 }));
      expect(vi.getTimerCount()).toBe(1);
      await client.cancel();

      expect(vi.getTimerCount()).toBe(0);
    });

    it('ends also while the client takes nothing', async () => {
      const log = watchedLog(memoryLog());
      await openStream(log);
      const client = await followed(log, { lifetime: 5_000 });
      await vi.advanceTimersByTimeAsync(5_000);

      expect(log.readers()).toBe(0);
      expect(await client.read()).toBeUndefined();
    });
  });

  describe('a slow client', () => {
    it('reads no more of the log than it takes', async () => {
      const log = watchedLog(memoryLog());
      const { lines } = await openStream(log);
      await lines(Array.from({ length: 10_000 }, (_, index) => `line ${String(index)}`));
      const client = clientOf(await serve(log));
      await settled();
      expect(log.entriesRead()).toBe(0);
      await client.read();
      expect(log.entriesRead()).toBe(0);
      const events = eventsOf((await client.read()) ?? '');
      await settled();

      expect(log.entriesRead()).toBe(64);
      expect(events).toHaveLength(64);
      await client.cancel();
    });

    it('gets long lines in chunks of their own', async () => {
      const log = memoryLog();
      const { lines } = await openStream(log);
      await lines(Array.from({ length: 5 }, (_, index) => String(index).repeat(20_000)));
      const client = await followed(log, {}, 2);
      const chunks = [await client.read(), await client.read(), await client.read()];

      expect(chunks.map((chunk) => eventsOf(chunk ?? '').length)).toStrictEqual([1, 1, 1]);
      await client.cancel();
    });

    it('gets the end of the response, and then 410, when the log has removed what it did not take', async () => {
      const log = memoryLog({ maxEntries: 100 });
      const { position, lines } = await openStream(log);
      const onError = vi.fn();
      const client = await followed(log, { onError });
      await lines(Array.from({ length: 200 }, (_, index) => `line ${String(index)}`));

      expect(await client.read()).toBeUndefined();
      expect(onError).toHaveBeenCalledOnce();
      const again = await serve(log, { headers: { 'last-event-id': position } });
      expect(again.status).toBe(410);
    });
  });

  describe('a client that resumes', () => {
    it('after 10,000 entries reads only what it missed', async () => {
      const log = watchedLog(memoryLog());
      const { lines } = await openStream(log);
      const positions = await lines(Array.from({ length: 10_000 }, (_, index) => `line ${String(index)}`));
      await lines(['missed', 'missed too']);
      const client = clientOf(await serve(log, { headers: { 'last-event-id': positions.at(-1) ?? '' } }));

      expect(textsOf(await client.events(2))).toStrictEqual(['line missed', 'line missed too']);
      expect(log.entriesRead()).toBe(2);
      await client.cancel();
    });
  });

  describe('a client that leaves', () => {
    it.each([
      ['before it has read anything', 0],
      ['after the first chunk', 1],
      ['after some entries', 2],
    ])('%s, by cancelling, stops the reading', async (_name, reads) => {
      const log = watchedLog(memoryLog());
      await openStream(log);
      const client = clientOf(await serve(log));
      for (let read = 0; read < reads; read++) {
        await client.read();
      }
      await client.cancel();

      expect(log.readers()).toBe(0);
      expect(log.watchers.size).toBe(0);
    });

    it('while it waits for an entry stops the reading', async () => {
      const log = watchedLog(memoryLog());
      await openStream(log);
      const client = await followed(log);
      const waiting = client.read();
      await settled();
      expect(vi.getTimerCount()).toBe(1);
      await client.cancel();

      expect(await waiting).toBeUndefined();
      expect(log.readers()).toBe(0);
      expect(log.watchers.size).toBe(0);
    });

    it.each([
      ['before it has read anything', 0],
      ['while it waits for the first chunk', 1],
      ['while it waits for an entry', 3],
    ])('%s, as the signal of the request says, ends the response', async (_name, reads) => {
      const log = watchedLog(memoryLog());
      await openStream(log);
      const left = new AbortController();
      const client = clientOf(await serve(log, { signal: left.signal }));
      let last: Promise<string | undefined> | undefined;
      for (let read = 0; read < reads; read++) {
        await last;
        last = client.read();
      }
      left.abort();

      expect(await last).toBeUndefined();
      expect(await client.read()).toBeUndefined();
      expect(log.readers()).toBe(0);
      expect(log.watchers.size).toBe(0);
    });

    it('while the log reads leaves nothing waiting', async () => {
      let answer: (entries: readonly StoredEntry[]) => void = noop;
      const log: CommitLog = {
        ...watchedLog(memoryLog()),
        read: () => ({
          next: () => new Promise((resolve) => (answer = resolve)),
          close: noop,
        }),
      };
      const client = clientOf(await serve(log));
      await client.read();
      const waiting = client.read();
      await settled();
      await client.cancel();
      answer([]);
      await settled();

      expect(await waiting).toBeUndefined();
      expect(vi.getTimerCount()).toBe(0);
    });

    it('before the response is there stops the reading', async () => {
      const log = watchedLog(memoryLog());
      const client = clientOf(await serve(log, { signal: AbortSignal.abort() }));

      expect(await client.read()).toBeUndefined();
      expect(log.readers()).toBe(0);
    });

    it('ends no stream, and takes nothing from another client', async () => {
      const log = memoryLog();
      const { stream, line } = await openStream(log);
      const [leaving, staying] = [await followed(log), await followed(log)];
      const waiting = [leaving.read(), staying.read()];
      await settled();
      await leaving.cancel();
      await line('one');

      expect(await waiting[0]).toBeUndefined();
      expect(textsOf(eventsOf((await waiting[1]) ?? ''))).toStrictEqual(['line one']);
      expect(log.entries(stream)).toBe(2);
      await staying.cancel();
    });
  });

  describe('a store that fails', () => {
    it.each<[string, (log: ReturnType<typeof watchedLog>, error: Error) => void]>([
      [
        'when it is read',
        (log, error) => {
          log.failNext(error);
          log.watchers.forEach((watcher) => {
            watcher.appended();
          });
        },
      ],
      [
        'to watch',
        (log, error) => {
          log.watchers.forEach((watcher) => {
            watcher.error(error);
          });
        },
      ],
    ])('%s ends the response', async (_name, fail) => {
      const log = watchedLog(memoryLog());
      await openStream(log);
      const onError = vi.fn();
      const client = await followed(log, { onError });
      const rest = client.read();
      await settled();
      const error = new Error('down');
      fail(log, error);

      expect(await rest).toBeUndefined();
      expect(onError.mock.calls).toStrictEqual([[error]]);
      expect(log.readers()).toBe(0);
      expect(log.watchers.size).toBe(0);
    });

    it('from the beginning to watch ends the response', async () => {
      const error = new Error('down');
      const log = { ...watchedLog(memoryLog()), watch: () => Promise.reject(error) };
      const onError = vi.fn();
      const client = clientOf(await serve(log, {}, { onError }));

      expect(await client.read()).toBeUndefined();
      expect(onError.mock.calls).toStrictEqual([[error]]);
      expect(log.readers()).toBe(0);
    });

    it('after the client has left is told nobody', async () => {
      const log = watchedLog(memoryLog());
      await openStream(log);
      const onError = vi.fn();
      const client = await followed(log, { onError });
      const [watcher] = log.watchers;
      await client.cancel();
      watcher?.error(new Error('down'));

      expect(onError).not.toHaveBeenCalled();
    });
  });

  it.each<[string, unknown, string]>([
    ['heartbeat', 0, 'RangeError'],
    ['heartbeat', '1', 'TypeError'],
    ['retry', -1, 'RangeError'],
    ['retry', 1.5, 'RangeError'],
    ['lifetime', NaN, 'RangeError'],
    ['onError', 'log', 'TypeError'],
    ['scheduler', {}, 'TypeError'],
  ])('rejects when the option %s is %j', async (option, value, name) => {
    const log = watchedLog(memoryLog());
    const response = serve(log, {}, { [option]: value });

    await expect(response).rejects.toMatchObject({
      name,
      message: expect.stringContaining(option) as string,
    });
    expect(log.readers()).toBe(0);
  });

  it.each([undefined, null, 'redis://', {}])('rejects with %o as a log', async (log) => {
    const onError = vi.fn();

    await expect(serve(log as CommitLog, {}, { onError })).rejects.toMatchObject({
      name: 'TypeError',
      message: expect.stringMatching(/^The log is .*, but must be a log or a promise of one$/) as string,
    });
    expect(onError).not.toHaveBeenCalled();
  });
});
