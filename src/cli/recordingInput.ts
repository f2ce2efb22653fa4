import { noop, Subscription } from 'rxjs';

import { replayChunks } from '../testing/index.js';
import type { Input } from './input.js';

/** The start of a recording of `deltalines record` or `recordChunks`, without white space. */
const START = /^\{"time":\d[\d.eE+-]*,"(?:text|base64)":/;

/** The beginnings of such a start. */
const FIRST_FIELD = '{"time":';
const UNDECIDED_START = /^\{"time":\d[\d.eE+-]*(?:,(?:"[a-z0-9]{0,6}"?)?)?$/;

/** The most bytes that are examined. */
const MAX_START = 200;

/** Whether the bytes begin a recording, or `undefined` if there are too few to tell. */
export function startsRecording(bytes: Uint8Array): boolean | undefined {
  const text = Buffer.from(bytes.subarray(0, MAX_START))
    .toString('latin1')
    .replace(/[ \t]+/g, '');
  if (START.test(text)) {
    return true;
  }
  const isUndecided = FIRST_FIELD.startsWith(text) || UNDECIDED_START.test(text);
  return isUndecided && bytes.length < MAX_START ? undefined : false;
}

/** Returns the recorded chunks as bytes, at their recorded times. */
export class RecordingInput implements Input {
  readonly isLive: boolean;
  private readonly recording: Input;
  private readonly speed: number;
  private subscription: Subscription | undefined = undefined;
  private readonly chunks: Buffer[] = [];
  /** The first half of a surrogate pair that was cut in two. */
  private half = '';
  private isEnded = false;
  private failure: Error | undefined = undefined;
  private wake: () => void = noop;

  /** The recording is replayed at `speed` times the recorded speed. */
  constructor(recording: Input, speed: number) {
    this.recording = recording;
    this.isLive = recording.isLive;
    this.speed = speed;
  }

  async read(): Promise<Buffer | undefined> {
    if (this.subscription === undefined) {
      this.play(await this.readAll());
    }
    while (this.chunks.length === 0 && !this.isEnded) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    const chunk = this.chunks.shift();
    if (chunk === undefined && this.failure !== undefined) {
      throw this.failure;
    }
    return chunk;
  }

  close(): void {
    this.subscription?.unsubscribe();
    this.recording.close();
  }

  private async readAll(): Promise<string> {
    const decoder = new TextDecoder();
    let text = '';
    for (let bytes = await this.recording.read(); bytes !== undefined; bytes = await this.recording.read()) {
      text += decoder.decode(bytes, { stream: true });
    }
    return text + decoder.decode();
  }

  private play(recording: string): void {
    this.subscription = replayChunks(recording, { speed: this.speed }).subscribe({
      next: (chunk) => {
        this.add(this.encode(chunk));
      },
      error: (error: unknown) => {
        this.failure = error instanceof Error ? error : new Error(String(error));
        this.end();
      },
      complete: () => {
        this.end();
      },
    });
  }

  private encode(chunk: string | Uint8Array): Buffer {
    if (typeof chunk !== 'string') {
      return Buffer.from(chunk);
    }
    const text = this.half + chunk;
    this.half = /[\ud800-\udbff]$/.test(text) ? text.slice(-1) : '';
    return Buffer.from(text.slice(0, text.length - this.half.length));
  }

  private add(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.wake();
  }

  private end(): void {
    if (this.half !== '') {
      this.chunks.push(Buffer.from(this.half));
    }
    this.isEnded = true;
    this.wake();
  }
}
