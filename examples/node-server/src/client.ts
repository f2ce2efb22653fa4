import { type Commit, scanTranscript, type Transcript } from 'deltalines';
import { fromResponse, ResponseError, type ServerSentEvent } from 'deltalines/protocols';
import {
  concat,
  connect,
  defer,
  filter,
  from,
  map,
  type Observable,
  type OperatorFunction,
  repeat,
  retry,
  startWith,
  switchMap,
  tap,
  throwError,
  timer,
} from 'rxjs';
import { fromFetch } from 'rxjs/fetch';

export interface FollowOptions {
  /** Milliseconds until a connection that broke is made again. */
  readonly reconnectAfter?: number;
}

/** The events of the feed. A connection that breaks is made again, and goes on after the last event that came whole. */
export function followAnswers(
  address: string | URL,
  { reconnectAfter = 1000 }: FollowOptions = {},
): Observable<ServerSentEvent> {
  return defer(() => {
    let lastEventId: string | undefined;
    return defer(() =>
      fromFetch(`${address}`, {
        headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId },
        selector: fromResponse,
      }),
    ).pipe(
      filter(isServerSentEvent),
      tap(({ id }) => {
        lastEventId = id;
      }),
      repeat({ delay: reconnectAfter }),
      retry({
        // A server that says no means it.
        delay: (error) =>
          error instanceof ResponseError && error.status < 500
            ? throwError(() => error)
            : timer(reconnectAfter),
      }),
    );
  });
}

/** The transcript of the feed. A snapshot begins a new one, and the commits that follow go on from there. */
export function scanFeed(): OperatorFunction<ServerSentEvent, Transcript> {
  return connect((events) =>
    events.pipe(
      filter(isSnapshot),
      map(({ data }) => JSON.parse(data) as Commit[]),
      startWith([]),
      switchMap((snapshot) => {
        const commits = events.pipe(
          filter((event) => !isSnapshot(event)),
          map(({ data }) => JSON.parse(data) as Commit),
        );
        return concat(from(snapshot), commits).pipe(scanTranscript());
      }),
    ),
  );
}

function isSnapshot({ event }: ServerSentEvent): boolean {
  return event === 'snapshot';
}

function isServerSentEvent(value: unknown): value is ServerSentEvent {
  return typeof value === 'object' && value !== null && 'data' in value;
}
