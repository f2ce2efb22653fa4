import type { SchedulerLike, Subscription } from 'rxjs';

import { LiveTails } from '../core/log/liveTails.js';
import { callback, checkOptions, count, duration, schedulerOption } from '../rx/options.js';
import type { Awaitable, CommitLog, LiveTail, LogReader, LogWatcher, StoredEntry } from './commitLog.js';
import { logArgument } from './logOptions.js';
import { encodeCommit } from './storedCommit.js';

/** The options of `serveCommits`. */
export interface ServeCommitsOptions {
  /**
   * A comment is sent after this much silence, so that proxies and the client see that the connection lives.
   * Milliseconds, more than 0 and at most 2,147,483,647; `Infinity` for never.
   *
   * @default 15_000
   */
  readonly heartbeat?: number | undefined;
  /**
   * The time that the client is asked to wait before it reconnects. A whole number of milliseconds from 0; `Infinity` leaves
   * it to the client.
   *
   * @default 1_000
   */
  readonly retry?: number | undefined;
  /**
   * The response ends after this time, and the client reconnects: for platforms that limit the duration of a request, and
   * for proxies that pass nothing on before the end. Milliseconds, more than 0 and at most 2,147,483,647; `Infinity` for
   * never.
   *
   * @default Infinity
   */
  readonly lifetime?: number | undefined;
  /** Called with each error of the store. The client is told nothing about it: it reconnects. */
  readonly onError?: ((error: unknown) => void) | undefined;
  /**
   * The only source of time.
   *
   * @default asyncScheduler
   */
  readonly scheduler?: SchedulerLike | undefined;
}

interface ResolvedServeCommitsOptions {
  readonly heartbeat: number;
  readonly retry: number;
  readonly lifetime: number;
  readonly onError: (error: unknown) => void;
  readonly scheduler: SchedulerLike;
}

/** The most entries that wait for one client. */
const BATCH_SIZE = 64;

/** A chunk of the response ends with the first event that reaches this many code units. */
const CHUNK_LENGTH = 16_384;

/**
 * Answers a request with the commits of a log, as server-sent events: what follows the client's position, then what comes.
 *
 * ```text
 * GET /chat/1                    retry: 1000
 * last-event-id: 7
 *                                id: 8
 *                                data: {"type":"line","stream":{…},"index":3,"text":"Hello","eol":"\n"}
 *
 *                                data: {"type":"tail","stream":{…},"index":4,"text":"Wor"}
 *
 *                                :
 * ```
 *
 * - **Position**: the header `last-event-id`, or the query parameter `after`; the header wins, because an `EventSource` that
 *   reconnects keeps its URL. Without either, the response begins with the log.
 * - **Events**: `data` is the commit as JSON. Stored commits have an `id`, tails have none, so a reconnect after a tail goes on
 *   after the last stored commit.
 * - **A slow client** costs no memory: the log is read when the client takes more. Tails that it missed are left out.
 * - **A client that leaves**, by cancelling the body or by the `signal` of the request, stops the reading. It ends no stream.
 * - **Status**: 200; 400 for what is no position; 405 for methods other than GET and HEAD; 410 for a position that the log no longer
 *   has; 503 when the store fails, which also goes to `onError`.
 * - **The store fails later**, or removes entries before a slow client took them: the response ends. The client reconnects
 *   and gets the entries, or the status 410.
 *
 * The result rejects with a `TypeError` or `RangeError` when the log or an option is wrong. Cross-origin headers,
 * compression and who may read are up to the application; compress nothing here, as compressors hold events back.
 *
 * Memory: at most 64 entries for each client, and its latest tails. Time: in proportion to the text.
 *
 * @example
 * ```ts
 * import { type CommitLog, serveCommits } from 'deltalines/log';
 *
 * export function handle(request: Request, logs: ReadonlyMap<string, CommitLog>): Response | Promise<Response> {
 *   const log = logs.get(new URL(request.url).pathname);
 *   return log === undefined ? new Response(null, { status: 404 }) : serveCommits(log, request);
 * }
 * ```
 *
 * @param log A log, or a promise of one.
 * @param request Its method, URL and headers, and the signal that says when the client has left.
 * @param options See {@link ServeCommitsOptions}.
 * @see {@link followCommits} for the other end.
 * @see The format: https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export async function serveCommits(
  log: Awaitable<CommitLog>,
  request: Request,
  options: ServeCommitsOptions = {},
): Promise<Response> {
  const checkedLog = logArgument(log);
  const resolved = resolveOptions(options);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return refusal(405, 'Only GET and HEAD are allowed', { allow: 'GET, HEAD' });
  }
  let opened: CommitLog;
  let reader: LogReader;
  try {
    opened = await checkedLog;
    reader = await opened.read({ after: positionOf(request) });
  } catch (error) {
    return failure(error, resolved.onError);
  }
  const headers = {
    'content-type': 'text/event-stream',
    // Nothing on the way may store, compress or collect the events. The last header is for nginx and those like it.
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
  };
  if (request.method === 'HEAD') {
    reader.close();
    return new Response(null, { headers });
  }
  const source = new CommitSource(opened, reader, request.signal, resolved);
  // Without a queue of its own, the stream pulls only when the client takes more.
  return new Response(new ReadableStream(source, { highWaterMark: 0 }), { headers });
}

function resolveOptions(options: ServeCommitsOptions): ResolvedServeCommitsOptions {
  checkOptions(options);
  return {
    heartbeat: duration('heartbeat', options.heartbeat, 15_000),
    retry: count('retry', options.retry, 1_000, 0),
    lifetime: duration('lifetime', options.lifetime, Infinity),
    onError: callback('onError', options.onError) ?? (() => undefined),
    scheduler: schedulerOption(options.scheduler),
  };
}

function positionOf({ headers, url }: Request): string | undefined {
  const position = headers.get('last-event-id') ?? '';
  const after = position === '' ? new URL(url).searchParams.get('after') : position;
  return after === null || after === '' ? undefined : after;
}

function failure(error: unknown, onError: (error: unknown) => void): Response {
  // Not `instanceof`: the package may be loaded twice, as a module and as CommonJS.
  switch (error instanceof Error ? error.name : undefined) {
    case 'TruncatedError':
      return refusal(410, messageOf(error));
    case 'RangeError':
      return refusal(400, messageOf(error));
    default:
      onError(error);
      return refusal(503, 'The log cannot be read now', { 'retry-after': '1' });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function refusal(status: number, message: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(`${message}\n`, {
    status,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...headers,
    },
  });
}

/** Reads the log for one client whenever the client takes more. */
class CommitSource implements UnderlyingDefaultSource<Uint8Array>, LogWatcher {
  private readonly log: CommitLog;
  private readonly reader: LogReader;
  private readonly signal: AbortSignal;
  private readonly options: ResolvedServeCommitsOptions;
  private readonly encoder = new TextEncoder();
  private readonly tails = new LiveTails<string>(false);
  private controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  private batch: readonly StoredEntry[] = [];
  private taken = 0;
  private unwatch: (() => void) | undefined;
  private lifetime: Subscription | undefined;
  /** Ends the waiting for a change. */
  private wake: (() => void) | undefined;
  private changes = 0;
  private isOver = false;

