import {
  isObject,
  readField,
  readIndex,
  readList,
  readName,
  readText,
  stringifyJSON,
} from '../connection/fields.js';
import { OpenStreams } from '../connection/openStreams.js';
import type { DeltaOutput } from '../connection/readConnection.js';
import { type LangGraphKind, openMessage } from './langGraphEvent.js';

/** The fields in which model integrations have the finish reason. */
const REASONS = ['finish_reason', 'finishReason', 'stop_reason', 'stopReason', 'done_reason'];

const FINAL_STATUS: ReadonlySet<string> = new Set(['completed', 'incomplete', 'failed', 'cancelled']);

interface Call {
  readonly number: number;
  readonly id: string | undefined;
}

/** An open message. */
interface Message {
  readonly id: string;
  readonly number: number;
  readonly streams: OpenStreams<LangGraphKind>;
  /** The length of each text so far, for events that repeat the whole text. */
  readonly lengths: Map<string, number>;
  /** By the index of the call in the chunks; `undefined` for chunks without one. */
  readonly calls: Map<number | undefined, Call>;
  readonly callIds: Set<string>;
  callCount: number;
  /** Whether it arrived as a chunk, so that a complete message with the same id ends it. */
  isChunked: boolean;
  isFinished: boolean;
  finishReason: string | undefined;
}

/**
 * Reads the messages of the modes `messages` and `messages-tuple`.
 *
 * No event ends a message. Its last chunk may be marked as the last, or have a finish reason, after which only usage
 * follows. Otherwise, the message ends when the state of the graph contains it.
 */
export class MessageTuples {
  private readonly output: DeltaOutput<LangGraphKind>;
  private readonly messages = new Map<string, Message>();
  private messageCount = 0;

  constructor(output: DeltaOutput<LangGraphKind>) {
    this.output = output;
  }

  /** @param isCumulative - Whether the message repeats the whole text so far. */
  read(value: unknown, isCumulative: boolean): void {
    const { type, fields } = openMessage(value);
    const id = readName(fields, 'id');
    this.endFinished(id ?? '');
    if (!/^(?:ai|AIMessage|AIMessageChunk)$/.test(type)) {
      return;
    }
    const known = this.messages.get(id ?? '');
    const isChunk = type === 'AIMessageChunk' || isCumulative;
    if (known?.isChunked === true && !isChunk) {
      this.end(known, fields);
      return;
    }
    const message = known ?? this.begin(id);
    message.isChunked ||= isChunk;
    this.readContent(message, fields, isCumulative);
    this.readReasoning(message, fields, isCumulative);
    const chunks = readList(fields, 'tool_call_chunks');
    for (const chunk of chunks) {
      this.readCallChunk(message, chunk, isCumulative);
    }
    if (chunks.length === 0) {
      this.readCalls(message, fields);
    }
    const reason = reasonOf(fields);
    if (reason !== undefined) {
      message.isFinished = true;
      message.finishReason = reason;
    }
    if (readField(fields, 'chunk_position') === 'last') {
      this.end(message, undefined);
    }
  }

  /** Ends the open messages that a state of the graph contains, because those are complete. */
  readState(mode: string, payload: unknown): void {
    const states = mode === 'values' ? [payload] : valuesOf(payload);
    for (const state of states) {
      if (this.messages.size > 0) {
        readList(state, 'messages').forEach((message) => {
          this.endMessage(message);
        });
      }
    }
    this.endFinished(undefined);
  }

  /** Ends an open message with its full text. */
  endMessage(value: unknown): void {
    const { fields } = openMessage(value);
    const message = this.messages.get(readName(fields, 'id') ?? '');
    if (message !== undefined) {
      this.end(message, fields);
    }
  }

  endAll(): void {
    for (const message of this.messages.values()) {
      this.end(message, undefined);
    }
  }

  failAll(error: unknown): void {
    this.endFinished(undefined);
    for (const message of this.messages.values()) {
      message.streams.failAll(error);
    }
    this.messages.clear();
  }

  flush(): void {
    this.endFinished(undefined);
  }

  private begin(id: string | undefined): Message {
    this.messageCount++;
    const message: Message = {
      id: id ?? String(this.messageCount),
      number: this.messageCount,
      streams: new OpenStreams(this.output),
      lengths: new Map(),
      calls: new Map(),
      callIds: new Set(),
      callCount: 0,
      isChunked: false,
      isFinished: false,
      finishReason: undefined,
    };
    this.messages.set(id ?? '', message);
    return message;
  }

  /** Ends the messages whose finish reason has arrived. */
  private endFinished(exceptId: string | undefined): void {
    for (const [key, message] of this.messages) {
      if (message.isFinished && key !== exceptId) {
        this.end(message, undefined);
      }
    }
  }

  /** @param fields - The fields of the complete message. */
  private end(message: Message, fields: unknown): void {
    const { streams, id, number } = message;
    const finishReason = reasonOf(fields) ?? message.finishReason;
    streams.end('answer', id, textOf(readField(fields, 'content')), [number, 1], finishReason);
    this.readCalls(message, fields);
    streams.endAll(finishReason);
    for (const [key, each] of this.messages) {
      if (each === message) {
        this.messages.delete(key);
      }
    }
  }

