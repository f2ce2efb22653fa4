import { setTimeout } from 'node:timers/promises';

/** The milliseconds between events that do not tell their time: about as fast as models write. */
const STEP = 50;

const LONGEST_TIMEOUT = 2_147_483_647;

/** Where Codex, `go test -json`, the log files of Docker and log shippers have the time of an event. */
const TIME_FIELDS = ['ts', 'Time', 'time'] as const;

/**
 * Holds the events of one recording back until it is their time, counted from the first.
 *
 * An event that does not tell its time follows the one before it at once, or a step later as long as none has told.
 */
export class Replay {
  /** Whether there is an event to wait for. */
  isHolding = false;
  private readonly speed: number;
  private readonly now: () => number;
  /** When it is the time of the last event that was asked for. */
  private due: number | undefined = undefined;
  /** The first time that was told, and when that is in the replay. */
  private origin: { readonly recorded: number; readonly due: number } | undefined = undefined;

  /** The recording is played `speed` times as fast as it was made. */
  constructor(speed: number, now = () => performance.now()) {
    this.speed = speed;
    this.now = now;
  }

  /** Tells whether it is too early for the event; if so, it has to be asked for again. */
  isEarly(event: unknown): boolean {
    if (!this.isHolding) {
      this.due = this.dueOf(event);
    }
    this.isHolding = this.due !== undefined && this.due > this.now();
    return this.isHolding;
  }

  /** Waits until it may be time. */
  async wait(): Promise<void> {
    const left = (this.due ?? 0) - this.now();
    await setTimeout(Math.min(left, LONGEST_TIMEOUT));
  }

  private dueOf(event: unknown): number {
    const step = STEP / this.speed;
    const last = this.due ?? this.now() - step;
    const recorded = timeOf(event);
    if (recorded === undefined) {
      return this.origin === undefined ? last + step : last;
    }
    this.origin ??= { recorded, due: last + step };
    // A clock that was set back holds nothing up.
    return Math.max(last, this.origin.due + (recorded - this.origin.recorded) / this.speed);
  }
}

/** When the event was recorded, in milliseconds. */
function timeOf(event: unknown): number | undefined {
  if (typeof event === 'string') {
    return parseTime(/^\d{4}-\d\d-\d\dT\S+/.exec(event)?.[0]);
  }
  if (typeof event !== 'object' || event === null) {
    return undefined;
  }
  const fields = event as Readonly<Record<string, unknown>>;
  return parseTime(TIME_FIELDS.map((name) => fields[name]).find((value) => typeof value === 'string'));
}

function parseTime(time: string | undefined): number | undefined {
  const milliseconds = time === undefined ? NaN : Date.parse(time);
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}
