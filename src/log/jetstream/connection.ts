/** The parts that the store uses of a connection from `connect` of `@nats-io/transport-node` 3. */
export interface JetStreamConnection {
  /** The information that the server sent about itself. */
  readonly info?: { readonly max_payload: number; readonly version: string } | undefined;
  publish(subject: string, payload?: string): void;
  subscribe(
    subject: string,
    options: {
      readonly callback: (error: Error | null, message: CoreMessage) => void;
    },
  ): { unsubscribe(): void };
  flush(): Promise<void>;
  status(): AsyncIterable<{ readonly type: string }> & { readonly stop?: () => void };
}

/** A message that a subscription received. */
export interface CoreMessage {
  readonly data: Uint8Array;
  readonly headers?: { get(name: string): string } | undefined;
}

/** Whether the server rejected a message because the last message of its subject is not the expected one. */
export function isConflict(error: unknown): boolean {
  const code = codeOf(error);
  return code === 10_071 || code === 10_164;
}

/** Whether the server has no stream with that name. */
export function isStreamNotFound(error: unknown): boolean {
  return codeOf(error) === 10_059;
}

/** Whether the server has a stream with that name and another configuration. */
export function isStreamNameInUse(error: unknown): boolean {
  return codeOf(error) === 10_058;
}

/** The `err_code` of the JetStream API. */
function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null
    ? (error as { readonly code?: unknown }).code
    : undefined;
}
