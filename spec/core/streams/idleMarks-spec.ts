import { describe, expect, it } from 'vitest';

import { IdleMarks } from '../../../src/core/streams/idleMarks.js';

function startedMarks(): IdleMarks {
  const marks = new IdleMarks(800);
  marks.start(1, 0);
  return marks;
}

describe('IdleMarks', () => {
  it('finds events idle after the timeout, and not before', () => {
    const marks = startedMarks();
    expect(marks.tick(1, 799, 0)).toBe(-1);
    expect(marks.tick(1, 800, 0)).toBe(1);
  });

  it('finds each event idle once', () => {
    const marks = startedMarks();
    expect(marks.tick(1, 800, 0)).toBe(1);
    expect(marks.tick(1, 801, 0)).toBe(-1);
  });

  it('counts from the first tick after the event', () => {
    const marks = startedMarks();
    marks.tick(2, 100, 0);
    expect(marks.tick(2, 899, 0)).toBe(1);
    expect(marks.tick(2, 900, 0)).toBe(2);
  });

  it('finds the events of several ticks idle at once', () => {
    const marks = startedMarks();
    marks.tick(2, 100, 0);
    marks.tick(3, 200, 0);
    expect(marks.tick(4, 950, 0)).toBe(2);
    expect(marks.tick(4, 1000, 0)).toBe(3);
  });

  it('uses the largest lateness of a tick since the mark, because the clock may have been set', () => {
    const marks = startedMarks();
    marks.tick(1, 190, 90);
    marks.tick(1, 300, 10);
    expect(marks.tick(1, 889, 0)).toBe(-1);
    expect(marks.tick(1, 890, 0)).toBe(1);
  });

  it('restarts', () => {
    const marks = startedMarks();
    marks.start(5, 700);
    expect(marks.tick(5, 1499, 0)).toBe(-1);
    expect(marks.tick(5, 1500, 0)).toBe(5);
  });

  it.each([
    { title: 'an eighth of the timeout at first', ticks: [], now: 0, expected: 100 },
    { title: 'the time left for the oldest mark', ticks: [], now: 750, expected: 50 },
    { title: 'the time left with the lateness of a tick', ticks: [150], now: 760, expected: 90 },
  ])('asks for the next tick after $title', ({ ticks, now, expected }) => {
    const marks = startedMarks();
    ticks.forEach((time) => marks.tick(1, time, 50));
    expect(marks.timeToTick(now)).toBe(expected);
  });

  it('asks for a tick when no event waits to become idle', () => {
    const marks = startedMarks();
    marks.tick(1, 800, 0);
    expect(marks.timeToTick(800)).toBe(100);
  });

  it('asks for a tick before the first event', () => {
    expect(new IdleMarks(800).timeToTick(0)).toBe(100);
  });

  it('adds no mark at a tick without an event since the latest mark', () => {
    const marks = startedMarks();
    [1, 2, 3, 3, 3].forEach((events, count) => marks.tick(events, 100 * count, 0));
    expect(marks.marks.map(({ events }) => events)).toStrictEqual([1, 2, 3]);
  });

  it('keeps no more marks than ticks in one timeout', () => {
    const marks = startedMarks();
    for (let time = 100; time < 100_000; time += 100) {
      marks.tick(time, time, 0);
    }
    expect(marks.marks.length).toBeLessThanOrEqual(9);
  });
});
