import { Observable, type SchedulerLike, type Subscriber } from 'rxjs';

import { checkOptions, optionError, schedulerOption } from '../rx/options.js';
import { Timer } from '../rx/timer.js';
import { formatValue } from './parameters.js';
import { parseChunk, type RecordedChunk } from './recordedChunk.js';

/** The options of `replayChunks`. */
export interface ReplayChunksOptions {
  /**
   * How many times as fast as it was recorded: more than 0; `Infinity` for all chunks at once.
   *
   * @default 1
   */
  readonly speed?: number | undefined;
  /**
   * What all chunks of the recording are, for operators that take only text or only bytes. A chunk of the other type is an
   * error.
   *
   * @default both are allowed
   */
  readonly type?: 'text' | 'bytes' | undefined;
  /**
   * The only source of time.
   *
   * @default asyncScheduler
   */
  readonly scheduler?: SchedulerLike | undefined;
}

/** The longest delay that timers know; beyond, they fire at once. */
const LONGEST_DELAY = 2_147_483_647;

/**
 * Emits the chunks of a recording of `recordChunks` again: as they were cut, with the same types, at the same times.
 *
 * ```text
 *          {"time":0,"text":"a"}   {"time":7,"text":"b"}   {"time":11,"text":"c"}
 *          replayChunks(lines)
 * result   a------b---(c|)
 *          replayChunks(lines, { speed: Infinity })
 * result   (abc|)
 * ```
 *
 * Times count from the first line. The first chunk is emitted on subscription, and the output completes with the last: a
 * recording does not tell when its source completed. A time before that of the line before means at once.
 *
 * A line that is broken makes the output fail with a `SyntaxError` that names it; what stands before it is emitted
 * before. Empty lines are skipped.
 *
 * Memory: the recording; nothing of its chunks, and one timer.
 *
 * @example
 *
 * ```ts
 * import { commitLines } from 'deltalines';
 * import { decodeText, fromAnthropic, parseSSE } from 'deltalines/protocols';
 * import { replayChunks } from 'deltalines/testing';
 *
 * const recording = `
 *   {"time":0,"text":"data: {\\"type\\":\\"message_start\\",\\"message\\":{\\"id\\":\\"m\\"}}\\n\\ndata: {\\"type\\":\\"content_bl","bytes":true}
 *   {"time":5,"text":"ock_delta\\",\\"index\\":0,\\"delta\\":{\\"type\\":\\"text_delta\\",\\"text\\":\\"hi\\"}}\\n\\n","bytes":true}
 * `;
 *
 * replayChunks(recording, { type: 'bytes', speed: Infinity })
 *   .pipe(decodeText(), parseSSE(), fromAnthropic(), commitLines())
 *   .subscribe((commit) => {
 *     if (commit.type === 'line') console.log(commit.text);
 *   });
 *
 * // Logs:
 * // hi
 * ```
 *
 * @param recording The lines, or the text that they make up.
 * @param options The speed, the type of the chunks, and the source of time; see {@link ReplayChunksOptions}.
 * @returns An observable; each subscription replays the recording from its beginning.
 * @throws `TypeError` or `RangeError` at once, when a parameter is wrong.
 * @see {@link recordChunks}, which makes recordings, as the command `deltalines record` does.
 */
export function replayChunks(
  recording: string | readonly string[],
  options: ReplayChunksOptions & { readonly type: 'text' },
): Observable<string>;
export function replayChunks(
  recording: string | readonly string[],
  options: ReplayChunksOptions & { readonly type: 'bytes' },
): Observable<Uint8Array>;
export function replayChunks(
  recording: string | readonly string[],
  options?: ReplayChunksOptions,
): Observable<string | Uint8Array>;
export function replayChunks(
  recording: string | readonly string[],
  options: ReplayChunksOptions = {},
): Observable<string | Uint8Array> {
  const lines = linesOf(recording);
  checkOptions(options);
  const speed = speedOption(options.speed);
  const type = typeOption(options.type);
  const scheduler = schedulerOption(options.scheduler);
  return new Observable((subscriber) => {
    const player = new ChunkPlayer(lines, speed, type, scheduler, subscriber);
    subscriber.add(() => {
      player.dispose();
    });
    player.play();
  });
}

class ChunkPlayer {
  private readonly lines: readonly string[];
  private readonly speed: number;
  private readonly type: 'text' | 'bytes' | undefined;
  private readonly destination: Subscriber<string | Uint8Array>;
  private readonly timer: Timer;
  private readonly start: number;
  private index = 0;
  /** The chunk that is waited for. */
  private waiting: RecordedChunk | undefined = undefined;
  /** The time of the first line. */
  private origin: number | undefined = undefined;

  constructor(
    lines: readonly string[],
    speed: number,
    type: 'text' | 'bytes' | undefined,
    scheduler: SchedulerLike,
    destination: Subscriber<string | Uint8Array>,
  ) {
    this.lines = lines;
    this.speed = speed;
    this.type = type;
    this.destination = destination;
    this.timer = new Timer(
      scheduler,
      (task) => {
        task();
      },
      () => {
        this.play();
      },
    );
    this.start = this.timer.now();
  }

  /** Emits all chunks that are due. */
  play(): void {
    const { destination } = this;
    while (!destination.closed) {
      let next: RecordedChunk | undefined;
      try {
        next = this.waiting ?? this.read();
      } catch (error) {
        destination.error(error);
        return;
      }
      if (next === undefined) {
        destination.complete();
        return;
      }
      const wait = this.waitFor(next);
      if (wait > 0) {
        this.waiting = next;
        this.timer.arm(Math.min(wait, LONGEST_DELAY));
        return;
      }
      this.waiting = undefined;
      destination.next(next.chunk);
    }
  }

  dispose(): void {
    this.timer.dispose();
  }

  private read(): RecordedChunk | undefined {
    while (this.index < this.lines.length) {
      const line = this.lines[this.index++];
      if (line !== undefined && line.trim() !== '') {
        const read = parseChunk(line, this.index);
        this.checkType(read.chunk);
        return read;
      }
    }
    return undefined;
  }

  private checkType(chunk: string | Uint8Array): void {
    const found = typeof chunk === 'string' ? 'text' : 'bytes';
    if (this.type !== undefined && this.type !== found) {
      throw new TypeError(
        `Line ${this.index} of the recording has ${found}, but the option type is "${this.type}"`,
      );
    }
  }

  private waitFor({ time }: RecordedChunk): number {
    this.origin ??= time;
    return (time - this.origin) / this.speed - (this.timer.now() - this.start);
  }
}

function linesOf(recording: unknown): readonly string[] {
  if (typeof recording === 'string') {
    return recording.split('\n');
  }
  if (!Array.isArray(recording) || !recording.every((line) => typeof line === 'string')) {
    throw new TypeError(
      `The recording is ${formatValue(recording)}, but must be its text, or an array of its lines`,
    );
  }
  return [...recording];
}

function speedOption(value: unknown): number {
  if (value === undefined) {
    return 1;
  }
  if (typeof value !== 'number' || !(value > 0)) {
    throw optionError('speed', value, 'a number above 0, or Infinity', typeof value === 'number');
  }
  return value;
}

function typeOption(value: unknown): 'text' | 'bytes' | undefined {
  if (value !== undefined && value !== 'text' && value !== 'bytes') {
    throw optionError('type', value, 'one of text, bytes', typeof value === 'string');
  }
  return value;
}
