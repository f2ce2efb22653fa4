/** The log no longer has the entries that follow the position: its bounds removed them. */
export class TruncatedError extends Error {
  override readonly name = 'TruncatedError';
  /** The position that was asked for; undefined for the beginning of the log. */
  readonly position: string | undefined;

  constructor(position: string | undefined) {
    super(
      position === undefined
        ? 'the log no longer has the entries that the reader has not read yet'
        : `the log no longer has the entries after position ${JSON.stringify(position)}`,
    );
    this.position = position;
  }
}
