import type { ChildProcess } from 'node:child_process';

import type { CommitLog, LogReader, LogWatcher } from 'deltalines/log';

/** What a child process asks: a call of the log, or of one of its readers. */
interface Call {
  readonly id: number;
  readonly reader?: number;
  readonly method: string;
  readonly parameters: readonly unknown[];
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly name: string; readonly message: string };
}

/** What the log tells its watchers. */
interface News {
  readonly news: keyof LogWatcher;
  readonly parameters: readonly unknown[];
}

type Methods = Readonly<Record<string, (...parameters: readonly unknown[]) => unknown>>;

/**
 * Lets a child process use a log in the memory of this process: the smallest store that more than one process can use. It
 * survives its writers, and not this process. Take Redis or NATS for what has to last.
 */
export async function shareLog(log: CommitLog, child: ChildProcess): Promise<void> {
  const readers = new Map<number, LogReader>();
  const send = (message: Answer | News) => child.connected && child.send(message);
  const answer = async ({ id, reader, method, parameters }: Call): Promise<Answer> => {
    try {
      const target = reader === undefined ? log : readers.get(reader);
      const result = await (target as unknown as Methods | undefined)?.[method]?.call(target, ...parameters);
      if (method === 'read') {
        readers.set(id, result as LogReader);
        return { id };
      }
      if (method === 'close' && reader !== undefined) {
        readers.delete(reader);
      }
      return { id, result };
    } catch (error) {
      const { name, message } = error as Error;
      return { id, error: { name, message } };
    }
  };
  child.on('message', (message: Call | object) => {
    if ('method' in message) {
      void answer(message).then(send);
    }
  });
  const tell = (news: keyof LogWatcher) => {
    return (...parameters: readonly unknown[]) => send({ news, parameters });
  };
  const unwatch = await log.watch({
    appended: tell('appended'),
    tail: tell('tail'),
    error: tell('error'),
  });
  child.on('exit', unwatch);
}

/** The log of the parent process. */
export function parentLog(): CommitLog {
  const watchers = new Set<LogWatcher>();
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let calls = 0;
  process.on('message', (message: Answer | News) => {
    if ('news' in message) {
      for (const watcher of watchers) {
        (watcher as unknown as Methods)[message.news]?.call(watcher, ...message.parameters);
      }
      return;
    }
    const call = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.error === undefined) {
      call?.resolve(message.result);
    } else {
      // A TruncatedError and a RangeError are known by their names.
      call?.reject(Object.assign(new Error(message.error.message), { name: message.error.name }));
    }
  });
  const send = (method: string, parameters: readonly unknown[], reader?: number): number => {
    const id = ++calls;
    process.send?.({ id, reader, method, parameters });
    return id;
  };
  const call = async <T>(method: string, parameters: readonly unknown[], reader?: number): Promise<T> => {
    const id = send(method, parameters, reader);
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
    });
  };
  return {
    claim: (requests) => call('claim', [requests]),
    append: (requests) => call('append', [requests]),
    renew: (claims, lease) => call('renew', [claims, lease]),
    abandoned: () => call('abandoned', []),
    entries: (stream) => call('entries', [stream]),
    publish(tail) {
      send('publish', [tail]);
    },
    async read(request) {
      // The reader in the parent has the number of the call that made it.
      const reader = calls + 1;
      await call('read', [request]);
      return {
        next: (limit) => call('next', [limit], reader),
        close() {
          send('close', [], reader);
        },
      };
    },
    watch(watcher) {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
  };
}
