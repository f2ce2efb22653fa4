import type { StreamRef } from '../commits.js';

/** Another writer claimed the stream, or its lease expired. This writer can store no more of its commits. */
export class FencedError extends Error {
  override readonly name = 'FencedError';
  readonly stream: StreamRef;

  constructor(stream: StreamRef) {
    super(`Another writer claimed stream ${JSON.stringify(stream.kind)} ${JSON.stringify(stream.id)}`);
    this.stream = stream;
  }
}
