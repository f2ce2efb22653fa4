import { type Commit, commitLines } from 'deltalines';
import { fromOpenAIResponses, parseSSE } from 'deltalines/protocols';
import { map, merge, type Observable, take, timer } from 'rxjs';

import first from '../../recordings/turn-1.sse?raw';
import second from '../../recordings/turn-2.sse?raw';
import third from '../../recordings/turn-3.sse?raw';

/** The milliseconds between two events of a connection. */
const INTERVAL = 60;

/** The milliseconds by which each connection starts after the one before it. */
const STAGGER = 400;

/** The commits of three answers that are given at the same time, played anew for each subscription. */
export const recordedCommits$: Observable<Commit> = merge(
  ...[first, second, third].map((recording, place) =>
    // With a provider: `fromFetch(request).pipe(switchMap((response) => fromResponse(response)), fromOpenAIResponses(…))`.
    play(recording, place * STAGGER).pipe(
      parseSSE(),
      fromOpenAIResponses({ connection: `turn-${place + 1}` }),
    ),
  ),
).pipe(commitLines({ tail: true }));

function play(recording: string, delay: number): Observable<string> {
  const events = recording.split(/(?<=\n\n)/);
  return timer(delay, INTERVAL).pipe(
    take(events.length),
    map((index) => events[index] ?? ''),
  );
}
