import { Observable } from 'rxjs';

import type { ServerSentEvent } from '../framing/parseSSE.js';

/** What `fromEventSource` needs of an event. */
export interface EventSourceEvent {
  readonly type: string;
  readonly data?: unknown;
  readonly lastEventId?: unknown;
}

/** What `fromEventSource` needs of an `EventSource`, that of a browser or of a package. */
export interface EventSourceLike {
  readonly readyState: number;
  addEventListener(type: string, listener: (event: EventSourceEvent) => void): void;
  removeEventListener(type: string, listener: (event: EventSourceEvent) => void): void;
  close(): void;
}

/** The `readyState` of an `EventSource` that does not connect again. */
const CLOSED = 2;

/**
 * Emits the events of an `EventSource`, and closes it on unsubscribe.
 *
 * ```text
 * source   --message 'a'--(connects again)--message 'b'--
 * result   --{ data: 'a' }------------------{ data: 'b' }--
 * ```
 *
 * RxJS `fromEvent` hears only one name of events, never fails and never closes the connection.
 *
 * - **next**: emits each event of the given types, in the form of `parseSSE`.
 * - **complete**: never. An `EventSource` connects again when the server ends the stream, so close it with an operator
 *   such as `takeWhile(({ data }) => data !== '[DONE]')`.
 * - **error**: once the source has given up; while it connects again, nothing.
 * - **unsubscribe**: silence; the source is closed.
 *
 * Holds nothing; takes constant time for each event.
 *
 * @param source - An `EventSource` that is not closed.
 * @param types - The names of the events, because an `EventSource` gives an event that has a name to nobody else. `message`
 *   is the name of those without one, and the default.
 *
 * @example
 * ```ts
 * import { commitLines } from 'deltalines';
 * import { fromEventSource, fromOpenAIChat } from 'deltalines/protocols';
 * import { defer } from 'rxjs';
 *
 * export function listen(url: string) {
 *   const events = defer(() => fromEventSource(new EventSource(url), ['message', 'delta']));
 *   return events.pipe(fromOpenAIChat(), commitLines());
 * }
 * ```
 *
 * @see {@link fromResponse} for what `EventSource` cannot do: methods, headers, and the status of a failure.
 */
export function fromEventSource(
  source: EventSourceLike,
  types: readonly string[] = ['message'],
): Observable<ServerSentEvent> {
  return new Observable((subscriber) => {
    const names = new Set(types);
    const emit = (event: EventSourceEvent) => {
      // An error of the connection has the type of an event that is named "error", but no data.
      if (typeof event.data === 'string') {
        const { type, lastEventId: id, data } = event;
        subscriber.next({
          ...(type === 'message' ? {} : { event: type }),
          ...(typeof id === 'string' && id !== '' ? { id } : {}),
          data,
        });
      }
    };
    const fail = (event: EventSourceEvent) => {
      if (event.data === undefined && source.readyState === CLOSED) {
        subscriber.error(new Error('The EventSource has closed its connection', { cause: event }));
      }
    };
    for (const name of names) {
      source.addEventListener(name, emit);
    }
    source.addEventListener('error', fail);
    return () => {
      for (const name of names) {
        source.removeEventListener(name, emit);
      }
      source.removeEventListener('error', fail);
      source.close();
    };
  });
}
