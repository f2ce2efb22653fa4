import {
  catchError,
  defer,
  EMPTY,
  filter,
  finalize,
  map,
  mergeMap,
  type Observable,
  type OperatorFunction,
  repeat,
  type SchedulerLike,
  tap,
  timeout,
  timer,
} from 'rxjs';

import type { LogEntry } from '../core/log/commitLog.js';
import { decodeText } from '../protocols/framing/decodeText.js';
import { EventStreamParser, type ServerSentEvent } from '../protocols/framing/eventStreamParser.js';
import { failedResponse, ResponseError } from '../protocols/sources/fromResponse.js';
import { fromStream } from '../protocols/sources/fromStream.js';
import { createOperator } from '../rx/createOperator.js';
import { callback, checkOptions, count, optionError, duration, schedulerOption } from '../rx/options.js';
import { decodeCommit, StreamRefs } from './storedCommit.js';
import { TruncatedError } from './truncatedError.js';

/** The options of `followCommits`. */
export interface FollowCommitsOptions {
  /**
   * The position of the entry before the first one to emit.
   *
   * @default the beginning of the log
   */
  readonly after?: string | undefined;
  /**
   * Sends the requests, for example with cookies for another origin, or with a token that is renewed.
   *
   * @default the global `fetch`
   */
  readonly fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined;
  /** The headers of each request. */
  readonly headers?: HeadersInit | undefined;
  /**
   * The shortest time before a reconnect, unless the server sends another one. A whole number of milliseconds from 0.
   *
   * @default 1_000
   */
  readonly retry?: number | undefined;
  /**
   * The longest time before a reconnect, unless twice `retry` is longer. Milliseconds, more than 0 and at most
   * 2,147,483,647.
   *
   * @default 30_000
   */
  readonly maxDelay?: number | undefined;
  /**
   * A connection without any data for this long, not even a heartbeat, counts as lost. It must be longer than the
   * heartbeat of the server. Milliseconds, more than 0 and at most 2,147,483,647; `Infinity` for never.
   *
   * @default 60_000
   */
  readonly idleTimeout?: number | undefined;
  /**
   * The most UTF-16 code units in the data of one event. A whole number from 1, or `Infinity`.
   *
   * @default 67_108_864
   */
  readonly maxEventLength?: number | undefined;
  /**
   * Spreads the reconnects of many clients. Returns a number from 0, and less than 1.
   *
   * @default Math.random
   */
  readonly random?: (() => number) | undefined;
  /**
   * The only source of time.
   *
   * @default asyncScheduler
   */
  readonly scheduler?: SchedulerLike | undefined;
}

interface ResolvedFollowCommitsOptions {
  readonly url: string;
  readonly after: string | undefined;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly headers: Headers;
  readonly retry: number;
  readonly maxDelay: number;
  readonly idleTimeout: number;
  readonly maxEventLength: number;
  readonly random: () => number;
  readonly scheduler: SchedulerLike;
}

/** The longest delay of a JavaScript timer. With a longer one it fires at once. */
const MAX_DELAY = 2_147_483_647;

/**
 * Follows a log that `serveCommits` serves, across reconnects, in a browser or in Node.
 *
 * ```text
 * response 1  --id: 1--id: 2--(tail)--id: 3, cut in the middle
 * response 2                                   last-event-id: 2  --id: 3--id: 4--
 * result      --1------2------(tail)-----------------------------3------4-------
 * ```
 *
 * - **next**: emits each entry once its event is complete. A tail has no position. Events with a name are ignored.
 * - **reconnect**: it reconnects when the response ends, breaks off or is silent for `idleTimeout`, when the request
 *   fails, or when the status is 500 or higher. The new request has the last position in the header `last-event-id`, so
 *   that no entry is repeated or skipped; an event that was cut off is discarded and sent again. The delay is between
 *   `retry` and twice that. Its upper end doubles with each consecutive request that receives nothing, up to
 *   `maxDelay`.
 * - **complete**: completes when the server responds with the status 204: there are no more entries to follow.
 * - **error**: fails with a `TruncatedError` for the status 410 (the log no longer has the entries after the position),
 *   and with a `RangeError` for 400 (the log has no such position). Fails with a `ResponseError` of
 *   `deltalines/protocols` for any other status below 500, and for a response that is not an event stream. Fails with a
 *   `SyntaxError` if an event is not a commit, and with a `RangeError` if it is longer than `maxEventLength`.
 * - **unsubscribe**: emits nothing more, and aborts the request. The streams stay open: a stop button needs a separate
 *   request of the application.
 *
 * All commits of a stream have the same `StreamRef` object, also across reconnects, so that `scanTranscript` and
 * `orderStreams` work on them. All state belongs to the subscription: a second subscription begins at `after`.
 *
 * Memory: the unfinished event, and a reference for each open stream. Time: in proportion to the length of the text.
 *
 * @example
 * ```ts
 * import { scanTranscript } from 'deltalines';
 * import { followCommits } from 'deltalines/log';
 * import { map } from 'rxjs';
 *
 * export const transcript = followCommits('https://example.com/chats/1').pipe(
 *   map(({ commit }) => commit),
 *   scanTranscript(),
 * );
 * ```
 *
 * @param url The URL at which `serveCommits` responds. In a browser, it may be relative to the page.
 * @param options See {@link FollowCommitsOptions}.
 * @throws `TypeError` or `RangeError` at once, if the URL or an option is wrong.
 * @see {@link serveCommits}, which serves the log.
 */