  private readContent(message: Message, fields: unknown, isCumulative: boolean): void {
    const { id, number } = message;
    const content = readField(fields, 'content');
    if (isCumulative || typeof content === 'string') {
      this.append(message, 'answer', id, textOf(content), [number, 1], isCumulative);
    }
    for (const part of readList(fields, 'content')) {
      const text = isCumulative ? undefined : textOfPart(part);
      this.append(message, 'answer', id, text, [number, 1], false);
      const name = readField(part, 'index');
      const block = typeof name === 'string' || typeof name === 'number' ? name : 0;
      const reasoning = readText(part, 'thinking') ?? readText(part, 'reasoning');
      this.append(message, 'reasoning', `${id}/${block}`, reasoning, [number, 0], isCumulative);
      if (readField(part, 'type') === 'reasoning') {
        this.readSummary(message, part, `${id}/${block}/`, isCumulative);
      }
    }
  }

  private readReasoning(message: Message, fields: unknown, isCumulative: boolean): void {
    const { id, number } = message;
    const more = readField(fields, 'additional_kwargs');
    const reasoning = readText(more, 'reasoning_content');
    this.append(message, 'reasoning', `${id}/0`, reasoning, [number, 0], isCumulative);
    this.readSummary(message, readField(more, 'reasoning'), `${id}/`, isCumulative);
  }

  private readSummary(message: Message, reasoning: unknown, prefix: string, isCumulative: boolean): void {
    for (const part of readList(reasoning, 'summary')) {
      const index = readIndex(part, 'index') ?? 0;
      const order = [message.number, 0, index];
      this.append(message, 'reasoning', `${prefix}${index}`, readText(part, 'text'), order, isCumulative);
    }
  }

  private readCallChunk(message: Message, chunk: unknown, isCumulative: boolean): void {
    const index = readIndex(chunk, 'index');
    const id = readName(chunk, 'id');
    let call = message.calls.get(index);
    // In some integrations, every call has the index 0, or none has an index.
    if (call === undefined || (id !== undefined && call.id !== undefined && id !== call.id)) {
      call = this.beginCall(message, id);
      message.calls.set(index, call);
      message.calls.set(undefined, call);
    }
    const { number } = call;
    const order = [message.number, 2, number];
    const stream = `${message.id}/${number}`;
    message.streams.begin('tool', stream, order);
    this.append(message, 'tool', stream, readText(chunk, 'args'), order, isCumulative);
  }

  /** Reads complete calls. */
  private readCalls(message: Message, fields: unknown): void {
    const { callCount } = message;
    for (const value of readList(fields, 'tool_calls')) {
      const id = readName(value, 'id');
      // Calls without ids may repeat the streamed ones.
      const hasIds = id !== undefined && (callCount === 0 || message.callIds.size > 0);
      const isKnown = hasIds ? message.callIds.has(id) : callCount > 0;
      const text = stringifyJSON(readField(value, 'args'));
      if (!isKnown && text !== undefined) {
        const { number } = this.beginCall(message, id);
        message.streams.end('tool', `${message.id}/${number}`, text, [message.number, 2, number]);
      }
    }
  }

  private beginCall(message: Message, id: string | undefined): Call {
    const number = message.callCount++;
    if (id !== undefined) {
      message.callIds.add(id);
    }
    return { number, id };
  }

  private append(
    message: Message,
    kind: LangGraphKind,
    id: string,
    text: string | undefined,
    order: readonly number[],
    isCumulative: boolean,
  ): void {
    if (text === undefined) {
      return;
    }
    const key = `${kind} ${id}`;
    const length = message.lengths.get(key) ?? 0;
    const delta = isCumulative ? text.slice(length) : text;
    message.lengths.set(key, length + delta.length);
    message.streams.append(kind, id, delta, order);
  }
}

/** The texts of a message, joined to one answer. */
function textOf(content: unknown): string {
  if (typeof content === 'string') {
    return content;
  }
  return readList({ content }, 'content').map(textOfPart).join('');
}

function textOfPart(part: unknown): string {
  if (typeof part === 'string') {
    return part;
  }
  return readField(part, 'type') === 'text' ? (readText(part, 'text') ?? '') : '';
}

function reasonOf(fields: unknown): string | undefined {
  const metadata = readField(fields, 'response_metadata');
  const more = readField(fields, 'additional_kwargs');
  for (const name of REASONS) {
    const reason = readName(metadata, name) ?? readName(more, name);
    if (reason !== undefined) {
      return reason;
    }
  }
  const status = readName(metadata, 'status');
  return status !== undefined && FINAL_STATUS.has(status)
    ? (readName(readField(metadata, 'incomplete_details'), 'reason') ?? status)
    : undefined;
}

function valuesOf(value: unknown): readonly unknown[] {
  try {
    return isObject(value) ? Object.values(value) : [];
  } catch {
    return [];
  }
}
