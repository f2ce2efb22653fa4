import { describe, expect, it } from 'vitest';

import { Monotonic } from '../../src/rx/monotonic.js';

/** A monotonic clock over a wall clock that can be set. */
function clockAt(time: number) {
  const wall = { time, now: () => wall.time };
  return { wall, clock: new Monotonic(wall) };
}

describe('Monotonic', () => {
  it('starts at the time of the wall clock, and follows it', () => {
    const { wall, clock } = clockAt(1000);
    expect(clock.now()).toBe(1000);
    wall.time = 1010;
    expect(clock.now()).toBe(1010);
  });

  it('follows the wall clock by an hour while no timer is armed', () => {
    const { wall, clock } = clockAt(0);
    wall.time = 3_600_000;
    expect(clock.now()).toBe(3_600_000);
  });

  describe('while a timer is armed', () => {
    it('does not advance while the wall clock does not', () => {
      const { wall, clock } = clockAt(0);
      clock.arm(100);
      wall.time = 30;
      expect([clock.now(), clock.now()]).toStrictEqual([30, 30]);
    });

    it.each([
      { title: 'twice the delay of the timer', delay: 100, lateness: 200 },
      { title: 'one second', delay: 800, lateness: 1000 },
    ])('follows a step of up to $title after the timer is due', ({ delay, lateness }) => {
      const late = clockAt(0);
      late.clock.arm(delay);
      late.wall.time = delay + lateness;
      expect(late.clock.now()).toBe(delay + lateness);

      const set = clockAt(0);
      set.clock.arm(delay);
      set.wall.time = delay + lateness + 1;
      expect(set.clock.now()).toBe(delay);
    });

    it('trusts no step after the wall clock was set', () => {
      const { wall, clock } = clockAt(0);
      clock.arm(100);
      wall.time = 5000;
      expect(clock.now()).toBe(100);
      wall.time = 5020;
      expect(clock.now()).toBe(100);
    });

    it('does not go back when the wall clock is set after the timer was due', () => {
      const { wall, clock } = clockAt(0);
      clock.arm(100);
      wall.time = 150;
      expect(clock.now()).toBe(150);
      wall.time = 0;
      expect(clock.now()).toBe(150);
    });
  });

  describe.each([
    { end: 'fires', stop: (clock: Monotonic) => clock.fire() },
    { end: 'is disarmed', stop: (clock: Monotonic) => clock.disarm() },
  ])('after the timer $end', ({ stop }) => {
    it('follows the wall clock again, even with the next timer', () => {
      const { wall, clock } = clockAt(0);
      clock.arm(100);
      wall.time = 5000;
      expect(clock.now()).toBe(100);
      stop(clock);
      wall.time = 5010;
      expect(clock.now()).toBe(110);
      clock.arm(100);
      wall.time = 5030;
      expect(clock.now()).toBe(130);
    });
  });

  describe('when the timer fires', () => {
    it.each([
      { title: 'is the time of the wall clock', wallTime: 130, time: 130, lateness: 30 },
      {
        title: 'is the time at which the timer was due, if the wall clock is slow',
        wallTime: 90,
        time: 100,
        lateness: 0,
      },
      {
        title: 'is the time at which the timer was due, if the wall clock was set',
        wallTime: 5000,
        time: 100,
        lateness: 0,
      },
    ])('$title', ({ wallTime, time, lateness }) => {
      const { wall, clock } = clockAt(0);
      clock.arm(100);
      wall.time = wallTime;
      expect(clock.fire()).toBe(lateness);
      expect(clock.now()).toBe(time);
    });
  });
});
