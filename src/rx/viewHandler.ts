import type { OperatorFunction, SchedulerLike, Subscriber } from 'rxjs';

import { createOperator, type Enqueue, type Handler } from './createOperator.js';
import { checkOptions, count, LONGEST_DELAY, option, schedulerOption } from './options.js';
import { Timer } from './timer.js';

/** Applies commits and returns an immutable view of them on demand. */
export interface ViewBuilder<C, V> {
  /** The view that `take` returned last. */
  readonly latest: V;
  /** Whether the latest view may be out of date. */
  readonly hasChanged: boolean;
  apply(commit: C): void;
  /** Returns the current view: the same object as before if nothing has changed. */
  take(): V;
}

/** The options that all views share. */
export interface ViewOptions {
  readonly every?: number | undefined;
  readonly maxCells?: number | undefined;
  readonly scheduler?: SchedulerLike | undefined;
}

/** Creates the operator of a view. Throws a `TypeError` or `RangeError` that names the first wrong option. */
export function createView<C, V>(
  options: ViewOptions,
  createBuilder: (maxCells: number) => ViewBuilder<C, V>,
): OperatorFunction<C, V> {
  checkOptions(options);
  const every = options.every === undefined ? undefined : everyOption(options.every);
  const maxCells = count('maxCells', options.maxCells, Infinity, 0);
  const scheduler = schedulerOption(options.scheduler);
  return createOperator<C, V>((destination, enqueue) => {
    const builder = createBuilder(maxCells);
    return every === undefined
      ? new EachChange(destination, builder)
      : new Coalesced(destination, builder, every, scheduler, enqueue);
  });
}

function everyOption(value: unknown): number {
  return option(
    'every',
    value,
    0,
    `milliseconds, from 0 to ${LONGEST_DELAY}, or Infinity`,
    (given) => given >= 0 && (given <= LONGEST_DELAY || given === Infinity),
  );
}

/** Emits a view for each commit that changes something. */
class EachChange<C, V> implements Handler<C> {
  protected readonly destination: Subscriber<V>;
  protected readonly builder: ViewBuilder<C, V>;

  constructor(destination: Subscriber<V>, builder: ViewBuilder<C, V>) {
    this.destination = destination;
    this.builder = builder;
  }

  next(commit: C): void {
    this.builder.apply(commit);
    this.emit();
  }

  error(error: unknown): void {
    this.emit();
    this.destination.error(error);
  }

  complete(): void {
    this.emit();
    this.destination.complete();
  }

  /** Returns whether the view has changed. */
  protected emit(): boolean {
    const { latest } = this.builder;
    const view = this.builder.take();
    if (view === latest) {
      return false;
    }
    this.destination.next(view);
    return true;
  }
}

/** Emits at most one view per `every` milliseconds. With 0, at most one per turn of the scheduler. */
class Coalesced<C, V> extends EachChange<C, V> {
  private readonly every: number;
  private readonly timer: Timer;
  private latestTime: number | undefined = undefined;

  constructor(
    destination: Subscriber<V>,
    builder: ViewBuilder<C, V>,
    every: number,
    scheduler: SchedulerLike,
    enqueue: Enqueue,
  ) {
    super(destination, builder);
    this.every = every;
    this.timer = new Timer(scheduler, enqueue, () => this.emit());
  }

  override next(commit: C): void {
    this.builder.apply(commit);
    if (this.timer.isArmed || !this.builder.hasChanged) {
      return;
    }
    if (this.every === 0) {
      this.timer.arm(0);
      return;
    }
    const passed = this.latestTime === undefined ? Infinity : this.timer.now() - this.latestTime;
    if (passed >= this.every) {
      this.emit();
    } else if (this.every !== Infinity) {
      this.timer.arm(this.every - passed);
    }
  }

  dispose(): void {
    this.timer.dispose();
  }

  protected override emit(): boolean {
    const time = this.timer.now();
    const emitted = super.emit();
    this.latestTime = emitted ? time : this.latestTime;
    return emitted;
  }
}