  constructor(log: CommitLog, reader: LogReader, signal: AbortSignal, options: ResolvedServeCommitsOptions) {
    this.log = log;
    this.reader = reader;
    this.signal = signal;
    this.options = options;
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.controller = controller;
    if (this.signal.aborted) {
      this.end();
      return;
    }
    this.signal.addEventListener('abort', this.end);
    const { lifetime, scheduler } = this.options;
    if (lifetime !== Infinity) {
      this.lifetime = scheduler.schedule(this.end, lifetime);
    }
  }

  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    try {
      const text = this.unwatch === undefined ? await this.begin() : await this.next();
      if (!this.isOver) {
        controller.enqueue(this.encoder.encode(text));
      }
    } catch (error) {
      this.error(error);
    }
  }

  cancel(): void {
    this.dispose();
  }

  appended(): void {
    this.change();
  }

  tail(tail: LiveTail): void {
    this.tails.add(tail);
    this.change();
  }

  error(error: unknown): void {
    if (!this.isOver) {
      this.end();
      this.options.onError(error);
    }
  }

  private async begin(): Promise<string> {
    // Watched before the first read, so that no entry falls between the two.
    const unwatch = await this.log.watch(this);
    if (this.isOver) {
      unwatch();
    } else {
      this.unwatch = unwatch;
    }
    // A client may stay silent about an open connection until it has received something.
    return this.options.retry === Infinity ? ':\n\n' : `retry: ${this.options.retry}\n\n`;
  }

  private async next(): Promise<string> {
    while (!this.isOver) {
      if (this.taken < this.batch.length) {
        return this.takeEntries();
      }
      const { changes } = this;
      this.batch = await this.reader.next(BATCH_SIZE);
      this.taken = 0;
      if (this.batch.length > 0) {
        continue;
      }
      const stream = this.tails.unknown();
      if (stream !== undefined) {
        // Entries may be stored meanwhile, so they are read before the tail is judged.
        this.tails.know(stream, await this.log.entries(stream));
        continue;
      }
      const tails = this.tails.take();
      if (tails.length > 0) {
        return tails.map(({ commit }) => `data: ${encodeCommit(commit)}\n\n`).join('');
      }
      if (this.changes === changes && !(await this.hasChangedWithinHeartbeat())) {
        return ':\n\n';
      }
    }
    return '';
  }

  private takeEntries(): string {
    let text = '';
    for (; this.taken < this.batch.length && text.length < CHUNK_LENGTH; this.taken++) {
      const entry = this.batch[this.taken];
      if (entry !== undefined) {
        this.tails.read(entry);
        text += `id: ${entry.position}\ndata: ${encodeCommit(entry.commit)}\n\n`;
      }
    }
    return text;
  }

  private hasChangedWithinHeartbeat(): Promise<boolean> {
    const { heartbeat, scheduler } = this.options;
    return new Promise((resolve) => {
      const timer =
        heartbeat === Infinity
          ? undefined
          : scheduler.schedule(() => {
              this.wake = undefined;
              resolve(false);
            }, heartbeat);
      this.wake = () => {
        this.wake = undefined;
        timer?.unsubscribe();
        resolve(true);
      };
    });
  }

  private change(): void {
    this.changes++;
    this.wake?.();
  }

  private readonly end = (): void => {
    if (!this.isOver) {
      this.dispose();
      this.controller?.close();
    }
  };

  private dispose(): void {
    if (this.isOver) {
      return;
    }
    this.isOver = true;
    this.signal.removeEventListener('abort', this.end);
    this.lifetime?.unsubscribe();
    this.unwatch?.();
    this.reader.close();
    this.batch = [];
    this.tails.clear();
    this.wake?.();
  }
}
