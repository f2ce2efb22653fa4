import type { CommitLog, LogReader, LogWatcher, StoredEntry } from '../../src/core/log/commitLog.js';

/** A log that records how it is used, and fails on request. */
export interface WatchedLog extends CommitLog {
  /** The number of entries that its readers have read. */
  readonly entriesRead: () => number;
  readonly readers: () => number;
  readonly watchers: ReadonlySet<LogWatcher>;
  /** Rejects the next call of a reader with this error. */
  failNext(error: Error): void;
}

export function watchedLog(log: CommitLog): WatchedLog {
  const watchers = new Set<LogWatcher>();
  const readers = new Set<LogReader>();
  let entriesRead = 0;
  let failure: Error | undefined;
  const watchedReader = (reader: LogReader): LogReader => {
    const watched: LogReader = {
      next: async (limit): Promise<readonly StoredEntry[]> => {
        if (failure !== undefined) {
          const error = failure;
          failure = undefined;
          throw error;
        }
        const entries = await reader.next(limit);
        entriesRead += entries.length;
        return entries;
      },
      close() {
        readers.delete(watched);
        reader.close();
      },
    };
    readers.add(watched);
    return watched;
  };
  return {
    claim: (requests) => log.claim(requests),
    append: (requests) => log.append(requests),
    renew: (claims, lease) => log.renew(claims, lease),
    abandoned: () => log.abandoned(),
    entries: (stream) => log.entries(stream),
    publish: (tail) => {
      log.publish(tail);
    },
    read: async (request) => watchedReader(await log.read(request)),
    watch: async (watcher) => {
      const unwatch = await log.watch(watcher);
      watchers.add(watcher);
      return () => {
        watchers.delete(watcher);
        unwatch();
      };
    },
    entriesRead: () => entriesRead,
    readers: () => readers.size,
    watchers,
    failNext(error) {
      failure = error;
    },
  };
}
