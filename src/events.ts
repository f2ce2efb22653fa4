/**
 * What comes in: pieces of text, each with the `kind` and the `id` of the stream that it belongs to.
 *
 * `start` is optional everywhere: a `delta` opens a stream just as well.
 */
export type DeltaEvent<K extends string = string> =
  StartEvent<K> | TextDeltaEvent<K> | EndEvent<K> | ErrorEvent<K>;

/** Opens a stream, or its next generation when the stream had been closed before. */
export interface StartEvent<K extends string = string> {
  readonly type: 'start';
  readonly kind: K;
  readonly id: string;
  /** The place of the stream in its conversation, for example `[turn, output, part]`; the opening event decides. */
  readonly order?: readonly number[];
}

/** A piece of the text of a stream. */
export interface TextDeltaEvent<K extends string = string> {
  readonly type: 'delta';
  readonly kind: K;
  readonly id: string;
  /** The text, cut anywhere: even between a CR and its LF or inside a surrogate pair. */
  readonly delta: string;
  /** As in {@link StartEvent.order}. */
  readonly order?: readonly number[];
}

/** The stream is complete. */
export interface EndEvent<K extends string = string> {
  readonly type: 'end';
  readonly kind: K;
  readonly id: string;
  /** The producer's own full text, when it sends one. */
  readonly text?: string;
  /** Why the producer ended the stream, in its own word, for example `stop`, `length` or `SAFETY`. */
  readonly finishReason?: string;
}

/** This one stream failed; the others go on. */
export interface ErrorEvent<K extends string = string> {
  readonly type: 'error';
  readonly kind: K;
  readonly id: string;
  readonly error: unknown;
}
