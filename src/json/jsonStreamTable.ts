import { IncompleteJSONError } from '../core/json/incompleteJSONError.js';
import type { OpenStream } from '../core/streams/openStream.js';
import { StreamTable } from '../core/streams/streamTable.js';

/**
 * A table of JSON streams. An evicted stream counts as ended, so its further deltas are late: they lack the beginning
 * of the JSON, and as the next generation they would evict another stream.
 */
export class JSONStreamTable<K extends string> extends StreamTable<K> {
  protected override close(stream: OpenStream<K>): void {
    super.close(stream, false);
  }
}

export function evictionError(maxStreams: number): IncompleteJSONError {
  return new IncompleteJSONError(
    `The JSON was not complete when its stream was evicted: more than maxStreams, ${maxStreams}, were open`,
  );
}
