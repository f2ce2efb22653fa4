import { once } from 'node:events';
import type { Writable } from 'node:stream';

import type { Sink } from './roundRobin.js';

/** Receives the rows to print. */
export interface RowWriter {
  writeRow(row: string): void;
  /** Writes the buffered rows, so that other text can be written after them. */
  send(): void;
}

const FULL = 256 * 1024;

/** Buffers the rows of one chunk or one timer, to write them at once. */
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

  /** Writes the buffered rows, and waits for a slow reader. */
  async flush(): Promise<void> {
    this.send();
    if (this.stream.writableNeedDrain) {
      await once(this.stream, 'drain');
    }
  }
}
