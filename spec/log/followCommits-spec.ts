import fc from 'fast-check';
import {
  filter,
  map,
  type MonoTypeOperatorFunction,
  type Observable,
  type Subscription,
  take,
  VirtualTimeScheduler,
} from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';

import type { CommitLog, LogEntry } from '../../src/core/log/commitLog.js';
import { scanTranscript } from '../../src/index.js';
import { followCommits, type FollowCommitsOptions } from '../../src/log/followCommits.js';
import { memoryLog } from '../../src/log/memoryLog.js';
import { serveCommits, type ServeCommitsOptions } from '../../src/log/serveCommits.js';
import { collect } from '../support/collect.js';
import { startNodeServer } from '../support/nodeServer.js';
import { openStream } from '../support/openStream.js';
import { bufferingProxy, cuttingProxy } from '../support/proxies.js';
import { watchedLog } from '../support/watchedLog.js';

const address = 'http://localhost/log';
const eventStream = { headers: { 'content-type': 'text/event-stream' } };

interface ReceivedRequest {
  readonly url: string;
  readonly headers: Headers;
  readonly signal: AbortSignal;
}

/** A `fetch` that gives the answers in order and repeats the last one, and the requests that it received. */
function fetchOf(...answers: readonly ((request: Request) => Response | Promise<Response>)[]) {
  const requests: ReceivedRequest[] = [];
  const fetch = async (url: string, init: RequestInit) => {
    const request = new Request(url, init);
    const answer = answers[Math.min(requests.length, answers.length - 1)];
    requests.push({ url, headers: request.headers, signal: request.signal });
    return answer?.(request) ?? expect.fail('There is no answer');
  };
  return { fetch, requests };
}

function served(log: CommitLog, options: ServeCommitsOptions = {}) {
  return (request: Request) => serveCommits(log, request, options);
}

const textResponse = (text: string) => () => new Response(text, eventStream);

/** The response up to a number of bytes; then the body ends or fails. */
function cut(response: Response, bytes: number, ending: 'end' | 'error'): Response {
  const reader = (response.body ?? expect.fail('There is no body')).getReader();
  let left = bytes;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        const { value } = left > 0 ? await reader.read() : { value: undefined };
        if (value !== undefined) {
          controller.enqueue(value.subarray(0, left));
          left -= value.length;
        }
        if (value === undefined || left <= 0) {
          await reader.cancel();
          if (ending === 'end') {
            controller.close();
          } else {
            controller.error(new TypeError('terminated'));
          }
        }
      },
      cancel: () => reader.cancel(),
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { status: response.status, headers: response.headers });
}

/** A log whose text is hard to cut correctly, and its entries. */
async function richLog() {
  const log = memoryLog();
  const a = await openStream(log, 'a\u2028é');
  const b = await openStream(log, 'b');
  await a.lines(['one', '', '\u{1F600} é\r', '\ud83d']);
  await b.lines(['id: 7', 'data: {}']);
  await a.close(new Error('failed'));
  await b.close();
  const again = await openStream(log, 'b');
  await again.line('again');
  const entries = await stored(log);
  return { log, entries };
}

async function stored(log: CommitLog): Promise<readonly LogEntry[]> {
  const reader = await log.read({});
  const entries = await reader.next(Infinity);
  reader.close();
  return entries.map(({ position, commit }) => ({ position, commit }));
}

function followed(
  fetch: FollowCommitsOptions['fetch'],
  count: number,
  options: FollowCommitsOptions = {},
): Promise<readonly LogEntry[]> {
  return collect(followCommits(address, { fetch, ...options }).pipe(take(count)));
}

async function failureOf(entries: Observable<unknown>): Promise<Error> {
  const error: unknown = await collect(entries).catch((reason: unknown) => reason);
  return error instanceof Error ? error : expect.fail('It did not fail');
}

