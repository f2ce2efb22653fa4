import type { JetStreamManager, StreamConfig, StreamInfo } from '@nats-io/jetstream';

import { count } from '../../rx/options.js';
import { isStreamNameInUse, isStreamNotFound } from './connection.js';
import { LEASES, LEASE_SUBJECTS, type LogNames } from './names.js';

/** The bounds that the caller sets. An `undefined` bound leaves that of the server unchanged. */
export interface Bounds {
  readonly maxEntries?: number | undefined;
  readonly maxAge?: number | undefined;
  readonly replicas?: number | undefined;
}

/** Throws a `TypeError` or `RangeError` that names the first wrong option. */
export function resolveBounds({ maxEntries, maxAge, replicas }: Bounds): Bounds {
  const copies = replicas === undefined ? undefined : count('replicas', replicas, 1, 1);
  if (copies !== undefined && copies > 5) {
    throw new RangeError(`The option replicas is ${copies}, but must be at most 5 for JetStream`);
  }
  return {
    maxEntries: maxEntries === undefined ? undefined : count('maxEntries', maxEntries, Infinity, 1),
    maxAge: maxAge === undefined ? undefined : count('maxAge', maxAge, Infinity, 100),
    replicas: copies,
  };
}

/**
 * Throws if the server cannot fence writers. Before 2.11, servers checked the expected sequence of a message only
 * before they replicated it, so they could accept two concurrent messages with the same expected sequence (nats-server
 * issues 4320 and 5644, pull request 6194).
 */
export function checkReplicas(version: string | undefined, replicas: number): void {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version ?? '') ?? [];
  const isOld = Number(major) < 2 || (Number(major) === 2 && Number(minor) < 11);
  if (replicas > 1 && isOld) {
    throw new Error(
      `A log with ${replicas} replicas needs a NATS server from version 2.11 on, and this one has ${String(version)}: ` +
        'older servers may let two writers have the same stream',
    );
  }
}

/** Creates the JetStream stream of a log, or sets the bounds of the existing one. */
export function ensureLog(manager: JetStreamManager, names: LogNames, bounds: Bounds): Promise<StreamInfo> {
  const { log, entries, stored } = names;
  const config = {
    name: log,
    subjects: [`${entries}.*`],
    allow_direct: true,
    num_replicas: 1,
    duplicate_window: DUPLICATE_WINDOW * NANOSECONDS,
    // The server sends this copy after it has stored the message, so that readers find the message.
    republish: { src: `${entries}.>`, dest: `${stored}.>` },
  };
  return ensureStream(manager, config, boundsConfig(bounds));
}

/** Creates the JetStream stream of the leases of all logs. It gets at least as many replicas as this log. */
export async function ensureLeases(manager: JetStreamManager, { replicas }: Bounds): Promise<void> {
  const config = {
    name: LEASES,
    subjects: [LEASE_SUBJECTS],
    max_msgs_per_subject: 1,
    allow_direct: true,
    num_replicas: 1,
  };
  const { config: existing } = await ensureStream(manager, config, {});
  if (replicas !== undefined && replicas > existing.num_replicas) {
    await manager.streams.update(LEASES, { num_replicas: replicas });
  }
}

/** How long the server recognizes repeated claims, in milliseconds. */
const DUPLICATE_WINDOW = 120_000;

/** The nanoseconds in a millisecond. */
const NANOSECONDS = 1_000_000;

/** The longest age in milliseconds: 285 years. The server counts nanoseconds in 64 bits. */
const MAX_AGE = 9e12;

function boundsConfig({ maxEntries, maxAge, replicas }: Bounds): Partial<StreamConfig> {
  return {
    ...(maxEntries === undefined ? {} : { max_msgs: maxEntries > Number.MAX_SAFE_INTEGER ? -1 : maxEntries }),
    ...(maxAge === undefined
      ? {}
      : {
          max_age: maxAge >= MAX_AGE ? 0 : maxAge * NANOSECONDS,
          // The server rejects a window that is longer than the age.
          duplicate_window: Math.min(maxAge, DUPLICATE_WINDOW) * NANOSECONDS,
        }),
    ...(replicas === undefined ? {} : { num_replicas: replicas }),
  };
}

async function ensureStream(
  manager: JetStreamManager,
  config: Partial<StreamConfig> & { readonly name: string },
  bounds: Partial<StreamConfig>,
): Promise<StreamInfo> {
  const existing =
    (await findStream(manager, config.name)) ?? (await addStream(manager, { ...config, ...bounds }));
  const isChanged = Object.entries(bounds).some(
    ([key, value]) => existing.config[key as keyof StreamConfig] !== value,
  );
  return isChanged ? manager.streams.update(config.name, bounds) : existing;
}

async function findStream(manager: JetStreamManager, name: string): Promise<StreamInfo | undefined> {
  try {
    return await manager.streams.info(name);
  } catch (error) {
    if (isStreamNotFound(error)) {
      return undefined;
    }
    throw error;
  }
}

async function addStream(
  manager: JetStreamManager,
  config: Partial<StreamConfig> & { readonly name: string },
): Promise<StreamInfo> {
  try {
    return await manager.streams.add(config);
  } catch (error) {
    // Another process has just created the stream with other bounds.
    if (isStreamNameInUse(error)) {
      return manager.streams.info(config.name);
    }
    throw error;
  }
}
