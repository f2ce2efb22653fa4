/**
 * An input event: mostly a piece of text, with the `kind` and `id` of its stream.
 *
 * `start` is optional: a `delta` opens a stream too.
 */
export type DeltaEvent<K extends string = string> =
  StartEvent<K> | TextDeltaEvent<K> | EndEvent<K> | ErrorEvent<K>;

/** Opens a stream, or its next generation if the stream was closed before. */
export interface StartEvent<K extends string = string> {
  readonly type: 'start';
  readonly kind: K;
  readonly id: string;
  /**
   * The position of the stream in its conversation, for example `[turn, output, part]`. Only that of the opening
   * event is used.
   */
  readonly order?: readonly number[];
}

/** A piece of the text of a stream. */
export interface TextDeltaEvent<K extends string = string> {
  readonly type: 'delta';
  readonly kind: K;
  readonly id: string;
  /** The text, cut anywhere, even between a CR and its LF or inside a surrogate pair. */
  readonly delta: string;
  /** As in {@link StartEvent.order}. */
  readonly order?: readonly number[];
}

/** The stream is complete. */
export interface EndEvent<K extends string = string> {
  readonly type: 'end';
  readonly kind: K;
  readonly id: string;
  /** The producer's own full text, if it sends one. */
  readonly text?: string;
  /** The producer's finish reason, unchanged; for example `stop`, `length` or `SAFETY`. */
  readonly finishReason?: string;
}

/** This stream failed. Others continue. */
export interface ErrorEvent<K extends string = string> {
  readonly type: 'error';
  readonly kind: K;
  readonly id: string;
  readonly error: unknown;
}
