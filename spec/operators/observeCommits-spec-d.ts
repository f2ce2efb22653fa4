import { filter, type MonoTypeOperatorFunction, type Observable } from 'rxjs';
import { expectTypeOf } from 'vitest';

import {
  type CloseReason,
  type Commit,
  commitLines,
  type CommitObserver,
  type CommitSummary,
  type DeltaEvent,
  type DurationSummary,
  type LineCommit,
  observeCommits,
  type StreamSummary,
} from '../../src/index.js';

type Kind = 'answer' | 'reasoning';
declare const events: Observable<DeltaEvent<Kind>>;
declare const commits: Observable<Commit<Kind>>;
declare const texts: Observable<string>;
declare const observer: CommitObserver;

// The output has the type of the input.
expectTypeOf(commits.pipe(observeCommits({}))).toEqualTypeOf<Observable<Commit<Kind>>>();
expectTypeOf(events.pipe(commitLines(), observeCommits({}))).toEqualTypeOf<Observable<Commit<Kind>>>();

const lines = commits.pipe(
  filter((commit) => commit.type === 'line'),
  observeCommits({ close: (closed) => expectTypeOf(closed).toEqualTypeOf<StreamSummary<Kind>>() }),
);
expectTypeOf(lines).toEqualTypeOf<Observable<LineCommit<Kind>>>();

// Also with an observer of any kind.
expectTypeOf(commits.pipe(observeCommits(observer))).toEqualTypeOf<Observable<Commit<Kind>>>();

// The callbacks receive the kinds.
void commits.pipe(
  observeCommits({
    subscribe: (summarize) => expectTypeOf(summarize).toEqualTypeOf<() => CommitSummary>(),
    close: (summary) => expectTypeOf(summary).toEqualTypeOf<StreamSummary<Kind>>(),
    finalize: (summary) => expectTypeOf(summary).toEqualTypeOf<CommitSummary>(),
  }),
);

expectTypeOf(observeCommits<Commit<'answer'>>({})).toEqualTypeOf<
  MonoTypeOperatorFunction<Commit<'answer'>>
>();

declare const summary: StreamSummary<Kind>;
expectTypeOf(summary.reason).toEqualTypeOf<CloseReason>();
expectTypeOf(summary.lines).toEqualTypeOf<number>();
expectTypeOf(summary.timeToFirstLine).toEqualTypeOf<number | undefined>();
declare const total: CommitSummary;
expectTypeOf(total.timeToFirstText).toEqualTypeOf<DurationSummary>();
// @ts-expect-error: a summary is read-only
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
observeCommits({}, { idleTimeout: 5 });
// @ts-expect-error: an operator is not an options object
observeCommits({}, commitLines());
// @ts-expect-error: events are not commits
void events.pipe(observeCommits({}));
// @ts-expect-error: texts are neither events nor commits
void observeCommits({})(texts);
// @ts-expect-error: the observer only knows another kind
void commits.pipe(observeCommits({ close: (closed: StreamSummary<'tool'>) => closed }));
