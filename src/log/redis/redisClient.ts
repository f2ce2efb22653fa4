/** A connection of npm `redis` 5 or 6 that receives messages. */
export interface RedisSubscriber {
  readonly isOpen: boolean;
  connect(): Promise<unknown>;
  subscribe(channel: string, listener: (message: string) => void): Promise<unknown>;
  on(event: string, listener: (error: unknown) => void): unknown;
  destroy(): void;
}

/** The parts that a log uses of a client that `createClient` of npm `redis` 5 or 6 creates. */
export interface RedisClient {
  readonly isReady: boolean;
  sendCommand(args: readonly string[]): Promise<unknown>;
  duplicate(): RedisSubscriber;
}

/** The parts that a log uses of a client that `createCluster` of npm `redis` 5 or 6 creates. */
export interface RedisCluster {
  readonly isOpen: boolean;
  /** The masters of the hash slots. Only a cluster has this property. */
  readonly slots: unknown;
  sendCommand(firstKey: string, isReadonly: boolean, args: string[]): Promise<unknown>;
  duplicate(): RedisSubscriber;
}

export function isCluster(client: RedisClient | RedisCluster): client is RedisCluster {
  return 'slots' in client;
}
