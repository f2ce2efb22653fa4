import { config, from, map, type OperatorFunction, pipe, type SchedulerLike, share, Subject } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import {
  type Commit,
  type DeltaEvent,
  groupStreams,
  type PacePolicy,
  paceLines,
  resequence,
  type ResequenceOptions,
  type Transcript,
} from '../../src/index.js';
import { close, line, streamOf } from '../support/commits.js';
import { delta, end, failure } from '../support/events.js';
import { composed } from '../support/forms.js';
import { show } from '../support/show.js';
import { FaultyScheduler } from './faultyScheduler.js';
import { outcome, type Pipeline, pipelines } from './pipelines.js';

const boom = new Error('boom');

const events: readonly DeltaEvent[] = [
  delta('a', 'one\ntw'),
  delta('b', 'three'),
  delta('c', 'four\n'),
  end('c'),
  delta('a', 'o'),
];

/** Records all values of a pipeline, and how it ends. */
function watch({ connect }: Pipeline) {
  const scheduler = new FaultyScheduler();
  const source = new Subject<DeltaEvent>();
  const values: (Commit | Transcript)[] = [];
  const endings: unknown[] = [];
  source.pipe(connect({ scheduler })).subscribe({
    next: (value) => {
      expect(endings).toStrictEqual([]);
      values.push(value);
    },
    error: (error: unknown) => endings.push(error),
    complete: () => endings.push('complete'),
  });
  const send = (list: readonly DeltaEvent[]) => list.forEach((event) => source.next(event));
  return { scheduler, source, values, endings, send };
}

describe.each(pipelines)('$name', (pipeline) => {
  it('closes every open stream with its text when the source fails in the middle, and then fails', () => {
    const { scheduler, source, values, endings, send } = watch(pipeline);
    send(events);
    source.error(boom);
    expect(outcome(values)).toStrictEqual(['a error: "one" "two"', 'b error: "three"', 'c end: "four"']);
    expect(endings).toStrictEqual([boom]);
    expect(source.observed).toBe(false);
    expect(scheduler.pending).toBe(0);
  });

  it('closes only the stream that fails, and emits all text of the others', () => {
    const { scheduler, source, values, endings, send } = watch(pipeline);
    send(events);
    send([failure('a', boom), delta('b', '\nfive'), delta('a', 'late'), end('b'), delta('d', 'six')]);
    source.complete();
    scheduler.advance(10_000);
    expect(outcome(values)).toStrictEqual([
      'a error: "one" "two"',
      'b end: "three" "five"',
      'c end: "four"',
      'd complete: "six"',
    ]);
    expect(endings).toStrictEqual(['complete']);
    expect(scheduler.pending).toBe(0);
  });

  it('fails, unsubscribes from the source and leaves no timer when a downstream operator throws', () => {
    const scheduler = new FaultyScheduler();
    const source = new Subject<DeltaEvent>();
    const endings: unknown[] = [];
    const failing = map((value: Commit | Transcript) => {
      if (outcome([value]).some((stream) => stream.startsWith('b'))) {
        throw boom;
      }
      return value;
    });
    source.pipe(pipeline.connect({ scheduler }), failing).subscribe({
      error: (error: unknown) => endings.push(error),
      complete: () => endings.push('complete'),
    });
    events.forEach((event) => source.next(event));
    events.forEach(({ id }) => source.next(end(id)));
    scheduler.advance(10_000);
    expect(endings).toStrictEqual([boom]);
    expect(source.observed).toBe(false);
    expect(scheduler.pending).toBe(0);
  });
});

describe('a subscriber that throws', () => {
  const unhandled: unknown[] = [];

  beforeEach(() => {
    vi.useFakeTimers();
    config.onUnhandledError = (error) => unhandled.push(error);
  });

  afterEach(() => {
    config.onUnhandledError = null;
    unhandled.length = 0;
    vi.useRealTimers();
  });

  const undisturbed = (pipeline: Pipeline) => {
    const { scheduler, source, values, send } = watch(pipeline);
    send(events);
    scheduler.advance(400_000);
    source.complete();
    scheduler.advance(10_000);
    return values;
  };

  it.each(pipelines)(
    'still receives every value of $name, and RxJS reports each of its errors asynchronously',
    (pipeline) => {
      const scheduler = new FaultyScheduler();
      const source = new Subject<DeltaEvent>();
      const values: unknown[] = [];
      const endings: unknown[] = [];
      source.pipe(pipeline.connect({ scheduler })).subscribe({
        next: (value) => {
          values.push(value);
          throw boom;
        },
        error: (error: unknown) => endings.push(error),
        complete: () => {
          endings.push('complete');
          throw boom;
        },
      });
      events.forEach((event) => source.next(event));
      scheduler.advance(400_000);
      source.complete();
      scheduler.advance(10_000);
      expect(values).toStrictEqual(undisturbed(pipeline));
      expect(endings).toStrictEqual(['complete']);
      expect(unhandled).toStrictEqual([]);
      vi.runAllTimers();
      expect(unhandled).toStrictEqual([...values, 'complete'].map(() => boom));
      expect(source.observed).toBe(false);
      expect(scheduler.pending).toBe(0);
    },
  );

  it.each(pipelines)('does not affect another subscriber of the same $name', (pipeline) => {
    const scheduler = new FaultyScheduler();
    const source = new Subject<DeltaEvent>();
    const values: unknown[] = [];
    const output = source.pipe(pipeline.connect({ scheduler }), share());
    output.subscribe(() => {
      throw boom;
    });
    output.subscribe((value) => values.push(value));
    events.forEach((event) => source.next(event));
    scheduler.advance(400_000);
    source.complete();
    scheduler.advance(10_000);
    expect(values).toStrictEqual(undisturbed(pipeline));
    vi.runAllTimers();
    expect(unhandled).toHaveLength(values.length);
  });

  it.each(pipelines)(
    'does not keep $name subscribed to its source when its error callback throws',
    ({ connect }) => {
      const scheduler = new FaultyScheduler();
      const source = new Subject<DeltaEvent>();
      source.pipe(connect({ scheduler })).subscribe({
        error: () => {
          throw boom;
        },
      });
      events.forEach((event) => source.next(event));
      source.error(new Error('of the source'));
      expect(source.observed).toBe(false);
      expect(scheduler.pending).toBe(0);
      vi.runAllTimers();
      expect(unhandled).toStrictEqual([boom]);
    },
  );

  it('of one stream of groupStreams still receives all of its events, and does not affect other streams', () => {
    const seen: string[] = [];
    from(events)
      .pipe(groupStreams())
      .subscribe((stream) => {
        stream.subscribe((event) => {
          seen.push(`${stream.ref.id} ${event.type}`);
          if (stream.ref.id === 'a') {
            throw boom;
          }
        });
      });
    expect(seen).toStrictEqual(['a delta', 'b delta', 'c delta', 'c end', 'a delta', 'a end', 'b end']);
    vi.runAllTimers();
    expect(unhandled).toStrictEqual([boom, boom, boom]);
  });
});

