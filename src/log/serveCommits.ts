import type { SchedulerLike, Subscription } from 'rxjs';

import type {
  Awaitable,
  CommitLog,
  LiveTail,
  LogReader,
  LogWatcher,
  StoredEntry,
} from '../core/log/commitLog.js';
import { LiveTails } from '../core/log/liveTails.js';
import { callback, checkOptions, count, duration, schedulerOption } from '../rx/options.js';
import { logArgument } from './logOptions.js';
import { encodeCommit } from './storedCommit.js';

/** The options of `serveCommits`. */
export interface ServeCommitsOptions {
  /**
   * A comment is sent after this much silence, so that proxies and the client do not close the connection.
   * Milliseconds, more than 0 and at most 2,147,483,647; `Infinity` for never.
   *
   * @default 15_000
   */
  readonly heartbeat?: number | undefined;
  /**
   * How long the client should wait before it reconnects. A whole number of milliseconds from 0; with `Infinity`, the
   * client decides.
   *
   * @default 1_000
   */
  readonly retry?: number | undefined;
  /**
   * The response ends after this time, and the client reconnects: for platforms that limit the duration of a request,
   * and for proxies that forward a response only at its end. Milliseconds, more than 0 and at most 2,147,483,647;
   * `Infinity` for never.
   *
   * @default Infinity
   */
  readonly lifetime?: number | undefined;
  /** Called with each error of the store. The client does not receive the error; it reconnects. */
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

/** The most entries that are buffered for one client. */
const BATCH_SIZE = 64;

/** A chunk of the response ends with the first event that reaches this many code units. */
const CHUNK_LENGTH = 16_384;

/**
 * Responds to a request with the commits of a log, as server-sent events: those after the client's position, then new
 * ones.
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
 * - **Position**: the header `last-event-id`, or else the query parameter `after`. The header comes first, because an
 *   `EventSource` that reconnects keeps its URL. Without either, the response begins at the beginning of the log.
 * - **Events**: `data` is the commit as JSON, and `id` the position of a stored commit. Tails have no `id`, so a client
 *   that reconnects after a tail continues after the last stored commit.
 * - **Slow clients**: the log is read only when the client reads the response, so a slow client costs no memory. It
 *   receives only the latest tail of each stream.
 * - **Disconnect**: when the client cancels the body, or the `signal` of the request is aborted, reading stops. The
 *   streams stay open.
 * - **Status**: 200; 400 for an invalid position; 405 for methods other than GET and HEAD; 410 if the log no longer has
 *   the entries after the position; 503 if the store fails, which also calls `onError`.
 * - **Later errors**: if the store fails, or removes entries that a slow client has not read, `onError` is called and
 *   the response ends. The client reconnects and receives the entries, or the status 410.
 *
 * The application sets the cross-origin headers, and decides who may read a log. Do not compress the response, because
 * compressors delay events.
 *
 * Memory: at most 64 entries for each client, and its latest tails. Time: in proportion to the length of the text.
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
 * @param request The request. Its `signal` is aborted when the client disconnects.
 * @param options See {@link ServeCommitsOptions}.
 * @returns A promise of the response. It is rejected with a `TypeError` or `RangeError` if the log or an option is
 *   wrong.
 * @see {@link followCommits}, which follows the log.
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
    // No proxy may cache, compress or buffer the events. The last header is for nginx and similar proxies.
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
  };
  if (request.method === 'HEAD') {
    reader.close();
    return new Response(null, { headers });
  }
  const source = new CommitSource(opened, reader, request.signal, resolved);
  // With this high-water mark, the stream pulls only when the client reads.
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

/** Reads the log for one client, whenever the client reads the response. */
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
  /** Ends the wait for a change. */
  private wake: (() => void) | undefined;
  private changes = 0;
  private isClosed = false;

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
      if (!this.isClosed) {
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
    if (!this.isClosed) {
      this.end();
      this.options.onError(error);
    }
  }

  private async begin(): Promise<string> {
    // Watches before the first read, so that no entry is missed in between.
    const unwatch = await this.log.watch(this);
    if (this.isClosed) {
      unwatch();
    } else {
      this.unwatch = unwatch;
    }
    // Some clients report an open connection only after they have received the first bytes.
    return this.options.retry === Infinity ? ':\n\n' : `retry: ${this.options.retry}\n\n`;
  }

  private async next(): Promise<string> {
    while (!this.isClosed) {
      if (this.taken < this.batch.length) {
        return this.takeEntries();
      }
      const { changes } = this;
      this.batch = await this.reader.next(BATCH_SIZE);
      this.taken = 0;
      if (this.batch.length > 0) {
        continue;
      }
      const stream = this.tails.streamToAsk();
      if (stream !== undefined) {
        // Entries may be stored meanwhile. They are read first, because they may make the tail stale.
        this.tails.setEntries(stream, await this.log.entries(stream));
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
    if (!this.isClosed) {
      this.dispose();
      this.controller?.close();
    }
  };

  private dispose(): void {
    if (this.isClosed) {
      return;
    }
    this.isClosed = true;
    this.signal.removeEventListener('abort', this.end);
    this.lifetime?.unsubscribe();
    this.unwatch?.();
    this.reader.close();
    this.batch = [];
    this.tails.clear();
    // Also a reader that is about to wait must not.
    this.change();
  }
}
