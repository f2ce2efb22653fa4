export { type Appended, appendCommits, type AppendCommitsOptions } from './appendCommits.js';
export { closeAbandoned, type CloseAbandonedOptions } from './closeAbandoned.js';
export type {
  AppendRequest,
  AppendResult,
  Awaitable,
  Claim,
  ClaimRequest,
  CommitLog,
  LiveTail,
  LogEntry,
  LogReader,
  LogWatcher,
  ReadRequest,
  StoredCommit,
  StoredEntry,
} from '../core/log/commitLog.js';
export { FencedError } from './fencedError.js';
export type { CoreMessage, JetStreamConnection } from './jetstream/connection.js';
export { jetStreamLog, type JetStreamLogOptions } from './jetstream/jetStreamLog.js';
export { followCommits, type FollowCommitsOptions } from './followCommits.js';
export { memoryLog, type MemoryLogOptions } from './memoryLog.js';
export { readCommits, type ReadCommitsOptions } from './readCommits.js';
export type { RedisClient, RedisCluster, RedisSubscriber } from './redis/redisClient.js';
export { redisLog, type RedisLogOptions } from './redis/redisLog.js';
export { serveCommits, type ServeCommitsOptions } from './serveCommits.js';
export { TruncatedError } from './truncatedError.js';
