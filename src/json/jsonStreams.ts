import type { StreamRef } from '../commits.js';
import { IncompleteJSONError } from '../core/json/incompleteJSONError.js';
import type { JSONParser } from '../core/json/jsonParser.js';
import type { DeltaEvent } from '../events.js';

/** Fails a stream that continues after its eviction, because it lacks the beginning of its JSON text. */
export function failWithoutBeginning(
  parser: JSONParser,
  stream: StreamRef,
  opener: DeltaEvent['type'],
): void {
  if (stream.generation > 0 && opener === 'delta') {
    parser.fail(new IncompleteJSONError('The beginning of the JSON was lost when its stream was evicted'));
  }
}

export function evictionError(maxStreams: number): IncompleteJSONError {
  return new IncompleteJSONError(
    `The JSON was not complete when its stream was evicted: more than maxStreams, ${maxStreams}, were open`,
  );
}
