import { setTimeout } from 'node:timers/promises';

/** The milliseconds between events without a time: about the speed of a model. */
const STEP = 50;

const MAX_TIMEOUT = 2_147_483_647;

/**
 * The fields with the time of an event in the output of Codex, `go test -json`, the log files of Docker and log
 * shippers.
 */
const TIME_FIELDS = ['ts', 'Time', 'time'] as const;

/**
 * When each event of a recorded connection is due, relative to the first event.
 *
 * An event without a time is due together with the previous event. While no event has had a time, it is due one step
 * later.
 */
export class ReplaySchedule {
  /** Whether an event waits until it is due. */
  isHolding = false;
  readonly speed: number;
  private readonly now: () => number;
  /** When the latest event is due. */
  private due: number | undefined = undefined;
  /** The first recorded time, and when it is due in the replay. */
  private origin: { readonly recorded: number; readonly due: number } | undefined = undefined;

  /** Replays at `speed` times the recorded speed. */
  constructor(speed: number, now = () => performance.now()) {
    this.speed = speed;
    this.now = now;
  }

  /** Returns whether the event is not due yet. If so, call it again with the same event. */
  isEarly(event: unknown): boolean {
    if (!this.isHolding) {
      this.due = this.dueOf(event);
    }
    this.isHolding = this.due !== undefined && this.due > this.now();
    return this.isHolding;
  }

  /** Waits until the event may be due. */
  async wait(): Promise<void> {
    const left = (this.due ?? 0) - this.now();
    await setTimeout(Math.min(left, MAX_TIMEOUT));
  }

  private dueOf(event: unknown): number {
    const step = STEP / this.speed;
    const last = this.due ?? this.now() - step;
    const recorded = timeOf(event);
    if (recorded === undefined) {
      return this.origin === undefined ? last + step : last;
    }
    this.origin ??= { recorded, due: last + step };
    // A recorded clock that was set back delays no event.
    return Math.max(last, this.origin.due + (recorded - this.origin.recorded) / this.speed);
  }
}

/** The recorded time of an event in milliseconds, or `undefined`. */
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
