/** The JSON text of a stream ended before its root value was complete. */
export class IncompleteJSONError extends Error {
  override readonly name = 'IncompleteJSONError';
}

export function evictionError(maxStreams: number): IncompleteJSONError {
  return new IncompleteJSONError(
    `The JSON was not complete when its stream was evicted: more than maxStreams, ${maxStreams}, were open`,
  );
}
