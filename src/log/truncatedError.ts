/** The log no longer has the entries after the position: it removed them to stay within its bounds. */
export class TruncatedError extends Error {
  override readonly name = 'TruncatedError';
  /** The requested position; `undefined` for the beginning of the log. */
  readonly position: string | undefined;

  constructor(position: string | undefined) {
    super(
      position === undefined
        ? 'The log no longer has the entries that the reader has not read yet'
        : `The log no longer has the entries after position ${JSON.stringify(position)}`,
    );
    this.position = position;
  }
}
