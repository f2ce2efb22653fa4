import { identity, map, type Observable, type OperatorFunction, pipe } from 'rxjs';
import { expectTypeOf } from 'vitest';

import {
  type CloseReason,
  type Commit,
  commitLines,
  type CommitObserver,
  type CommitSummary,
  type DeltaEvent,
  type DurationSummary,
  observeCommits,
  type StreamRef,
  type StreamSummary,
} from '../../src/index.js';
import { composed } from '../support/forms.js';

type Kind = 'answer' | 'reasoning';
declare const events: Observable<DeltaEvent<Kind>>;
declare const commits: Observable<Commit<Kind>>;
declare const texts: Observable<string>;
declare const toIds: OperatorFunction<DeltaEvent, string>;
declare const observer: CommitObserver;

// What passes keeps its kinds, in both forms.
expectTypeOf(commits.pipe(observeCommits({}))).toEqualTypeOf<Observable<Commit<Kind>>>();
expectTypeOf(events.pipe(commitLines(), observeCommits({}))).toEqualTypeOf<Observable<Commit<Kind>>>();
expectTypeOf(events.pipe(observeCommits({}, commitLines()))).toEqualTypeOf<Observable<Commit<Kind>>>();
expectTypeOf(events.pipe(observeCommits({}, composed()))).toEqualTypeOf<Observable<Commit<Kind>>>();
expectTypeOf(
  events.pipe(observeCommits({}, pipe(commitLines<DeltaEvent<Kind>>(), map(identity)))),
).toEqualTypeOf<Observable<Commit<Kind>>>();

// Also with an observer that does not care about them.
expectTypeOf(commits.pipe(observeCommits(observer))).toEqualTypeOf<Observable<Commit<Kind>>>();
expectTypeOf(events.pipe(observeCommits(observer, commitLines()))).toEqualTypeOf<Observable<Commit<Kind>>>();

// The observer is told the kinds.
void commits.pipe(
  observeCommits({
    subscribe: (summarize) => expectTypeOf(summarize).toEqualTypeOf<() => CommitSummary>(),
    close: (summary) => expectTypeOf(summary).toEqualTypeOf<StreamSummary<Kind>>(),
    finalize: (summary) => expectTypeOf(summary).toEqualTypeOf<CommitSummary>(),
  }),
);
void events.pipe(
  observeCommits(
    { close: ({ stream }) => expectTypeOf(stream).toEqualTypeOf<StreamRef<Kind>>() },
    commitLines({ maxLineLength: 80 }),
  ),
);

// By itself, it says what it takes.
expectTypeOf(observeCommits<'answer'>({})).toEqualTypeOf<
  OperatorFunction<Commit<'answer'>, Commit<'answer'>>
>();
expectTypeOf(observeCommits<'answer'>({}, commitLines())).toEqualTypeOf<
  OperatorFunction<DeltaEvent<'answer'>, Commit<'answer'>>
>();

// What only events tell may be absent.
declare const summary: StreamSummary<Kind>;
expectTypeOf(summary.reason).toEqualTypeOf<CloseReason>();
expectTypeOf(summary.lines).toEqualTypeOf<number>();
expectTypeOf(summary.deltas).toEqualTypeOf<number | undefined>();
expectTypeOf(summary.timeToCommit).toEqualTypeOf<DurationSummary | undefined>();
// @ts-expect-error: a summary is never changed
summary.lines = 1;

// @ts-expect-error: an observer is needed
observeCommits();
// @ts-expect-error: no such callback
observeCommits({ next: () => undefined });
// @ts-expect-error: a function
observeCommits({ close: 5 });
// @ts-expect-error: a scheduler
observeCommits({}, { scheduler: 5 });
// @ts-expect-error: no such option
observeCommits({}, commitLines(), { idleTimeout: 5 });
// @ts-expect-error: this makes no commits
observeCommits({}, toIds);
// @ts-expect-error: commits are not events
void commits.pipe(observeCommits({}, commitLines()));
// @ts-expect-error: events are not commits
void events.pipe(observeCommits({}));
// @ts-expect-error: text is neither
void observeCommits({})(texts);
// @ts-expect-error: the observer only knows another kind
void commits.pipe(observeCommits({ close: (closed: StreamSummary<'tool'>) => closed }));
