import {
  EMPTY,
  merge,
  mergeMap,
  type MonoTypeOperatorFunction,
  type Observable,
  of,
  type OperatorFunction,
} from 'rxjs';
import { expectTypeOf } from 'vitest';

import {
  type CloseReason,
  type Commit,
  commitLines,
  type DeltaEvent,
  type DeltaStream,
  groupStreams,
  joinReplay,
  orderStreams,
  paceLines,
  scanLines,
  scanTranscript,
  type StreamEvent,
  type StreamRef,
  type Transcript,
} from '../src/index.js';

type Kind = 'answer' | 'reasoning';
declare const source: Observable<DeltaEvent<Kind>>;
declare const texts: Observable<string>;
declare const ref: StreamRef<'answer'>;

// The kinds of the events are the kinds of the commits.
expectTypeOf(source.pipe(commitLines())).toEqualTypeOf<Observable<Commit<Kind>>>();
expectTypeOf(source.pipe(commitLines({ maxLineLength: 80 }))).toEqualTypeOf<Observable<Commit<Kind>>>();
expectTypeOf(source.pipe(groupStreams())).toEqualTypeOf<Observable<DeltaStream<Kind>>>();
expectTypeOf(
  source.pipe(
    groupStreams(),
    mergeMap((stream) => stream.pipe(scanLines(stream.ref))),
  ),
).toEqualTypeOf<Observable<Commit<Kind>>>();
expectTypeOf(scanLines(ref)).toEqualTypeOf<OperatorFunction<DeltaEvent, Commit<'answer'>>>();

// Events of several producers need no annotation, through every operator.
declare const answers: Observable<DeltaEvent<'answer' | 'tool'>>;
declare const refusals: Observable<DeltaEvent<'refusal'>>;
type Merged = 'answer' | 'tool' | 'refusal';
const merged = merge(answers, refusals);
expectTypeOf(merged.pipe(commitLines())).toEqualTypeOf<Observable<Commit<Merged>>>();
expectTypeOf(merged.pipe(groupStreams())).toEqualTypeOf<Observable<DeltaStream<Merged>>>();
expectTypeOf(merged.pipe(commitLines(), orderStreams())).toEqualTypeOf<Observable<Commit<Merged>>>();
expectTypeOf(merged.pipe(commitLines(), paceLines())).toEqualTypeOf<Observable<Commit<Merged>>>();
expectTypeOf(merged.pipe(commitLines(), scanTranscript())).toEqualTypeOf<Observable<Transcript<Merged>>>();

// The same holds for commits that are merged.
const mergedCommits = merge(answers.pipe(commitLines()), refusals.pipe(commitLines()));
expectTypeOf(mergedCommits.pipe(orderStreams(), paceLines(), scanTranscript())).toEqualTypeOf<
  Observable<Transcript<Merged>>
>();

// A stream is an observable of delta events, whose end says why.
expectTypeOf<DeltaStream<Kind>>().toExtend<Observable<DeltaEvent<Kind>>>();
expectTypeOf<DeltaStream<Kind>['ref']>().toEqualTypeOf<StreamRef<Kind>>();
expectTypeOf<Extract<StreamEvent<Kind>, { type: 'end' }>['reason']>().toEqualTypeOf<CloseReason>();

// The type of a commit tells what it has.
// The live source decides the type, also with a history that is empty or narrower.
declare const numbered: Observable<{ n: number; text?: string }>;
expectTypeOf(numbered.pipe(joinReplay(EMPTY, { seq: (value) => value.n }))).toEqualTypeOf(numbered);
expectTypeOf(numbered.pipe(joinReplay([], { seq: (value) => value.n }))).toEqualTypeOf(numbered);
expectTypeOf(numbered.pipe(joinReplay([{ n: 1, text: 'a' }], { seq: (value) => value.n }))).toEqualTypeOf(
  numbered,
);
// Outside of `pipe`, the type is given.
expectTypeOf(joinReplay<{ n: number }>(of({ n: 1 }), { seq: (value) => value.n })).toEqualTypeOf<
  MonoTypeOperatorFunction<{ n: number }>
>();
// @ts-expect-error: the history has values of another type
void numbered.pipe(joinReplay(['a'], { seq: (value) => value.n }));

declare const commit: Commit<Kind>;
if (commit.type === 'line') {
  expectTypeOf(commit.eol).toEqualTypeOf<'\n' | '\r\n' | ''>();
  expectTypeOf(commit.stream.kind).toEqualTypeOf<Kind>();
}
expectTypeOf(commit).not.toHaveProperty('text');
expectTypeOf(commit).not.toHaveProperty('stream');
// @ts-expect-error: a commit is never changed
commit.type = 'open';

declare function take(event: DeltaEvent<Kind>): void;
take({ type: 'delta', kind: 'answer', id: 'a', delta: 'x', order: [1, 2] });
take({ type: 'end', kind: 'reasoning', id: 'a', text: 'x' });
// @ts-expect-error: events have a kind
take({ type: 'delta', id: 'a', delta: 'x' });
// @ts-expect-error: a delta has its text in `delta`
take({ type: 'delta', kind: 'answer', id: 'a', text: 'x' });
// @ts-expect-error: the kind is none of those
take({ type: 'start', kind: 'tool', id: 'a' });
// @ts-expect-error: an error event has its error
take({ type: 'error', kind: 'answer', id: 'a' });

// @ts-expect-error: a number
commitLines({ idleTimeout: '5s' });
// @ts-expect-error: no such option
commitLines({ idleTimeOut: 5 });
// @ts-expect-error: commitLines has its drops among the commits
commitLines({ onDrop: () => undefined });
// @ts-expect-error: which stream
scanLines();
// @ts-expect-error: text is not an event
void commitLines()(texts);