describe('followCommits', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(() => {
    // No test may leave a timer.
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  /** Subscribes, and records the entries and how it ended. */
  function follow(options: FollowCommitsOptions) {
    const entries: LogEntry[] = [];
    const endings: unknown[] = [];
    const subscription: Subscription = followCommits(address, options).subscribe({
      next: (entry) => entries.push(entry),
      error: (error: unknown) => endings.push(error),
      complete: () => endings.push('complete'),
    });
    return { entries, endings, subscription };
  }

  describe('the entries', () => {
    it('are the entries of the log', async () => {
      const { log, entries } = await richLog();
      const { fetch, requests } = fetchOf(served(log));

      expect(await followed(fetch, entries.length)).toStrictEqual(entries);
      expect(requests).toHaveLength(1);
    });

    it('include tails, without a position', async () => {
      const log = memoryLog();
      const { stream, position, tail, line } = await openStream(log);
      const { fetch } = fetchOf(served(log));
      const { entries, subscription } = follow({ fetch });
      await vi.advanceTimersByTimeAsync(0);
      tail('o');
      await vi.advanceTimersByTimeAsync(0);
      const linePosition = await line('one');
      await vi.advanceTimersByTimeAsync(0);
      subscription.unsubscribe();

      expect(entries).toStrictEqual([
        { position, commit: { type: 'open', stream } },
        { position: undefined, commit: { type: 'tail', stream, index: 0, text: 'o' } },
        { position: linePosition, commit: { type: 'line', stream, index: 0, text: 'one', eol: '\n' } },
      ]);
    });

    it('of one stream share one stream object across reconnects, so that scanTranscript works', async () => {
      const { log, entries } = await richLog();
      const { fetch, requests } = fetchOf(
        async (request) => cut(await serveCommits(log, request), 900, 'error'),
        served(log),
      );
      const following = collect(
        followCommits(address, { fetch }).pipe(
          map(({ commit }) => commit),
          take(entries.length),
          scanTranscript(),
        ),
      );
      await vi.runAllTimersAsync();
      const transcript = (await following).at(-1);

      expect(requests).toHaveLength(2);
      expect(
        transcript?.map(({ stream, lines, status }) => [stream.id, stream.generation, lines, status]),
      ).toStrictEqual([
        ['a\u2028é', 0, ['one', '', '\u{1F600} é\r', '\ud83d'], 'error'],
        ['b', 0, ['id: 7', 'data: {}'], 'end'],
        ['b', 1, ['again'], 'open'],
      ]);
    });

    it('of a stream that is joined at a tail share one stream object', async () => {
      const log = memoryLog();
      const { position, tail, line } = await openStream(log);
      const { fetch } = fetchOf(served(log));
      const { entries, subscription } = follow({ fetch, after: position });
      await vi.advanceTimersByTimeAsync(0);
      tail('o');
      await vi.advanceTimersByTimeAsync(0);
      await line('one');
      await vi.advanceTimersByTimeAsync(0);
      subscription.unsubscribe();

      expect(entries.map(({ commit }) => commit.type)).toStrictEqual(['tail', 'line']);
      const [first, second] = entries.map(({ commit }) => 'stream' in commit && commit.stream);
      expect(first).toBe(second);
    });

    it('begin after a position', async () => {
      const { log, entries } = await richLog();
      const { fetch, requests } = fetchOf(served(log));
      const after = entries[4]?.position;

      expect(await followed(fetch, entries.length - 5, { after })).toStrictEqual(entries.slice(5));
      expect(requests[0]?.headers.get('last-event-id')).toBe(after);
    });

    it('begin after the position in the URL, and continue after the last one', async () => {
      const { log, entries } = await richLog();
      const { fetch, requests } = fetchOf(
        async (request) => cut(await serveCommits(log, request), 400, 'end'),
        served(log),
      );
      const url = `${address}?after=${entries[4]?.position ?? ''}`;
      const following = collect(followCommits(url, { fetch }).pipe(take(entries.length - 5)));
      await vi.runAllTimersAsync();

      expect(await following).toStrictEqual(entries.slice(5));
      expect(requests.map((request) => request.url)).toStrictEqual([url, url]);
    });

    it('do not include events with another name', async () => {
      const line = '{"type":"open","stream":{"kind":"answer","id":"1","generation":0}}';
      const { fetch } = fetchOf(
        textResponse(
          `event: presence\ndata: 3\n\nevent: message\nid: 1\ndata: ${line}\n\nid\ndata: ${line}\n\n`,
        ),
      );
      const entries = await followed(fetch, 2);

      expect(entries.map(({ position }) => position)).toStrictEqual(['1', undefined]);
    });

    it('end with take in the middle of a chunk', async () => {
      const { log, entries } = await richLog();
      const { fetch, requests } = fetchOf(served(log));

      expect(await followed(fetch, 1)).toStrictEqual(entries.slice(0, 1));
      expect(requests[0]?.signal.aborted).toBe(true);
    });

    it('are the same for a second subscription', async () => {
      const { log, entries } = await richLog();
      const { fetch } = fetchOf(served(log));
      const all = followCommits(address, { fetch }).pipe(take(entries.length));

      expect(await collect(all)).toStrictEqual(entries);
      expect(await collect(all)).toStrictEqual(entries);
    });
  });

  describe('a cut connection', () => {
    it('resumes after the last entry that has a position, when cut after a tail', async () => {
      const line = (id: string, type: string) =>
        `${id}data: {"type":"${type}","stream":{"kind":"answer","id":"1","generation":0}}\n\n`;
      const { fetch, requests } = fetchOf(
        textResponse(`${line('id: 7\n', 'open')}${line('', 'tail')}`),
        textResponse(line('id: 8\n', 'close')),
      );
      const following = followed(fetch, 3);
      await vi.runAllTimersAsync();

      expect((await following).map(({ position }) => position)).toStrictEqual(['7', undefined, '8']);
      expect(requests.map(({ headers }) => headers.get('last-event-id'))).toStrictEqual([null, '7']);
    });

    it('reads only missed entries when cut after 10,000 entries', async () => {
      const log = watchedLog(memoryLog());
      const { lines } = await openStream(log);
      await lines(Array.from({ length: 9_999 }, (_, index) => `line ${String(index)}`));
      const { fetch, requests } = fetchOf(served(log));
      const { entries, subscription } = follow({ fetch });
      await vi.waitUntil(() => entries.length === 10_000);
      expect(log.entriesRead()).toBe(10_000);
      log.failNext(new Error('down'));
      await lines(['missed', 'missed too']);
      await vi.advanceTimersByTimeAsync(5_000);
      subscription.unsubscribe();

      expect(requests).toHaveLength(2);
      expect(entries).toHaveLength(10_002);
      expect(log.entriesRead()).toBe(10_002);
    });
  });

  describe('the delay before a reconnect', () => {
    const down = () => new Response(null, { status: 503 });
    const unreachable = () => Promise.reject(new TypeError('fetch failed'));
    const ended = textResponse(':\n\n');
    const withRetry = (retry: number) => textResponse(`retry: ${String(retry)}\n\n`);

    /** The times between the first requests. */
    async function delays(
      answers: readonly ((request: Request) => Response | Promise<Response>)[],
      options: FollowCommitsOptions,
    ): Promise<readonly number[]> {
      const times: number[] = [];
      const { fetch } = fetchOf(...answers);
      const { subscription } = follow({
        fetch: (url, init) => {
          times.push(Date.now());
          return fetch(url, init);
        },
        random: () => 1,
        ...options,
      });
      while (times.length <= answers.length) {
        await vi.advanceTimersToNextTimerAsync();
      }
      subscription.unsubscribe();
      return times.slice(1).map((time, index) => time - (times[index] ?? 0));
    }

    it.each<
      [
        string,
        readonly ((request: Request) => Response | Promise<Response>)[],
        FollowCommitsOptions,
        number[],
      ]
    >([
      ['doubles for each request in a row that fails', [down, down, down], {}, [2000, 4000, 8000]],
      [
        'is at most 30 seconds by default',
        Array<() => Response>(7).fill(down),
        {},
        [2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000],
      ],
      ['is at most maxDelay', [down, down, down], { maxDelay: 5000 }, [2000, 4000, 5000]],
      ['is the same when the network fails', [unreachable, unreachable], {}, [2000, 4000]],
      ['is reset by a response that sends data', [down, down, ended, down], {}, [2000, 4000, 2000, 4000]],
      ['does not grow while responses send data', [ended, ended, ended], {}, [2000, 2000, 2000]],
      ['is at least retry', [down, down, down], { random: () => 0 }, [1000, 1000, 1000]],
      ['is random between both limits', [down, down], { random: () => 0.5 }, [1500, 2500]],
      ['grows from retry', [down, down], { retry: 10 }, [20, 40]],
      [
        'is at least the retry of the server',
        [withRetry(5000), down, down],
        { random: () => 0 },
        [5000, 5000, 5000],
      ],
      ['is random even if the server asks for more than maxDelay', [withRetry(50_000)], {}, [100_000]],
      ['grows even if the server asks for none', [withRetry(0), down, down], {}, [2, 4, 8]],
    ])('%s', async (_name, answers, options, expected) => {
      expect(await delays(answers, options)).toStrictEqual(expected);
    });

    it('is random by default', async () => {
      const random = vi.spyOn(Math, 'random').mockReturnValue(0.25);
      expect(await delays([down], { random: undefined })).toStrictEqual([1250]);
      random.mockRestore();
    });

    it('is timed by the scheduler', async () => {
      const scheduler = new VirtualTimeScheduler();
      const { fetch, requests } = fetchOf(down);
      const { subscription } = follow({ fetch, scheduler, random: () => 0, idleTimeout: Infinity });
      await vi.advanceTimersByTimeAsync(0);
      expect(vi.getTimerCount()).toBe(0);
      scheduler.maxFrames = 999;
      scheduler.flush();
      await vi.advanceTimersByTimeAsync(0);
      expect(requests).toHaveLength(1);
      scheduler.maxFrames = 1000;
      scheduler.flush();
      await vi.advanceTimersByTimeAsync(0);

      expect(requests).toHaveLength(2);
      subscription.unsubscribe();
    });
  });

  describe('silence', () => {
    const silent = () => new Response(new ReadableStream({}), eventStream);

    it.each([
      ['a response that never arrives', () => new Promise<Response>(() => undefined)],
      ['a response without data', silent],
    ])('of %s ends the connection', async (_name, answer) => {
      const { fetch, requests } = fetchOf(answer);
      const { subscription } = follow({ fetch, random: () => 0 });
      await vi.advanceTimersByTimeAsync(59_999);
      expect(requests[0]?.signal.aborted).toBe(false);
      await vi.advanceTimersByTimeAsync(1);
      expect(requests[0]?.signal.aborted).toBe(true);
      await vi.advanceTimersByTimeAsync(1_000);

      expect(requests).toHaveLength(2);
      subscription.unsubscribe();
    });

    it('is prevented by a heartbeat', async () => {
      const log = memoryLog();
      const { fetch, requests } = fetchOf(served(log, { heartbeat: 40 }));
      const { subscription } = follow({ fetch, idleTimeout: 50 });
      await vi.advanceTimersByTimeAsync(10_000);

      expect(requests).toHaveLength(1);
      subscription.unsubscribe();
    });

    it('is allowed when idleTimeout is Infinity', async () => {
      const { fetch, requests } = fetchOf(silent);
      const { subscription } = follow({ fetch, idleTimeout: Infinity });
      await vi.advanceTimersByTimeAsync(1_000_000);

      expect(vi.getTimerCount()).toBe(0);
      expect(requests).toHaveLength(1);
      subscription.unsubscribe();
    });
  });

  describe('a refusal', () => {
    it('is a TruncatedError for a position that the log no longer has', async () => {
      const log = memoryLog({ maxEntries: 2 });
      const { position, lines } = await openStream(log);
      await lines(['one', 'two', 'three']);
      const { fetch, requests } = fetchOf(served(log));
      const error = await failureOf(followCommits(address, { fetch, after: position }));

      expect(error).toMatchObject({ name: 'TruncatedError', position });
      expect(requests).toHaveLength(1);
      expect(requests[0]?.signal.aborted).toBe(true);
    });

    it('is a RangeError for an invalid position', async () => {
      const { fetch } = fetchOf(served(memoryLog()));
      const error = await failureOf(followCommits(address, { fetch, after: 'none' }));

      expect(error).toBeInstanceOf(RangeError);
      expect(error.message).toContain('"none" is not a position of this log');
    });

    it.each([401, 403, 404, 405, 408, 429, 499])('is an error with the status %d', async (status) => {
      const { fetch, requests } = fetchOf(() => new Response('No.', { status, statusText: 'Refused' }));
      const error = await failureOf(followCommits(address, { fetch }));

      expect(error).toMatchObject({
        name: 'ResponseError',
        status,
        body: 'No.',
        message: `The log cannot be followed: the response has the status ${String(status)} Refused: No.`,
      });
      expect(requests).toHaveLength(1);
    });

    it.each(['text/html; charset=utf-8', 'application/json', ''])(
      'is an error for a response with the content type "%s"',
      async (type) => {
        const { fetch } = fetchOf(
          () => new Response('<h1>Log in</h1>', { headers: { 'content-type': type } }),
        );
        const error = await failureOf(followCommits(address, { fetch }));

        expect(error).toMatchObject({ name: 'ResponseError', status: 200 });
        expect(error.message).toContain(`content type "${type}": <h1>Log in</h1>`);
      },
    );

    it('after a reconnect is an error too', async () => {
      const { fetch } = fetchOf(textResponse(':\n\n'), () => new Response(null, { status: 404 }));
      const { endings } = follow({ fetch });
      await vi.runAllTimersAsync();

      expect(endings).toMatchObject([{ status: 404 }]);
    });

    it('with the status 204 completes the output', async () => {
      const { fetch, requests } = fetchOf(() => new Response(null, { status: 204 }));
      const { entries, endings } = follow({ fetch });
      await vi.runAllTimersAsync();

      expect(entries).toStrictEqual([]);
      expect(endings).toStrictEqual(['complete']);
      expect(requests).toHaveLength(1);
    });

    it('does not include a missing body, which is an end of the connection', async () => {
      const { fetch, requests } = fetchOf(() => new Response(null, eventStream));
      const { endings, subscription } = follow({ fetch });
      await vi.advanceTimersByTimeAsync(2_000);
      subscription.unsubscribe();

      expect(endings).toStrictEqual([]);
      expect(requests).toHaveLength(2);
    });
  });

  describe('a response with invalid events', () => {
    it.each(['no JSON', 'null', '{}', '{"type":"open","stream":null}'])('fails: %s', async (data) => {
      const { fetch, requests } = fetchOf(textResponse(`id: 7\ndata: ${data}\n\n`));
      const error = await failureOf(followCommits(address, { fetch, after: '6' }));

      expect(error).toBeInstanceOf(SyntaxError);
      expect(error.message).toBe('The event after 6 is not a commit');
      expect(requests).toHaveLength(1);
    });

    it('fails with a message that names the first event', async () => {
      const { fetch } = fetchOf(textResponse('data: [DONE]\n\n'));

      expect((await failureOf(followCommits(address, { fetch }))).message).toBe(
        'The first event is not a commit',
      );
    });

    it('fails when an event is longer than maxEventLength', async () => {
      const { fetch } = fetchOf(textResponse(`data: ${'x'.repeat(200)}`));
      const error = await failureOf(followCommits(address, { fetch, maxEventLength: 100 }));

      expect(error).toBeInstanceOf(RangeError);
      expect(error.message).toContain('maxEventLength');
    });
  });

  describe('unsubscribing', () => {
    it.each([
      ['before the response', () => new Promise<Response>(() => undefined)],
      ['in the middle of the response', () => new Response(new ReadableStream({}), eventStream)],
    ])('%s aborts the request', async (_name, answer) => {
      const { fetch, requests } = fetchOf(answer);
      const { endings, subscription } = follow({ fetch });
      await vi.advanceTimersByTimeAsync(0);
      expect(requests[0]?.signal.aborted).toBe(false);
      subscription.unsubscribe();

      expect(requests[0]?.signal.aborted).toBe(true);
      expect(vi.getTimerCount()).toBe(0);
      await vi.runAllTimersAsync();
      expect(endings).toStrictEqual([]);
      expect(requests).toHaveLength(1);
    });

    it('before a reconnect cancels it', async () => {
      const { fetch, requests } = fetchOf(textResponse(''));
      const { subscription } = follow({ fetch });
      await vi.advanceTimersByTimeAsync(0);
      expect(vi.getTimerCount()).toBe(1);
      subscription.unsubscribe();
      await vi.runAllTimersAsync();

      expect(requests).toHaveLength(1);
    });

    it('stops the server from reading the log', async () => {
      const log = watchedLog(memoryLog());
      await openStream(log);
      const { fetch } = fetchOf(served(log));
      const { entries, subscription } = follow({ fetch });
      await vi.advanceTimersByTimeAsync(0);
      expect(entries).toHaveLength(1);
      expect(log.readers()).toBe(1);
      subscription.unsubscribe();
      await vi.advanceTimersByTimeAsync(0);

      expect(log.readers()).toBe(0);
      expect(log.watchers.size).toBe(0);
    });
  });

  describe('the requests', () => {
    it('have the headers of the application, and accept an event stream', async () => {
      const { log, entries } = await richLog();
      const { fetch, requests } = fetchOf(served(log));
      await followed(fetch, entries.length, { headers: { authorization: 'Bearer 1' } });

      expect(requests[0]?.headers.get('accept')).toBe('text/event-stream');
      expect(requests[0]?.headers.get('authorization')).toBe('Bearer 1');
      expect(requests[0]?.headers.has('last-event-id')).toBe(false);
    });

    it('are made with the global fetch when no other is given', async () => {
      const { log, entries } = await richLog();
      const spy = vi
        .spyOn(globalThis, 'fetch')
        .mockImplementation((url, init) => serveCommits(log, new Request(url, init)));
      const received = await collect(followCommits(new URL(address)).pipe(take(entries.length)));
      spy.mockRestore();

      expect(received).toStrictEqual(entries);
    });
  });

  it.each<[string, unknown, string]>([
    ['after', 7, 'TypeError'],
    ['fetch', 'GET', 'TypeError'],
    ['retry', -1, 'RangeError'],
    ['maxDelay', 0, 'RangeError'],
    ['idleTimeout', '1', 'TypeError'],
    ['maxEventLength', 0, 'RangeError'],
    ['random', 0.5, 'TypeError'],
    ['scheduler', {}, 'TypeError'],
  ])('throws when the option %s is %j', (option, value, name) => {
    expect(() => followCommits(address, { [option]: value })).toThrow(
      expect.objectContaining({ name, message: expect.stringContaining(option) as string }) as Error,
    );
  });

  it('throws when the URL is invalid', () => {
    expect(() => followCommits('//')).toThrow(TypeError);
    expect(() => followCommits('http://user:password@localhost/')).toThrow(TypeError);
  });
});

/** Reconnects after a millisecond. */
const atOnce = { retry: 0, random: () => 0 };

describe('followCommits over cut connections', { timeout: 60_000 }, () => {
  it('loses and repeats nothing when the connection is cut at any byte', async () => {
    // Each byte has a follower of its own, so the log is short.
    const log = memoryLog();
    const { lines, close } = await openStream(log, 'é');
    await lines(['\u{1F600}']);
    await close();
    const entries = await stored(log);
    const response = await serveCommits(log, new Request(address), { retry: 0, lifetime: 1 });
    const { length } = new TextEncoder().encode(await response.text());
    expect(length).toBeGreaterThan(300);
    const cuts = Array.from({ length }, (_, bytes) => bytes);
    await Promise.all(
      cuts.map(async (bytes) => {
        const ending = bytes % 2 === 0 ? 'end' : 'error';
        const { fetch, requests } = fetchOf(
          async (request) => cut(await serveCommits(log, request, { retry: 0 }), bytes, ending),
          served(log, { retry: 0 }),
        );
        const received = await followed(fetch, entries.length, atOnce);
        // Compared as text, which is faster.
        expect(JSON.stringify(received)).toBe(JSON.stringify(entries));
        expect(requests.length).toBe(2);
      }),
    );
  });

  it('loses and repeats nothing when connections are cut repeatedly', async () => {
    const { log, entries } = await richLog();
    const cuts = fc.array(fc.record({ bytes: fc.nat(600), ending: fc.constantFrom('end', 'error') }), {
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(cuts, async (list) => {
        const { fetch } = fetchOf(
          ...list.map(
            ({ bytes, ending }) =>
              async (request: Request) =>
                cut(await serveCommits(log, request, { retry: 0 }), bytes, ending),
          ),
          served(log),
        );
        expect(await followed(fetch, entries.length, atOnce)).toStrictEqual(entries);
      }),
      { numRuns: 100 },
    );
  });
});

describe('followCommits over HTTP', { timeout: 60_000 }, () => {
  it('receives exactly the log, wherever a proxy cuts the connections', async () => {
    const { log, entries } = await richLog();
    const port = await nodeServer((request) => serveCommits(log, request, { retry: 0 }));
    // The head of the response has some 200 bytes, and the events some 1,300.
    const cuts = fc.array(fc.integer({ min: 1, max: 1_500 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(cuts, async (bytes) => {
        const proxy = await cuttingProxy(port, bytes);
        const received = await collect(
          followCommits(`http://127.0.0.1:${String(proxy.port)}/`, atOnce).pipe(take(entries.length)),
        );
        expect(received).toStrictEqual(entries);
        expect(proxy.connections()).toBeGreaterThan(1);
      }),
      { numRuns: 30 },
    );
  });

  it('receives exactly the log while it is written, with each tail before its line', async () => {
    const log = memoryLog();
    const port = await nodeServer((request) => serveCommits(log, request, { retry: 0 }));
    const proxy = await cuttingProxy(port, [300, 500, 700, 900, 1100, 1300, 1500]);
    const writer = await openStream(log);
    let written = 0;
    const received = await collect(
      followCommits(`http://127.0.0.1:${String(proxy.port)}/`, atOnce).pipe(
        // Each received entry triggers the next one, after a tail that may be lost.
        map((entry) => {
          if (entry.position !== undefined && written < 50) {
            writer.tail('t');
            void writer.line(String(written++));
          }
          return entry;
        }),
        // The network decides whether a tail arrives. It never arrives after its line.
        withoutTails(),
        take(51),
      ),
    );

    expect(received).toStrictEqual(await stored(log));
    expect(proxy.connections()).toBeGreaterThan(7);
  });

  it.each([1, 1_000])(
    'receives exactly the log through a proxy that forwards blocks of %i bytes',
    async (size) => {
      const { log, entries } = await richLog();
      const port = await nodeServer((request) => serveCommits(log, request, { heartbeat: 1 }));
      const proxy = await bufferingProxy(port, size);
      const received = await collect(
        followCommits(`http://127.0.0.1:${String(proxy.port)}/`).pipe(take(entries.length)),
      );

      expect(received).toStrictEqual(entries);
      expect(proxy.connections()).toBe(1);
    },
  );

  it('receives exactly the log through a proxy that buffers whole responses, when the server limits their lifetime', async () => {
    const { log, entries } = await richLog();
    const port = await nodeServer((request) => serveCommits(log, request, { lifetime: 50, retry: 0 }));
    const proxy = await bufferingProxy(port, Infinity);
    const received = await collect(
      followCommits(`http://127.0.0.1:${String(proxy.port)}/`).pipe(take(entries.length)),
    );

    expect(received).toStrictEqual(entries);
  });

  it('leaves no reader on the server', async () => {
    const log = watchedLog(memoryLog());
    await openStream(log);
    const port = await nodeServer((request) => serveCommits(log, request));
    await collect(followCommits(`http://127.0.0.1:${String(port)}/`).pipe(take(1)));
    await vi.waitUntil(() => log.readers() === 0 && log.watchers.size === 0);

    expect(log.readers()).toBe(0);
  });
});

async function nodeServer(handle: (request: Request) => Promise<Response>): Promise<number> {
  const { port, close } = await startNodeServer(handle);
  onTestFinished(close);
  return port;
}

/** Drops the tails, after checking that none is stale. */
function withoutTails(): MonoTypeOperatorFunction<LogEntry> {
  return (source) => {
    let lines = 0;
    return source.pipe(
      filter(({ commit }) => {
        if (commit.type === 'tail') {
          expect(commit.index).toBe(lines);
        } else if (commit.type === 'line') {
          lines = commit.index + 1;
        }
        return commit.type !== 'tail';
      }),
    );
  };
}
