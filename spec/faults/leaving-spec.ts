import { Observable, Subject, take } from 'rxjs';
import { describe, expect, it } from 'vitest';

import type { Commit, DeltaEvent, DropCommit, Transcript } from '../../src/index.js';
import { delta, end, failure, start } from '../support/events.js';
import { FaultyScheduler } from './faultyScheduler.js';
import { type Pipeline, pipelines } from './pipelines.js';

type Value = Commit | Transcript;

const options = {
  tail: true,
  softCommit: { after: 100 },
  idleTimeout: 1000,
  maxStreams: 2,
  maxLineLength: 4,
};

/** Milliseconds to wait, or a notification of the source. */
type Step = number | 'complete' | 'error' | DeltaEvent;

const steps: readonly Step[] = [
  start('a'),
  delta('a', 'one\ntwo and more'),
  150,
  delta('b', 'x'),
  end('a', 'other\ntext'),
  delta('a', 'late'),
  null as unknown as DeltaEvent,
  failure('b', 'boom'),
  delta('c', 'lines\nand\nlines'),
  delta('d', 'x'),
  delta('e', 'y'),
  2000,
  delta('f', 'x\ny'),
  delta('g', 'z'),
];

/** Runs the steps, and unsubscribes inside the value with this number. */
function unsubscribeAt(number: number, { connect }: Pipeline, all: readonly Step[]) {
  const scheduler = new FaultyScheduler();
  const source = new Subject<DeltaEvent>();
  const seen: Value[] = [];
  const endings: unknown[] = [];
  const see = (value: Value) => {
    seen.push(value);
    if (seen.length === number) {
      subscription.unsubscribe();
      state = { isObserved: source.observed, pending: scheduler.pending };
    }
  };
  let state: { isObserved: boolean; pending: number } | undefined;
  const onDrop = (drop: DropCommit) => {
    see(drop);
  };
  const subscription = source.pipe(connect({ ...options, scheduler, onDrop })).subscribe({
    next: see,
    error: (error: unknown) => endings.push(error),
    complete: () => endings.push('complete'),
  });
  for (const step of all) {
    if (typeof step === 'number') {
      scheduler.advance(step);
    } else if (step === 'complete' || step === 'error') {
      source[step]('over');
    } else {
      source.next(step);
    }
  }
  scheduler.advance(10_000);
  return { seen, endings, state };
}

describe.each(pipelines)('$name', { timeout: 30_000 }, (pipeline) => {
  it.each(['complete', 'error'] as const)(
    'emits nothing after unsubscribe inside any value, with a source that would %s',
    (ending) => {
      const all = [...steps, ending];
      const { seen: everything, endings } = unsubscribeAt(Infinity, pipeline, all);
      expect(endings).toStrictEqual([ending === 'error' ? 'over' : 'complete']);
      expect(everything.length).toBeGreaterThan(5);
      everything.forEach((_, i) => {
        const { seen, endings: others, state } = unsubscribeAt(i + 1, pipeline, all);
        expect(seen).toStrictEqual(everything.slice(0, i + 1));
        expect(others).toStrictEqual([]);
        expect(state).toStrictEqual({ isObserved: false, pending: 0 });
      });
    },
  );

  it('stops a synchronous source inside any value', () => {
    const events = steps.filter((step) => typeof step === 'object');
    const run = (count: number) => {
      const scheduler = new FaultyScheduler();
      const seen: number[] = [];
      let produced = 0;
      const source = new Observable<DeltaEvent>((subscriber) => {
        for (const event of events) {
          if (!subscriber.closed) {
            produced++;
            subscriber.next(event);
          }
        }
      });
      source
        .pipe(pipeline.connect({ ...options, scheduler }), take(count))
        .subscribe(() => seen.push(produced));
      return { seen, produced, pending: scheduler.pending };
    };
    const { seen: everything } = run(Infinity);
    expect(everything.length).toBeGreaterThan(0);
    everything.forEach((produced, i) => {
      expect(run(i + 1)).toStrictEqual({ seen: everything.slice(0, i + 1), produced, pending: 0 });
    });
  });
});

describe.each(pipelines.slice(0, 2))('the values of $name', (pipeline) => {
  it('include every type of commit, and every reason of a close or a drop', () => {
    const emitted = ['complete', 'error'].flatMap((ending) => {
      const { seen } = unsubscribeAt(Infinity, pipeline, [...steps, ending as Step]);
      return seen.flatMap((value) =>
        'type' in value ? ('reason' in value ? [value.type, value.reason] : [value.type]) : [],
      );
    });
    expect(new Set(emitted)).toStrictEqual(
      new Set([
        ...['open', 'line', 'tail', 'revise', 'close', 'drop', 'late', 'malformed'],
        ...['end', 'error', 'idle', 'evicted', 'complete'],
      ]),
    );
  });
});