describe('a callback that throws', () => {
  const throwing = () => {
    throw boom;
  };
  const a = streamOf('a');
  const numbered = (options: Partial<ResequenceOptions<number>>) => (scheduler: SchedulerLike) =>
    resequence<number>({ seq: (value) => value, scheduler, ...options });
  const paced = (policy: PacePolicy) => (scheduler: SchedulerLike) => paceLines({ policy, scheduler });
  const lines = [line(a, 0, 'one'), line(a, 1, 'two'), close(a, 2)];

  interface Row {
    readonly callback: string;
    readonly connect: (scheduler: SchedulerLike) => OperatorFunction<never, unknown>;
    readonly values: readonly unknown[];
    /** How the source ends, if at all. */
    readonly ending?: 'complete' | 'error';
    readonly expected: readonly unknown[];
  }

  const rows: readonly Row[] = [
    {
      callback: 'seq of resequence',
      connect: numbered({ seq: (value) => (value === 9 ? throwing() : value) }),
      values: [0, 2, 3, 9, 1],
      expected: [0, 2, 3, boom],
    },
    {
      callback: 'scope of resequence',
      connect: numbered({ scope: (value) => (value === 9 ? throwing() : value % 2) }),
      values: [0, 2, 3, 9, 1],
      expected: [0, 2, 3, boom],
    },
    {
      callback: 'onDrop of resequence, on a repeat',
      connect: numbered({ onDrop: throwing }),
      values: [0, 2, 0, 1],
      expected: [0, 2, boom],
    },
    {
      callback: 'onGap of resequence, after gapTimeout',
      connect: numbered({ onGap: throwing }),
      values: [0, 2, 4],
      expected: [0, 2, 4, boom],
    },
    {
      callback: 'onGap of resequence, when too many values are held',
      connect: numbered({ onGap: throwing, maxReorder: 2 }),
      values: [0, 2, 4, 1],
      expected: [0, 2, 4, boom],
    },
    {
      callback: 'onGap of resequence, on completion',
      connect: numbered({ onGap: throwing }),
      values: [0, 2, 4],
      ending: 'complete',
      expected: [0, 2, 4, boom],
    },
    {
      callback: 'onGap of resequence, when the source fails: the error of the source is emitted',
      connect: numbered({ onGap: throwing }),
      values: [0, 2, 4],
      ending: 'error',
      expected: [0, 2, 4, new Error('of the source')],
    },
    {
      callback: 'onDrop of groupStreams',
      connect: () => pipe(composed({ onDrop: throwing }), map(show)),
      values: [delta('a', 'x'), end('b'), delta('b', 'late'), delta('a', 'y')],
      expected: ['open a', 'open b', 'close b end 0', 'line a 0 x', 'close a error 1', boom],
    },
    {
      callback: 'policy of paceLines',
      connect: paced(throwing),
      values: lines,
      expected: [...lines, boom],
    },
    {
      callback: 'policy of paceLines, after completion',
      connect: paced(throwing),
      values: lines,
      ending: 'complete',
      expected: [...lines, boom],
    },
    {
      callback: 'policy.fresh of paceLines, before the first line',
      connect: paced(Object.assign(() => 1, { fresh: throwing })),
      values: lines,
      expected: [boom],
    },
    {
      callback: 'policy.resume of paceLines, before the line that it is called for',
      connect: paced(Object.assign(() => 1, { resume: throwing })),
      values: [line(a, 0, 'one'), line(a, 1, 'two')],
      expected: [line(a, 0, 'one'), boom],
    },
  ];

  it.each(rows)(
    'fails the output after all queued values: $callback',
    ({ connect, values, ending, expected }) => {
      const scheduler = new FaultyScheduler();
      const source = new Subject<never>();
      const seen: unknown[] = [];
      source.pipe(connect(scheduler)).subscribe({
        next: (value) => seen.push(value),
        error: (error: unknown) => seen.push(error),
        complete: () => seen.push('complete'),
      });
      values.forEach((value) => source.next(value as never));
      if (ending !== undefined) {
        source[ending](new Error('of the source'));
      }
      scheduler.advance(10_000);
      source.next(values[0] as never);
      expect(seen).toStrictEqual(expected);
      expect(source.observed).toBe(false);
      expect(scheduler.pending).toBe(0);
    },
  );
});
