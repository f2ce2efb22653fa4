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
 * - `{"time":0,"text":"…","bytes":true}`: bytes that are complete UTF-8;
 * - `{"time":0,"base64":"…"}`: all other bytes, such as those that end inside a character.
 *
 * A recording contains everything that was received, including secrets.
 *
 * - **next**: calls `onLine`, then emits the chunk unchanged.
 * - **complete**, **error**: completes or fails with the source. A recording does not contain this.
 * - **unsubscribe**: unsubscribes from the source.
 *
 * The output fails with a `TypeError` for a chunk that is neither a string nor a `Uint8Array`, and with an exception of
 * `onLine`. If the clock is set back between two chunks, they have the same time.
 *
 * Memory: none. Time: in proportion to the chunks.
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
 * replayChunks(lines, { speed: Infinity }).subscribe((chunk) => console.log(JSON.stringify(chunk)));
 *
 * // Logs:
 * // "hel"
 * // "lo\n"
 * ```
 *
 * @param options The destination of the lines, and the source of time; see {@link RecordChunksOptions}.
 * @returns An operator. Each subscription creates a separate recording.
 * @throws `TypeError` if an option is wrong.
 * @see {@link replayChunks}, which replays a recording.
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
  /** The time of the first chunk. */
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

/** `instanceof` fails for bytes of another frame. */
function checkChunk(chunk: unknown): void {
  const type = Object.prototype.toString.call(chunk).slice('[object '.length, -1);
  if (typeof chunk !== 'string' && type !== 'Uint8Array') {
    throw new TypeError(
      `recordChunks reads text or bytes (Uint8Array), but was given a value of type ${type}`,
    );
  }
}
