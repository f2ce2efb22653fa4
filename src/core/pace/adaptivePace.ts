import type { WaitingLines } from './paceQueue.js';

/** The options of `adaptivePace`. Each is a whole number, or `Infinity`. Ages and times are in milliseconds. */
export interface AdaptivePaceOptions {
  /**
   * The number of lines released per tick in smooth mode. From 1.
   *
   * @default 1
   */
  readonly smoothLines?: number | undefined;
  /**
   * Catch-up begins when this many lines wait. From 1.
   *
   * @default 8
   */
  readonly enterLines?: number | undefined;
  /**
   * Catch-up begins when the oldest line has waited this long.
   *
   * @default 120
   */
  readonly enterAge?: number | undefined;
  /**
   * The backlog is severe while this many lines wait. From 1.
   *
   * @default 64
   */
  readonly severeLines?: number | undefined;
  /**
   * The backlog is severe while the oldest line has waited this long.
   *
   * @default 300
   */
  readonly severeAge?: number | undefined;
  /**
   * During catch-up, a tick releases the number of waiting lines divided by this, rounded up. From 1.
   *
   * @default 24
   */
  readonly drainTicks?: number | undefined;
  /**
   * The same, while the backlog is severe. From 1.
   *
   * @default 16
   */
  readonly severeDrainTicks?: number | undefined;
  /**
   * The fewest lines released per tick during catch-up. From 1.
   *
   * @default 2, or `maxLines` where that is lower
   */
  readonly minLines?: number | undefined;
  /**
   * The most lines released per tick during catch-up. From 1, and not below `minLines`.
   *
   * @default 24, or `minLines` where that is higher
   */
  readonly maxLines?: number | undefined;
  /**
   * Catch-up can end while no more lines wait than this.
   *
   * @default 2
   */
  readonly exitLines?: number | undefined;
  /**
   * Catch-up can end while the oldest line has not waited longer than this.
   *
   * @default 40
   */
  readonly exitAge?: number | undefined;
  /**
   * Catch-up ends when both conditions have held for this long.
   *
   * @default 250
   */
  readonly exitAfter?: number | undefined;
  /**
   * After that, catch-up does not begin again for this long, unless the backlog is severe.
   *
   * @default 250
   */
  readonly reenterAfter?: number | undefined;
}

/** The options with their defaults filled in. */
export type AdaptivePaceRules = Readonly<Record<keyof AdaptivePaceOptions, number>>;

/**
 * A pace with two modes. The smooth mode releases a fixed number of lines per tick. Catch-up releases lines in
 * proportion to the backlog. Hysteresis avoids oscillation.
 */
export class AdaptivePace {
  readonly rules: AdaptivePaceRules;
  isCatchingUp = false;
  /** During catch-up: since when the backlog has been within the exit limits. */
  calmSince: number | undefined = undefined;
  /** When catch-up ended last. */
  exitedAt: number | undefined = undefined;

  constructor(rules: AdaptivePaceRules) {
    this.rules = rules;
  }

  /** How many lines to release in the tick at `now`. */
  next(waiting: WaitingLines, now: number): number {
    const { rules } = this;
    const isSevere = waiting.lines >= rules.severeLines || waiting.oldestAge >= rules.severeAge;
    if (this.isCatchingUp) {
      this.exitIfCalm(waiting, now);
    } else {
      this.enterIfBehind(waiting, isSevere, now);
    }
    if (!this.isCatchingUp) {
      return rules.smoothLines;
    }
    const ticks = isSevere ? rules.severeDrainTicks : rules.drainTicks;
    return Math.min(Math.max(Math.ceil(waiting.lines / ticks), rules.minLines), rules.maxLines);
  }

  /** The queue was empty from `emptySince` until `now`, without a tick. */
  resume(emptySince: number, now: number): void {
    if (this.isCatchingUp) {
      this.calmSince ??= emptySince;
      if (now - this.calmSince >= this.rules.exitAfter) {
        this.exit(this.calmSince + this.rules.exitAfter);
      }
    }
  }

  private enterIfBehind({ lines, oldestAge }: WaitingLines, isSevere: boolean, now: number): void {
    const { enterLines, enterAge } = this.rules;
    if ((lines >= enterLines || oldestAge >= enterAge) && (isSevere || !this.hasJustExited(now))) {
      this.isCatchingUp = true;
      this.calmSince = undefined;
    }
  }

  private exitIfCalm({ lines, oldestAge }: WaitingLines, now: number): void {
    const { exitLines, exitAge, exitAfter } = this.rules;
    if (lines > exitLines || oldestAge > exitAge) {
      this.calmSince = undefined;
      return;
    }
    // A policy may be called directly, with a clock that was set back.
    this.calmSince = Math.min(this.calmSince ?? now, now);
    if (now - this.calmSince >= exitAfter) {
      this.exit(now);
    }
  }

  private exit(now: number): void {
    this.isCatchingUp = false;
    this.calmSince = undefined;
    this.exitedAt = now;
  }

  private hasJustExited(now: number): boolean {
    if (this.exitedAt === undefined) {
      return false;
    }
    // As in `exitIfCalm`.
    this.exitedAt = Math.min(this.exitedAt, now);
    return now - this.exitedAt < this.rules.reenterAfter;
  }
}
