import { merge, type Observable, type OperatorFunction } from 'rxjs';
import { expectTypeOf } from 'vitest';

import {
  type CloseReason,
  type Commit,
  commitLines,
  type DeltaEvent,
  type DropCommit,
  type StreamRef,
} from '../../src/index.js';
import {
  IncompleteJSONError,
  type JSONCommit,
  type JSONValueCommit,
  scanJSON,
  splitJSON,
} from '../../src/json/index.js';
import { fromAnthropic, fromOpenAIResponses } from '../../src/protocols/index.js';

type Kind = 'answer' | 'tool';
declare const events: Observable<DeltaEvent<Kind>>;
declare const lines: Observable<Commit<Kind>>;

// The kinds of the events are the kinds of the values.
expectTypeOf(events.pipe(splitJSON())).toEqualTypeOf<Observable<DeltaEvent<Kind>>>();
expectTypeOf(events.pipe(splitJSON({ keep: true }))).toEqualTypeOf<Observable<DeltaEvent<Kind>>>();
expectTypeOf(events.pipe(splitJSON(), commitLines())).toEqualTypeOf<Observable<Commit<Kind>>>();
expectTypeOf(events.pipe(scanJSON())).toEqualTypeOf<Observable<JSONCommit<Kind>>>();
expectTypeOf(events.pipe(scanJSON({ partial: true, every: 50 }))).toEqualTypeOf<
  Observable<JSONCommit<Kind>>
>();

declare const answers: Observable<DeltaEvent<'answer'>>;
declare const tools: Observable<DeltaEvent<'tool'>>;
expectTypeOf(merge(answers, tools).pipe(splitJSON())).toEqualTypeOf<Observable<DeltaEvent<Kind>>>();
expectTypeOf(merge(answers, tools).pipe(scanJSON())).toEqualTypeOf<Observable<JSONCommit<Kind>>>();

// Behind protocols, without annotations.
declare const wire: Observable<object>;
const both = merge(wire.pipe(fromAnthropic()), wire.pipe(fromOpenAIResponses()));
expectTypeOf(both.pipe(splitJSON(), commitLines())).toExtend<Observable<Commit>>();
expectTypeOf(both.pipe(scanJSON())).toExtend<Observable<JSONCommit>>();

// By themselves, they say what they take.
expectTypeOf(splitJSON()).toEqualTypeOf<OperatorFunction<DeltaEvent, DeltaEvent>>();
expectTypeOf(scanJSON()).toEqualTypeOf<OperatorFunction<DeltaEvent, JSONCommit>>();

// The type of a commit tells what it has; a value is unknown until it is validated.
declare const commit: JSONCommit<Kind>;
if (commit.type === 'value') {
  expectTypeOf(commit).toEqualTypeOf<JSONValueCommit<Kind>>();
  expectTypeOf(commit.value).toBeUnknown();
  expectTypeOf(commit.path).toEqualTypeOf<readonly (string | number)[]>();
  expectTypeOf(commit.stream).toEqualTypeOf<StreamRef<Kind>>();
}
if (commit.type === 'close') {
  expectTypeOf(commit.reason).toEqualTypeOf<CloseReason>();
  expectTypeOf(commit.value).toBeUnknown();
}
if (commit.type === 'partial') {
  expectTypeOf(commit).not.toHaveProperty('pointer');
}
expectTypeOf<Extract<JSONCommit, { type: 'drop' }>>().toEqualTypeOf<DropCommit>();
expectTypeOf<IncompleteJSONError>().toExtend<Error>();

// @ts-expect-error: lines are not events
void lines.pipe(splitJSON());
// @ts-expect-error: lines are not events
void lines.pipe(scanJSON());
// @ts-expect-error: values of scanJSON are no lines
void events.pipe(scanJSON(), commitLines());
declare const value: JSONValueCommit<Kind>;
// @ts-expect-error: a value is unknown until it is validated
export const text: string = value.value;
// @ts-expect-error: a path is never changed
value.path.length = 0;
// @ts-expect-error: a commit is never changed
value.pointer = '/x';
// @ts-expect-error: a list of kinds
splitJSON({ kinds: 'tool' });
// @ts-expect-error: no such option
splitJSON({ pointers: ['/x'] });
// @ts-expect-error: a list of pointers
scanJSON({ pointers: '/x' });
// @ts-expect-error: milliseconds
scanJSON({ every: '50' });
// @ts-expect-error: a scheduler
scanJSON({ scheduler: Date });
