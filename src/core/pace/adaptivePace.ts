import type { WaitingLines } from './paceQueue.js';

/** The parameters of the adaptive pace. Ages and times are in milliseconds. */
export interface AdaptivePaceRules {
  readonly smoothLines: number;
  readonly enterLines: number;
  readonly enterAge: number;
  readonly severeLines: number;
  readonly severeAge: number;
  readonly drainTicks: number;
  readonly severeDrainTicks: number;
  readonly minLines: number;
  readonly maxLines: number;
  readonly exitLines: number;
  readonly exitAge: number;
  readonly exitAfter: number;
  readonly reenterAfter: number;
}

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
