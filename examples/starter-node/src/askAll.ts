import { commitLines, type Commit, type DeltaEvent } from 'deltalines';
import { fromOpenAIResponses, fromStream } from 'deltalines/protocols';
import type OpenAI from 'openai';
import { catchError, defer, merge, mergeMap, type Observable, of } from 'rxjs';

/** Asks all questions at once. Unsubscribing aborts the requests. */
export function askAll(client: OpenAI, model: string, questions: readonly string[]): Observable<Commit> {
  const answers = questions.map((input, index): Observable<DeltaEvent> => {
    const connection = String(index + 1);
    return defer(() => client.responses.create({ model, input, stream: true })).pipe(
      mergeMap((stream) => fromStream(stream)),
      fromOpenAIResponses({ connection }),
      // A request that fails does not end the other answers.
      catchError((error: unknown) => of({ type: 'error', kind: 'answer', id: connection, error } as const)),
    );
  });
  return merge(...answers).pipe(commitLines());
}