export function followCommits<K extends string = string>(
  url: string | URL,
  options: FollowCommitsOptions = {},
): Observable<LogEntry<K>> {
  const resolved = resolveOptions(url, options);
  return defer(() => new Follower<K>(resolved).entries());
}

function resolveOptions(url: string | URL, options: FollowCommitsOptions): ResolvedFollowCommitsOptions {
  checkOptions(options);
  const { after } = options;
  if (after !== undefined && typeof after !== 'string') {
    throw optionError('after', after, 'a string');
  }
  const fetch = callback('fetch', options.fetch);
  const headers = new Headers(options.headers);
  headers.set('accept', 'text/event-stream');
  return {
    // Throws at once: later, an invalid URL would look like a lost connection. A custom `fetch` may accept anything.
    url: fetch === undefined ? new Request(url).url : String(url),
    after,
    fetch: fetch ?? ((address, init) => globalThis.fetch(address, init)),
    headers,
    retry: count('retry', options.retry, 1_000, 0),
    maxDelay: duration('maxDelay', options.maxDelay, 30_000),
    idleTimeout: duration('idleTimeout', options.idleTimeout, 60_000),
    maxEventLength: count('maxEventLength', options.maxEventLength, 67_108_864, 1),
    random: callback('random', options.random) ?? Math.random,
    scheduler: schedulerOption(options.scheduler),
  };
}

/** Follows a log for one subscription. */
class Follower<K extends string> {
  private readonly options: ResolvedFollowCommitsOptions;
  private readonly refs = new StreamRefs<K>();
  /** The position of the last entry. */
  private position: string | undefined;
  private retry: number;
  /** The number of consecutive requests that received nothing. */
  private failures = 0;
  private isDone = false;

  constructor(options: ResolvedFollowCommitsOptions) {
    this.options = options;
    this.position = options.after;
    this.retry = options.retry;
  }

  entries(): Observable<LogEntry<K>> {
    return defer(() => this.connection()).pipe(repeat({ delay: () => this.pause() }));
  }

  /** The entries of one response. Completes when the connection is lost, and fails if a reconnect would not help. */
  private connection(): Observable<LogEntry<K>> {
    const controller = new AbortController();
    const headers = new Headers(this.options.headers);
    if (this.position !== undefined) {
      headers.set('last-event-id', this.position);
    }
    const bytes = defer(() =>
      this.options.fetch(this.options.url, { headers, signal: controller.signal }),
    ).pipe(
      catchError(() => EMPTY),
      mergeMap((response) => this.bytesOf(response)),
    );
    return this.untilSilence(bytes).pipe(
      tap(() => {
        this.failures = 0;
      }),
      decodeText(),
      this.parse(),
      filter(({ event }) => event === undefined || event === 'message'),
      map((event) => this.entryOf(event)),
      finalize(() => {
        controller.abort();
      }),
    );
  }

  private bytesOf(response: Response): Observable<Uint8Array> {
    const { status, headers, body } = response;
    if (status >= 500) {
      return EMPTY;
    }
    if (status === 204) {
      this.isDone = true;
      return EMPTY;
    }
    const contentType = headers.get('content-type') ?? '';
    if (!response.ok || !/^text\/event-stream\s*(?:;|$)/i.test(contentType)) {
      const found = response.ok ? `content type "${contentType}"` : `status ${status} ${response.statusText}`;
      return failedResponse(response, `The log cannot be followed: the response has the ${found}`).pipe(
        catchError((error: unknown) => {
          throw this.refusalOf(error);
        }),
      );
    }
    return body === null ? EMPTY : fromStream(body).pipe(catchError(() => EMPTY));
  }

  private refusalOf(error: unknown): unknown {
    if (error instanceof ResponseError && error.status === 410) {
      return new TruncatedError(this.position);
    }
    return error instanceof ResponseError && error.status === 400 ? new RangeError(error.message) : error;
  }

  private untilSilence(bytes: Observable<Uint8Array>): Observable<Uint8Array> {
    const { idleTimeout, scheduler } = this.options;
    return idleTimeout === Infinity
      ? bytes
      : bytes.pipe(timeout({ each: idleTimeout, with: () => EMPTY, scheduler }));
  }

  /** Like `parseSSE`, but discards an event without its blank line, and uses the `retry` of the server. */
  private parse(): OperatorFunction<string, ServerSentEvent> {
    return createOperator((destination) => {
      const parser = new EventStreamParser(
        {
          event: (event) => {
            destination.next(event);
          },
          retry: (milliseconds) => {
            this.retry = milliseconds;
          },
        },
        this.options.maxEventLength,
      );
      return {
        next: (chunk) => {
          parser.feed(chunk);
        },
        error: (error) => {
          destination.error(error);
        },
        complete: () => {
          destination.complete();
        },
      };
    });
  }

  private entryOf({ id, data }: ServerSentEvent): LogEntry<K> {
    const position = id === '' ? undefined : id;
    try {
      const commit = decodeCommit<K>(data, this.refs);
      this.position = position ?? this.position;
      return { position, commit };
    } catch (cause) {
      const place = this.position === undefined ? 'The first event' : `The event after ${this.position}`;
      throw new SyntaxError(`${place} is not a commit`, { cause });
    }
  }

  private pause(): Observable<unknown> {
    if (this.isDone) {
      return EMPTY;
    }
    const { maxDelay, random, scheduler } = this.options;
    const shortest = Math.max(this.retry, 1);
    const longest = Math.max(Math.min(shortest * 2 ** (this.failures + 1), maxDelay), 2 * shortest);
    this.failures++;
    return timer(Math.min(shortest + random() * (longest - shortest), MAX_DELAY), scheduler);
  }
}
