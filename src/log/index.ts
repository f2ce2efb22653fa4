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
} from './commitLog.js';
export { FencedError } from './fencedError.js';
export { memoryLog, type MemoryLogOptions } from './memoryLog.js';
export { TruncatedError } from './truncatedError.js';
