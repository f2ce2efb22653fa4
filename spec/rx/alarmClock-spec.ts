import { VirtualTimeScheduler } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { Alarm, AlarmClock } from '../../src/rx/alarmClock.js';

/** A clock in virtual time, and what has rung when. */
function windUp() {
  const scheduler = new VirtualTimeScheduler();
  const rung: string[] = [];
  const clock = new AlarmClock(scheduler, (task) => task());
  const alarm = (name: string, also: () => void = () => undefined) =>
    new Alarm(() => {
      rung.push(`${name} ${scheduler.now()}`);
      also();
    });
  const at = (time: number, action: () => void) => scheduler.schedule(action, time);
  return { scheduler, rung, clock, alarm, at };
}

describe('AlarmClock', () => {
  it('rings each alarm when its delay is over', () => {
    const { scheduler, rung, clock, alarm } = windUp();
    clock.set(alarm('late'), 30);
    clock.set(alarm('early'), 10);
    clock.set(alarm('between'), 20);
    scheduler.flush();
    expect(rung).toStrictEqual(['early 10', 'between 20', 'late 30']);
  });

  it('counts a delay from when it is set', () => {
    const { scheduler, rung, clock, alarm, at } = windUp();
    clock.set(alarm('first'), 30);
    at(5, () => clock.set(alarm('second'), 10));
    at(18, () => clock.set(alarm('third'), 10));
    scheduler.flush();
    expect(rung).toStrictEqual(['second 15', 'third 28', 'first 30']);
  });

  it('rings alarms that are due together', () => {
    const { scheduler, rung, clock, alarm } = windUp();
    clock.set(alarm('a'), 10);
    clock.set(alarm('b'), 10);
    scheduler.flush();
    expect(rung).toStrictEqual(['a 10', 'b 10']);
  });

  it('lets an alarm set itself again', () => {
    const { scheduler, rung, clock, alarm } = windUp();
    const again = alarm('again', () => {
      if (rung.length < 3) {
        clock.set(again, 10);
      }
    });
    clock.set(again, 10);
    clock.set(alarm('once'), 15);
    scheduler.flush();
    expect(rung).toStrictEqual(['again 10', 'once 15', 'again 20']);
  });

  it('lets an alarm stop another that is due with it', () => {
    const { scheduler, rung, clock, alarm } = windUp();
    const second = alarm('second');
    clock.set(
      alarm('first', () => clock.stop(second)),
      10,
    );
    clock.set(second, 10);
    scheduler.flush();
    expect(rung).toStrictEqual(['first 10']);
  });

  it('lets an alarm put off another that is due with it', () => {
    const { scheduler, rung, clock, alarm } = windUp();
    const second = alarm('second');
    clock.set(
      alarm('first', () => clock.set(second, 5)),
      10,
    );
    clock.set(second, 10);
    scheduler.flush();
    expect(rung).toStrictEqual(['first 10', 'second 15']);
  });

  it('does not ring what was stopped, and has a timer only while something is set', () => {
    const { scheduler, rung, clock, alarm } = windUp();
    const stopped = alarm('stopped');
    clock.set(stopped, 10);
    clock.stop(stopped);
    expect(scheduler.actions.filter((action) => !action.closed)).toHaveLength(0);
    scheduler.flush();
    expect(rung).toStrictEqual([]);
  });

  it('rings what is left when another alarm is stopped', () => {
    const { scheduler, rung, clock, alarm } = windUp();
    const stopped = alarm('stopped');
    clock.set(stopped, 10);
    clock.set(alarm('left'), 20);
    clock.stop(stopped);
    scheduler.flush();
    expect(rung).toStrictEqual(['left 20']);
  });

  it('does not put off what is due at the moment when another alarm is set', () => {
    const { scheduler, rung, clock, alarm, at } = windUp();
    at(10, () => clock.set(alarm('second'), 5));
    clock.set(alarm('first'), 10);
    scheduler.flush();
    expect(rung).toStrictEqual(['first 10', 'second 15']);
  });

  it('does not wake for a timer that waited in line while the clock was set anew', () => {
    const scheduler = new VirtualTimeScheduler();
    const rung: string[] = [];
    const line: (() => void)[] = [];
    const clock = new AlarmClock(scheduler, (task) => line.push(task));
    const stopped = new Alarm(() => rung.push('stopped'));
    clock.set(stopped, 10);
    scheduler.flush();
    clock.stop(stopped);
    clock.set(new Alarm(() => rung.push('set anew')), 10);
    line.shift()?.();
    expect(rung).toStrictEqual([]);
    scheduler.flush();
    line.shift()?.();
    expect(rung).toStrictEqual(['set anew']);
  });

  it('does not ring once it is released, nor can it be set', () => {
    const { scheduler, rung, clock, alarm } = windUp();
    clock.set(alarm('a'), 10);
    clock.release();
    clock.set(alarm('b'), 10);
    scheduler.flush();
    expect(rung).toStrictEqual([]);
  });

  it.each([
    { title: 'forth', now: 3_600_000 },
    { title: 'back', now: -3_600_000 },
  ])('rings nothing too early when the time is set $title, and what is set then in time', ({ now }) => {
    const { scheduler, rung, clock, alarm, at } = windUp();
    clock.set(alarm('first'), 30);
    at(5, () => clock.set(alarm('second'), 10, now));
    scheduler.flush();
    expect(rung).toStrictEqual(['second 15', 'first 35']);
  });
});
