import { readFile } from 'node:fs/promises';

import type { DeltaEvent } from 'deltalines';
import { fromOpenAIResponses, parseSSE } from 'deltalines/protocols';
import { asyncScheduler, concatMap, defer, delay, type Observable, of, type SchedulerLike } from 'rxjs';

/** Asks a model. The ids of the events begin with the name of the connection, so that no two answers share one. */
export type Provider = (question: string, connection: string) => Observable<DeltaEvent>;

const RECORDINGS = ['turn-1.sse', 'turn-2.sse', 'turn-3.sse'] as const;

/** Answers with one recording after the other, whatever the question is, so that nobody needs a key to try the chat. */
export function recordedProvider(interval = 60, scheduler: SchedulerLike = asyncScheduler): Provider {
  let answered = 0;
  return (_question, connection) => {
    const file = RECORDINGS[answered++ % RECORDINGS.length] ?? RECORDINGS[0];
    return defer(() => readFile(new URL(`../../recordings/${file}`, import.meta.url), 'utf8')).pipe(
      parseSSE(),
      concatMap((event) => of(event).pipe(delay(interval, scheduler))),
      fromOpenAIResponses({ connection }),
    );
  };
}
