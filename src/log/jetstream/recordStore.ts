import type { JetStreamClient, JetStreamManager, PubAck, StoredMsg } from '@nats-io/jetstream';

import { TruncatedError } from '../truncatedError.js';
import { isConflict } from './connection.js';
import type { LogRecord, StoredRecord } from './logRecord.js';

/** The latest message of a subject. */
export interface Head {
  /** What the next message has to expect. */
  readonly seq: number;
  /** The latest record; undefined when the subject has only parts of one. */
  readonly stored: StoredRecord | undefined;
}

/** A message that is a record, or a part of one. */
type Message =
  | { readonly type: 'record'; readonly record: LogRecord }
  | { readonly type: 'end'; readonly parts: readonly number[]; readonly rest: Uint8Array }
  | { readonly type: 'part'; readonly before: number };

/** What remains for the headers when a message is as large as the server allows. */
const HEADER_BYTES = 1024;

/** JSON escapes a control character with six. */
const MAX_BYTES_PER_CODE_UNIT = 6;

const encoder = /* @__PURE__ */ new TextEncoder();
const decoder = /* @__PURE__ */ new TextDecoder();

/**
 * Records in the subjects of one JetStream stream. A record is one message, or several parts of one when the server
 * takes no message of that size: each part expects the one before, so that no other record comes between them, and the
 * last one names them. A record exists once its last part is stored.
 */
export class RecordStore {
  private readonly client: JetStreamClient;
  private readonly manager: JetStreamManager;
  private readonly name: string;
  private readonly maxPayload: () => number;

  constructor(client: JetStreamClient, manager: JetStreamManager, name: string, maxPayload: () => number) {
    this.client = client;
    this.manager = manager;
    this.name = name;
    this.maxPayload = maxPayload;
  }

  /** Whether a record with so many UTF-16 code units is one message, however many bytes they become. */
  holdsInOneMessage(length: number): boolean {
    return length * MAX_BYTES_PER_CODE_UNIT <= this.maxPayload() / 2;
  }

  /**
   * Stores a record if the latest message of the subject is the one that `head` names; undefined when it is another
   * one. `id` is for a record that the server should recognize when it is repeated.
   */
  async publish(
    subject: string,
    record: LogRecord,
    head: { readonly seq: number; readonly recordSeq: number },
    id?: string,
  ): Promise<PubAck | undefined> {
    const bytes = encoder.encode(JSON.stringify(record));
    const size = Math.max(this.maxPayload() - HEADER_BYTES, 1);
    try {
      if (bytes.length <= size) {
        return await this.send(subject, bytes, head.seq, id);
      }
      const chunkSize = Math.max(size - HEADER_BYTES, 1);
      const parts: number[] = [];
      let start = 0;
      for (; start + chunkSize < bytes.length; start += chunkSize) {
        const chunk = bytes.subarray(start, start + chunkSize);
        const { seq } = await this.send(
          subject,
          join(`P${head.recordSeq}\n`, chunk),
          parts.at(-1) ?? head.seq,
          undefined,
        );
        parts.push(seq);
      }
      const end = join(`E${parts.join(',')}\n`, bytes.subarray(start));
      return await this.send(subject, end, parts.at(-1) ?? head.seq, id);
    } catch (error) {
      if (isConflict(error)) {
        return undefined;
      }
      throw error;
    }
  }

  /** The latest message of a subject, as the leader of the stream has it. */
  async head(subject: string): Promise<Head | undefined> {
    const message = await this.manager.streams.getMessage(this.name, { last_by_subj: subject });
    if (message === null) {
      return undefined;
    }
    const parsed = parse(message.data);
    if (parsed.type !== 'part') {
      return { seq: message.seq, stored: await this.complete(message.seq, parsed) };
    }
    return {
      seq: message.seq,
      stored: parsed.before === 0 ? undefined : await this.get(parsed.before),
    };
  }

  /** The first message of a subject (which may have wildcards) from a sequence on; its record unless it is a part. */
  async next(
    subject: string,
    seq: number,
  ): Promise<{ readonly seq: number; readonly stored: StoredRecord | undefined } | undefined> {
    const query = { seq, next_by_subj: subject };
    const message =
      (await this.manager.direct.getMessage(this.name, query)) ??
      // A replica may lag behind.
      (await this.manager.streams.getMessage(this.name, query));
    return message === null ? undefined : this.read(message);
  }

  /** The record that a message is or completes; undefined when the log has no such message, or it is a part. */
  async get(seq: number): Promise<StoredRecord | undefined> {
    return (await this.message(seq))?.stored;
  }

  /** The message, if the log has it. */
  async message(
    seq: number,
  ): Promise<{ readonly seq: number; readonly stored: StoredRecord | undefined } | undefined> {
    const message = await this.raw(seq);
    return message === null ? undefined : this.read(message);
  }

  /** The record of a message whose bytes are known. */
  async decode(seq: number, bytes: Uint8Array): Promise<StoredRecord | undefined> {
    return this.complete(seq, parse(bytes));
  }

  private async read(
    message: StoredMsg,
  ): Promise<{ readonly seq: number; readonly stored: StoredRecord | undefined }> {
    const { seq } = message;
    return { seq, stored: await this.decode(seq, message.data) };
  }

  private async complete(seq: number, message: Message): Promise<StoredRecord | undefined> {
    if (message.type === 'part') {
      return undefined;
    }
    if (message.type === 'record') {
      return { seq, record: message.record };
    }
    const chunks: Uint8Array[] = [];
    for (const part of message.parts) {
      const stored = await this.raw(part);
      if (stored === null) {
        throw new TruncatedError(undefined);
      }
      chunks.push(body(stored.data));
    }
    return { seq, record: JSON.parse(decoder.decode(concat([...chunks, message.rest]))) as LogRecord };
  }

  private async raw(seq: number): Promise<StoredMsg | null> {
    return (
      (await this.manager.direct.getMessage(this.name, { seq })) ??
      (await this.manager.streams.getMessage(this.name, { seq }))
    );
  }

  private send(
    subject: string,
    bytes: Uint8Array,
    expected: number,
    id: string | undefined,
  ): Promise<PubAck> {
    const expect = { lastSubjectSequence: expected };
    return this.client.publish(subject, bytes, id === undefined ? { expect } : { expect, msgID: id });
  }
}

function parse(bytes: Uint8Array): Message {
  const first = String.fromCharCode(bytes[0] ?? 0);
  if (first !== 'P' && first !== 'E') {
    return { type: 'record', record: JSON.parse(decoder.decode(bytes)) as LogRecord };
  }
  const heading = decoder.decode(bytes.subarray(1, bytes.indexOf(10)));
  return first === 'P'
    ? { type: 'part', before: Number(heading) }
    : { type: 'end', parts: heading.split(',').map(Number), rest: body(bytes) };
}

function body(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(bytes.indexOf(10) + 1);
}

function join(heading: string, chunk: Uint8Array): Uint8Array {
  return concat([encoder.encode(heading), chunk]);
}

function concat(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
