import type { CloseReason, DropCommit, OpenCommit, StreamRef } from '../../commits.js';

/** An output event of `scanJSON`. */
export type JSONCommit<K extends string = string> =
  OpenCommit<K> | JSONValueCommit<K> | JSONPartialCommit<K> | JSONCloseCommit<K> | DropCommit;

/** A complete value. Immutable. */
export interface JSONValueCommit<K extends string = string> {
  readonly type: 'value';
  readonly stream: StreamRef<K>;
  /** Where the value is, as a JSON pointer (RFC 6901): empty for the root, `/items/0` for an element. */
  readonly pointer: string;
  /** The pointer as an array of member names and element indices. */
  readonly path: readonly (string | number)[];
  /** The value as `JSON.parse` would return it. */
  readonly value: unknown;
}

/** The root value as far as it is known. Replaced by later commits of the same stream. */
export interface JSONPartialCommit<K extends string = string> {
  readonly type: 'partial';
  readonly stream: StreamRef<K>;
  readonly value: unknown;
}

/** The last commit of each stream. */
export interface JSONCloseCommit<K extends string = string> {
  readonly type: 'close';
  readonly stream: StreamRef<K>;
  readonly reason: CloseReason;
  /** The root value, if it is complete. `null` is a value. */
  readonly value?: unknown;
  /** Why there is no value, or what failed after the value was complete. */
  readonly error?: unknown;
}
