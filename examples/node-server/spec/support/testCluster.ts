import type { StreamRef } from 'deltalines';
import { followCommits, type LogEntry } from 'deltalines/log';
import { filter, lastValueFrom, type Observable, takeWhile, toArray } from 'rxjs';
import { expect, onTestFinished } from 'vitest';

import { startCluster } from '../../src/cluster.js';

/** Two server processes, and what a client does with them. */
export async function testCluster(env: Readonly<Record<string, string>> = {}, store?: string) {
  const cluster = await startCluster({ store, env: { LEASE: '2000', INTERVAL: '10', ...env } });
  onTestFinished(cluster.close);
  const { address } = cluster;
  const post = (path: string) => fetch(new URL(path, address), { method: 'POST' });
  return {
    ...cluster,
    post,
    /** Asks, and returns the name of the connection. */
    ask: async (question: string) => {
      const response = await post(`answers?${new URLSearchParams({ question }).toString()}`);
      expect(response.status).toBe(202);
      return ((await response.json()) as { readonly connection: string }).connection;
    },
    /** What one client receives, and which process serves it. */
    follow: (served: (pid: string | null) => void = () => undefined): Observable<LogEntry> =>
      followCommits(new URL('log', address), {
        retry: 10,
        fetch: async (url, init) => {
          const response = await fetch(url, init);
          served(response.headers.get('x-process'));
          return response;
        },
      }),
  };
}

/** All stored entries, up to the one that closes the last stream of the connection. */
export async function untilClosed(
  entries: Observable<LogEntry>,
  connection: string,
): Promise<readonly LogEntry[]> {
  const open = new Set<StreamRef>();
  const isClosing = ({ commit }: LogEntry) => {
    if (commit.type === 'open' && commit.stream.id.startsWith(connection)) {
      open.add(commit.stream);
    }
    return commit.type === 'close' && open.delete(commit.stream) && open.size === 0;
  };
  return lastValueFrom(
    entries.pipe(
      filter(({ position }) => position !== undefined),
      takeWhile((entry) => !isClosing(entry), true),
      toArray(),
    ),
  );
}

/** How the streams of a connection were closed. */
export function closesOf(entries: readonly LogEntry[], connection: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    entries.flatMap(({ commit }) =>
      commit.type === 'close' && commit.stream.id.startsWith(connection)
        ? [[commit.stream.kind, commit.reason] as const]
        : [],
    ),
  );
}

/** The text of the lines of a kind. */
export function textOf(entries: readonly LogEntry[], kind: string): string {
  return entries
    .map(({ commit }) => commit)
    .filter((commit) => commit.type === 'line')
    .filter(({ stream }) => stream.kind === kind)
    .map(({ text, eol }) => text + eol)
    .join('');
}
