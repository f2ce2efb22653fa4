import type { StreamRef } from '../commits.js';

/** More values had to wait than the option `maxBuffered` allows. */
export class BufferOverflowError extends Error {
  override readonly name = 'BufferOverflowError';
  /** The stream whose events had to wait; only where they belong to one. */
  readonly stream: StreamRef | undefined;

  constructor(message: string, stream?: StreamRef) {
    super(message);
    this.stream = stream;
  }
}
