import type { StreamRef } from '../commits.js';

/** A buffer exceeded the option `maxBuffered`. */
export class BufferOverflowError extends Error {
  override readonly name = 'BufferOverflowError';
  /** The stream whose events were buffered, if the buffer belongs to one stream. */
  readonly stream: StreamRef | undefined;

  constructor(message: string, stream?: StreamRef) {
    super(message);
    this.stream = stream;
  }
}
