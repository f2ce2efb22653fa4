import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { memoryLog } from 'deltalines/log';

import { startProxy } from './proxy.js';
import { shareLog } from './sharedLog.js';

export interface ClusterOptions {
  /** The URL of Redis or NATS. Without it, the log is in the memory of this process. */
  readonly store?: string | undefined;
  readonly port?: number;
  readonly processes?: number;
  /** Further environment variables of the processes. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Cluster {
  readonly address: string;
  /** The processes that answer requests. */
  readonly pids: () => readonly number[];
  readonly close: () => void;
}

/** Starts server processes behind a round-robin proxy. One that dies is replaced. */
export async function startCluster({
  store,
  port = 0,
  processes = 2,
  env = {},
}: ClusterOptions): Promise<Cluster> {
  const log = store === undefined ? memoryLog() : undefined;
  const ports = new Map<ChildProcess, number>();
  let isClosed = false;

  const startProcess = async (): Promise<void> => {
    const child = fork(fileURLToPath(new URL('process.ts', import.meta.url)), {
      execArgv: ['--import', 'tsx'],
      env: { ...process.env, ...env, ...(store === undefined ? {} : { STORE: store }) },
      // Commits have fields that are undefined, and errors.
      serialization: 'advanced',
    });
    child.on('exit', () => {
      ports.delete(child);
      if (!isClosed) {
        void startProcess();
      }
    });
    if (log !== undefined) {
      await shareLog(log, child);
    }
    const isStarted = new Promise<void>((resolve) => {
      child.on('message', (message: object) => {
        if ('port' in message) {
          ports.set(child, Number(message.port));
          resolve();
        }
      });
    });
    await Promise.race([isStarted, once(child, 'exit')]);
  };
  const pids = () => [...ports.keys()].map(({ pid }) => pid ?? 0);

  await Promise.all(Array.from({ length: processes }, startProcess));
  const proxy = await startProxy({
    port,
    targets: () => [...ports.values()],
    // Only the processes of this cluster, whatever number the page sends.
    kill: (pid) => pids().includes(pid) && process.kill(pid, 'SIGKILL'),
  });
  return {
    address: proxy.address,
    pids,
    close: () => {
      isClosed = true;
      proxy.close();
      for (const child of ports.keys()) {
        child.kill('SIGKILL');
      }
    },
  };
}
