import { Observable, type SchedulerLike, type Subscriber } from 'rxjs';

import { checkOptions, formatValue, optionError, schedulerOption } from '../rx/options.js';
import { Timer } from '../rx/timer.js';
import { parseChunk, type RecordedChunk } from './recordedChunk.js';

/** The options of `replayChunks`. */
export interface ReplayChunksOptions {
  /**
   * The multiple of the recorded speed: more than 0, or `Infinity` for all chunks at once.
   *
   * @default 1
   */
  readonly speed?: number | undefined;
  /**
   * The type of all chunks, for operators that take only text or only bytes. The output fails at a chunk of the other
   * type.
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

/** The longest delay of a timer. With a longer one, it would fire at once. */
const MAX_DELAY = 2_147_483_647;

/**
 * Replays a recording of `recordChunks`: emits the same chunks, with the same types, at the same times.
 *
 * ```text
 *          {"time":0,"text":"a"}   {"time":7,"text":"b"}   {"time":11,"text":"c"}
 *          replayChunks(lines)
 * result   a------b---(c|)
 *          replayChunks(lines, { speed: Infinity })
 * result   (abc|)
 * ```
 *
 * Times are relative to the first line, whose chunk is emitted on subscription. The output completes with the last
 * chunk, because a recording does not contain the completion of its source. A chunk whose time is earlier than that of
 * the previous line is emitted at once.
 *
 * An invalid line fails the output with a `SyntaxError` that has its number, after the chunks before it. Empty lines
 * are skipped.
 *
 * Memory: the recording and one timer.
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
 * @param recording The lines, or their joined text.
 * @param options The speed, the type of the chunks, and the source of time; see {@link ReplayChunksOptions}.
 * @returns An observable. Each subscription replays the recording from its beginning.
 * @throws `TypeError` or `RangeError` if a parameter is wrong.
 * @see {@link recordChunks}, which creates recordings, like the command `deltalines record`.
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
  /** The next chunk, until it is due. */
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
        this.timer.arm(Math.min(wait, MAX_DELAY));
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
