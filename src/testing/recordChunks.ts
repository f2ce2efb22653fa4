import type { MonoTypeOperatorFunction, SchedulerLike, Subscriber } from 'rxjs';

import { createOperator, type Handler } from '../rx/createOperator.js';
import { Monotonic } from '../rx/monotonic.js';
import { checkOptions, requiredCallback, schedulerOption } from '../rx/options.js';
import { formatChunk } from './recordedChunk.js';

/** The options of `recordChunks`. */
export interface RecordChunksOptions {
  /** Called with each line of the recording, without a line end, before its chunk is emitted. */
  readonly onLine: (line: string) => void;
  /**
   * The only source of time.
   *
   * @default asyncScheduler
   */
  readonly scheduler?: SchedulerLike | undefined;
}

/**
 * Records chunks of text or bytes as JSON lines, without changing them.
 *
 * ```text
 * source   a------b---c--|
 *          recordChunks({ onLine })
 * result   a------b---c--|
 * onLine   0------7---11      {"time":0,"text":"a"}   {"time":7,"text":"b"}   {"time":11,"text":"c"}
 * ```
 *
 * A line has the `time` of its chunk, in milliseconds since the first, and the chunk exactly as it was cut:
 *
 * - `{"time":0,"text":"…"}`: a string;
 * - `{"time":0,"text":"…","bytes":true}`: bytes that are whole UTF-8;
 * - `{"time":0,"base64":"…"}`: all other bytes, such as those that end within a character.
 *
 * A recording has everything that was received, also what is secret in it.
 *
 * - **next**: `onLine` is called; then the chunk passes, as it is.
 * - **complete**, **error**: passed on; they are not recorded.
 * - **unsubscribe**: the source is unsubscribed from.
 *
 * A chunk that is neither a string nor a `Uint8Array` makes the output fail with a `TypeError`, and an exception in `onLine`
 * does so with that exception. A clock that is set back makes the time between two chunks 0.
 *
 * Memory: nothing of the chunks. Time: in proportion to them.
 *
 * @example
 *
 * ```ts
 * import { from } from 'rxjs';
 * import { recordChunks, replayChunks } from 'deltalines/testing';
 *
 * const lines: string[] = [];
 * from(['hel', 'lo\n'])
 *   .pipe(recordChunks({ onLine: (line) => lines.push(line) }))
 *   .subscribe();
 *
 * replayChunks(lines).subscribe((chunk) => console.log(JSON.stringify(chunk)));
 *
 * // Logs:
 * // "hel"
 * // "lo\n"
 * ```
 *
 * @param options Where the lines go, and the source of time; see {@link RecordChunksOptions}.
 * @returns An operator; each subscription makes a recording of its own.
 * @throws `TypeError` at once, when an option is wrong.
 * @see {@link replayChunks}, which gives the chunks again.
 */
export function recordChunks<C extends string | Uint8Array>(
  options: RecordChunksOptions,
): MonoTypeOperatorFunction<C> {
  checkOptions(options);
  const onLine = requiredCallback('onLine', options.onLine);
  const scheduler = schedulerOption(options.scheduler);
  return createOperator((destination) => new RecordHandler<C>(destination, onLine, scheduler));
}

class RecordHandler<C extends string | Uint8Array> implements Handler<C> {
  private readonly destination: Subscriber<C>;
  private readonly onLine: (line: string) => void;
  private readonly clock: Monotonic;
  /** When the first chunk came. */
  private start: number | undefined = undefined;

  constructor(destination: Subscriber<C>, onLine: (line: string) => void, scheduler: SchedulerLike) {
    this.destination = destination;
    this.onLine = onLine;
    this.clock = new Monotonic(scheduler);
  }

  next(chunk: C): void {
    checkChunk(chunk);
    const now = this.clock.now();
    this.start ??= now;
    this.onLine(formatChunk({ time: now - this.start, chunk }));
    this.destination.next(chunk);
  }

  error(error: unknown): void {
    this.destination.error(error);
  }

  complete(): void {
    this.destination.complete();
  }
}

/** Not `instanceof`, which does not know the bytes of another frame. */
function checkChunk(chunk: unknown): void {
  const type = Object.prototype.toString.call(chunk).slice('[object '.length, -1);
  if (typeof chunk !== 'string' && type !== 'Uint8Array') {
    throw new TypeError(
      `recordChunks reads text or bytes (Uint8Array), but was given a value of type ${type}`,
    );
  }
}
