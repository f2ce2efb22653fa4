import { describe, expect, it } from 'vitest';

import { ReplaySchedule } from '../../src/cli/replaySchedule.js';

/** The time of each event, if `isEarly` is called every 5 milliseconds. */
function times(events: readonly unknown[], speed = 1): readonly number[] {
  let now = 1000;
  const replay = new ReplaySchedule(speed, () => now);
  return events.map((event) => {
    while (replay.isEarly(event)) {
      expect(replay.isHolding).toBe(true);
      now += 5;
    }
    expect(replay.isHolding).toBe(false);
    return now - 1000;
  });
}

const at = (milliseconds: number) => ({ ts: new Date(1_700_000_000_000 + milliseconds).toISOString() });

describe('ReplaySchedule', () => {
  it('keeps the intervals of the recording', () => {
    expect(times([at(0), at(100), at(100), at(350)])).toStrictEqual([0, 100, 100, 350]);
  });

  it.each([
    { speed: 10, expected: [0, 10, 100] },
    { speed: 0.5, expected: [0, 200, 2000] },
  ])('replays at $speed times the speed', ({ speed, expected }) => {
    expect(times([at(0), at(100), at(1000)], speed)).toStrictEqual(expected);
  });

  it.each([
    { ts: '2025-08-09T15:51:04.856Z', next: { ts: '2025-08-09T15:51:04.956Z' } },
    { Time: '2022-05-15T22:45:41.641493-04:00', next: { Time: '2022-05-15T22:45:41.741493-04:00' } },
    { time: '2024-01-01T00:00:00.123456789Z', next: { time: '2024-01-01T00:00:00.223456789Z' } },
  ])('reads the time of $next', ({ next, ...first }) => {
    expect(times([first, next])).toStrictEqual([0, 100]);
  });

  it('reads the time of a log line', () => {
    const line = (time: string) => `2024-01-01T00:00:00.${time}Z stdout F a`;
    expect(times([line('1'), line('2'), 'plain', line('35')])).toStrictEqual([0, 100, 100, 250]);
  });

  it('emits events without a time together with the event before', () => {
    expect(times([at(0), {}, null, at(100), { ts: 'soon' }, { ts: 7 }, at(200)])).toStrictEqual([
      0, 0, 0, 100, 100, 100, 200,
    ]);
  });

  it('uses steps while no event has had a time', () => {
    expect(times([{}, {}, 'x', at(0), at(100)])).toStrictEqual([0, 50, 100, 150, 250]);
    expect(times([{}, {}, {}], 10)).toStrictEqual([0, 5, 10]);
  });

  it('is not delayed by a recorded clock that was set back', () => {
    expect(times([at(0), at(100), at(-5000), at(150)])).toStrictEqual([0, 100, 100, 150]);
  });

  it('waits only until the event is due', async () => {
    let now = 0;
    const replay = new ReplaySchedule(1, () => now);
    expect(replay.isEarly(at(0))).toBe(false);
    expect(replay.isEarly(at(3_600_000))).toBe(true);
    now = 3_599_999;
    await replay.wait();
    expect(replay.isEarly(at(3_600_000))).toBe(true);
    now = 3_600_000;
    expect(replay.isEarly(at(3_600_000))).toBe(false);
  });
});
