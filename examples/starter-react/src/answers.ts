import { type Commit, commitLines } from 'deltalines';
import { decodeText, fromOpenAIResponses, parseSSE } from 'deltalines/protocols';
import { replayChunks } from 'deltalines/testing';
import { merge, type Observable } from 'rxjs';

import first from '../recordings/answer-1.jsonl?raw';
import second from '../recordings/answer-2.jsonl?raw';

/** Two recorded answers that arrive at the same time, cut as they were on the wire. */
export function recordedAnswers(speed = 1): Observable<Commit> {
  const deltas = [first, second].map((recording, index) =>
    replayChunks(recording, { type: 'bytes', speed }).pipe(
      decodeText(),
      parseSSE(),
      fromOpenAIResponses({ connection: String(index + 1) }),
    ),
  );
  return merge(...deltas).pipe(commitLines({ tail: true }));
}
