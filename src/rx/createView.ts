import type { OperatorFunction, SchedulerLike } from 'rxjs';

import type { DropCommit, StreamRef } from '../commits.js';
import { CellTable, type DraftClass } from '../core/transcript/cellTable.js';
import { createOperator } from './createOperator.js';
import { checkOptions, count, duration, schedulerOption } from './options.js';
import { Timer } from './timer.js';

/** The options that all views share. */
export interface ViewOptions {
  /**
   * The minimum time between two transcripts. By default, there is one for each commit that changes something.
   * Milliseconds, from 0 to 2,147,483,647; `Infinity` for only the first and the last one. With 0, there is at most
   * one per turn of the scheduler; with `animationFrameScheduler`, that is one per frame.
   */
  readonly every?: number | undefined;
  /**
   * The most cells. Beyond that, the cells that were closed first are deleted; open cells remain. A whole number from
   * 0, or `Infinity`.
   *
   * @default Infinity
   */
  readonly maxCells?: number | undefined;
  /**
   * The only source of time.
   *
   * @default asyncScheduler
   */
  readonly scheduler?: SchedulerLike | undefined;
}

/** Creates the operator of a view. Throws a `TypeError` or `RangeError` that names the first wrong option. */
export function createView<M extends { readonly stream: StreamRef }, C>(
  options: ViewOptions,
  Draft: DraftClass<M, C>,
): OperatorFunction<M | DropCommit, readonly C[]> {
  checkOptions(options);
  const every = options.every === undefined ? undefined : duration('every', options.every, 0, { zero: true });
  const maxCells = count('maxCells', options.maxCells, Infinity, 0);
  const scheduler = schedulerOption(options.scheduler);
  return createOperator((destination, enqueue) => {
    const cells = new CellTable<M, C>(maxCells, Draft);
    let emittedAt: number | undefined = undefined;
    const emit = () => {
      const { latest } = cells;
      const view = cells.take();
      if (view !== latest) {
        emittedAt = every === undefined ? undefined : timer.now();
        destination.next(view);
      }
    };
    const timer = new Timer(scheduler, enqueue, emit);
    return {
      next(commit) {
        cells.apply(commit);
        if (every === undefined) {
          emit();
        } else if (!timer.isArmed && cells.hasChanged) {
          const left = emittedAt === undefined ? 0 : Math.max(0, emittedAt + every - timer.now());
          if (left > 0 || every === 0) {
            timer.arm(left);
          } else {
            emit();
          }
        }
      },
      error(error) {
        emit();
        destination.error(error);
      },
      complete() {
        emit();
        destination.complete();
      },
      dispose() {
        timer.dispose();
      },
    };
  });
}
