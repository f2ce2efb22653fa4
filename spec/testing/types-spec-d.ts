import type { Observable } from 'rxjs';
import type { TestScheduler } from 'rxjs/testing';
import { expectTypeOf } from 'vitest';

import { type Commit, commitLines, type DeltaEvent } from '../../src/index.js';
import { decodeText } from '../../src/protocols/index.js';
import {
  deltaMarbles,
  interleave,
  lose,
  type MarbleStream,
  type MarbleTable,
  recordChunks,
  recut,
  repeat,
  replayChunks,
  shuffle,
} from '../../src/testing/index.js';

type Kind = 'answer' | 'reasoning';
interface Frame {
  readonly seq: number;
}
declare const events: readonly DeltaEvent<Kind>[];
declare const frames: readonly Frame[];
declare const diagram: string;
declare const table: MarbleTable<Kind>;
declare const stream: MarbleStream<Kind>;
declare const scheduler: TestScheduler;

// The kinds of the table are the kinds of the events.
expectTypeOf(deltaMarbles('-a-|', { a: ['x'] })[1]).toEqualTypeOf<Record<string, DeltaEvent<'answer'>>>();
expectTypeOf(deltaMarbles('-ab', { a: ['x'], b: { kind: 'reasoning' } })[1]).toEqualTypeOf<
  Record<string, DeltaEvent<Kind>>
>();
expectTypeOf(deltaMarbles('-X-|', { X: { type: 'start', kind: 'tool', id: '1' } })[1]).toEqualTypeOf<
  Record<string, DeltaEvent<'tool'>>
>();
expectTypeOf(deltaMarbles('-a', { a: stream })[1]).toEqualTypeOf<Record<string, DeltaEvent<Kind>>>();
expectTypeOf(deltaMarbles(diagram, table)[1]).toEqualTypeOf<Record<string, DeltaEvent<Kind>>>();

// The result fits `cold` and `hot`.
expectTypeOf(
  scheduler.createHotObservable(...deltaMarbles('-a-|', { a: ['x'] })).pipe(commitLines()),
).toEqualTypeOf<Observable<Commit<'answer'>>>();
void scheduler.createColdObservable(...deltaMarbles('-a-#', { a: ['x'] }), new Error('boom'));

// A literal diagram is checked; any other string is not.
deltaMarbles('  --a 10ms a 1.5s (aA) 1m |', { a: ['x', 'y', 'z'] });
deltaMarbles(`-a-${diagram}`, { a: ['x'] });
// @ts-expect-error: there is no b
deltaMarbles('-a-b-|', { a: ['x'] });
// @ts-expect-error: no b, so no end of it
deltaMarbles('-a-B-|', { a: ['x'] });
// @ts-expect-error: an event has no end
deltaMarbles('-s-S-|', { s: { type: 'start', kind: 'answer', id: '1' } });
// @ts-expect-error: time needs a space after it
deltaMarbles('a 10ms', { a: ['x'] });
// @ts-expect-error: texts are strings
deltaMarbles('-a-|', { a: [5] });
// @ts-expect-error: a list of texts
deltaMarbles('-a-|', { a: 'x' });
// @ts-expect-error: no such field
deltaMarbles('-a-|', { a: { delta: ['x'] } });
// @ts-expect-error: no table
deltaMarbles('-a-|');

expectTypeOf(interleave(1, [events, events])).toEqualTypeOf<DeltaEvent<Kind>[]>();
expectTypeOf(interleave(1, [frames])).toEqualTypeOf<Frame[]>();
expectTypeOf(recut(1, events)).toEqualTypeOf<DeltaEvent<Kind>[]>();
expectTypeOf(shuffle(1, frames, { distance: 5 })).toEqualTypeOf<Frame[]>();
expectTypeOf(repeat(1, frames, { count: 5, distance: 5 })).toEqualTypeOf<Frame[]>();
expectTypeOf(lose(1, events)).toEqualTypeOf<DeltaEvent<Kind>[]>();
expectTypeOf(lose(1, events, { which: ({ kind }) => kind === 'answer' })).toEqualTypeOf<DeltaEvent<Kind>[]>();
expectTypeOf(lose(1, frames, { which: ({ seq }) => seq > 5 })).toEqualTypeOf<Frame[]>();
// @ts-expect-error: the option which is required
lose(1, frames);
// @ts-expect-error: the option which is required
lose(1, frames, { count: 5 });
// @ts-expect-error: streams are lists
interleave(1, frames);
// @ts-expect-error: only events have texts
recut(1, frames);
// @ts-expect-error: a seed is a number
shuffle('seed', frames);
// @ts-expect-error: no such option
repeat(1, frames, { times: 5 });

declare const texts: Observable<string>;
declare const buffers: Observable<Buffer>;
expectTypeOf(texts.pipe(recordChunks({ onLine: () => undefined }))).toEqualTypeOf<Observable<string>>();
expectTypeOf(buffers.pipe(recordChunks({ onLine: () => undefined }))).toEqualTypeOf<Observable<Buffer>>();
expectTypeOf(replayChunks('')).toEqualTypeOf<Observable<string | Uint8Array>>();
expectTypeOf(replayChunks([''], { type: 'text', speed: 2 })).toEqualTypeOf<Observable<string>>();
expectTypeOf(replayChunks('', { type: 'bytes' }).pipe(decodeText())).toEqualTypeOf<Observable<string>>();
// @ts-expect-error: onLine is required
recordChunks({});
declare const numbers: Observable<number>;
// @ts-expect-error: only text and bytes
void numbers.pipe(recordChunks({ onLine: () => undefined }));
// @ts-expect-error: not known to be bytes
void replayChunks('').pipe(decodeText());
