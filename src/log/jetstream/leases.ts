import type { JetStreamClient, JetStreamManager } from '@nats-io/jetstream';

import type { StreamRef } from '../../commits.js';
import { isConflict } from './connection.js';
import { LEASES } from './names.js';

/** What is stored of a claim apart from the log. */
export interface Lease {
  readonly token: string;
  /** Milliseconds. */
  readonly lease: number;
  /** The stream as it was when the claim was last renewed, for when the log has removed all its records. */
  readonly state?: LeaseState;
}

export interface LeaseState {
  readonly stream: StreamRef;
  readonly entries: number;
  readonly lines: number;
  /** The position of the `open`. */
  readonly open: string;
}

/** A lease as the server has it. */
export interface StoredLease extends Lease {
  readonly subject: string;
  readonly seq: number;
  /** When it was stored, on the clock of the server. */
  readonly time: number;
}

/**
 * The leases of one log: a subject a claim, whose latest message is the latest renewal. Their age is the difference of
 * two times of the server, so the clocks of the writers do not matter.
 */
export class Leases {
  private readonly client: JetStreamClient;
  private readonly manager: JetStreamManager;
  /** What the subjects begin with, without the dot. */
  private readonly prefix: string;
  private readonly since: string;

  /** `since` is when the log was made: older leases are those of a log of the same name that was deleted. */
  constructor(client: JetStreamClient, manager: JetStreamManager, prefix: string, since: string) {
    this.client = client;
    this.manager = manager;
    this.prefix = prefix;
    this.since = sortable(since);
  }

  subject(stream: string, claim: string): string {
    return `${this.prefix}.${stream}.${claim}`;
  }

  /** Stores a lease, whatever the server has of it. */
  async put(subject: string, lease: Lease): Promise<number> {
    const { seq } = await this.client.publish(subject, encode(lease));
    return seq;
  }

  /** Stores a lease in place of the one with this sequence; undefined when the server has another one, or none. */
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

  /** Removes a lease. One that stays is removed when it ends. */
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

  /** The time of the server: that of a message which is stored now. */
  private async now(): Promise<number> {
    await this.client.publish(this.prefix);
    const message = await this.manager.streams.getMessage(LEASES, { last_by_subj: this.prefix });
    return message === null ? -Infinity : message.time.getTime();
  }
}

const CONCURRENT_READS = 256;

/** A state whose names are longer than this is not stored: the message might be too large. */
const MAX_LEASE_LENGTH = 65_536;

function encode(lease: Lease): string {
  const text = JSON.stringify(lease);
  return text.length <= MAX_LEASE_LENGTH ? text : JSON.stringify({ token: lease.token, lease: lease.lease });
}

/** Times of the server, as texts that sort. Their fractions have one to nine digits. */
function sortable(timestamp: string): string {
  return timestamp.replace('Z', '').padEnd(NANOSECOND_TIME_LENGTH, '0');
}

const NANOSECOND_TIME_LENGTH = '2000-01-01T00:00:00.000000000'.length;
