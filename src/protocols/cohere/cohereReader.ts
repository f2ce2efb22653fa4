import { readField, readIndex, readName, readText } from '../connection/fields.js';
import { OpenStreams } from '../connection/openStreams.js';
import type { ConnectionReader, DeltaOutput } from '../connection/readConnection.js';

/** The kinds of streams that `fromCohere` emits. */
export type CohereKind = 'answer' | 'reasoning' | 'tool';

/** Reads the messages of one connection. Content and calls are indexed separately, and the plan has no index. */
export class CohereReader implements ConnectionReader {
  private readonly streams: OpenStreams<CohereKind>;
  private messageCount = 0;
  /** `undefined` between messages. */
  private messageId: string | undefined = undefined;

  constructor(output: DeltaOutput<CohereKind>) {
    this.streams = new OpenStreams(output);
  }

  read(event: unknown): void {
    const index = readIndex(event, 'index');
    const delta = readField(event, 'delta');
    const message = readField(delta, 'message');
    switch (readField(event, 'type')) {
      case 'message-start':
        this.endMessage();
        this.beginMessage(readName(event, 'id'));
        break;
      case 'tool-plan-delta':
        this.streams.release();
        this.append('reasoning', 'plan', readText(message, 'tool_plan'), []);
        break;
      case 'content-start':
      case 'content-delta':
        this.streams.release();
        this.readContent(index, readField(message, 'content'));
        break;
      case 'tool-call-start':
        this.streams.release();
        this.beginCall(index);
        this.readCall(index, message);
        break;
      case 'tool-call-delta':
        this.streams.release();
        this.readCall(index, message);
        break;
      case 'content-end':
        this.end('answer', index);
        this.end('reasoning', index);
        break;
      case 'tool-call-end':
        this.end('tool', index);
        break;
      case 'message-end':
        this.finishMessage(readField(delta, 'error') ?? undefined, readName(delta, 'finish_reason'));
        break;
    }
  }

  flush(): void {
    this.streams.release();
  }

  private readContent(index: number | undefined, content: unknown): void {
    if (index !== undefined) {
      this.append('reasoning', index, readText(content, 'thinking'), [1, index]);
      this.append('answer', index, readText(content, 'text'), [1, index]);
    }
  }

  private readCall(index: number | undefined, message: unknown): void {
    if (index !== undefined) {
      const called = readField(readField(message, 'tool_calls'), 'function');
      this.append('tool', index, readText(called, 'arguments'), [2, index]);
    }
  }

  /** A call may have no arguments. */
  private beginCall(index: number | undefined): void {
    if (index !== undefined) {
      const id = this.idOf(index);
      this.streams.begin('tool', id, [this.messageCount, 2, index]);
    }
  }

  private append(
    kind: CohereKind,
    name: number | string,
    text: string | undefined,
    order: readonly number[],
  ): void {
    const id = this.idOf(name);
    this.streams.append(kind, id, text, [this.messageCount, ...order]);
  }

  private end(kind: CohereKind, index: number | undefined): void {
    if (index !== undefined && this.messageId !== undefined) {
      this.streams.hold(kind, this.idOf(index));
    }
  }

  private beginMessage(id: string | undefined): string {
    this.messageCount++;
    this.messageId = id ?? String(this.messageCount);
    return this.messageId;
  }

  private endMessage(finishReason?: string): void {
    this.streams.endAll(finishReason);
    this.messageId = undefined;
  }

  private finishMessage(error: unknown, finishReason: string | undefined): void {
    if (error !== undefined) {
      this.streams.failAll(error);
    }
    this.endMessage(finishReason);
  }

  private idOf(name: number | string): string {
    return `${this.messageId ?? this.beginMessage(undefined)}/${name}`;
  }
}
