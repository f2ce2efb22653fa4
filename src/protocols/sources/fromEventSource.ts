import { Observable } from 'rxjs';

import type { ServerSentEvent } from '../framing/parseSSE.js';

/** The part of an event that `fromEventSource` uses. */
export interface EventSourceEvent {
  readonly type: string;
  readonly data?: unknown;
  readonly lastEventId?: unknown;
}

/** The part of an `EventSource`, of a browser or a package, that `fromEventSource` uses. */
export interface EventSourceLike {
  readonly readyState: number;
  addEventListener(type: string, listener: (event: EventSourceEvent) => void): void;
  removeEventListener(type: string, listener: (event: EventSourceEvent) => void): void;
  close(): void;
}

/** The `readyState` of an `EventSource` that does not reconnect. */
const CLOSED = 2;

/**
 * Emits the events of an `EventSource`, and closes it on unsubscribe.
 *
 * ```text
 * source   --message 'a'--(connects again)--message 'b'--
 * result   --{ data: 'a' }------------------{ data: 'b' }--
 * ```
 *
 * Unlike this, RxJS `fromEvent` listens to one event name, never fails and does not close the connection.
 *
 * - **next**: emits each event of the given types, with the fields of `parseSSE`. An `EventSource` repeats the last id on
 *   events that have none, so an id equal to that of the previous event is omitted.
 * - **complete**: never. An `EventSource` reconnects when the server ends the stream, so close it with an operator
 *   such as `takeWhile(({ data }) => data !== '[DONE]')`.
 * - **error**: fails once the source has closed its connection, but not while it reconnects.
 * - **unsubscribe**: closes the source.
 *
 * Memory: none. Time: constant for each event.
 *
 * @param source - An `EventSource` that is not closed.
 * @param types - The names of the events. An `EventSource` dispatches an event with a name only to listeners of that
 *   name. Events without a name have the name `message`, which is the default.
 *
 * @example
 * ```ts
 * import { commitLines } from 'deltalines';
 * import { fromEventSource, fromOpenAIChat } from 'deltalines/protocols';
 * import { defer, takeWhile } from 'rxjs';
 *
 * export function listen(url: string) {
 *   return defer(() => fromEventSource(new EventSource(url), ['message', 'delta'])).pipe(
 *     takeWhile(({ data }) => data !== '[DONE]'),
 *     fromOpenAIChat(),
 *     commitLines(),
 *   );
 * }
 * ```
 *
 * @see {@link fromResponse} for requests with methods or headers, and for the status of a failed response.
 */
export function fromEventSource(
  source: EventSourceLike,
  types: readonly string[] = ['message'],
): Observable<ServerSentEvent> {
  return new Observable((subscriber) => {
    const names = new Set(types);
    let previousId: unknown = '';
    const emit = (event: EventSourceEvent) => {
      // A connection error has the same type as an event named "error", but no data.
      if (typeof event.data === 'string') {
        const { type, lastEventId: id, data } = event;
        subscriber.next({
          ...(type === 'message' ? {} : { event: type }),
          ...(typeof id === 'string' && id !== '' && id !== previousId ? { id } : {}),
          data,
        });
        previousId = id;
      }
    };
    const open = () => {
      // After a reconnect, the server may repeat the event that had this id.
      previousId = '';
    };
    const fail = (event: EventSourceEvent) => {
      if (event.data === undefined && source.readyState === CLOSED) {
        subscriber.error(new Error('The EventSource has closed its connection', { cause: event }));
      }
    };
    for (const name of names) {
      source.addEventListener(name, emit);
    }
    source.addEventListener('open', open);
    source.addEventListener('error', fail);
    return () => {
      for (const name of names) {
        source.removeEventListener(name, emit);
      }
      source.removeEventListener('open', open);
      source.removeEventListener('error', fail);
      source.close();
    };
  });
}
