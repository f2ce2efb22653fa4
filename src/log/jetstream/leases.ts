import type { JetStreamClient, JetStreamManager } from '@nats-io/jetstream';

import type { StreamRef } from '../../commits.js';
import { isConflict } from './connection.js';
import { LEASES } from './names.js';

/** The lease of a claim, which is stored outside of the log. */
export interface Lease {
  readonly token: string;
  /** The duration in milliseconds. */
  readonly lease: number;
  /** The state of the stream at the last renewal. Used if the log has removed all records of the stream. */
  readonly state?: LeaseState;
}

export interface LeaseState {
  readonly stream: StreamRef;
  readonly entries: number;
  readonly lines: number;
  /** The position of the `open`. */
  readonly open: string;
}

/** A lease as the server stores it. */
export interface StoredLease extends Lease {
  readonly subject: string;
  readonly seq: number;
  /** When it was stored, by the clock of the server. */
  readonly time: number;
}

/**
 * The leases of one log. Each claim has a subject, whose latest message is the latest renewal. The age of a lease is
 * the difference of two times of the server, so the clocks of the writers do not matter.
 */
export class Leases {
  private readonly client: JetStreamClient;
  private readonly manager: JetStreamManager;
  /** The beginning of the subjects, without the dot after it. */
  private readonly prefix: string;
  private readonly since: string;

  /** `since` is when the log was created. Older leases belong to a deleted log with the same name. */
  constructor(client: JetStreamClient, manager: JetStreamManager, prefix: string, since: string) {
    this.client = client;
    this.manager = manager;
    this.prefix = prefix;
    this.since = sortable(since);
  }

  subject(stream: string, claim: string): string {
    return `${this.prefix}.${stream}.${claim}`;
  }

  /** Stores a lease, and replaces any earlier one. */
  async put(subject: string, lease: Lease): Promise<number> {
    const { seq } = await this.client.publish(subject, encode(lease));
    return seq;
  }

  /** Replaces the lease with this sequence. Returns `undefined` if the server has another one, or none. */
  async replace(subject: string, lease: Lease, seq: number): Promise<number | undefined> {
    try {
      const expect = { lastSubjectSequence: seq };
      const ack = await this.client.publish(subject, encode(lease), { expect });
      return ack.seq;
    } catch (error) {
      if (isConflict(error)) {
        return undefined;
      }
      throw error;
    }
  }

  /** The latest lease of a subject, which may end with a wildcard. */
  async get(subject: string): Promise<StoredLease | undefined> {
    const message = await this.manager.streams.getMessage(LEASES, { last_by_subj: subject });
    if (message === null || sortable(message.timestamp) < this.since) {
      return undefined;
    }
    const { seq, time } = message;
    return { ...message.json<Lease>(), subject: message.subject, seq, time: time.getTime() };
  }

  /** Deletes a lease. If that fails, `abandoned` deletes it once it has expired. */
  delete(subject: string): void {
    this.manager.streams.purge(LEASES, { filter: subject }).catch(() => undefined);
  }

  async ended(): Promise<readonly StoredLease[]> {
    const { state } = await this.manager.streams.info(LEASES, {
      subjects_filter: `${this.prefix}.>`,
    });
    const subjects = Object.keys(state.subjects ?? {});
    if (subjects.length === 0) {
      return [];
    }
    const now = await this.now();
    const ended: StoredLease[] = [];
    for (let start = 0; start < subjects.length; start += CONCURRENT_READS) {
      const leases = await Promise.all(
        subjects.slice(start, start + CONCURRENT_READS).map((subject) => this.get(subject)),
      );
      for (const lease of leases) {
        if (lease !== undefined && now - lease.time >= lease.lease) {
          ended.push(lease);
        }
      }
    }
    return ended;
  }

  /** The time of the server, which is that of a message stored now. */
  private async now(): Promise<number> {
    await this.client.publish(this.prefix);
    const message = await this.manager.streams.getMessage(LEASES, { last_by_subj: this.prefix });
    return message === null ? -Infinity : message.time.getTime();
  }
}

const CONCURRENT_READS = 256;

/** A longer lease, with long names, is stored without its state, because the message could be too large. */
const MAX_LEASE_LENGTH = 65_536;

function encode(lease: Lease): string {
  const text = JSON.stringify(lease);
  return text.length <= MAX_LEASE_LENGTH ? text : JSON.stringify({ token: lease.token, lease: lease.lease });
}

/** Formats a time of the server as a text that sorts. Its fraction may have fewer than nine digits. */
function sortable(timestamp: string): string {
  return timestamp.replace('Z', '').padEnd(NANOSECOND_TIME_LENGTH, '0');
}

const NANOSECOND_TIME_LENGTH = '2000-01-01T00:00:00.000000000'.length;
