import { asapScheduler, queueScheduler, type SchedulerLike } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';

import { Timer } from '../../src/rx/timer.js';
import { FaultyScheduler } from '../faults/faultyScheduler.js';

const hour = 3_600_000;

function atOnce(task: () => void): void {
  task();
}

/** A timer that records how late it fires, and the time that has really passed. */
function recordingTimer(scheduler: FaultyScheduler) {
  const fired: { at: number; lateness: number }[] = [];
  const timer = new Timer(scheduler, atOnce, (lateness) => fired.push({ at: scheduler.passed, lateness }));
  return { timer, fired };
}

describe('Timer', () => {
  it('fires once, after its delay rounded up to whole milliseconds', () => {
    const scheduler = new FaultyScheduler();
    const { timer, fired } = recordingTimer(scheduler);
    timer.arm(10.2);
    scheduler.advance(100);
    expect(fired).toStrictEqual([{ at: 11, lateness: 0 }]);
    expect(timer.isArmed).toBe(false);
  });

  it('fires for the latest arming only', () => {
    const scheduler = new FaultyScheduler();
    const { timer, fired } = recordingTimer(scheduler);
    timer.arm(10);
    timer.arm(20);
    scheduler.advance(100);
    expect(fired).toStrictEqual([{ at: 20, lateness: 0 }]);
  });

  it.each(['disarm', 'dispose'] as const)('does not fire after %s', (method) => {
    const scheduler = new FaultyScheduler();
    const { timer, fired } = recordingTimer(scheduler);
    timer.arm(10);
    timer[method]();
    expect(scheduler.pending).toBe(0);
    scheduler.advance(100);
    expect(fired).toStrictEqual([]);
  });

  it('cannot be armed again once it is disposed', () => {
    const scheduler = new FaultyScheduler();
    const { timer } = recordingTimer(scheduler);
    timer.dispose();
    timer.arm(10);
    expect(scheduler.pending).toBe(0);
    expect(timer.isArmed).toBe(false);
  });

  it('does not fire when it is disarmed while its callback is queued', () => {
    const scheduler = new FaultyScheduler();
    const queue: (() => void)[] = [];
    const fire = vi.fn();
    const timer = new Timer(scheduler, (task) => queue.push(task), fire);
    timer.arm(10);
    scheduler.advance(10);
    timer.disarm();
    queue.forEach((task) => task());
    expect(fire).not.toHaveBeenCalled();
  });

  it.each<{ name: string; scheduler: SchedulerLike }>([
    { name: 'asapScheduler', scheduler: asapScheduler },
    { name: 'queueScheduler', scheduler: queueScheduler },
  ])('fires without a delay on $name', async ({ scheduler }) => {
    const fire = vi.fn();
    const timer = new Timer(scheduler, atOnce, fire);
    timer.arm(0);
    await Promise.resolve();
    expect(fire).toHaveBeenCalledOnce();
  });
});

describe('the clock of a timer', () => {
  it.each([
    { title: 'stays where it is when the wall clock goes back', by: -hour },
    { title: 'does not follow the wall clock by an hour', by: hour },
  ])('$title while the timer is armed, but jumps to the time at which the timer is due', ({ by }) => {
    const scheduler = new FaultyScheduler();
    const { timer, fired } = recordingTimer(scheduler);
    timer.arm(100);
    scheduler.advance(30);
    expect(timer.now()).toBe(30);
    scheduler.clockError = by;
    scheduler.advance(30);
    expect(timer.now()).toBe(100);
    scheduler.advance(40);
    expect(fired).toStrictEqual([{ at: 100, lateness: 0 }]);
    scheduler.advance(50);
    expect(timer.now()).toBe(150);
  });

  it('measures how late the timer fires when the event loop was blocked', () => {
    const scheduler = new FaultyScheduler();
    const { timer, fired } = recordingTimer(scheduler);
    timer.arm(100);
    scheduler.sleep(250);
    expect(fired).toStrictEqual([{ at: 250, lateness: 150 }]);
    expect(timer.now()).toBe(250);
  });

  it('never goes back while no timer is armed', () => {
    const scheduler = new FaultyScheduler();
    const { timer } = recordingTimer(scheduler);
    scheduler.advance(100);
    expect(timer.now()).toBe(100);
    scheduler.clockError = -hour;
    expect(timer.now()).toBe(100);
    scheduler.advance(5);
    expect(timer.now()).toBe(105);
  });
});
