import type { ProtocolName } from 'deltalines/protocols';

/** How events are told apart in a text. */
export type Framing = 'server-sent events' | 'JSON lines' | 'lines' | 'JSON array';

/** What was sent over one connection. */
export interface Connection {
  /** Is put before each id where there are several connections. */
  readonly name: string;
  readonly framing: Framing;
  readonly protocol: ProtocolName;
  readonly events: readonly WireEvent[];
  /** The chunks that the events were read of; nothing if only their text is known. */
  readonly chunks: readonly RecordedChunk[] | undefined;
  /** Whether lines were passed over that are not JSON. */
  readonly hasInvalidLines: boolean;
}

/** A piece of what came over a connection, as it was cut. */
export interface RecordedChunk {
  /** Milliseconds since the first chunk. */
  readonly time: number;
  readonly chunk: string | Uint8Array;
}

/** One event as it came over the wire: a server-sent event, or a value of JSON. */
export interface WireEvent {
  readonly value: unknown;
  /** When it was recorded, in milliseconds, if it or its chunk says so. */
  readonly recordedAt: number | undefined;
}

/** Connections that were open at the same time. */
export interface Recording {
  readonly title: string;
  readonly connections: readonly Connection[];
  /** What could not be read of it, in words. */
  readonly problems: readonly string[];
}
