import type { Observable, OperatorFunction } from 'rxjs';
import { expectTypeOf } from 'vitest';

import type { Commit, StreamRef } from '../../src/index.js';
import {
  type Appended,
  appendCommits,
  closeAbandoned,
  type CommitLog,
  type LogEntry,
  memoryLog,
  readCommits,
} from '../../src/log/index.js';

type Kind = 'answer' | 'reasoning';
declare const commits: Observable<Commit<Kind>>;
declare const log: CommitLog;
declare const ofKinds: CommitLog<Kind>;

// The output has the kinds of the commits, whatever the kinds of the log.
expectTypeOf(commits.pipe(appendCommits(log))).toEqualTypeOf<Observable<Appended<Kind>>>();
expectTypeOf(commits.pipe(appendCommits(Promise.resolve(ofKinds)))).toEqualTypeOf<
  Observable<Appended<Kind>>
>();
expectTypeOf(appendCommits(log)).toEqualTypeOf<OperatorFunction<Commit, Appended>>();

// Entries have the kinds of the log.
expectTypeOf(readCommits(log)).toEqualTypeOf<Observable<LogEntry>>();
expectTypeOf(readCommits(memoryLog<Kind>(), { live: false })).toEqualTypeOf<Observable<LogEntry<Kind>>>();
expectTypeOf(closeAbandoned(ofKinds)).toEqualTypeOf<Observable<StreamRef<Kind>>>();
