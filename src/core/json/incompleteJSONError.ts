/** The JSON text of a stream ended before its root value was complete. */
export class IncompleteJSONError extends Error {
  override readonly name = 'IncompleteJSONError';
}
