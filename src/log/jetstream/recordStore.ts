import type { JetStreamClient, JetStreamManager, PubAck, StoredMsg } from '@nats-io/jetstream';

import { TruncatedError } from '../truncatedError.js';
import { isConflict } from './connection.js';
import type { LogRecord, StoredRecord } from './logRecord.js';

/** The latest message of a subject. */
export interface Head {
  /** The sequence of the latest message, which the next message must expect. */
  readonly seq: number;
  /** The latest record; `undefined` if the subject has only parts of one. */
  readonly stored: StoredRecord | undefined;
}

/** A message that is a record, or a part of one. */
type Message =
  | { readonly type: 'record'; readonly record: LogRecord }
  | { readonly type: 'end'; readonly parts: readonly number[]; readonly rest: Uint8Array }
  | { readonly type: 'part'; readonly before: number };

/** The bytes that are reserved for the headers of a message. */
const HEADER_BYTES = 1024;

/** JSON escapes a control character with six bytes. */
const MAX_BYTES_PER_CODE_UNIT = 6;

const encoder = /* @__PURE__ */ new TextEncoder();
const decoder = /* @__PURE__ */ new TextDecoder();

/**
 * Stores records in the subjects of one JetStream stream. A record is one message, or several parts if it exceeds the
 * maximum size of a message. Each part expects the previous one, so that no other record comes between them. The last
 * part lists the others; the record exists once it is stored.
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

  /** Whether a record with this many UTF-16 code units certainly fits into one message. */
  holdsInOneMessage(length: number): boolean {
    return length * MAX_BYTES_PER_CODE_UNIT <= this.maxPayload() / 2;
  }

  /**
   * Stores a record if the latest message of the subject is that of `head`. Otherwise returns `undefined`. With an
   * `id`, the server recognizes a repeat of the record.
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

  /** The latest message of a subject, from the leader of the stream. */
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

  /** The first message of a subject from a sequence on. The subject may have wildcards. A part has no record. */
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

  /** The record that a message completes; `undefined` if the message does not exist or is only a part. */
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

  /** The record of a message with these bytes. */
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
