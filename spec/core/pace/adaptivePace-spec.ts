import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { AdaptivePace, type AdaptivePaceRules } from '../../../src/core/pace/adaptivePace.js';

const rules: AdaptivePaceRules = {
  smoothLines: 1,
  enterLines: 8,
  enterAge: 120,
  severeLines: 64,
  severeAge: 300,
  drainTicks: 24,
  severeDrainTicks: 16,
  minLines: 2,
  maxLines: 24,
  exitLines: 2,
  exitAge: 40,
  exitAfter: 250,
  reenterAfter: 250,
};

const neverSevere = { ...rules, severeLines: Infinity, severeAge: Infinity };

/** A pace that caught up and stopped that at 1000. */
function exitedAt1000(): AdaptivePace {
  const pace = new AdaptivePace(rules);
  pace.next({ lines: 8, oldestAge: 0 }, 0);
  pace.next({ lines: 2, oldestAge: 40 }, 750);
  pace.next({ lines: 2, oldestAge: 40 }, 1000);
  expect(pace.isCatchingUp).toBe(false);
  return pace;
}

describe('AdaptivePace', () => {
  // prettier-ignore
  it.each([
    { lines: 1,  oldestAge: 0,   isCatchingUp: false },
    { lines: 7,  oldestAge: 0,   isCatchingUp: false },
    { lines: 8,  oldestAge: 0,   isCatchingUp: true },
    { lines: 1,  oldestAge: 119, isCatchingUp: false },
    { lines: 7,  oldestAge: 119, isCatchingUp: false },
    { lines: 1,  oldestAge: 120, isCatchingUp: true },
  ])('catches up from 8 lines or 120 ms: $lines lines, $oldestAge ms', ({ lines, oldestAge, isCatchingUp }) => {
    const pace = new AdaptivePace(rules);
    expect(pace.next({ lines, oldestAge }, 0)).toBe(isCatchingUp ? 2 : 1);
    expect(pace.isCatchingUp).toBe(isCatchingUp);
  });

  // prettier-ignore
  it.each([
    { lines: 1,      usual: 2,  severe: 2 },
    { lines: 9,      usual: 2,  severe: 2 },
    { lines: 24,     usual: 2,  severe: 2 },
    { lines: 25,     usual: 2,  severe: 2 },
    { lines: 32,     usual: 2,  severe: 2 },
    { lines: 33,     usual: 2,  severe: 3 },
    { lines: 48,     usual: 2,  severe: 3 },
    { lines: 49,     usual: 3,  severe: 4 },
    { lines: 63,     usual: 3,  severe: 4 },
    { lines: 64,     usual: 3,  severe: 4 },
    { lines: 65,     usual: 3,  severe: 5 },
    { lines: 384,    usual: 16, severe: 24 },
    { lines: 512,    usual: 22, severe: 24 },
    { lines: 576,    usual: 24, severe: 24 },
    { lines: 600,    usual: 24, severe: 24 },
    { lines: 10_000, usual: 24, severe: 24 },
  ])('releases $usual of $lines lines per tick, and $severe when the backlog is severe', ({ lines, usual, severe }) => {
    expect(new AdaptivePace(neverSevere).next({ lines, oldestAge: 120 }, 0)).toBe(usual);
    expect(new AdaptivePace(rules).next({ lines, oldestAge: 300 }, 0)).toBe(severe);
  });

  // prettier-ignore
  it.each([
    { lines: 63, oldestAge: 299, expected: 3 },
    { lines: 64, oldestAge: 0,   expected: 4 },
    { lines: 63, oldestAge: 300, expected: 4 },
  ])('has a severe backlog from 64 lines or 300 ms: $lines lines, $oldestAge ms', ({ lines, oldestAge, expected }) => {
    expect(new AdaptivePace(rules).next({ lines, oldestAge }, 0)).toBe(expected);
  });

  describe('stops catching up', () => {
    it('after 250 ms of calm, and not after 249', () => {
      const pace = new AdaptivePace(rules);
      const calm = { lines: 2, oldestAge: 40 };
      expect(pace.next({ lines: 8, oldestAge: 0 }, 0)).toBe(2);
      expect([1000, 1100, 1249, 1250].map((now) => pace.next(calm, now))).toStrictEqual([2, 2, 2, 1]);
    });

    it.each([
      { lines: 3, oldestAge: 40 },
      { lines: 2, oldestAge: 41 },
    ])('not with %o, and restarts the calm after it', (waiting) => {
      const pace = new AdaptivePace(rules);
      const calm = { lines: 2, oldestAge: 40 };
      pace.next({ lines: 8, oldestAge: 0 }, 0);
      expect([1000, 2000, 9000].map((now) => pace.next(waiting, now))).toStrictEqual([2, 2, 2]);
      pace.next(calm, 9100);
      pace.next(waiting, 9200);
      expect([9300, 9549, 9550].map((now) => pace.next(calm, now))).toStrictEqual([2, 2, 1]);
    });

    // prettier-ignore
    it.each([
      { until: 1249, lines: 2 },
      { until: 1250, lines: 1 },
      { until: 9000, lines: 1 },
    ])('also while no line waits and no tick occurs: from 1000 until $until', ({ until, lines }) => {
      const pace = new AdaptivePace(rules);
      pace.next({ lines: 8, oldestAge: 0 }, 0);
      pace.resume(1000, until);
      expect(pace.next({ lines: 3, oldestAge: 0 }, until)).toBe(lines);
    });

    it('when the calm of the ticks and that between them come to 250 ms', () => {
      const pace = new AdaptivePace(rules);
      pace.next({ lines: 8, oldestAge: 0 }, 0);
      pace.next({ lines: 1, oldestAge: 0 }, 1000);
      pace.resume(1000, 1040);
      pace.next({ lines: 1, oldestAge: 10 }, 1050);
      pace.resume(1050, 1250);
      expect(pace.next({ lines: 3, oldestAge: 0 }, 1250)).toBe(1);
    });
  });

  describe('does not catch up again', () => {
    it('within 250 ms', () => {
      const pace = exitedAt1000();
      const behind = { lines: 63, oldestAge: 299 };
      expect([1050, 1249].map((now) => pace.next(behind, now))).toStrictEqual([1, 1]);
      expect(pace.next(behind, 1250)).toBe(3);
    });

    it.each([
      { lines: 64, oldestAge: 0, expected: 4 },
      { lines: 1, oldestAge: 300, expected: 2 },
    ])('unless the backlog is severe: $lines lines, $oldestAge ms', ({ expected, ...waiting }) => {
      expect(exitedAt1000().next(waiting, 1001)).toBe(expected);
    });

    it('within 250 ms of calm that ended while no line waited', () => {
      const pace = new AdaptivePace(rules);
      const behind = { lines: 8, oldestAge: 0 };
      pace.next(behind, 0);
      pace.resume(1000, 1400);
      expect([1499, 1500].map((now) => pace.next(behind, now))).toStrictEqual([1, 2]);
    });

    it('but does so at once after a silence, if it was not catching up before', () => {
      const pace = new AdaptivePace(rules);
      pace.next({ lines: 1, oldestAge: 0 }, 0);
      pace.resume(0, 300);
      expect(pace.next({ lines: 8, oldestAge: 0 }, 310)).toBe(2);
    });
  });

  describe('when the clock is set back by an hour', () => {
    const hour = 3_600_000;

    it('stops catching up after the same time', () => {
      const pace = new AdaptivePace(rules);
      const calm = { lines: 1, oldestAge: 0 };
      pace.next({ lines: 8, oldestAge: 0 }, hour);
      pace.next(calm, hour + 10);
      expect([20, 269, 270].map((now) => pace.next(calm, now))).toStrictEqual([2, 2, 1]);
    });

    it('catches up again after the same time', () => {
      const pace = exitedAt1000();
      const behind = { lines: 8, oldestAge: 0 };
      const back = 1000 - hour;
      expect([back, back + 249, back + 250].map((now) => pace.next(behind, now))).toStrictEqual([1, 1, 2]);
    });

    it('does not count time without lines as calm before it is over', () => {
      const pace = new AdaptivePace(rules);
      pace.next({ lines: 8, oldestAge: 0 }, hour);
      pace.resume(hour, 0);
      expect(pace.next({ lines: 1, oldestAge: 0 }, 10)).toBe(2);
    });
  });

  it('continues from its fields, which can be saved', () => {
    const pace = exitedAt1000();
    const restored = Object.assign(new AdaptivePace(rules), JSON.parse(JSON.stringify(pace)) as AdaptivePace);
    for (const [now, lines] of [
      [1100, 8],
      [1250, 8],
      [1300, 2],
      [1550, 2],
    ] as const) {
      expect(restored.next({ lines, oldestAge: 0 }, now)).toBe(pace.next({ lines, oldestAge: 0 }, now));
    }
  });

  it('always releases at least one line and at most the limit, whatever the clock says', () => {
    const waiting = fc.record({ lines: fc.integer({ min: 1, max: 20_000 }), oldestAge: fc.nat() });
    const times = fc.integer({ min: -4_000_000, max: 4_000_000 });
    fc.assert(
      fc.property(fc.array(fc.tuple(waiting, times)), (ticks) => {
        const pace = new AdaptivePace(rules);
        for (const [someLines, now] of ticks) {
          const count = pace.next(someLines, now);
          expect(count).toBeGreaterThanOrEqual(1);
          expect(count).toBeLessThanOrEqual(24);
        }
      }),
    );
  });
});
