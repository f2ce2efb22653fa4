import { once } from 'node:events';
import type { Writable } from 'node:stream';

import type { Sink } from './roundRobin.js';

/** Takes the rows that are printed. */
export interface RowWriter {
  writeRow(row: string): void;
  /** Writes what was collected, so that something else can be written behind it. */
  send(): void;
}

const FULL = 256 * 1024;

/** Collects the rows of one chunk or one timer, so that they go out in few writes. */
export class Output implements RowWriter, Sink {
  private readonly stream: Writable;
  private rows = '';

  constructor(stream: Writable) {
    this.stream = stream;
  }

  get isFull(): boolean {
    return this.rows.length >= FULL;
  }

  writeRow(row: string): void {
    if (this.rows === '') {
      queueMicrotask(() => {
        this.send();
      });
    }
    this.rows += row;
    this.rows += '\n';
  }

  send(): void {
    if (this.rows !== '') {
      this.stream.write(this.rows);
      this.rows = '';
    }
  }

  /** Writes what was collected, and waits for a reader that is slow. */
  async flush(): Promise<void> {
    this.send();
    if (this.stream.writableNeedDrain) {
      await once(this.stream, 'drain');
    }
  }
}
