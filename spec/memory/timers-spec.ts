import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { FaultyScheduler } from '../faults/faultyScheduler.js';
import { outcome, type Pipeline, pipelines } from '../faults/pipelines.js';
import type { Commit, DeltaEvent, Transcript } from '../../src/index.js';
import { resequence } from '../../src/index.js';
import { delta, end, failure } from '../support/events.js';

const minute = 60_000;
const hour = 60 * minute;

function runADay({ connect }: Pipeline) {
  const scheduler = new FaultyScheduler();
  const source = new Subject<DeltaEvent>();
  const values: (Commit | Transcript)[] = [];
  const pending: number[] = [];
  const whenNothingIsOpen: number[] = [];
  source.pipe(connect({ scheduler, softCommit: { after: 40_000 } })).subscribe((value) => values.push(value));
  const send = (event: DeltaEvent) => {
    source.next(event);
    pending.push(scheduler.pending);
  };
  for (let hours = 0; hours < 24; hours++) {
    for (let minutes = 0; minutes < 60; minutes++) {
      const id = `${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
      if (minutes < 45) {
        send(delta(id, 'a line\nand a tail '));
        scheduler.advance(20_000);
        send(delta(id, 'that goes on'));
        // The producer never ends a third of the streams.
        if (minutes % 3 === 0) {
          send(end(id));
        } else if (minutes % 3 === 1) {
          send(failure(id, 'boom'));
        }
      }
      scheduler.advance((hours * 60 + minutes + 1) * minute - scheduler.passed);
    }
    whenNothingIsOpen.push(scheduler.pending);
  }
  return { scheduler, source, values, pending, whenNothingIsOpen };
}

describe('24 hours of streams that open and close', { timeout: 30_000 }, () => {
  it.each(pipelines)('leave no timer while none is open, with $name', (pipeline) => {
    const { scheduler, source, values, pending, whenNothingIsOpen } = runADay(pipeline);
    expect(scheduler.passed).toBe(24 * hour);
    expect(whenNothingIsOpen).toStrictEqual(Array.from({ length: 24 }, () => 0));
    // Two timers of commitLines and one of the operator after it; in the composed form one for each stream, of which at
    // most seven are open.
    expect(Math.max(...pending)).toBeLessThanOrEqual(pipeline.name === 'groupStreams and scanLines' ? 8 : 3);
    expect(Math.max(...pending)).toBeGreaterThan(0);
    const emitted = values.length;
    scheduler.advance(24 * hour);
    expect(values).toHaveLength(emitted);
    expect(source.observed).toBe(true);
    const closed = outcome(values);
    expect(closed).toHaveLength(24 * 45);
    for (const [reason, third] of [
      ['end', 0],
      ['error', 1],
      ['idle', 2],
    ] as const) {
      expect(
        closed.filter((words) => words.includes(` ${reason}: "a line" "and a tail that goes on"`)),
      ).toHaveLength(closed.filter((_, i) => i % 3 === third).length);
    }
  });

  it('leave no timer with resequence, even if numbers are missing in every scope', () => {
    const scheduler = new FaultyScheduler();
    const source = new Subject<number>();
    const seen: number[] = [];
    const gaps: number[] = [];
    source
      .pipe(
        resequence({
          seq: (value) => value % 100,
          scope: (value) => Math.floor(value / 100),
          onGap: ({ from }) => gaps.push(from),
          scheduler,
        }),
      )
      .subscribe((value) => seen.push(value));
    for (let minutes = 0; minutes < 24 * 60; minutes++) {
      const pending = [0, 2, 1, 5, 4].map((number) => {
        source.next(100 * minutes + number);
        return scheduler.pending;
      });
      expect(pending).toStrictEqual([0, 1, 0, 1, 1]);
      scheduler.advance(minute);
      expect(scheduler.pending).toBe(0);
    }
    expect(seen.map((value) => value % 100).join('')).toBe('01245'.repeat(24 * 60));
    expect(gaps).toStrictEqual(Array.from({ length: 24 * 60 }, () => 3));
    expect(scheduler.passed).toBe(24 * hour);
    expect(source.observed).toBe(true);
  });
});
